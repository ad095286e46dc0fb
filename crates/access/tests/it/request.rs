use access::{Allowed, Caller, Verifier, scope};
use axum::{Router, body::Body, routing::get};
use http::{Request, Response, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use crate::forge::Forge;

fn router(verifier: Verifier) -> Router {
    Router::new()
        .route("/me", get(|caller: Caller| async move { caller.subject.to_string() }))
        .route("/maybe", get(|caller: Option<Caller>| async move { caller.is_some().to_string() }))
        .route("/orders", get(|_: Allowed<scope::OrdersRead>| async {}))
        .with_state(verifier)
}

async fn ask(forge: &Forge, path: &str, authorization: &[&str]) -> Response<Body> {
    let mut request = Request::get(path);
    for value in authorization {
        request = request.header("authorization", *value);
    }
    router(forge.verifier()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[track_caller]
fn assert_refused(answer: &Response<Body>, status: StatusCode, challenge: &str) {
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()["www-authenticate"], challenge);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn without_a_token_the_challenge_names_no_error() {
    let forge = Forge::new(1);
    let good = forge.good();
    let basic = "Basic c3RvcmVmcm9udDo=";
    let cases: [&[&str]; 6] = [&[], &[basic], &["Bearer"], &[&good], &["bearer:x"], &[""]];
    for authorization in cases {
        let answer = ask(&forge, "/me", authorization).await;
        assert_refused(&answer, StatusCode::UNAUTHORIZED, "Bearer");
    }
}

#[tokio::test]
async fn with_a_bad_token_the_challenge_says_so_also_where_none_is_needed() {
    let forge = Forge::new(1);
    let challenge = "Bearer error=\"invalid_token\"";
    let expired = format!("Bearer {}", forge.claim("exp", json!(1)));
    for authorization in ["Bearer x", "Bearer ", "Bearer a b", &expired] {
        for path in ["/me", "/maybe", "/orders"] {
            let answer = ask(&forge, path, &[authorization]).await;
            assert_refused(&answer, StatusCode::UNAUTHORIZED, challenge);
        }
    }
}

#[tokio::test]
async fn without_the_scope_the_challenge_names_it() {
    let forge = Forge::new(1);
    let answer = ask(&forge, "/orders", &[&format!("Bearer {}", forge.good())]).await;
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"orders:read\"";
    assert_refused(&answer, StatusCode::FORBIDDEN, challenge);
    let token = forge.claim("scope", json!("orders:read"));
    let answer = ask(&forge, "/orders", &[&format!("bearer {token}")]).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn two_authorization_headers_are_refused_whatever_they_say() {
    let forge = Forge::new(1);
    let good = format!("Bearer {}", forge.good());
    for second in [good.as_str(), "Bearer x", "Basic eDp5"] {
        for path in ["/me", "/maybe"] {
            let answer = ask(&forge, path, &[&good, second]).await;
            let challenge = "Bearer error=\"invalid_request\"";
            assert_refused(&answer, StatusCode::BAD_REQUEST, challenge);
        }
    }
}

#[tokio::test]
async fn a_token_in_the_address_is_no_token() {
    let forge = Forge::new(1);
    let path = format!("/me?access_token={}", forge.good());
    assert_refused(&ask(&forge, &path, &[]).await, StatusCode::UNAUTHORIZED, "Bearer");
    let path = "/me?access_token=x";
    let answer = ask(&forge, path, &[&format!("Bearer {}", forge.good())]).await;
    assert_eq!(answer.status(), StatusCode::OK);
}
