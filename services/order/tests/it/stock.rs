use http::Method;
use serde_json::{Value, json};

use crate::shop::Shop;

#[tokio::test]
async fn anybody_sees_what_can_be_bought() {
    let shop = Shop::open().await;
    shop.set_stock("few", 3).await;
    let answer = shop.nobody().get("/v1/stock?skus=mug,few,nothing").await.assert_status(200);
    assert_eq!(
        answer.json(),
        json!({"items": [
            {"sku": "mug", "available": 10, "status": "in_stock"},
            {"sku": "few", "available": 3, "status": "low_stock"},
            {"sku": "nothing", "available": 0, "status": "out_of_stock"}
        ]})
    );
}

#[tokio::test]
async fn availability_is_asked_for_1_to_100_skus() {
    let shop = Shop::open().await;
    let nobody = shop.nobody();
    nobody.get("/v1/stock?skus=").await.assert_problem(422, "invalid");
    nobody.get("/v1/stock").await.assert_problem(422, "invalid");
    let many = vec!["a"; 101].join(",");
    nobody.get(&format!("/v1/stock?skus={many}")).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn stock_is_for_staff_with_the_scope() {
    let shop = Shop::open().await;
    let customer = shop.customer();
    customer.get("/v1/stock/mug").await.assert_problem(403, "insufficient_scope");
    customer.patch("/v1/stock", json!([])).await.assert_problem(403, "insufficient_scope");
    shop.nobody().get("/v1/stock/mug").await.assert_problem(401, "unauthenticated");
    shop.staff().get("/v1/stock/nothing").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn every_line_of_an_update_is_judged_for_itself() {
    let shop = Shop::open().await;
    let lines = json!([
        {"sku": "a", "on_hand": 1},
        {"sku": "a", "on_hand": 2},
        {"sku": "b", "on_hand": -1},
        {"sku": "c", "on_hand": 1, "location": "moon"},
        {"sku": "d"},
        {"sku": "e", "on_hand": 5}
    ]);
    let report = shop.staff().patch("/v1/stock", lines).await.assert_status(200).json();
    let outcome: Vec<_> = report["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].as_str().unwrap_or("ok"))
        .collect();
    assert_eq!(
        outcome,
        ["duplicate_line", "ok", "invalid_line", "unknown_location", "invalid_line", "ok"]
    );
    assert_eq!((&report["succeeded"], &report["failed"]), (&json!(2), &json!(4)));
    assert_eq!(shop.available("a").await, 2);
}

#[tokio::test]
async fn stock_is_set_line_by_line_too() {
    let shop = Shop::open().await;
    let body =
        b"{\"sku\":\"a\",\"on_hand\":1}\n\n{\"sku\":\"b\",\"on_hand\":2}\nnonsense\n".to_vec();
    let answer =
        shop.staff().send(Method::PATCH, "/v1/stock", Some("application/x-ndjson"), body).await;
    let report = answer.assert_status(200).json();
    assert_eq!((&report["succeeded"], &report["failed"]), (&json!(2), &json!(1)));
    let answer = shop.staff().send(Method::PATCH, "/v1/stock", Some("text/csv"), Vec::new()).await;
    answer.assert_problem(415, "unsupported_media_type");
    let many = json!(vec![json!({"sku": "a", "on_hand": 1}); 1001]);
    shop.staff().patch("/v1/stock", many).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn new_stock_alone_can_be_set_and_what_is_kept_stays() {
    let shop = Shop::open().await;
    let lines = json!([{"sku": "mug", "on_hand": 99}, {"sku": "new", "on_hand": 7}]);
    let answer = shop.staff().patch("/v1/stock?only_new=true", lines).await;
    let report = answer.assert_status(200).json();
    let outcomes: Vec<&str> =
        report["items"].as_array().unwrap().iter().map(|i| i["status"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["kept", "ok"]);
    assert_eq!(shop.level("mug").await, (10, 0, 0));
    assert_eq!(shop.available("new").await, 7);
}

#[tokio::test]
async fn stock_is_never_set_below_what_is_promised() {
    let shop = Shop::open().await;
    shop.order(&shop.shopper(), &[("mug", 4)], "tok_success").await;
    let lines = json!([{"sku": "mug", "on_hand": 3}]);
    let report = shop.staff().patch("/v1/stock", lines).await.assert_status(200).json();
    assert_eq!(report["items"][0]["code"], "stock_committed");
    assert_eq!(shop.level("mug").await, (10, 0, 4));
}

#[tokio::test]
async fn an_order_takes_from_the_first_location_and_then_the_next() {
    let shop = Shop::open().await;
    let staff = shop.staff();
    let second = json!({"code": "second", "name": "Second", "position": 5});
    staff.post("/v1/locations", second).await.assert_status(201);
    let lines = json!([{"sku": "mug", "on_hand": 10, "location": "second"}]);
    staff.patch("/v1/stock", lines).await.assert_status(200);
    assert_eq!(shop.available("mug").await, 20);
    shop.order(&shop.shopper(), &[("mug", 12)], "tok_success").await;
    let levels = staff.get("/v1/stock/mug").await.json();
    let allocated: Vec<_> = levels["locations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|level| level["allocated"].clone())
        .collect();
    assert_eq!(allocated, [json!(10), json!(2)]);
    assert_eq!(shop.broken_invariants().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_location_that_is_switched_off_sells_nothing() {
    let shop = Shop::open().await;
    let staff = shop.staff();
    let off = json!({"active": false});
    staff.patch("/v1/locations/default", off).await.assert_status(200);
    assert_eq!(shop.available("mug").await, 0);
    let level: Value = staff.get("/v1/stock/mug").await.json();
    assert_eq!(level["available"], 0);
    staff.delete("/v1/locations/default").await.assert_problem(409, "location_in_use");
}

#[tokio::test]
async fn other_services_learn_what_is_sold_out_once() {
    let shop = Shop::open().await;
    let service = shop.client(&shop.tokens.service("recommendation"));
    let ask = async |known: Value| {
        let answer = service.post("/internal/sold-out", json!({ "known": known })).await;
        answer.assert_status(200).json()
    };
    shop.set_stock("none", 0).await;
    shop.set_stock("mug", 1).await;
    let before = ask(json!(null)).await;
    assert_eq!(before["skus"], json!(["none"]));
    assert_eq!(ask(before["version"].clone()).await["skus"], json!(null), "known already");

    // A pending order holds the last one for a while.
    let order = shop.order(&shop.customer(), &[("mug", 1)], "tok_action").await;
    let held = ask(before["version"].clone()).await;
    assert_eq!(held["skus"], json!(["mug", "none"]));
    shop.age_order(&order, 60).await;
    assert_eq!(ask(held["version"].clone()).await, before, "the hold has ended by itself");
    shop.staff()
        .post("/internal/sold-out", json!({}))
        .await
        .assert_problem(403, "insufficient_scope");
}
