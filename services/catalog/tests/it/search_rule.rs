//! Synonyms, stop words and search rules as staff keep them.

use serde_json::{Value, json};

use crate::pim::{Pim, messages};

#[tokio::test]
async fn synonyms_and_stop_words_keep_their_rules() {
    let pim = Pim::stocked().await;
    let refused = async |path: &str, body: Value| {
        messages(&pim.patch(path, body).await.assert_status(422).json())
    };
    let too_few = "A synonym needs two words, or an input and one word.";
    assert_eq!(refused("synonyms/x", json!({"words": ["sofa", "Sofa"]})).await, [too_few]);
    assert_eq!(refused("synonyms/x", json!({"input": "tv", "words": []})).await, [too_few]);
    assert_eq!(
        refused("synonyms/x", json!({"words": ["sofa", " - "]})).await,
        ["A word should have a letter or a digit."]
    );
    let found = refused("stop-word-sets/x", json!({"locales": ["xx_XX"], "words": ["a"]})).await;
    assert!(found[0].contains("The locale does not exist, \"xx_XX\" given."), "{found:?}");
    pim.patch("synonyms/sofa", json!({"words": ["sofa", " couch ", "Sofa"]}))
        .await
        .assert_status(201);
    assert_eq!(
        pim.get("synonyms/sofa").await.json(),
        json!({"code": "sofa", "locales": [], "input": null, "words": ["sofa", "couch"]})
    );
    pim.patch("stop-word-sets/shopping", json!({"words": ["buy"]})).await.assert_status(201);
    pim.delete("synonyms/sofa").await.assert_status(204);
    pim.get("synonyms/sofa").await.assert_status(404);
}

#[tokio::test]
async fn a_rule_needs_a_condition_and_a_consequence_that_there_are() {
    let pim = Pim::stocked().await;
    let refused = async |body: Value| {
        messages(&pim.patch("search-rules/x", body).await.assert_status(422).json())
    };
    assert_eq!(
        refused(json!({})).await,
        [
            "A rule needs a query or a category.",
            "A rule needs something to pin, boost or bury, or a redirect.",
        ]
    );
    let rule = |change: Value| {
        let mut rule = json!({"query": "mug", "pin": ["A"]});
        rule.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        rule
    };
    for (change, message) in [
        (json!({"match": "like"}), "This value should be \"is\" or \"contains\"."),
        (json!({"redirect": "javascript:alert(1)"}), "This value should be a path that begins"),
        (json!({"category": "none"}), "The category does not exist, \"none\" given."),
        (json!({"channels": ["none"]}), "The channel does not exist, \"none\" given."),
        (
            json!({"boost": [{"attribute": "none", "values": ["x"]}]}),
            "The attribute does not exist, \"none\" given.",
        ),
        (json!({"bury": [{"skus": []}]}), "expects an array of {\"skus\": […]}"),
        (json!({"bury": [{"skus": ["A"], "x": 1}]}), "expects an array of {\"skus\": […]}"),
        (json!({"starts_at": "soon"}), "expects a moment as in 2026-12-01T08:00:00Z"),
        (
            json!({"starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-01T08:00:00Z"}),
            "\"ends_at\" must be later than \"starts_at\".",
        ),
    ] {
        let found = refused(rule(change)).await;
        assert!(found.len() == 1 && found[0].contains(message), "{found:?}");
    }
}

#[tokio::test]
async fn a_rule_has_a_history_and_keeps_its_category() {
    let pim = Pim::stocked().await;
    let rule = json!({"category": "kitchen", "pin": ["A"], "boost": [{"skus": ["B"]}]});
    pim.patch("search-rules/mugs", rule).await.assert_status(201);
    let first = pim.get("search-rules/mugs").await.json();
    pim.patch("search-rules/mugs", json!({"pin": [], "boost": [], "redirect": "/mugs"}))
        .await
        .assert_status(204);
    pim.post("search-rules/mugs/versions/1/restore", json!({})).await.assert_status(204);
    assert_eq!(pim.get("search-rules/mugs").await.json(), first);
    let answer = pim.delete("categories/kitchen").await.assert_status(422).json();
    assert!(answer.to_string().contains("search rule \\\"mugs\\\""), "{answer}");
}
