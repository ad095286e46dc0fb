use serde_json::{Value, json};
use uuid::Uuid;

use crate::shop::{fresh_key, new_payment, shop};

#[tokio::test]
async fn a_new_payment_requires_a_payment_method() {
    let shop = shop().await;
    let answer = shop.keyed().post("/v1/payments", new_payment(1000)).await.assert_status(201);
    let payment = answer.json();
    assert_eq!(payment["status"], "requires_payment_method");
    assert_eq!(payment["amount"], json!({ "amount": 1000, "currency": "EUR" }));
    assert_eq!(payment["capture_method"], "automatic");
    assert_eq!(payment["version"], 1);
    assert_eq!(shop.get(answer.header("location")).await, payment);
}

#[tokio::test]
async fn who_lacks_the_scope_neither_reads_nor_writes() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let reader = shop.anyone.bearer(&shop.tokens.staff(&["payments:read"])).key("k");
    for path in ["", "/confirm", "/capture", "/cancel", "/refunds"] {
        let path = if path.is_empty() { "/v1/payments".into() } else { format!("{payment}{path}") };
        let body = json!({});
        reader.post(&path, body.clone()).await.assert_problem(403, "insufficient_scope");
        shop.anyone.post(&path, body).await.assert_problem(401, "unauthenticated");
    }
    let customer = shop.anyone.bearer(&shop.tokens.customer());
    for path in
        ["/v1/payments", &payment, &format!("{payment}/ledger"), &format!("{payment}/refunds")]
    {
        customer.get(path).await.assert_problem(403, "insufficient_scope");
        shop.anyone.get(path).await.assert_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_payment_is_more_than_nothing_and_in_a_currency() {
    let shop = shop().await;
    for (amount, currency, pointer) in [
        (0, "EUR", "/amount/amount"),
        (-5, "EUR", "/amount/amount"),
        (5, "eur", "/amount/currency"),
    ] {
        let mut payment = new_payment(amount);
        payment["amount"]["currency"] = json!(currency);
        let answer =
            shop.keyed().post("/v1/payments", payment).await.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
    let mut payment = new_payment(1);
    payment["skus"] = json!(vec!["A"; 501]);
    let answer = shop.keyed().post("/v1/payments", payment).await.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/skus");
}

#[tokio::test]
async fn every_write_needs_an_idempotency_key() {
    let shop = shop().await;
    let payment = shop.payment().await;
    for (path, body) in [
        ("/v1/payments".to_owned(), new_payment(1)),
        (format!("{payment}/confirm"), json!({ "token": "tok_success" })),
        (format!("{payment}/capture"), json!({})),
        (format!("{payment}/cancel"), json!({})),
        (format!("{payment}/refunds"), json!({})),
    ] {
        shop.order.post(&path, body).await.assert_problem(400, "idempotency_key_required");
    }
}

#[tokio::test]
async fn a_retried_creation_is_answered_with_the_same_bytes() {
    let shop = shop().await;
    let client = shop.keyed();
    let body = new_payment(1000);
    let first = client.post("/v1/payments", body.clone()).await.assert_status(201);
    let again = client.post("/v1/payments", body).await.assert_status(201);
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("idempotent-replayed"), "true");
    client.post("/v1/payments", new_payment(7)).await.assert_problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_client_chosen_id_creates_one_payment() {
    let shop = shop().await;
    let mut body = new_payment(1000);
    body["id"] = json!(Uuid::now_v7());
    let first = shop.keyed().post("/v1/payments", body.clone()).await.assert_status(201).json();
    let again = shop.keyed().post("/v1/payments", body.clone()).await.assert_status(200).json();
    assert_eq!(again, first);
    body["amount"]["amount"] = json!(999);
    shop.keyed().post("/v1/payments", body).await.assert_problem(409, "payment_id_taken");
}

#[tokio::test]
async fn payments_are_found_by_order_and_sku_newest_first_in_pages() {
    let shop = shop().await;
    let order_id = Uuid::now_v7();
    for amount in 1..=3 {
        let mut body = new_payment(amount);
        body["order_id"] = json!(order_id);
        body["skus"] = json!(["LAMP \"X\"", "MUG"]);
        shop.keyed().post("/v1/payments", body).await.assert_status(201);
    }
    shop.payment().await;
    let first = shop.get(&format!("/v1/payments?order={order_id}&limit=2")).await;
    let amounts = |page: &serde_json::Value| -> Vec<i64> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["amount"]["amount"].as_i64().unwrap()).collect()
    };
    assert_eq!(amounts(&first), [3, 2]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = shop.get(&format!("/v1/payments?order={order_id}&limit=2&cursor={cursor}")).await;
    assert_eq!(amounts(&rest), [1]);
    assert!(rest.get("next_cursor").is_none());
    assert_eq!(amounts(&shop.get("/v1/payments?sku=LAMP%20%22X%22").await), [3, 2, 1]);
    assert_eq!(amounts(&shop.get("/v1/payments?sku=CHAIR").await), [0i64; 0]);
    assert_eq!(amounts(&shop.get("/v1/payments").await).len(), 4);
    for bad in ["order=x", "limit=0", "limit=101", "cursor=x", "sku="] {
        shop.order.get(&format!("/v1/payments?{bad}")).await.assert_problem(422, "invalid");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let shop = shop().await;
    for id in [Uuid::now_v7().to_string(), "x".to_owned()] {
        for path in ["", "/ledger", "/refunds"] {
            let path = format!("/v1/payments/{id}{path}");
            shop.order.get(&path).await.assert_problem(404, "not_found");
        }
        for (act, body) in [
            ("confirm", json!({ "token": "tok_success" })),
            ("capture", json!({})),
            ("cancel", json!({})),
            ("refunds", json!({})),
        ] {
            let path = format!("/v1/payments/{id}/{act}");
            shop.order.key(&fresh_key()).post(&path, body).await.assert_problem(404, "not_found");
        }
    }
}

#[tokio::test]
async fn in_a_region_every_id_says_where_it_is() {
    let mut shop = shop().await;
    let eu: types::Region = "eu".parse().unwrap();
    shop.app.region = Some(eu);
    let client = testing::Client::new(payment::router(shop.app.clone()));
    let client = client.bearer(&shop.tokens.service("order"));
    let region = |id: &Value| types::Region::of(id.as_str().unwrap().parse().unwrap());

    let created = client.key("a").post("/v1/payments", new_payment(1000)).await.assert_status(201);
    assert_eq!(region(&created.json()["id"]), Some(eu));
    let path = format!("/v1/payments/{}", created.json()["id"].as_str().unwrap());
    let body = json!({ "token": "tok_success" });
    client.key("b").post(&format!("{path}/confirm"), body).await.assert_status(200);
    let attempts = client.get(&format!("{path}/attempts")).await.json();
    assert_eq!(region(&attempts["items"][0]["id"]), Some(eu));

    let us: types::Region = "us".parse().unwrap();
    for (key, id, status) in [
        ("c", Uuid::now_v7(), 422),
        ("d", us.mark(Uuid::now_v7()), 422),
        ("e", eu.mark(Uuid::now_v7()), 201),
    ] {
        let mut payment = new_payment(1000);
        payment["id"] = json!(id);
        client.key(key).post("/v1/payments", payment).await.assert_status(status);
    }
}
