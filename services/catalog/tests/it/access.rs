//! Who may use the management API, and what it says about itself.

use http::Method;
use serde_json::json;

use crate::pim::Pim;

#[tokio::test]
async fn a_token_is_needed_and_a_bad_one_refused_in_words() {
    let pim = Pim::open().await;
    let answer = pim.stranger().get("/api/rest/v1/categories").await.assert_status(401);
    assert_eq!(answer.json()["message"], "Authentication is required");
    assert_eq!(answer.json()["code"], 401);
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    let answer =
        pim.stranger().bearer("nonsense").get("/api/rest/v1/categories").await.assert_status(401);
    assert_eq!(answer.json()["message"], "The access token provided is invalid.");
}

#[tokio::test]
async fn reads_and_writes_need_their_scopes() {
    let pim = Pim::open().await;
    let answer =
        pim.with_scopes(&["orders:read"]).get("/api/rest/v1/categories").await.assert_status(403);
    assert_eq!(
        answer.json()["message"],
        "Access forbidden. You are not allowed to list categories."
    );
    let reader = pim.with_scopes(&["catalog:read"]);
    reader.get("/api/rest/v1/products-uuid").await.assert_status(200);
    let answer =
        reader.post("/api/rest/v1/products", json!({"identifier": "A"})).await.assert_status(403);
    assert_eq!(
        answer.json()["message"],
        "Access forbidden. You are not allowed to create or update products."
    );
    let answer = reader.delete("/api/rest/v1/families/x").await.assert_status(403);
    assert_eq!(
        answer.json()["message"],
        "Access forbidden. You are not allowed to delete families."
    );
}

#[tokio::test]
async fn bodies_and_answers_are_json() {
    let pim = Pim::open().await;
    let message = |answer: testing::Answer| answer.json()["message"].as_str().unwrap().to_owned();
    let answer = pim
        .client
        .header("accept", "text/html")
        .get("/api/rest/v1/categories")
        .await
        .assert_status(406);
    assert_eq!(
        message(answer),
        "\"text/html\" in \"Accept\" header is not valid. Only \"application/json\" is allowed."
    );
    pim.client
        .header("content-type", "application/json")
        .get("/api/rest/v1/categories")
        .await
        .assert_status(200);
    let post = async |content_type: Option<&str>, body: &str| {
        pim.client.send(Method::POST, "/api/rest/v1/categories", content_type, body.into()).await
    };
    assert_eq!(
        message(post(None, "{}").await.assert_status(415)),
        "The \"Content-Type\" header is missing. \"application/json\" has to be specified as value."
    );
    assert_eq!(
        message(post(Some("text/plain"), "{}").await.assert_status(415)),
        "\"text/plain\" in \"Content-Type\" header is not valid. Only \"application/json\" is allowed."
    );
    for bad in ["", "{", "[]", "null"] {
        let answer = post(Some("application/json; charset=utf-8"), bad).await.assert_status(400);
        assert_eq!(message(answer), "Invalid json message received", "{bad}");
    }
}

#[tokio::test]
async fn the_api_tells_its_routes_and_version_without_token() {
    let pim = Pim::open().await;
    let root = pim.stranger().get("/api/rest/v1").await.assert_status(200).json();
    assert_eq!(
        root["routes"]["pim_api_family_list"],
        json!({"route": "/api/rest/v1/families", "methods": ["GET"]})
    );
    assert_eq!(
        root["routes"]["pim_api_attribute_option_partial_update"],
        json!({"route": "/api/rest/v1/attributes/{attribute}/options/{code}", "methods": ["PATCH"]})
    );
    assert_eq!(root["authentication"]["fos_oauth_server_token"]["route"], "/api/oauth/v1/token");
    let system =
        pim.stranger().get("/api/rest/v1/system-information").await.assert_status(200).json();
    assert_eq!(system, json!({"version": "7.0.0", "edition": "CE"}));
}

#[tokio::test]
async fn a_character_that_the_database_cannot_keep_is_refused() {
    let pim = Pim::stocked().await;
    let body = json!({"identifier": "A", "values": {"brand": [{"locale": null, "scope": null, "data": "a\u{0}b"}]}});
    pim.post("products", body).await.assert_status(422);
    pim.post("categories", json!({"code": "x", "labels": {"en_US": "a\u{0}b"}}))
        .await
        .assert_status(422);
    pim.get("categories/a%00b").await.assert_status(422);
}
