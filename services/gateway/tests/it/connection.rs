//! Other systems have limits of their own, whatever address they call from.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, routing::get};
use testing::{ISSUER, Tokens};

use crate::house::{Answer, Gateway, echo, json_service, serve, start};

/// A gateway before a catalog and an `auth` that publishes these keys, and how often they were fetched.
async fn gateway_for(tokens: &Tokens, more: &[(&str, &str)]) -> (Gateway, Arc<AtomicUsize>) {
    let fetches = Arc::new(AtomicUsize::new(0));
    let (set, counter) = (serde_json::to_string(&tokens.key_set()).unwrap(), fetches.clone());
    let keys = get(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        async move { set }
    });
    let auth = serve(Router::new().route("/.well-known/jwks.json", keys)).await;
    let catalog = serve(echo("catalog")).await;
    let mut variables = vec![
        ("VITRINE_AUTH_URL", auth.as_str()),
        ("VITRINE_CATALOG_URL", catalog.as_str()),
        ("VITRINE_ISSUER", ISSUER),
    ];
    variables.extend(more);
    (start(&variables).await, fetches)
}

async fn ask(gateway: &Gateway, token: &str) -> Answer {
    Answer::of(gateway.request("GET", "/api/rest/v1/products").bearer_auth(token)).await
}

#[tokio::test]
async fn a_connection_that_asks_too_often_is_told_when_to_come_back() {
    let tokens = Tokens::new();
    let (gateway, fetches) = gateway_for(&tokens, &[]).await;
    let erp = tokens.connection("7_erp", Some(1));
    let first = ask(&gateway, &erp).await.assert_status(200);
    let told: Vec<_> = first.headers.get_all("ratelimit").iter().collect();
    assert_eq!(told.len(), 2);
    assert_eq!(told[1], "\"connection\";r=0;t=2");
    let policies: Vec<_> = first.headers.get_all("ratelimit-policy").iter().collect();
    assert_eq!(policies[1], "\"connection\";q=1;w=1");
    // A new token is no new bucket.
    let renewed = tokens.connection("7_erp", Some(1));
    let refused = ask(&gateway, &renewed).await.assert_problem(429, "too_many_requests");
    assert_eq!(refused.headers["retry-after"], "1");
    ask(&gateway, &tokens.connection("8_crm", Some(1))).await.assert_status(200);
    ask(&gateway, &tokens.customer()).await.assert_status(200);
    assert_eq!(fetches.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn the_installation_says_how_much_is_usual() {
    let tokens = Tokens::new();
    let usual = [("VITRINE_CONNECTION_RATE_LIMIT_PER_SECOND", "1")];
    let (gateway, _) = gateway_for(&tokens, &usual).await;
    let erp = tokens.connection("7_erp", None);
    ask(&gateway, &erp).await.assert_status(200);
    ask(&gateway, &erp).await.assert_problem(429, "too_many_requests");
    ask(&gateway, &tokens.connection("8_crm", Some(100))).await.assert_status(200);
    let unlimited = [("VITRINE_CONNECTION_RATE_LIMIT_PER_SECOND", "0")];
    let (gateway, _) = gateway_for(&tokens, &unlimited).await;
    let answer = ask(&gateway, &erp).await.assert_status(200);
    assert_eq!(answer.headers.get_all("ratelimit").iter().count(), 1);
}

#[tokio::test]
async fn a_forged_token_does_not_use_up_what_a_connection_has() {
    let tokens = Tokens::new();
    let (gateway, _) = gateway_for(&tokens, &[]).await;
    let forged = Tokens::new().connection("7_erp", Some(1));
    for _ in 0..5 {
        // The service refuses it; this one answers everything.
        ask(&gateway, &forged).await.assert_status(200);
    }
    ask(&gateway, &tokens.connection("7_erp", Some(1))).await.assert_status(200);
}

#[tokio::test]
async fn tokens_of_people_are_not_looked_into() {
    let tokens = Tokens::new();
    let (gateway, fetches) = gateway_for(&tokens, &[]).await;
    for token in [tokens.customer(), tokens.anonymous(), tokens.staff(&["orders:read"])] {
        ask(&gateway, &token).await.assert_status(200);
    }
    for token in ["x", "..", "a.e30.b", "a.bm90IGpzb24.b"] {
        ask(&gateway, token).await.assert_status(200);
    }
    assert_eq!(fetches.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_connection_is_served_when_auth_is_down() {
    let catalog = serve(json_service(serde_json::json!({}))).await;
    let gateway = start(&[("VITRINE_CATALOG_URL", &catalog)]).await;
    ask(&gateway, &Tokens::new().connection("7_erp", Some(1))).await.assert_status(200);
}
