use http::Method;
use serde_json::{Value, json};
use testing::{Answer, Client};

use crate::shop::{SERVICE_SECRET, Shop, claims, post_form};

const PATH: &str = "/api/oauth/v1/token";

fn client_of(shop: &Shop, connection: &Value) -> Client {
    let text = |field: &str| connection[field].as_str().unwrap();
    shop.as_client(text("client_id"), text("client_secret"))
}

fn password_grant(connection: &Value) -> Value {
    json!({ "grant_type": "password", "username": connection["username"],
        "password": connection["password"] })
}

#[track_caller]
fn assert_refused(answer: Answer, status: u16, message: &str) {
    let answer = answer.assert_status(status);
    assert_eq!(answer.json(), json!({ "code": status, "message": message }));
}

#[tokio::test]
async fn a_connection_gets_an_hour_with_username_and_password() {
    let shop = Shop::open().await;
    let connection = shop.connect(&["catalog:read"]).await;
    let client = client_of(&shop, &connection);
    let answer = client.post(PATH, password_grant(&connection)).await.assert_status(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let (text, answer) = (answer.text(), answer.json());
    let [access, refresh] = ["access_token", "refresh_token"].map(|name| answer[name].to_string());
    let expected = format!(
        "{{\"access_token\":{access},\"expires_in\":3600,\"token_type\":\"bearer\",\"scope\":null,\
         \"refresh_token\":{refresh}}}"
    );
    assert_eq!(text, expected);
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!(answer["token_type"], "bearer");
    assert_eq!(answer["scope"], Value::Null);
    let claims = claims(&answer["access_token"]);
    assert_eq!(claims["sub"], connection["client_id"]);
    assert_eq!(claims["scope"], "catalog:read");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    let fields: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields.len(), 5, "{fields:?}");
}

#[tokio::test]
async fn a_form_works_as_well_as_json() {
    let shop = Shop::open().await;
    let connection = shop.connect(&[]).await;
    let body = format!(
        "grant_type=password&username={}&password={}",
        connection["username"].as_str().unwrap(),
        connection["password"].as_str().unwrap()
    );
    post_form(&client_of(&shop, &connection), PATH, &body).await.assert_status(200);
}

#[tokio::test]
async fn a_refresh_gives_a_new_pair_with_the_scopes_of_now() {
    let shop = Shop::open().await;
    let connection = shop.connect(&["catalog:read"]).await;
    let client = client_of(&shop, &connection);
    let first = client.post(PATH, password_grant(&connection)).await.assert_status(200).json();
    let path = format!("/v1/connections/{}", connection["id"].as_str().unwrap());
    let patch = json!({ "scopes": ["catalog:write"] });
    shop.admin().await.patch(&path, patch).await.assert_status(200);
    let body = json!({ "grant_type": "refresh_token", "refresh_token": first["refresh_token"] });
    let second = client.post(PATH, body.clone()).await.assert_status(200).json();
    assert_eq!(second["expires_in"], 3600);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(claims(&second["access_token"])["scope"], "catalog:write");
    let again = client.post(PATH, body).await.assert_status(200).json();
    assert_eq!(again, second);
}

#[tokio::test]
async fn refusals_have_the_expected_words() {
    let shop = Shop::open().await;
    let connection = shop.connect(&[]).await;
    let client = client_of(&shop, &connection);
    let username = connection["username"].as_str().unwrap();
    let parameters =
        "Parameter \"grant_type\", \"username\" or \"password\" is missing, empty or invalid";
    let user = "No user found for the given username and password";
    let grant = "This grant type is not authorized for this client";
    let token = "Refresh token is invalid or has expired";
    for (body, message) in [
        (json!({}), parameters),
        (json!({ "grant_type": "nonsense" }), parameters),
        (json!({ "grant_type": "password" }), parameters),
        (json!({ "grant_type": "password", "username": username, "password": "" }), parameters),
        (json!({ "grant_type": "password", "username": username, "password": 7 }), parameters),
        (json!({ "grant_type": "password", "username": username, "password": "x" }), user),
        (
            json!({ "grant_type": "password", "username": "x", "password": connection["password"] }),
            user,
        ),
        (json!({ "grant_type": "client_credentials" }), grant),
        (json!({ "grant_type": "refresh_token", "refresh_token": "x" }), token),
        (json!({ "grant_type": "refresh_token" }), token),
    ] {
        assert_refused(client.post(PATH, body).await, 422, message);
    }
}

#[tokio::test]
async fn an_unknown_client_is_refused_before_anything_else() {
    let shop = Shop::open().await;
    let connection = shop.connect(&[]).await;
    let message =
        "Parameter \"client_id\" is missing or does not match any client, or secret is invalid";
    let id = connection["client_id"].as_str().unwrap();
    for client in [shop.client.clone(), shop.as_client(id, "wrong"), shop.as_client("x", "y")] {
        assert_refused(client.post(PATH, password_grant(&connection)).await, 422, message);
    }
    let grant = "This grant type is not authorized for this client";
    let service = shop.as_client("service-order", SERVICE_SECRET);
    assert_refused(service.post(PATH, password_grant(&connection)).await, 422, grant);
}

#[tokio::test]
async fn other_bodies_are_refused_with_their_status() {
    let shop = Shop::open().await;
    let connection = shop.connect(&[]).await;
    let client = client_of(&shop, &connection);
    let send = |content_type: Option<&'static str>, body: String| {
        let client = client.clone();
        async move { client.send(Method::POST, PATH, content_type, body.into_bytes()).await }
    };
    let answer = send(Some("text/xml"), "<x/>".to_owned()).await.assert_status(415);
    assert!(answer.json()["message"].as_str().unwrap().starts_with("\"text/xml\" in"));
    let answer = send(None, "{}".to_owned()).await.assert_status(415);
    assert!(answer.json()["message"].as_str().unwrap().contains("header is missing"));
    let json = Some("application/json; charset=utf-8");
    assert_refused(send(json, "{".to_owned()).await, 400, "Invalid json message received");
    for length in [9_000, 70_000] {
        let answer = send(json, format!("{{\"x\":\"{}\"}}", "x".repeat(length))).await;
        let message = "Request content exceeded the maximum allowed size of 8192 bytes";
        assert_refused(answer, 413, message);
    }
}
