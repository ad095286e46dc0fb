use serde_json::json;

use crate::shop::Shop;

const PATH: &str = "/v1/applications";

#[tokio::test]
async fn an_application_is_created_changed_and_deleted() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let new = json!({
        "label": "Vitrine for iOS", "redirect_uris": ["com.example.shop:/callback"],
        "first_party": true,
    });
    let created = admin.post(PATH, new.clone()).await.assert_status(201);
    assert_eq!(created.header("cache-control"), "no-store");
    let body = created.json();
    assert_eq!(body.get("client_secret"), None);
    assert_eq!(body["id_token_algorithm"], "RS256");
    admin.post(PATH, new).await.assert_problem(409, "label_taken");
    let path = format!("{PATH}/{}", body["id"].as_str().unwrap());
    assert_eq!(created.header("location"), path);
    let read = admin.get(&path).await.assert_status(200);
    let patch =
        json!({ "redirect_uris": ["https://app.example/cb"], "id_token_algorithm": "EdDSA" });
    let stale = admin.header("if-match", "\"7\"");
    stale.patch(&path, patch.clone()).await.assert_problem(412, "version_mismatch");
    let changed = admin.header("if-match", read.header("etag")).patch(&path, patch).await;
    assert_eq!(
        changed.assert_status(200).json()["redirect_uris"],
        json!(["https://app.example/cb"])
    );
    let secret = format!("{path}/secret");
    admin.post(&secret, json!({})).await.assert_problem(409, "public_application");
    admin.delete(&path).await.assert_status(204);
    admin.get(&path).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn the_secret_of_an_application_is_shown_once_and_replaced() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let new = json!({ "label": "Site", "redirect_uris": [], "confidential": true });
    let created = admin.post(PATH, new).await.assert_status(201).json();
    let path = format!("{PATH}/{}", created["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.json().get("client_secret"), None);
    let next = admin.post(&format!("{path}/secret"), json!({})).await.assert_status(200).json();
    assert_ne!(next["client_secret"], created["client_secret"]);
}

#[tokio::test]
async fn the_storefront_is_there_from_the_start_and_stays() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let list = admin.get(PATH).await.assert_status(200).json();
    assert_eq!(list["items"][0]["id"], "storefront");
    assert_eq!(list["items"][0]["first_party"], true);
    let path = format!("{PATH}/storefront");
    admin.delete(&path).await.assert_problem(409, "builtin_application");
    let patch = json!({ "redirect_uris": ["https://shop.example/cb"] });
    admin.patch(&path, patch).await.assert_status(200);
}

#[tokio::test]
async fn a_bad_application_is_told_the_field_and_the_rule() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    for (field, value, pointer, code) in [
        ("label", json!(" "), "/label", "blank"),
        ("redirect_uris", json!(["http://app.example/"]), "/redirect_uris/0", "invalid_uri"),
        ("redirect_uris", json!(vec!["https://a.example/"; 21]), "/redirect_uris", "too_many"),
        ("scopes", json!(["internal"]), "/scopes/0", "unknown_scope"),
        ("id_token_algorithm", json!("none"), "/id_token_algorithm", "invalid_value"),
        ("secret", json!("x"), "/secret", "invalid_value"),
    ] {
        let mut new = json!({ "label": "Site", "redirect_uris": [] });
        new[field] = value;
        let answer = admin.post(PATH, new).await.assert_problem(422, "invalid").json();
        assert_eq!(answer["errors"][0]["pointer"], pointer);
        assert_eq!(answer["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn applications_are_for_those_who_manage_staff() {
    let shop = Shop::open().await;
    shop.client.get(PATH).await.assert_problem(401, "unauthenticated");
    let ada = shop.customer("ada@example.com").await;
    ada.get(PATH).await.assert_problem(403, "insufficient_scope");
    let new = json!({ "label": "Site", "redirect_uris": [] });
    ada.post(PATH, new).await.assert_problem(403, "insufficient_scope");
}
