//! What our services say to each other is for nobody else.

use load::{Answer, Client, System};
use serde_json::{Value, json};

const SERVICES: [&str; 6] = ["auth", "catalog", "order", "payment", "recommendation", "events"];

/// What might make a service believe that somebody else calls, if it believed headers.
const CLAIMS: [(&str, &str); 8] = [
    ("x-user-id", "service-order"),
    ("x-client-id", "service-order"),
    ("x-internal", "true"),
    ("x-vitrine-subject", "service-order"),
    ("x-scopes", "internal"),
    ("x-forwarded-user", "service-order"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-original-url", "/internal/feed"),
];

/// Method and path of every internal route, from the service's own document.
fn internal_routes(service: &str) -> Vec<(String, String)> {
    let path = format!("{}/../openapi/{service}.json", env!("CARGO_MANIFEST_DIR"));
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .filter(|(path, _)| path.starts_with("/internal"))
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), path.replace(['{', '}'], "")))
        })
        .collect()
}

async fn call(client: &Client, method: &str, path: &str) -> Answer {
    match method {
        "GET" => client.get(path).await.unwrap(),
        "POST" => client.post(path, json!({})).await.unwrap(),
        other => panic!("add {other} to this test"),
    }
}

/// The tokens of everyone who is not a service.
async fn outsiders(system: &System) -> Vec<(&'static str, String)> {
    let client = system.client();
    let staff = system.staff().await.unwrap();
    let new = json!({ "email": "ada@example.com", "password": "a long enough passphrase" });
    client.post("/v1/customers", new).await.unwrap().assert_status(201);
    let customer = client.log_in("ada@example.com", "a long enough passphrase").await.unwrap();
    let anonymous = client.anonymous().await.unwrap();
    let scopes = [
        "catalog:read",
        "catalog:write",
        "catalog:propose",
        "catalog:publish",
        "orders:read",
        "orders:write",
        "stock:read",
        "stock:write",
        "payments:read",
        "payments:write",
        "staff:read",
        "staff:write",
        "events:read",
        "webhooks:write",
    ];
    let new = json!({ "label": "ERP", "scopes": scopes });
    let erp = staff.post("/v1/connections", new).await.unwrap().assert_status(201).json();
    let credentials = json!({
        "grant_type": "client_credentials",
        "client_id": erp["client_id"],
        "client_secret": erp["client_secret"],
    });
    let token = client.post("/oauth/token", credentials).await.unwrap().assert_status(200).json();
    vec![
        ("an administrator", staff.token().to_owned()),
        ("a customer", customer.token().to_owned()),
        ("a shopper without account", anonymous.token().to_owned()),
        ("a connection", token["access_token"].as_str().unwrap().to_owned()),
    ]
}

#[tokio::test]
async fn internal_routes_are_for_our_services_alone() {
    let system = System::start().await.unwrap();
    let outsiders = outsiders(&system).await;
    let mut routes_seen = 0;
    for service in SERVICES {
        let mut door = Client::new(system.service_url(service));
        for (name, value) in CLAIMS {
            door = door.header(name, value);
        }
        for (method, path) in internal_routes(service) {
            routes_seen += 1;
            let answer = call(&door, &method, &path).await;
            assert_eq!(answer.status, 401, "{service} {path} without token: {}", answer.text);
            for (who, token) in &outsiders {
                let answer = call(&door.bearer(token), &method, &path).await;
                assert_eq!(answer.status, 403, "{service} {path} by {who}: {}", answer.text);
                assert_eq!(answer.json()["code"], "insufficient_scope");
            }
            let outside = call(&system.client().bearer(&outsiders[0].1), &method, &path).await;
            assert_eq!(outside.status, 404, "{path} through the gateway: {}", outside.text);
        }
    }
    assert!(routes_seen >= 5, "{routes_seen}");
}

#[tokio::test]
async fn a_header_makes_nobody_somebody_else() {
    let system = System::start().await.unwrap();
    let outsiders = outsiders(&system).await;
    let customer = &outsiders[1].1;
    for door in [system.url(), system.service_url("auth")] {
        let mut client = Client::new(door);
        for (name, value) in CLAIMS {
            client = client.header(name, value);
        }
        let answer = client.get("/v1/me").await.unwrap();
        assert_eq!(answer.status, 401, "{}", answer.text);
        let me = client.bearer(customer).get("/v1/me").await.unwrap().assert_status(200).json();
        assert_eq!(me["email"], "ada@example.com");
        assert_eq!(client.bearer(customer).get("/v1/staff").await.unwrap().status, 403);
    }
}
