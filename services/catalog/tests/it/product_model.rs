//! Product models and the variants below them.

use serde_json::{Value, json};

use crate::pim::{Pim, messages, value};

fn variant(identifier: &str, color: &str) -> Value {
    json!({"identifier": identifier, "parent": "amor",
           "values": {"color": value(color), "price": value(json!([{"amount": 9, "currency": "EUR"}]))}})
}

#[tokio::test]
async fn a_variant_reads_with_what_it_inherits() {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all("products", &[variant("AMOR-R", "red")]).await;
    let product = pim.get("products/AMOR-R").await.assert_status(200).json();
    assert_eq!(product["parent"], "amor");
    assert_eq!(product["family"], "mugs");
    assert_eq!(product["categories"], json!(["kitchen"]));
    assert_eq!(product["values"]["brand"][0]["data"], "Acme");
    assert_eq!(
        product["values"]["price"][0]["data"],
        json!([{"amount": "9.00", "currency": "EUR"}])
    );
    let model = pim.get("product-models/amor").await.assert_status(200).json();
    assert_eq!(
        (&model["family"], &model["family_variant"]),
        (&json!("mugs"), &json!("mugs_by_color"))
    );
    assert_eq!(model["parent"], Value::Null);
}

#[tokio::test]
async fn what_was_read_of_a_variant_can_be_written_back() {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all("products", &[variant("AMOR-R", "red")]).await;
    let product = pim.get("products/AMOR-R").await.json();
    let answer = pim.patch("products/AMOR-R", product).await.assert_status(204);
    assert_eq!(answer.header("vitrine-changed"), "false");
}

#[tokio::test]
async fn siblings_differ_in_their_axes() {
    let pim = Pim::stocked().await.with_model().await;
    let answers = pim
        .patch_lines("products", &[variant("A", "red"), variant("B", "red"), variant("C", "blue")])
        .await;
    assert_eq!(answers[1]["status_code"], 422);
    assert_eq!(
        answers[1]["errors"],
        json!([{"property": "attribute", "message": "Cannot set value \"red\" for the attribute axis \"color\", as another sibling entity already has this value"}])
    );
    assert_eq!(answers[2]["status_code"], 201);
    let answers = pim.patch_lines("products", &[variant("D", "blue")]).await;
    assert_eq!(answers[0]["errors"][0]["property"], "attribute");
    let without = json!({"identifier": "E", "parent": "amor"});
    let answer = pim.post("products", without).await.assert_status(422).json();
    assert_eq!(
        messages(&answer),
        ["Attribute \"color\" cannot be empty, as it is defined as an axis for this entity"]
    );
    let answer = pim
        .patch("products/A", json!({"values": {"color": value("blue")}}))
        .await
        .assert_status(422)
        .json();
    assert!(
        messages(&answer)
            .contains(&"Variant axis \"color\" cannot be modified, \"blue\" given".to_owned())
    );
}

#[tokio::test]
async fn a_value_of_a_lower_level_is_not_written_above() {
    let pim = Pim::stocked().await.with_model().await;
    let answer = pim
        .patch("product-models/amor", json!({"values": {"color": value("red")}}))
        .await
        .assert_status(422)
        .json();
    assert_eq!(
        answer["message"],
        "Cannot set the property \"color\" to this entity as it is not in the attribute set. Check the expected format on the API documentation."
    );
}

#[tokio::test]
async fn a_variant_without_parent_keeps_what_it_inherited() {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all("products", &[variant("A", "red")]).await;
    pim.take_tasks().await;
    pim.patch("products/A", json!({"parent": null})).await.assert_status(204);
    assert_eq!(pim.take_tasks().await.len(), 2, "the old page and the new one");
    let product = pim.get("products/A").await.json();
    assert_eq!(product["parent"], Value::Null);
    assert_eq!(product["values"]["brand"][0]["data"], "Acme");
    assert_eq!(product["categories"], json!(["kitchen"]));
    assert_eq!(product["family"], "mugs");
}

#[tokio::test]
async fn two_levels_inherit_through_both() {
    let pim = Pim::stocked().await;
    let sets = json!([{"level": 1, "axes": ["color"], "attributes": ["color"]}, {"level": 2, "axes": ["size"], "attributes": ["price"]}]);
    pim.post("families/mugs/variants", json!({"code": "two", "variant_attribute_sets": sets}))
        .await
        .assert_status(201);
    let models = [
        json!({"code": "root", "family_variant": "two", "values": {"brand": value("Acme")}}),
        json!({"code": "root_red", "family_variant": "two", "parent": "root", "values": {"color": value("red")}}),
        json!({"code": "root_red2", "family_variant": "two", "parent": "root", "values": {"color": value("red")}}),
    ];
    let answers = pim.patch_lines("product-models", &models).await;
    let statuses: Vec<_> =
        answers.iter().map(|answer| answer["status_code"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 201, 422]);
    let product = |parent: &str| json!({"identifier": format!("P-{parent}"), "parent": parent, "values": {"size": value("s")}});
    let answers = pim.patch_lines("products", &[product("root_red"), product("root")]).await;
    assert_eq!(answers[0]["status_code"], 201, "{}", answers[0]);
    assert_eq!(
        messages(&answers[1]),
        [
            "The variant product \"P-root\" cannot have product model \"root\" as parent, (this product model can only have other product models as children)"
        ]
    );
    let product = pim.get("products/P-root_red").await.json();
    assert_eq!(product["values"]["brand"][0]["data"], "Acme");
    assert_eq!(product["values"]["color"][0]["data"], "red");
    assert_eq!(product["root_parent"], "root");
    let answer = pim.delete("product-models/root").await.assert_status(422).json();
    assert_eq!(
        messages(&answer),
        ["Product model \"root\" is still needed by product model \"root_red\"."]
    );
}

#[tokio::test]
async fn a_model_keeps_its_rules() {
    let pim = Pim::stocked().await.with_model().await;
    let refused = async |body: Value| {
        messages(&pim.post("product-models", body).await.assert_status(422).json())
    };
    assert_eq!(refused(json!({"code": "x"})).await, ["This value should not be blank."]);
    assert_eq!(
        refused(json!({"code": "amor", "family_variant": "mugs_by_color"})).await,
        ["The same code is already set on another product model."]
    );
    assert_eq!(
        refused(json!({"code": "x", "family_variant": "mugs_by_color", "parent": "amor"})).await,
        ["The product model \"x\" cannot have product model \"amor\" as parent."]
    );
    assert!(
        refused(json!({"code": "x", "family_variant": "ghost"})).await[0]
            .starts_with("Property \"family_variant\" expects a valid family variant code.")
    );
}

#[tokio::test]
async fn two_way_associations_appear_on_both_sides() {
    let pim = Pim::stocked().await.with_model().await;
    pim.post("association-types", json!({"code": "FITS", "is_two_way": true}))
        .await
        .assert_status(201);
    pim.patch_all("products", &[json!({"identifier": "A"}), json!({"identifier": "B"})]).await;
    let fits = |products: Value, models: Value| json!({"associations": {"FITS": {"products": products, "product_models": models}}});
    pim.patch("products/A", fits(json!(["B"]), json!(["amor"]))).await.assert_status(204);
    assert_eq!(
        pim.get("products/B").await.json()["associations"]["FITS"]["products"],
        json!(["A"])
    );
    assert_eq!(
        pim.get("product-models/amor").await.json()["associations"]["FITS"]["products"],
        json!(["A"])
    );
    pim.patch("products/B", fits(json!([]), json!([]))).await.assert_status(204);
    let product = pim.get("products/A").await.json();
    assert_eq!(
        product["associations"]["FITS"],
        json!({"products": [], "product_models": ["amor"], "groups": []})
    );
}

#[tokio::test]
async fn quantities_belong_to_quantified_types() {
    let pim = Pim::stocked().await.with_model().await;
    pim.post("association-types", json!({"code": "SET", "is_quantified": true}))
        .await
        .assert_status(201);
    pim.patch_all("products", &[json!({"identifier": "A"}), json!({"identifier": "B"})]).await;
    let set = json!({"products": [{"identifier": "B", "quantity": 2}], "product_models": [{"identifier": "amor", "quantity": 1}]});
    pim.patch("products/A", json!({"quantified_associations": {"SET": set}}))
        .await
        .assert_status(204);
    let product = pim.get("products/A").await.json();
    assert_eq!(product["quantified_associations"], json!({"SET": set}));
    assert!(product["associations"].get("SET").is_none());
    let answer = pim
        .patch("products/A", json!({"associations": {"SET": {"products": ["B"]}}}))
        .await
        .assert_status(422)
        .json();
    assert_eq!(messages(&answer), ["The association type \"SET\" is quantified."]);
}

#[tokio::test]
async fn a_refused_line_takes_no_axes_from_those_after_it() {
    let pim = Pim::stocked().await.with_model().await;
    let ghost = |mut line: Value| {
        line["categories"] = json!(["ghost"]);
        line
    };
    let lines = [ghost(variant("A", "red")), variant("B", "red"), variant("C", "red")];
    let answers = pim.patch_lines("products", &lines).await;
    let statuses: Vec<&Value> = answers.iter().map(|answer| &answer["status_code"]).collect();
    assert_eq!(statuses, [422, 201, 422]);
    let sets = json!([{"level": 1, "axes": ["color"]}, {"level": 2, "axes": ["size"]}]);
    let two = json!({"code": "two", "variant_attribute_sets": sets});
    pim.post("families/mugs/variants", two).await.assert_status(201);
    pim.patch_all("product-models", &[json!({"code": "root", "family_variant": "two"})]).await;
    let model = |code: &str| json!({"code": code, "family_variant": "two", "parent": "root", "values": {"color": value("red")}});
    let lines = [ghost(model("a")), model("b"), model("c")];
    let answers = pim.patch_lines("product-models", &lines).await;
    let statuses: Vec<&Value> = answers.iter().map(|answer| &answer["status_code"]).collect();
    assert_eq!(statuses, [422, 201, 422]);
}
