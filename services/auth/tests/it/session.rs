use serde_json::Value;

use crate::shop::{PASSWORD, Shop, assert_oauth_error, refresh};

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().unwrap()
}

#[tokio::test]
async fn devices_are_listed_newest_first() {
    let shop = Shop::open().await;
    let first = shop.sign_up("ada@example.com").await;
    let phone =
        shop.client.header("user-agent", "Phone/1.0").header("x-forwarded-for", "192.0.2.1");
    let login = serde_json::json!({ "email": "ada@example.com", "password": PASSWORD });
    phone.post("/v1/login", login).await.assert_status(200);
    let ada = shop.as_holder(&first);
    let page = ada.get("/v1/me/sessions").await.assert_status(200).json();
    assert_eq!(items(&page).len(), 2);
    assert_eq!(page["items"][0]["user_agent"], "Phone/1.0");
    assert_eq!(page["items"][0]["address"], "192.0.2.1");
    assert_eq!(page["items"][0]["current"], false);
    assert_eq!(page["items"][1]["current"], true);
    let page = ada.get("/v1/me/sessions?limit=1").await.assert_status(200).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let page = ada.get(&format!("/v1/me/sessions?limit=1&cursor={cursor}")).await.json();
    assert_eq!(page["items"][0]["current"], true);
}

#[tokio::test]
async fn a_device_is_signed_out() {
    let shop = Shop::open().await;
    let here = shop.sign_up("ada@example.com").await;
    let there = shop.log_in("ada@example.com", PASSWORD).await.json();
    let ada = shop.as_holder(&here);
    let page = ada.get("/v1/me/sessions").await.json();
    let path = format!("/v1/me/sessions/{}", page["items"][0]["id"].as_str().unwrap());
    let bob = shop.customer("bob@example.com").await;
    bob.delete(&path).await.assert_problem(404, "not_found");
    ada.delete(&path).await.assert_status(204);
    ada.delete(&path).await.assert_problem(404, "not_found");
    let refused = refresh(&shop.client, there["refresh_token"].as_str().unwrap()).await;
    assert_oauth_error(refused, 400, "invalid_grant");
    refresh(&shop.client, here["refresh_token"].as_str().unwrap()).await.assert_status(200);
    let page = ada.get("/v1/me/sessions").await.json();
    assert_eq!(items(&page).len(), 1);
}
