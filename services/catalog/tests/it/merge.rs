//! How a PATCH changes what is there: for each rule a test.

use serde_json::{Value, json};

use crate::pim::{Pim, value};

async fn pim() -> Pim {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all(
        "products",
        &[json!({"identifier": "A", "family": "mugs", "categories": ["kitchen"],
        "values": {"brand": value("Acme"), "tags": value(json!(["new", "gift"]))}})],
    )
    .await;
    pim
}

async fn patch(pim: &Pim, body: Value) -> Value {
    pim.patch("products/A", body).await.assert_status(204);
    pim.get("products/A").await.json()
}

#[tokio::test]
async fn nothing_changes_nothing() {
    let pim = pim().await;
    let before = pim.get("products/A").await.json();
    assert_eq!(patch(&pim, json!({})).await, before);
}

#[tokio::test]
async fn listed_values_are_set_and_others_kept() {
    let pim = pim().await;
    let product = patch(&pim, json!({"values": {"pieces": value(2)}})).await;
    assert_eq!(product["values"]["pieces"], value(2));
    assert_eq!(product["values"]["brand"], value("Acme"));
}

#[tokio::test]
async fn null_removes_the_value() {
    let pim = pim().await;
    let product = patch(&pim, json!({"values": {"brand": value(Value::Null)}})).await;
    assert_eq!(product["values"].get("brand"), None);
}

#[tokio::test]
async fn an_array_of_codes_replaces_and_an_empty_one_clears() {
    let pim = pim().await;
    assert_eq!(
        patch(&pim, json!({"categories": ["master"]})).await["categories"],
        json!(["master"])
    );
    assert_eq!(patch(&pim, json!({"categories": []})).await["categories"], json!([]));
}

#[tokio::test]
async fn categories_are_added_and_removed() {
    let pim = pim().await;
    let product = patch(&pim, json!({"add_categories": ["master"]})).await;
    assert_eq!(product["categories"], json!(["kitchen", "master"]));
    let product = patch(&pim, json!({"remove_categories": ["kitchen"]})).await;
    assert_eq!(product["categories"], json!(["master"]));
}

#[tokio::test]
async fn quantified_associations_are_replaced_by_type_and_kind() {
    let pim = pim().await;
    pim.patch_all("association-types", &[json!({"code": "BUNDLE", "is_quantified": true})]).await;
    pim.patch_all("products", &[json!({"identifier": "B"})]).await;
    let products = json!([{"identifier": "B", "quantity": 2}]);
    let models = json!([{"identifier": "amor", "quantity": 1}]);
    patch(&pim, json!({"quantified_associations": {"BUNDLE": {"products": products}}})).await;
    let product =
        patch(&pim, json!({"quantified_associations": {"BUNDLE": {"product_models": models}}}))
            .await;
    assert_eq!(
        product["quantified_associations"],
        json!({"BUNDLE": {"products": products, "product_models": models}})
    );
}

#[tokio::test]
async fn a_family_is_removed_and_its_values_kept() {
    let pim = pim().await;
    let product = patch(&pim, json!({"family": null})).await;
    assert_eq!(product["family"], Value::Null);
    assert_eq!(product["values"]["brand"], value("Acme"));
}

#[tokio::test]
async fn what_is_only_read_is_ignored() {
    let pim = pim().await;
    let before = pim
        .get("products/A?with_completenesses=true&with_quality_scores=true&with_attribute_options=true")
        .await
        .json();
    let answer = pim.patch("products/A", before).await.assert_status(204);
    assert_eq!(answer.header("vitrine-changed"), "false");
}

#[tokio::test]
async fn an_id_in_the_body_must_be_that_of_the_address() {
    let pim = pim().await;
    let (one, other) =
        ("0192f0c1-7c2e-7000-8000-000000000001", "0192f0c1-7c2e-7000-8000-000000000002");
    let refused = pim
        .patch(&format!("products-uuid/{one}"), json!({"uuid": other}))
        .await
        .assert_status(422)
        .json();
    assert_eq!(
        refused["message"],
        format!(
            "The uuid \"{other}\" provided in the request body must match the uuid \"{one}\" provided in the url."
        )
    );
}

#[tokio::test]
async fn the_identifier_is_changed_by_either_way() {
    let pim = pim().await;
    let id = pim.get("products/A").await.json()["uuid"].as_str().unwrap().to_owned();
    pim.patch(&format!("products-uuid/{id}"), json!({"values": {"sku": value("B")}}))
        .await
        .assert_status(204);
    assert_eq!(pim.get("products/B").await.assert_status(200).json()["uuid"], id.as_str());
    pim.patch("products/B", json!({"identifier": "C"})).await.assert_status(204);
    assert_eq!(pim.get("products/C").await.assert_status(200).json()["uuid"], id.as_str());
}

#[tokio::test]
async fn objects_are_merged() {
    let pim = pim().await;
    pim.patch("families/mugs", json!({"labels": {"en_US": "Mugs"}})).await.assert_status(204);
    pim.patch("families/mugs", json!({"labels": {"de_DE": "Tassen"}})).await.assert_status(204);
    let family = pim.get("families/mugs").await.json();
    assert_eq!(family["labels"], json!({"en_US": "Mugs", "de_DE": "Tassen"}));
}

#[tokio::test]
async fn a_wrong_container_is_refused() {
    let pim = pim().await;
    let refused =
        pim.patch("families/mugs", json!({"labels": null})).await.assert_status(422).json();
    assert_eq!(
        refused["message"],
        "Property \"labels\" expects an array as data, \"NULL\" given. Check the expected format on the API documentation."
    );
}

#[tokio::test]
async fn a_patch_creates_what_is_not_there() {
    let pim = pim().await;
    for (path, body) in [
        ("categories/new", json!({})),
        ("attribute-groups/new", json!({})),
        ("attributes/new_text", json!({"type": "pim_catalog_text", "group": "other"})),
        ("attributes/color/options/new", json!({})),
        ("association-types/new", json!({})),
        ("groups/new", json!({})),
        ("families/new", json!({})),
        (
            "channels/new",
            json!({"category_tree": "master", "locales": ["en_US"], "currencies": ["EUR"]}),
        ),
        ("products/new", json!({})),
        ("product-models/new", json!({"family_variant": "mugs_by_color"})),
    ] {
        let answer = pim.patch(path, body).await.assert_status(201);
        assert_eq!(answer.header("location"), format!("https://pim.example/api/rest/v1/{path}"));
        assert_eq!(answer.text(), "");
        pim.get(path).await.assert_status(200);
    }
}
