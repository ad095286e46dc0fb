use serde_json::{Value, json};

use crate::shop::Shop;

pub(crate) fn home() -> Value {
    json!({
        "first_name": "Ada", "last_name": "Lovelace", "street": "Torstraße 1", "city": "Berlin",
        "postal_code": "10119", "country": "DE", "company": "Analytical Engines",
    })
}

#[tokio::test]
async fn an_address_is_added_read_changed_and_removed() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let answer = ada.post("/v1/me/addresses", home()).await.assert_status(201);
    let path = answer.header("location").to_owned();
    let read = ada.get(&path).await.assert_status(200);
    assert_eq!(read.json(), answer.json());
    let patch = json!({ "city": "Hamburg", "company": null });
    let changed = ada.header("if-match", read.header("etag")).patch(&path, patch).await;
    let changed = changed.assert_status(200);
    assert_eq!(changed.json()["city"], "Hamburg");
    assert_eq!(changed.json()["street"], "Torstraße 1");
    assert_eq!(changed.json().get("company"), None);
    let stale = ada.header("if-match", read.header("etag"));
    stale.patch(&path, json!({})).await.assert_problem(412, "version_mismatch");
    stale.delete(&path).await.assert_problem(412, "version_mismatch");
    ada.delete(&path).await.assert_status(204);
    ada.get(&path).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn addresses_come_in_pages() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    for _ in 0..3 {
        ada.post("/v1/me/addresses", home()).await.assert_status(201);
    }
    let first = ada.get("/v1/me/addresses?limit=2").await.assert_status(200).json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = ada.get(&format!("/v1/me/addresses?limit=2&cursor={cursor}")).await;
    let second = second.assert_status(200).json();
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second.get("next_cursor"), None);
    ada.get("/v1/me/addresses?limit=101").await.assert_problem(422, "invalid");
    ada.get("/v1/me/addresses?cursor=x").await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn anothers_address_does_not_exist() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let bob = shop.customer("bob@example.com").await;
    let answer = ada.post("/v1/me/addresses", home()).await.assert_status(201);
    let path = answer.header("location");
    bob.get(path).await.assert_problem(404, "not_found");
    bob.patch(path, json!({})).await.assert_problem(404, "not_found");
    bob.delete(path).await.assert_problem(404, "not_found");
    ada.get("/v1/me/addresses/not-an-id").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_bad_address_is_told_every_broken_rule() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let mut bad = home();
    bad["city"] = json!(" ");
    bad["postal_code"] = json!("1".repeat(21));
    let answer = ada.post("/v1/me/addresses", bad).await.assert_problem(422, "invalid");
    let pointers: Vec<_> = answer.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(pointers, ["/city", "/postal_code"]);
    let mut bad = home();
    bad["country"] = json!("Germany");
    let answer = ada.post("/v1/me/addresses", bad).await.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/country");
}

#[tokio::test]
async fn a_retried_address_is_added_once() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await.key("a-1");
    let first = ada.post("/v1/me/addresses", home()).await.assert_status(201);
    let again = ada.post("/v1/me/addresses", home()).await.assert_status(201);
    assert_eq!(first.body, again.body);
}

#[tokio::test]
async fn an_address_book_has_fifty_entries() {
    let shop = Shop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let id = ada.post("/v1/me/addresses", home()).await.assert_status(201).json()["id"].clone();
    sqlx::query(
        "insert into address (address_id, account_id, first_name, last_name, street, city,
             postal_code, country)
         select gen_random_uuid(), account_id, first_name, last_name, street, city, postal_code,
             country
         from address, generate_series(1, 49) where address_id = $1::uuid",
    )
    .bind(id.as_str().unwrap())
    .execute(&shop.db)
    .await
    .unwrap();
    let answer = ada.post("/v1/me/addresses", home()).await;
    answer.assert_problem(409, "too_many_addresses");
}
