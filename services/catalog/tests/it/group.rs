//! Groups, and products in them.

use serde_json::json;

use crate::pim::{Pim, messages};

#[tokio::test]
async fn a_group_reads_as_it_was_written() {
    let pim = Pim::open().await;
    let answer = pim
        .post("groups", json!({"code": "party", "labels": {"en_US": "Party"}}))
        .await
        .assert_status(201);
    assert_eq!(answer.header("location"), "https://pim.example/api/rest/v1/groups/party");
    pim.patch("groups/party", json!({"type": "EVENT"})).await.assert_status(204);
    assert_eq!(
        pim.get("groups/party").await.assert_status(200).json(),
        json!({"code": "party", "type": "EVENT", "labels": {"en_US": "Party"}})
    );
    let refused = pim.patch("groups/party", json!({"type": "a b"})).await.assert_status(422).json();
    assert_eq!(refused["errors"][0]["property"], "type");
}

#[tokio::test]
async fn an_array_replaces_the_groups_of_a_product() {
    let pim = Pim::stocked().await;
    pim.patch_all("groups", &[json!({"code": "a"}), json!({"code": "b"})]).await;
    pim.patch_all("products", &[json!({"identifier": "A", "groups": ["b", "a"]})]).await;
    assert_eq!(pim.get("products/A").await.json()["groups"], json!(["a", "b"]));
    pim.patch("products/A", json!({"enabled": false})).await.assert_status(204);
    assert_eq!(pim.get("products/A").await.json()["groups"], json!(["a", "b"]));
    pim.patch("products/A", json!({"groups": ["b"]})).await.assert_status(204);
    assert_eq!(pim.get("products/A").await.json()["groups"], json!(["b"]));
    let same = pim.patch("products/A", json!({"groups": ["b"]})).await.assert_status(204);
    assert_eq!(same.header("vitrine-changed"), "false");
    pim.patch("products/A", json!({"groups": []})).await.assert_status(204);
    assert_eq!(pim.get("products/A").await.json()["groups"], json!([]));
    let refused =
        pim.patch("products/A", json!({"groups": ["ghost"]})).await.assert_status(422).json();
    assert_eq!(
        refused["message"],
        "The ghost group does not exist in your PIM. Check the expected format on the API documentation."
    );
}

#[tokio::test]
async fn products_and_models_are_associated_with_groups() {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all("groups", &[json!({"code": "party"})]).await;
    let with = json!({"associations": {"X_SELL": {"groups": ["party"]}}});
    pim.patch("products/A", with.clone()).await.assert_status(201);
    pim.patch("product-models/amor", with).await.assert_status(204);
    for path in ["products/A", "product-models/amor"] {
        let links = pim.get(path).await.json()["associations"]["X_SELL"].clone();
        assert_eq!(links, json!({"products": [], "product_models": [], "groups": ["party"]}));
    }
    pim.patch("products/A", json!({"associations": {"X_SELL": {"products": []}}}))
        .await
        .assert_status(204);
    assert_eq!(
        pim.get("products/A").await.json()["associations"]["X_SELL"]["groups"],
        json!(["party"])
    );
    let ghost = json!({"associations": {"X_SELL": {"groups": ["ghost"]}}});
    let refused = pim.patch("products/A", ghost).await.assert_status(422).json();
    assert_eq!(
        refused["message"],
        "Property \"associations\" expects a valid group code. The group does not exist, \"ghost\" given. Check the expected format on the API documentation."
    );
    let needed = pim.delete("groups/party").await.assert_status(422).json();
    assert_eq!(
        messages(&needed),
        [
            "Group \"party\" is still needed by association of product \"A\", association of product model \"amor\"."
        ]
    );
}

#[tokio::test]
async fn a_group_with_products_cannot_be_deleted() {
    let pim = Pim::stocked().await;
    pim.patch_all("groups", &[json!({"code": "party"})]).await;
    pim.patch_all("products", &[json!({"identifier": "A", "groups": ["party"]})]).await;
    let needed = pim.delete("groups/party").await.assert_status(422).json();
    assert_eq!(messages(&needed), ["Group \"party\" is still needed by product \"A\"."]);
    pim.delete("products/A").await.assert_status(204);
    pim.delete("groups/party").await.assert_status(204);
}

#[tokio::test]
async fn groups_come_back_with_a_version() {
    let pim = Pim::stocked().await;
    pim.patch_all("groups", &[json!({"code": "a"})]).await;
    let inside = json!({"groups": ["a"], "associations": {"X_SELL": {"groups": ["a"]}}});
    pim.patch("products/A", inside).await.assert_status(201);
    let outside = json!({"groups": [], "associations": {"X_SELL": {"groups": []}}});
    pim.patch("products/A", outside).await.assert_status(204);
    pim.post("products/A/versions/1/restore", json!({})).await.assert_status(204);
    let product = pim.get("products/A").await.json();
    assert_eq!(product["groups"], json!(["a"]));
    assert_eq!(product["associations"]["X_SELL"]["groups"], json!(["a"]));
    let history = pim.get("groups/a/versions").await.assert_status(200).json();
    assert_eq!(history["_embedded"]["items"].as_array().unwrap().len(), 1);
}
