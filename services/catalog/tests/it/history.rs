//! The history of things: who wrote what, and how a version comes back.

use serde_json::{Value, json};
use testing::Answer;

use crate::pim::{Pim, messages, value};

/// The entries of a page, without their times.
fn entries(answer: &Answer) -> Vec<Value> {
    answer.json()["_embedded"]["items"].as_array().unwrap().clone()
}

fn versions(answer: &Answer) -> Vec<i64> {
    entries(answer).iter().map(|entry| entry["version"].as_i64().unwrap()).collect()
}

fn mug(data: &str) -> Value {
    json!({"identifier": "MUG", "family": "mugs", "values": {"brand": value(data)}})
}

#[tokio::test]
async fn a_history_tells_who_wrote_what_newest_first() {
    let pim = Pim::stocked().await;
    pim.post("products", mug("Acme")).await.assert_status(201);
    let patch = json!({"enabled": false, "values": {
        "brand": value(Value::Null),
        "name": [{"locale": "de_DE", "scope": null, "data": "Tasse"}],
    }});
    pim.patch("products/MUG", patch.clone()).await.assert_status(204);
    pim.patch("products/MUG", patch).await.assert_status(204);
    let answer = pim.get("products/MUG/versions").await.assert_status(200);
    let entries = entries(&answer);
    assert_eq!(versions(&answer), [2, 1], "what changed nothing is not told");
    assert_eq!(entries[0]["action"], "updated");
    assert_eq!(
        entries[0]["author"],
        json!({"name": "erp", "subject": "erp", "client_id": "test", "type": "api"})
    );
    assert_eq!(
        entries[0]["changes"],
        json!([
            {"property": "enabled", "old": true, "new": false},
            {"property": "values", "attribute": "brand", "locale": null, "scope": null,
             "old": "Acme", "new": null},
            {"property": "values", "attribute": "name", "locale": "de_DE", "scope": null,
             "old": null, "new": "Tasse"},
        ])
    );
    assert_eq!(entries[1]["action"], "created");
    assert_eq!(
        entries[1]["_links"]["self"]["href"],
        "https://pim.example/api/rest/v1/products/MUG/versions/1"
    );
    let first = pim.get("products/MUG/versions/1").await.assert_status(200).json();
    assert_eq!(
        first["state"],
        json!({"identifier": "MUG", "enabled": true, "family": "mugs",
               "values": {"brand": value("Acme")}})
    );
}

#[tokio::test]
async fn a_creation_tells_what_the_thing_was_made_with_whatever_came_later() {
    let pim = Pim::stocked().await;
    let made = |brand: &str| {
        json!([
            {"property": "enabled", "old": null, "new": true},
            {"property": "family", "old": null, "new": "mugs"},
            {"property": "identifier", "old": null, "new": "MUG"},
            {"property": "values", "attribute": "brand", "locale": null, "scope": null,
             "old": null, "new": brand},
        ])
    };
    let told = async |path: &str| {
        let answer = pim.get(path).await.assert_status(200);
        let entries = entries(&answer).into_iter();
        let creations = entries.filter(|entry| entry["action"] == "created");
        creations.map(|entry| entry["changes"].clone()).collect::<Vec<_>>()
    };
    pim.post("products", mug("Acme")).await.assert_status(201);
    assert_eq!(told("products/MUG/versions").await, [made("Acme")]);

    pim.patch("products/MUG", json!({"family": null, "values": {"brand": value("Other")}}))
        .await
        .assert_status(204);
    pim.delete("products/MUG").await.assert_status(204);
    assert_eq!(told("products/MUG/versions").await, [made("Acme")]);

    pim.post("products/MUG/versions/1/restore", json!({})).await.assert_status(201);
    pim.patch("products/MUG", json!({"values": {"brand": value("Third")}}))
        .await
        .assert_status(204);
    assert_eq!(told("products/MUG/versions").await, [made("Acme"), made("Acme")]);
    let first = pim.get("products/MUG/versions/1").await.assert_status(200).json();
    assert_eq!(first["changes"], made("Acme"));
}

#[tokio::test]
async fn a_history_is_paged_by_cursors_and_filtered() {
    let pim = Pim::stocked().await;
    for brand in ["a", "b", "c"] {
        pim.patch_all("products", &[mug(brand)]).await;
    }
    let page = pim.get("products/MUG/versions?limit=2").await.assert_status(200);
    assert_eq!(versions(&page), [3, 2]);
    let next = page.json()["_links"]["next"]["href"].as_str().unwrap().to_owned();
    let next = pim.get(next.strip_prefix("https://pim.example/api/rest/v1/").unwrap()).await;
    assert_eq!(versions(&next), [1]);
    assert_eq!(next.json()["_links"].get("next"), None);
    let count = async |query: &str| {
        versions(&pim.get(&format!("products/MUG/versions?{query}")).await.assert_status(200)).len()
    };
    assert_eq!(count("author=erp").await, 3);
    assert_eq!(count("author=somebody").await, 0);
    assert_eq!(count("since=2020-01-01T00:00:00Z").await, 3);
    assert_eq!(count("until=2020-01-01T00:00:00Z").await, 0);
    for bad in ["since=yesterday", "search_after=x", "pagination_type=page", "limit=101"] {
        pim.get(&format!("products/MUG/versions?{bad}")).await.assert_status(422);
    }
    pim.get("products/GHOST/versions").await.assert_status(404);
    pim.get("products/MUG/versions/9").await.assert_status(404);
    pim.get("media-files/MUG/versions").await.assert_status(404);
    pim.get("locales/en_US/versions").await.assert_status(404);
}

#[tokio::test]
async fn a_version_comes_back_as_a_new_one() {
    let pim = Pim::stocked().await;
    pim.patch_all("products", &[json!({"identifier": "OTHER"})]).await;
    let first = json!({
        "identifier": "MUG", "family": "mugs", "categories": ["kitchen"],
        "values": {"brand": value("Acme"), "tags": value(json!(["new"])), "released": value("2024-05-01"),
                   "volume": value(json!({"amount": 0.25, "unit": "LITER"})),
                   "price": value(json!([{"amount": "9.99", "currency": "EUR"}]))},
        "associations": {"PACK": {"products": ["OTHER"]}},
    });
    pim.post("products", first).await.assert_status(201);
    let before = pim.get("products/MUG").await.json();
    let second = json!({
        "family": null, "categories": ["master"], "enabled": false,
        "values": {"brand": value("Other"), "pieces": value(3), "released": value(Value::Null)},
        "associations": {"PACK": {"products": []}, "UPSELL": {"products": ["OTHER"]}},
    });
    pim.patch("products/MUG", second).await.assert_status(204);
    pim.take_tasks().await;
    let answer = pim.post("products/MUG/versions/1/restore", json!({})).await.assert_status(204);
    assert_eq!(answer.header("location"), "https://pim.example/api/rest/v1/products/MUG");
    assert_eq!(pim.take_tasks().await.len(), 1, "the page is built anew");
    let mut after = pim.get("products/MUG").await.json();
    after["updated"] = before["updated"].clone();
    assert_eq!(after, before);
    let newest = &entries(&pim.get("products/MUG/versions").await)[0];
    assert_eq!((&newest["version"], &newest["restored_version"]), (&json!(3), &json!(1)));
    let again = pim.post("products/MUG/versions/3/restore", json!({})).await.assert_status(204);
    assert_eq!(again.header("vitrine-changed"), "false");
}

#[tokio::test]
async fn a_deleted_product_keeps_its_history_and_can_come_back() {
    let pim = Pim::stocked().await;
    pim.post("products", mug("Acme")).await.assert_status(201);
    let id = pim.get("products/MUG").await.json();
    pim.delete("products/MUG").await.assert_status(204);
    let history = pim.get("products/MUG/versions").await.assert_status(200);
    assert_eq!(versions(&history), [2, 1]);
    assert_eq!(entries(&history)[0]["action"], "deleted");
    assert_eq!(pim.get("products/MUG/versions/2").await.json()["state"], Value::Null);
    pim.post("products/MUG/versions/2/restore", json!({})).await.assert_status(422);
    let restore = async |etag: &str| {
        let client = pim.client.clone().header("if-match", etag);
        client.post("/api/rest/v1/products/MUG/versions/1/restore", json!({})).await
    };
    restore("\"1\"").await.assert_status(412);
    pim.post("products/MUG/versions/1/restore", json!({})).await.assert_status(201);
    let back = pim.get("products/MUG").await.assert_status(200);
    assert_eq!(back.version(), "3", "versions go on: an old ETag never fits");
    assert_eq!(back.json()["values"], id["values"]);
    restore("\"2\"").await.assert_status(412);
    restore("\"3\"").await.assert_status(204);
    assert_eq!(versions(&pim.get("products/MUG/versions").await), [3, 2, 1]);
}

#[tokio::test]
async fn what_comes_back_keeps_the_rules_of_today() {
    let pim = Pim::stocked().await;
    let with_color = json!({"identifier": "MUG", "values": {"color": value("blue")}});
    pim.post("products", with_color).await.assert_status(201);
    pim.patch("products/MUG", json!({"values": {"color": value("red")}})).await.assert_status(204);
    pim.delete("attributes/color/options/blue").await.assert_status(204);
    let answer = pim.post("products/MUG/versions/1/restore", json!({})).await.assert_status(422);
    assert_eq!(
        messages(&answer.json()),
        ["The blue value is not in the color attribute option list."]
    );
    assert_eq!(versions(&pim.get("products/MUG/versions").await), [2, 1]);
    let reader = pim.with_scopes(&["catalog:read"]);
    reader.post("/api/rest/v1/products/MUG/versions/1/restore", json!({})).await.assert_status(403);
}

#[tokio::test]
async fn every_line_of_a_bulk_write_is_told_of_and_refused_ones_are_not() {
    let pim = Pim::stocked().await;
    let lines = [
        json!({"identifier": "A"}),
        json!({"identifier": "B", "family": "ghosts"}),
        json!({"identifier": "A", "enabled": false}),
    ];
    pim.patch_lines("products", &lines).await;
    assert_eq!(versions(&pim.get("products/A/versions").await), [2, 1]);
    pim.get("products/B/versions").await.assert_status(404);
}

#[tokio::test]
async fn models_and_the_other_side_of_an_association_have_a_history() {
    let pim = Pim::stocked().await.with_model().await;
    pim.post("association-types", json!({"code": "FRIEND", "is_two_way": true}))
        .await
        .assert_status(201);
    pim.patch_all("products", &[json!({"identifier": "A"})]).await;
    let id = pim.get("products-uuid").await.json()["_embedded"]["items"][0]["uuid"].clone();
    let body = json!({"associations": {"FRIEND": {"products": ["A"]}},
                      "values": {"brand": value("Other")}});
    pim.patch("product-models/amor", body).await.assert_status(204);
    let other = &entries(&pim.get("products/A/versions").await)[0];
    assert_eq!(
        other["changes"],
        json!([{"property": "associations", "old": null,
                "new": {"FRIEND": {"products": [], "product_models": ["amor"], "groups": []}}}])
    );
    let model = &entries(&pim.get("product-models/amor/versions").await)[0];
    assert_eq!(
        model["changes"][0]["new"],
        json!({"FRIEND": {"products": [id], "product_models": [], "groups": []}})
    );
    pim.post("product-models/amor/versions/1/restore", json!({})).await.assert_status(204);
    let model = pim.get("product-models/amor").await.json();
    assert_eq!(model["values"]["brand"][0]["data"], "Acme");
    assert_eq!(model["associations"]["FRIEND"]["products"], json!([]));
    pim.delete("product-models/amor").await.assert_status(204);
    pim.post("product-models/amor/versions/2/restore", json!({})).await.assert_status(201);
    let model = pim.get("product-models/amor").await.json();
    assert_eq!(model["associations"]["FRIEND"]["products"], json!(["A"]));
    assert_eq!(versions(&pim.get("product-models/amor/versions").await), [5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn variants_come_back_below_their_model() {
    let pim = Pim::stocked().await.with_model().await;
    let variant = json!({"identifier": "AMOR-RED", "parent": "amor",
                         "values": {"color": value("red"), "pieces": value(1)}});
    pim.post("products", variant).await.assert_status(201);
    let before = pim.get("products/AMOR-RED").await.json();
    pim.delete("products/AMOR-RED").await.assert_status(204);
    pim.post("products/AMOR-RED/versions/1/restore", json!({})).await.assert_status(201);
    let after = pim.get("products/AMOR-RED").await.json();
    assert_eq!((&after["parent"], &after["values"]), (&json!("amor"), &before["values"]));
}

#[tokio::test]
async fn structure_has_a_history_and_comes_back() {
    let pim = Pim::stocked().await;
    let labels = json!({"labels": {"en_US": "Kitchen", "de_DE": "Küche"}});
    pim.patch("categories/kitchen", labels).await.assert_status(204);
    pim.patch("categories/kitchen", json!({"labels": {"de_DE": null}, "position": 7}))
        .await
        .assert_status(204);
    let history = pim.get("categories/kitchen/versions").await.assert_status(200);
    assert_eq!(versions(&history), [3, 2, 1]);
    assert_eq!(
        entries(&history)[0]["changes"],
        json!([
            {"property": "labels", "old": {"de_DE": "Küche", "en_US": "Kitchen"}, "new": {"en_US": "Kitchen"}},
            {"property": "position", "old": 0, "new": 7},
        ])
    );
    pim.post("categories/kitchen/versions/1/restore", json!({})).await.assert_status(204);
    let category = pim.get("categories/kitchen").await;
    assert_eq!(category.json()["labels"], json!({}));
    assert_eq!(category.version(), "4");
    pim.delete("categories/kitchen").await.assert_status(204);
    pim.post("categories/kitchen/versions/2/restore", json!({})).await.assert_status(201);
    let category = pim.get("categories/kitchen").await;
    assert_eq!(category.json()["labels"], json!({"de_DE": "Küche", "en_US": "Kitchen"}));
    assert_eq!(category.json()["parent"], "master");
    assert_eq!(category.version(), "6");
}

#[tokio::test]
async fn values_of_a_category_that_came_since_go_when_a_version_comes_back() {
    let pim = Pim::stocked().await;
    let text = |code: &str, locale: Option<&str>, data: Value| json!({"values": [{"attribute_code": code, "channel": null, "locale": locale, "data": data}]});
    let path = "categories/kitchen";
    pim.patch(path, text("intro", None, "old".into())).await.assert_status(204);
    let before = pim.get(path).await.json()["values"].clone();
    pim.patch(path, text("intro", None, "new".into())).await.assert_status(204);
    pim.patch(path, text("intro", Some("en_US"), "hello".into())).await.assert_status(204);
    pim.patch(path, text("outro", None, "bye".into())).await.assert_status(204);
    pim.post("categories/kitchen/versions/2/restore", json!({})).await.assert_status(204);
    assert_eq!(pim.get(path).await.json()["values"], before);
    pim.post("categories/kitchen/versions/1/restore", json!({})).await.assert_status(204);
    assert_eq!(pim.get(path).await.json()["values"], json!({}));
}

#[tokio::test]
async fn every_sort_of_structure_comes_back_after_its_deletion() {
    let pim = Pim::stocked().await;
    pim.post("association-types", json!({"code": "FRIEND", "labels": {"en_US": "Friend"}}))
        .await
        .assert_status(201);
    pim.post("attribute-groups", json!({"code": "marketing", "sort_order": 3}))
        .await
        .assert_status(201);
    let weight = json!({"code": "weight", "type": "pim_catalog_metric", "group": "other",
        "metric_family": "Weight", "default_metric_unit": "GRAM", "decimals_allowed": true, "number_min": "1"});
    pim.post("attributes", weight).await.assert_status(201);
    let variant = json!({"code": "by_color", "variant_attribute_sets": [{"level": 1, "axes": ["color"], "attributes": ["color"]}]});
    pim.post("families/mugs/variants", variant).await.assert_status(201);
    let channel = json!({"code": "print", "category_tree": "master", "locales": ["en_US"], "currencies": ["EUR"]});
    pim.post("channels", channel).await.assert_status(201);
    pim.post(
        "families",
        json!({"code": "cups", "attributes": ["brand"], "labels": {"en_US": "Cups"}}),
    )
    .await
    .assert_status(201);
    let units = json!({"code": "Mood", "standard_unit_code": "SMILE", "labels": {"en_US": "Mood"},
        "units": {"SMILE": {"convert_from_standard": [{"operator": "mul", "value": "1"}]}}});
    let body = json!([units]).to_string();
    pim.patch_text("measurement-families", &body).await.assert_status(200);
    for path in [
        "association-types/FRIEND",
        "attribute-groups/marketing",
        "attributes/weight",
        "attributes/color/options/red",
        "families/mugs/variants/by_color",
        "families/cups",
        "channels/print",
    ] {
        let before = pim.get(path).await.assert_status(200).json();
        pim.delete(path).await.assert_status(204);
        let last = versions(&pim.get(&format!("{path}/versions")).await.assert_status(200))[1];
        pim.post(&format!("{path}/versions/{last}/restore"), json!({})).await.assert_status(201);
        let mut after = pim.get(path).await.json();
        if before.get("updated").is_some() {
            after["updated"] = before["updated"].clone();
        }
        assert_eq!(after, before, "{path}");
        pim.get(&format!("{path}/versions/{}", last + 2)).await.assert_status(200);
    }
    pim.delete("measurement-families/Mood").await.assert_status(204);
    pim.post("measurement-families/Mood/versions/1/restore", json!({})).await.assert_status(201);
}

#[tokio::test]
async fn an_attribute_tells_that_its_group_changed() {
    let pim = Pim::stocked().await;
    pim.post("attribute-groups", json!({"code": "marketing", "attributes": ["name"]}))
        .await
        .assert_status(201);
    let answer = pim.get("attributes/name/versions").await;
    assert_eq!(versions(&answer), [2, 1]);
    assert_eq!(
        entries(&answer)[0]["changes"],
        json!([{"property": "group", "old": "other", "new": "marketing"}])
    );
    pim.post("attributes/name/versions/1/restore", json!({})).await.assert_status(204);
    assert_eq!(pim.get("attributes/name").await.json()["group"], "other");
}

#[tokio::test]
async fn options_that_went_with_their_attribute_come_back() {
    let pim = Pim::stocked().await;
    let finish = json!({"code": "finish", "type": "pim_catalog_simpleselect", "group": "other"});
    pim.post("attributes", finish).await.assert_status(201);
    pim.post("attributes/finish/options", json!({"code": "matt", "labels": {"en_US": "Matt"}}))
        .await
        .assert_status(201);
    pim.delete("attributes/finish").await.assert_status(204);
    let option = "attributes/finish/options/matt";
    let history = pim.get(&format!("{option}/versions")).await.assert_status(200);
    assert_eq!(entries(&history)[0]["action"], "deleted");
    let restore = format!("{option}/versions/1/restore");
    pim.post(&restore, json!({})).await.assert_status(404);
    pim.post("attributes/finish/versions/1/restore", json!({})).await.assert_status(201);
    pim.post(&restore, json!({})).await.assert_status(201);
    assert_eq!(pim.get(option).await.json()["labels"], json!({"en_US": "Matt"}));
}

/// What was told since the last time: type and changes of each fact.
async fn take_told(pim: &Pim) -> Vec<(String, Value)> {
    sqlx::query_as(
        "with gone as (delete from outbox where type like '%.changed' returning *)
         select type, data -> 'changes' from gone order by event_id",
    )
    .fetch_all(&pim.db)
    .await
    .unwrap()
}

#[tokio::test]
async fn others_are_told_of_every_write_in_one_fact_for_each_sort_of_things() {
    let pim = Pim::stocked().await.with_model().await;
    let id = "0192a1a0-0000-7000-8000-000000000001";
    take_told(&pim).await;
    let lines = [
        json!({"uuid": id, "values": {"sku": value("A")}}),
        json!({"uuid": "0192a1a0-0000-7000-8000-000000000002", "enabled": false}),
        json!({"uuid": "0192a1a0-0000-7000-8000-000000000003", "family": "ghosts"}),
    ];
    pim.patch_lines("products-uuid", &lines).await;
    let told = take_told(&pim).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "catalog.product.changed");
    assert_eq!(
        told[0].1,
        json!([
            {"kind": "product", "code": id, "action": "created", "version": 1},
            {"kind": "product", "code": lines[1]["uuid"], "action": "created", "version": 1},
        ])
    );
    pim.patch("products/A", json!({"enabled": true})).await.assert_status(204);
    assert!(take_told(&pim).await.is_empty(), "nothing changed");
    pim.patch("products/A", json!({"enabled": false})).await.assert_status(204);
    pim.delete("products/A").await.assert_status(204);
    let change = |action: &str, version: i64| json!({"kind": "product", "code": id, "action": action, "version": version});
    let mut deletion = change("deleted", 3);
    deletion["identifier"] = json!("A");
    let told = take_told(&pim).await;
    assert_eq!(told[0].1, json!([change("updated", 2)]));
    assert_eq!(told[1].1, json!([deletion]));
    pim.delete("product-models/amor").await.assert_status(204);
    pim.post("attributes/color/options", json!({"code": "green"})).await.assert_status(201);
    let told = take_told(&pim).await;
    assert_eq!(told[0].0, "catalog.product_model.changed");
    assert_eq!(told[0].1[0]["code"], "amor");
    assert_eq!(told[1].0, "catalog.structure.changed");
    assert_eq!(
        told[1].1,
        json!([{"kind": "attribute_option", "owner": "color", "code": "green", "action": "created", "version": 1}])
    );
}
