use serde_json::json;

use crate::shop::{Shop, mug, stored};

#[tokio::test]
async fn a_sellable_item_says_what_an_sku_is_and_costs() {
    let shop = Shop::open().await;
    let product = mug("MUG-1", "Mug")
        .euros("19.99")
        .value("tax_class", "reduced")
        .value("picture", "mug.png");
    shop.put(&product).await;
    let service = shop.client.bearer(&shop.tokens.service("order"));
    let query = json!({"skus": ["nothing", "MUG-1"], "currency": "EUR"});
    let answer = service.post("/internal/sellable-items", query).await.assert_status(200);
    assert_eq!(
        answer.json(),
        json!({"items": [{
            "sku": "MUG-1", "product_id": product.id, "name": "Mug", "image": "/media/mug.png",
            "price": {"amount": 1999, "currency": "EUR"}, "tax_class": "reduced",
            "categories": ["kitchen", "mugs"],
        }]})
    );
    let query =
        json!({"skus": ["MUG-1"], "currency": "GBP", "channel": "ecommerce", "locale": "de_DE"});
    let answer = service.post("/internal/sellable-items", query).await.assert_status(200);
    assert_eq!(answer.json()["items"][0]["price"], json!(null));
}

#[tokio::test]
async fn a_variant_is_sold_under_its_own_name_on_the_page_of_its_model() {
    let shop = Shop::open().await;
    let name = json!([{"locale": "en_US", "scope": null, "data": "Shirt"}]);
    let model = shop.put_model("shirt", json!({ "name": name })).await;
    let blue = shop.put_submodel("blue", model, json!({ "color": stored("blue") })).await;
    shop.put(&mug("S-1", "").of(blue).value("size", "s").euros("10")).await;
    let service = shop.client.bearer(&shop.tokens.service("order"));
    let query = json!({"skus": ["S-1"], "currency": "EUR"});
    let answer = service.post("/internal/sellable-items", query).await.assert_status(200).json();
    assert_eq!(answer["items"][0]["name"], "Shirt, Blue, Small");
    assert_eq!(answer["items"][0]["product_id"], json!(model));
    assert_eq!(answer["items"][0]["price"]["amount"], 1000);
}

#[tokio::test]
async fn only_services_ask_and_for_at_most_a_hundred() {
    let shop = Shop::open().await;
    let query = json!({"skus": [], "currency": "EUR"});
    let path = "/internal/sellable-items";
    shop.client.post(path, query.clone()).await.assert_problem(401, "unauthenticated");
    let customer = shop.client.bearer(&shop.tokens.customer());
    customer.post(path, query).await.assert_problem(403, "insufficient_scope");
    let service = shop.client.bearer(&shop.tokens.service("order"));
    let many = json!({"skus": vec!["x"; 101], "currency": "EUR"});
    let problem = service.post(path, many).await.assert_problem(422, "invalid").json();
    assert_eq!(problem["errors"][0]["pointer"], "/skus");
    let unknown = json!({"skus": ["x"], "currency": "EUR", "channel": "nowhere"});
    service.post(path, unknown).await.assert_problem(422, "invalid");
}
