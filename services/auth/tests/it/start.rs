use crate::shop::{
    ADMIN_EMAIL, PASSWORD, SERVICE_SECRET, Shop, ask_token, assert_oauth_error, configure, start,
};

async fn database() -> testing::TestDatabase {
    testing::database(auth::SCHEMA, &auth::MIGRATOR).await
}

#[tokio::test]
async fn replicas_that_start_at_once_agree() {
    let database = database().await;
    let (one, two) = tokio::join!(start(&database, &[]), start(&database, &[]));
    let path = "/.well-known/jwks.json";
    let keys = one.unwrap().get(path).await.json();
    assert_eq!(keys, two.unwrap().get(path).await.json());
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    let staff: i64 = sqlx::query_scalar("select count(*) from account where kind = 'staff'")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    assert_eq!(staff, 1);
}

#[tokio::test]
async fn the_service_runs_until_it_is_told_to_stop() {
    let database = database().await;
    let config = configure(&database, &[]).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let lifecycle = web::Lifecycle::new();
    let running = tokio::spawn(auth::run(config, listener, lifecycle.clone()));
    let login = serde_json::json!({ "email": ADMIN_EMAIL, "password": PASSWORD });
    let request = contracts::http_client().post(format!("http://{address}/v1/login")).json(&login);
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert!(lifecycle.is_ready());
    lifecycle.stop();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn another_master_key_stops_the_start() {
    let shop = database().await;
    start(&shop, &[]).await.unwrap();
    let other = "//////////////////////////////////////////8=";
    let error = start(&shop, &[("VITRINE_MASTER_KEY", other)]).await.err().unwrap();
    assert!(error.to_string().contains("VITRINE_MASTER_KEY"), "{error}");
}

#[tokio::test]
async fn there_is_no_administrator_without_configuration() {
    let database = database().await;
    let nobody = [("VITRINE_ADMIN_EMAIL", ""), ("VITRINE_ADMIN_PASSWORD", "")];
    let client = start(&database, &nobody).await.unwrap();
    let staff: i64 =
        sqlx::query_scalar("select count(*) from account").fetch_one(&database.pool).await.unwrap();
    assert_eq!(staff, 0);
    let login = serde_json::json!({ "email": ADMIN_EMAIL, "password": PASSWORD });
    client.post("/v1/login", login).await.assert_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn a_weak_administrators_password_stops_the_start() {
    let weak = [("VITRINE_ADMIN_PASSWORD", "password")];
    let error = start(&database().await, &weak).await.err().unwrap();
    assert!(error.to_string().contains("VITRINE_ADMIN_PASSWORD"), "{error}");
}

#[tokio::test]
async fn a_second_start_changes_neither_administrator_nor_password() {
    let database = database().await;
    start(&database, &[]).await.unwrap();
    let other = [("VITRINE_ADMIN_PASSWORD", "another long sentence")];
    let client = start(&database, &other).await.unwrap();
    let login = serde_json::json!({ "email": ADMIN_EMAIL, "password": PASSWORD });
    client.post("/v1/login", login).await.assert_status(200);
}

#[tokio::test]
async fn the_list_of_services_is_the_whole_truth() {
    let shop = Shop::open().await;
    let body = "grant_type=client_credentials";
    ask_token(&shop.as_service(), body).await.assert_status(200);
    let database = database().await;
    start(&database, &[]).await.unwrap();
    let list = format!("service-catalog:{SERVICE_SECRET}");
    let client = start(&database, &[("VITRINE_SERVICE_CLIENTS", &list)]).await.unwrap();
    let secret = format!("{body}&client_secret={SERVICE_SECRET}");
    let gone = ask_token(&client, &format!("{secret}&client_id=service-order")).await;
    assert_oauth_error(gone, 401, "invalid_client");
    ask_token(&client, &format!("{secret}&client_id=service-catalog")).await.assert_status(200);
}

#[tokio::test]
async fn a_service_may_do_what_it_needs_and_no_more() {
    let names = ["catalog", "order", "payment", "recommendation", "events"];
    let list = names.map(|name| format!("service-{name}:{SERVICE_SECRET}")).join(",");
    let database = database().await;
    let client = start(&database, &[("VITRINE_SERVICE_CLIENTS", &list)]).await.unwrap();
    let mut scopes = Vec::new();
    for name in names {
        let body = format!(
            "grant_type=client_credentials&client_id=service-{name}&client_secret={SERVICE_SECRET}"
        );
        let answer = ask_token(&client, &body).await.assert_status(200).json();
        scopes.push(answer["scope"].as_str().unwrap_or_default().to_owned());
    }
    let order = "internal payments:read payments:write";
    assert_eq!(scopes, ["", order, "", "internal", "internal"]);
}

#[tokio::test]
async fn private_keys_and_passwords_are_not_readable_in_the_database() {
    let shop = Shop::open().await;
    let connection = shop.connect(&[]).await;
    let keys: Vec<Vec<u8>> = sqlx::query_scalar("select private_key from signing_key")
        .fetch_all(&shop.db)
        .await
        .unwrap();
    // PKCS #8 begins with a sequence; a sealed key with a random nonce, and it is longer.
    assert!(keys.iter().all(|key| key.len() > 48 + 24));
    let rows: Vec<String> = sqlx::query_scalar(
        "select client::text from client union all select account::text from account",
    )
    .fetch_all(&shop.db)
    .await
    .unwrap();
    let dump = rows.join("\n");
    for secret in [
        connection["client_secret"].as_str().unwrap(),
        connection["password"].as_str().unwrap(),
        SERVICE_SECRET,
        PASSWORD,
    ] {
        assert!(!dump.contains(secret));
    }
}
