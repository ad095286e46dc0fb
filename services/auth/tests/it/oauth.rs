use http::Method;
use serde_json::json;

use crate::shop::{
    SERVICE_SECRET, Shop, ask_token, assert_oauth_error, claims, post_form, refresh,
};

const ANONYMOUS: &str = "grant_type=urn%3Avitrine%3Agrant%3Aanonymous&client_id=storefront";
const CLIENT_CREDENTIALS: &str = "grant_type=client_credentials";

#[tokio::test]
async fn a_shopper_without_account_gets_tokens() {
    let shop = Shop::open().await;
    let answer = ask_token(&shop.client, ANONYMOUS).await.assert_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 900);
    assert_eq!(body.get("scope"), None);
    let claims = claims(&body["access_token"]);
    assert!(claims["sub"].as_str().unwrap().starts_with("anon:"), "{claims}");
    assert_eq!(claims["iss"], "http://shop.test");
    assert_eq!(claims["aud"], "vitrine");
    assert_eq!(claims["client_id"], "storefront");
    let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(lifetime, 900);
    let next = refresh(&shop.client, body["refresh_token"].as_str().unwrap()).await;
    let next = next.assert_status(200).json();
    assert_eq!(crate::shop::claims(&next["access_token"])["sub"], claims["sub"]);
}

#[tokio::test]
async fn json_is_read_like_a_form() {
    let shop = Shop::open().await;
    let body = json!({ "grant_type": "urn:vitrine:grant:anonymous", "client_id": "storefront" });
    shop.client.post("/oauth/token", body).await.assert_status(200);
}

#[tokio::test]
async fn a_service_signs_in_and_may_call_internal_routes() {
    let shop = Shop::open().await;
    let answer = ask_token(&shop.as_service(), CLIENT_CREDENTIALS).await.assert_status(200);
    let body = answer.json();
    assert_eq!(body.get("refresh_token"), None);
    assert!(body["scope"].as_str().unwrap().split(' ').any(|scope| scope == "internal"));
    assert_eq!(claims(&body["access_token"])["sub"], "service-order");
    shop.as_holder(&body).get("/internal/feed").await.assert_status(200);
}

#[tokio::test]
async fn the_secret_may_also_stand_in_the_body() {
    let shop = Shop::open().await;
    let body =
        format!("{CLIENT_CREDENTIALS}&client_id=service-order&client_secret={SERVICE_SECRET}");
    ask_token(&shop.client, &body).await.assert_status(200);
}

#[tokio::test]
async fn a_scope_is_narrowed_and_never_widened() {
    let shop = Shop::open().await;
    let service = shop.as_service();
    let body = format!("{CLIENT_CREDENTIALS}&scope=payments%3Aread");
    let answer = ask_token(&service, &body).await.assert_status(200).json();
    assert_eq!(answer["scope"], "payments:read");
    shop.as_holder(&answer).get("/internal/feed").await.assert_problem(403, "insufficient_scope");
    let body = format!("{CLIENT_CREDENTIALS}&scope=staff%3Awrite");
    assert_oauth_error(ask_token(&service, &body).await, 400, "invalid_scope");
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_client_are_refused_alike() {
    let shop = Shop::open().await;
    let wrong = ask_token(&shop.as_client("service-order", "wrong"), CLIENT_CREDENTIALS).await;
    let wrong = assert_oauth_error(wrong, 401, "invalid_client");
    assert!(wrong.header("www-authenticate").starts_with("Basic"));
    let unknown = ask_token(&shop.as_client("nobody", "wrong"), CLIENT_CREDENTIALS).await;
    let unknown = assert_oauth_error(unknown, 401, "invalid_client");
    assert_eq!(wrong.body, unknown.body);
    let body = format!("{CLIENT_CREDENTIALS}&client_id=service-order&client_secret=wrong");
    let in_body = assert_oauth_error(ask_token(&shop.client, &body).await, 401, "invalid_client");
    assert_eq!(in_body.header("www-authenticate"), "");
    let nobody = ask_token(&shop.client, CLIENT_CREDENTIALS).await;
    assert_oauth_error(nobody, 401, "invalid_client");
    let bearer = shop.client.bearer("x");
    assert_oauth_error(ask_token(&bearer, CLIENT_CREDENTIALS).await, 401, "invalid_client");
}

#[tokio::test]
async fn a_malformed_request_is_told_what_is_wrong() {
    let shop = Shop::open().await;
    for (body, error) in [
        ("client_id=storefront", "invalid_request"),
        ("grant_type=&client_id=storefront", "invalid_request"),
        ("grant_type=password&client_id=storefront", "unsupported_grant_type"),
        ("grant_type=authorization_code&client_id=storefront", "invalid_request"),
        ("grant_type=authorization_code&client_id=storefront&code=x", "invalid_grant"),
        ("grant_type=refresh_token&client_id=storefront", "invalid_request"),
        ("grant_type=a&grant_type=b&client_id=storefront", "invalid_request"),
        ("grant_type=client_credentials&client_id=storefront", "unauthorized_client"),
        ("grant_type=refresh_token&client_id=storefront&refresh_token=x", "invalid_grant"),
    ] {
        assert_oauth_error(ask_token(&shop.client, body).await, 400, error);
    }
    let scope = format!("{ANONYMOUS}&scope=orders%3Aread");
    assert_oauth_error(ask_token(&shop.client, &scope).await, 400, "invalid_scope");
    let twice = format!("{CLIENT_CREDENTIALS}&client_id=service-order&client_secret=x");
    assert_oauth_error(ask_token(&shop.as_service(), &twice).await, 400, "invalid_request");
    let other = format!("{CLIENT_CREDENTIALS}&client_id=storefront");
    assert_oauth_error(ask_token(&shop.as_service(), &other).await, 400, "invalid_request");
    assert_oauth_error(ask_token(&shop.as_service(), ANONYMOUS).await, 400, "invalid_request");
}

#[tokio::test]
async fn a_body_that_is_no_form_is_an_invalid_request() {
    let shop = Shop::open().await;
    for (content_type, body) in [
        (Some("text/plain"), "x"),
        (None, "x"),
        (Some("application/json"), "{"),
        (Some("application/json"), "{\"grant_type\":1}"),
    ] {
        let body = body.as_bytes().to_vec();
        let answer = shop.client.send(Method::POST, "/oauth/token", content_type, body).await;
        assert_oauth_error(answer, 400, "invalid_request");
    }
    let long = format!("grant_type={}", "x".repeat(70_000));
    assert_oauth_error(ask_token(&shop.client, &long).await, 413, "invalid_request");
}

#[tokio::test]
async fn a_refresh_token_belongs_to_its_client() {
    let shop = Shop::open().await;
    let connection = shop.connect(&["catalog:read"]).await;
    let tokens = shop.sign_up("ada@example.com").await;
    let id = connection["client_id"].as_str().unwrap();
    let client = shop.as_client(id, connection["client_secret"].as_str().unwrap());
    let token = tokens["refresh_token"].as_str().unwrap();
    let body = format!("grant_type=refresh_token&refresh_token={token}");
    assert_oauth_error(ask_token(&client, &body).await, 400, "invalid_grant");
    refresh(&shop.client, token).await.assert_status(200);
}

#[tokio::test]
async fn a_connection_gets_its_scopes_with_client_credentials() {
    let shop = Shop::open().await;
    let connection = shop.connect(&["catalog:write", "catalog:read"]).await;
    let id = connection["client_id"].as_str().unwrap();
    let client = shop.as_client(id, connection["client_secret"].as_str().unwrap());
    let answer = ask_token(&client, CLIENT_CREDENTIALS).await.assert_status(200).json();
    assert_eq!(answer["scope"], "catalog:read catalog:write");
    assert_eq!(claims(&answer["access_token"])["sub"], id);
}

#[tokio::test]
async fn logging_out_ends_the_refresh_token_and_introspection_says_so() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up("ada@example.com").await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let question = format!("token={}", tokens["access_token"].as_str().unwrap());
    let service = shop.as_service();
    let before =
        post_form(&service, "/oauth/introspect", &question).await.assert_status(200).json();
    assert_eq!(before["active"], true);
    assert_eq!(before["client_id"], "storefront");
    let body = format!("client_id=storefront&token={refresh_token}");
    post_form(&shop.client, "/oauth/revoke", &body).await.assert_status(200);
    assert_oauth_error(refresh(&shop.client, refresh_token).await, 400, "invalid_grant");
    for token in [&tokens["access_token"], &tokens["refresh_token"]] {
        let question = format!("token={}", token.as_str().unwrap());
        let after = post_form(&service, "/oauth/introspect", &question).await.assert_status(200);
        assert_eq!(after.json(), json!({ "active": false }));
    }
}

#[tokio::test]
async fn an_access_token_ends_its_session_too() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up("ada@example.com").await;
    let body = format!("client_id=storefront&token={}", tokens["access_token"].as_str().unwrap());
    post_form(&shop.client, "/oauth/revoke", &body).await.assert_status(200);
    let answer = refresh(&shop.client, tokens["refresh_token"].as_str().unwrap()).await;
    assert_oauth_error(answer, 400, "invalid_grant");
}

#[tokio::test]
async fn revoking_an_unknown_token_succeeds_and_anothers_is_refused() {
    let shop = Shop::open().await;
    let body = "client_id=storefront&token=unknown";
    post_form(&shop.client, "/oauth/revoke", body).await.assert_status(200);
    let tokens = shop.sign_up("ada@example.com").await;
    let connection = shop.connect(&[]).await;
    let id = connection["client_id"].as_str().unwrap();
    let client = shop.as_client(id, connection["client_secret"].as_str().unwrap());
    let body = format!("token={}", tokens["refresh_token"].as_str().unwrap());
    let answer = post_form(&client, "/oauth/revoke", &body).await;
    assert_oauth_error(answer, 400, "unauthorized_client");
    let own = ask_token(&client, CLIENT_CREDENTIALS).await.json();
    let body = format!("token={}", own["access_token"].as_str().unwrap());
    let answer = post_form(&client, "/oauth/revoke", &body).await;
    assert_oauth_error(answer, 400, "unsupported_token_type");
}

#[tokio::test]
async fn introspection_is_for_clients_with_a_secret_and_tells_connections_their_own() {
    let shop = Shop::open().await;
    let tokens = shop.sign_up("ada@example.com").await;
    let question = format!("token={}", tokens["access_token"].as_str().unwrap());
    let public = format!("{question}&client_id=storefront");
    let answer = post_form(&shop.client, "/oauth/introspect", &public).await;
    assert_oauth_error(answer, 401, "invalid_client");
    let connection = shop.connect(&[]).await;
    let id = connection["client_id"].as_str().unwrap();
    let client = shop.as_client(id, connection["client_secret"].as_str().unwrap());
    let answer = post_form(&client, "/oauth/introspect", &question).await.assert_status(200);
    assert_eq!(answer.json(), json!({ "active": false }));
    let own = ask_token(&client, CLIENT_CREDENTIALS).await.json();
    let question = format!("token={}", own["access_token"].as_str().unwrap());
    let answer = post_form(&client, "/oauth/introspect", &question).await.assert_status(200);
    assert_eq!(answer.json()["active"], true);
    let answer = post_form(&shop.as_service(), "/oauth/introspect", "token=x").await;
    assert_eq!(answer.assert_status(200).json(), json!({ "active": false }));
}

#[tokio::test]
async fn user_info_names_the_person_behind_a_token() {
    let shop = Shop::open().await;
    let new = json!({ "email": "Ada@Example.com", "password": "quite a long sentence",
        "first_name": "Ada" });
    shop.client.post("/v1/customers", new).await.assert_status(201);
    let tokens = shop.log_in("ada@example.com", "quite a long sentence").await.json();
    let info = shop.as_holder(&tokens).get("/oauth/userinfo").await.assert_status(200).json();
    assert_eq!(info["sub"], claims(&tokens["access_token"])["sub"]);
    assert_eq!(info["email"], "ada@example.com");
    assert_eq!(info["given_name"], "Ada");
    let anonymous = ask_token(&shop.client, ANONYMOUS).await.json();
    let answer = shop.as_holder(&anonymous).get("/oauth/userinfo").await;
    answer.assert_problem(403, "account_required");
    let answer = shop.client.get("/oauth/userinfo").await.assert_problem(401, "unauthenticated");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn characters_that_no_database_takes_are_refused_like_others() {
    let shop = Shop::open().await;
    let body = "grant_type=client_credentials&client_id=%00&client_secret=%00";
    assert_oauth_error(ask_token(&shop.client, body).await, 401, "invalid_client");
    shop.log_in("a\0@example.com", "\0").await.assert_problem(401, "invalid_credentials");
    let admin = shop.admin().await;
    for path in ["/v1/roles/%00", "/v1/connections/%00"] {
        admin.get(path).await.assert_problem(404, "not_found");
        admin.patch(path, json!({})).await.assert_problem(404, "not_found");
        admin.delete(path).await.assert_problem(404, "not_found");
    }
    let cursor = "IlwwIg";
    for path in ["/v1/roles", "/v1/connections", "/v1/staff"] {
        let answer = admin.get(&format!("{path}?cursor={cursor}")).await;
        answer.assert_problem(422, "invalid");
    }
    let staff = json!({ "email": "g@example.com", "password": "quite a long one",
        "roles": ["\u{0}"] });
    admin.post("/v1/staff", staff).await.assert_problem(422, "invalid");
    let new = json!({ "email": "a@example.com", "password": "quite a long one\u{0}" });
    shop.client.post("/v1/customers", new).await.assert_status(201);
}
