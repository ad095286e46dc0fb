use serde_json::{Value, json};

use crate::shop::{Shop, new_payment, shop};

async fn put(shop: &Shop, version: i64, rules: Value) -> Value {
    let client = shop.order.header("if-match", &format!("\"{version}\""));
    let answer = client.put("/v1/payments/routing", json!({ "rules": rules })).await;
    answer.assert_status(200).json()
}

async fn paid(shop: &Shop, payment: Value, body: Value) -> Value {
    let created = shop.keyed().post("/v1/payments", payment).await.assert_status(201).json();
    let path = format!("/v1/payments/{}", created["id"].as_str().unwrap());
    shop.keyed().post(&format!("{path}/confirm"), body).await.assert_status(200);
    shop.get(&format!("{path}/attempts")).await["items"].clone()
}

fn attempt(attempt: &Value) -> (&str, &str, &str) {
    let text = |field: &str| attempt[field].as_str().unwrap();
    (text("connector"), text("route"), text("status"))
}

#[tokio::test]
async fn without_rules_the_first_connector_that_knows_the_token_is_asked() {
    let shop = shop().await;
    let attempts = paid(&shop, new_payment(1000), json!({ "token": "tok_success" })).await;
    assert_eq!(attempt(&attempts[0]), ("sandbox", "default", "captured"));
    assert_eq!(attempts[0]["routing_version"], Value::Null);
    let body = json!({ "token": "tok_success", "connector": "backup" });
    let attempts = paid(&shop, new_payment(1000), body).await;
    assert_eq!(attempt(&attempts[0]), ("backup", "requested", "captured"));
}

#[tokio::test]
async fn the_first_rule_that_holds_decides_and_is_kept_with_the_attempt() {
    let shop = shop().await;
    let to = |connector: &str| json!([{ "connector": connector }]);
    let rules = json!([
        { "name": "wallets", "when": { "methods": ["wallet"] }, "connectors": to("stripe") },
        { "name": "dear", "when": { "currencies": ["EUR"], "amount_from": 50_000 },
          "connectors": to("sandbox") },
        { "name": "france", "when": { "countries": ["FR"] }, "connectors": to("backup") },
    ]);
    assert_eq!(put(&shop, 0, rules).await["version"], 1);
    let confirm = json!({ "token": "tok_success" });
    for (amount, country, connector, rule) in [
        (50_000, "FR", "sandbox", Some("dear")),
        (49_999, "FR", "backup", Some("france")),
        (49_999, "DE", "sandbox", None),
    ] {
        let mut payment = new_payment(amount);
        payment["country"] = json!(country);
        let attempts = paid(&shop, payment, confirm.clone()).await;
        assert_eq!(attempts[0]["connector"], connector, "{country}");
        assert_eq!(attempts[0]["routing_rule"], json!(rule), "{country}");
        assert_eq!(attempts[0]["routing_version"], 1);
    }
    // A rule that leads to nobody who knows the token.
    let payment = shop.payment().await;
    let body = json!({ "token": "tok_success", "method": "wallet" });
    let answer = shop.keyed().post(&format!("{payment}/confirm"), body).await;
    assert_eq!(answer.assert_status(422).json()["errors"][0]["code"], "no_route");
}

#[tokio::test]
async fn weights_share_the_traffic() {
    let shop = shop().await;
    let shares = json!([
        { "connector": "backup", "weight": 3 }, { "connector": "sandbox", "weight": 1 },
    ]);
    put(&shop, 0, json!([{ "name": "all", "connectors": shares }])).await;
    let mut backup = 0;
    for _ in 0..60 {
        let attempts = paid(&shop, new_payment(100), json!({ "token": "tok_success" })).await;
        backup += usize::from(attempts[0]["connector"] == "backup");
    }
    // Less than one in a million runs of a fair draw lies outside.
    assert!((27..=59).contains(&backup), "{backup} of 60 went where three quarters should go");
}

#[tokio::test]
async fn where_certainly_nothing_was_charged_the_next_connector_is_asked() {
    let shop = shop().await;
    let token = json!({ "token": "tok_unreachable:sandbox" });
    let attempts = paid(&shop, new_payment(1000), token.clone()).await;
    assert_eq!(attempt(&attempts[0]), ("sandbox", "default", "failed"));
    assert_eq!(attempt(&attempts[1]), ("backup", "failover", "captured"));
    // The same request again is answered, not done again.
    let payment = shop.payment().await;
    let client = shop.keyed();
    let path = format!("{payment}/confirm");
    let first = client.post(&path, token.clone()).await.assert_status(200).json();
    let second = client.post(&path, token.clone()).await.assert_status(200).json();
    assert_eq!(first, second);
    assert_eq!(shop.charged(&payment).await, (1000, 1));
    // One that the client asked for has no stand-in.
    let payment = shop.payment().await;
    let body = json!({ "token": "tok_unreachable:sandbox", "connector": "sandbox" });
    let answer = shop.keyed().post(&format!("{payment}/confirm"), body).await.assert_status(200);
    assert_eq!(answer.json()["attempt_status"], "failed");
    assert_eq!(shop.charged(&payment).await, (0, 0));
}

#[tokio::test]
async fn an_attempt_whose_outcome_is_unknown_is_never_repeated_elsewhere() {
    let shop = shop().await;
    let payment = shop.payment().await;
    let confirmed = shop.confirm(&payment, "tok_error").await;
    assert_eq!(confirmed["attempt_status"], "unknown");
    let attempts = shop.get(&format!("{payment}/attempts")).await;
    assert_eq!(attempts["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_connector_that_was_silent_is_asked_last() {
    let shop = shop().await;
    for _ in 0..5 {
        paid(&shop, new_payment(1000), json!({ "token": "tok_unreachable:sandbox" })).await;
    }
    let connectors = shop.get("/v1/payments/connectors").await;
    let health: Vec<(&str, bool)> = connectors
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["is_healthy"].as_bool().unwrap()))
        .collect();
    assert_eq!(health, [("sandbox", false), ("backup", true), ("stripe", true)]);
    let attempts = paid(&shop, new_payment(1000), json!({ "token": "tok_success" })).await;
    assert_eq!(attempt(&attempts[0]), ("backup", "default", "captured"));
}

#[tokio::test]
async fn rules_are_versions_that_nobody_overwrites_unseen() {
    let shop = shop().await;
    let rules = json!([{ "name": "all", "connectors": [{ "connector": "backup" }] }]);
    let body = json!({ "rules": rules });
    let path = "/v1/payments/routing";
    assert_eq!(shop.get(path).await["version"], 0);
    shop.order.put(path, body.clone()).await.assert_status(428);
    put(&shop, 0, rules.clone()).await;
    shop.order.header("if-match", "\"0\"").put(path, body).await.assert_status(412);
    put(&shop, 1, json!([])).await;
    let versions = shop.get(&format!("{path}/versions?limit=1")).await;
    assert_eq!(versions["items"][0]["version"], 2);
    let cursor = versions["next_cursor"].as_str().unwrap();
    let older = shop.get(&format!("{path}/versions?limit=1&cursor={cursor}")).await;
    assert_eq!(older["items"][0]["rules"][0]["name"], "all");
    assert_eq!(older["next_cursor"], Value::Null);
}

#[tokio::test]
async fn every_mistake_in_the_rules_is_named() {
    let shop = shop().await;
    let rules = json!([
        { "name": "", "connectors": [] },
        { "name": "a", "when": { "methods": ["Card"], "amount_from": 1 },
          "connectors": [{ "connector": "paypal" }, { "connector": "sandbox", "weight": 1_000_001 },
                         { "connector": "sandbox" }] },
        { "name": "a", "connectors": [{ "connector": "sandbox" }] },
    ]);
    let client = shop.order.header("if-match", "\"0\"");
    let answer = client.put("/v1/payments/routing", json!({ "rules": rules })).await;
    let problem = answer.assert_status(422).json();
    let named: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(
        named,
        [
            "/rules/0/name",
            "/rules/0/connectors",
            "/rules/1/when/methods",
            "/rules/1/when/currencies",
            "/rules/1/connectors/0/connector",
            "/rules/1/connectors/1/weight",
            "/rules/1/connectors/2/connector",
            "/rules/2/name",
        ]
    );
    shop.anyone.get("/v1/payments/routing").await.assert_status(401);
}
