use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::shop::{PASSWORD, Shop, configure, start};

/// A busy machine is no failure.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
const KEYS: &str = "/v1/signing-keys";
const KEY_SET: &str = "/.well-known/jwks.json";

fn header(token: &Value) -> Value {
    let header = token.as_str().unwrap().split('.').next().unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

fn states(keys: &Value, algorithm: &str) -> Vec<String> {
    let items = keys["items"].as_array().unwrap().iter();
    items
        .filter(|key| key["algorithm"] == algorithm)
        .map(|key| key["state"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn both_algorithms_are_published_with_their_public_parts_only() {
    let shop = Shop::open().await;
    let set = shop.client.get(KEY_SET).await.assert_status(200).json();
    let mut found: Vec<_> = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert_eq!(key.get(private), None);
            }
            assert_eq!(key["use"], "sig");
            (key["alg"].as_str().unwrap(), key["kty"].as_str().unwrap())
        })
        .collect();
    found.sort_unstable();
    assert_eq!(found, [("EdDSA", "OKP"), ("RS256", "RSA")]);
}

#[tokio::test]
async fn a_rotated_key_is_published_at_once_and_signs_later() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let before =
        header(&shop.log_in(crate::shop::ADMIN_EMAIL, PASSWORD).await.json()["access_token"]);
    let keys = admin.post(KEYS, json!({})).await.assert_status(201).json();
    for algorithm in ["EdDSA", "RS256"] {
        assert_eq!(states(&keys, algorithm), ["published", "signing"]);
    }
    let set = shop.client.get(KEY_SET).await.json();
    assert_eq!(set["keys"].as_array().unwrap().len(), 4);
    let after =
        header(&shop.log_in(crate::shop::ADMIN_EMAIL, PASSWORD).await.json()["access_token"]);
    assert_eq!(before, after);
    sqlx::query("update signing_key set signs_from = signs_from - interval '11 minutes'")
        .execute(&shop.db)
        .await
        .unwrap();
    // A replica that starts now finds the next key signing, and the old one still good.
    let replica = shop.replica().await;
    let login = json!({ "email": crate::shop::ADMIN_EMAIL, "password": PASSWORD });
    let tokens = replica.post("/v1/login", login).await.assert_status(200).json();
    assert_ne!(header(&tokens["access_token"]), before);
    let keys = admin.get(KEYS).await.assert_status(200).json();
    assert_eq!(states(&keys, "EdDSA"), ["signing", "retiring"]);
}

#[tokio::test]
async fn a_withdrawn_key_is_replaced_at_once_and_its_tokens_are_refused() {
    let shop = Shop::open().await;
    let admin = shop.admin().await;
    let keys = admin.get(KEYS).await.assert_status(200).json();
    let signing = keys["items"][0]["id"].as_str().unwrap();
    admin.delete(&format!("{KEYS}/{signing}")).await.assert_status(204);
    admin.get(KEYS).await.assert_problem(401, "unauthenticated");
    let keys = shop.admin().await.get(KEYS).await.assert_status(200).json();
    assert_eq!(states(&keys, "EdDSA"), ["signing"]);
    assert_ne!(keys["items"][0]["id"], signing);
    shop.admin().await.delete(&format!("{KEYS}/none")).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn keys_are_for_those_who_manage_staff() {
    let shop = Shop::open().await;
    shop.client.get(KEYS).await.assert_problem(401, "unauthenticated");
    let ada = shop.customer("ada@example.com").await;
    ada.get(KEYS).await.assert_problem(403, "insufficient_scope");
    ada.post(KEYS, json!({})).await.assert_problem(403, "insufficient_scope");
    ada.delete(&format!("{KEYS}/x")).await.assert_problem(403, "insufficient_scope");
}

#[tokio::test]
async fn keys_cannot_be_rotated_without_end() {
    let shop = Shop::open().await;
    sqlx::query(
        "insert into signing_key (key_id, algorithm, public_key, private_key, signs_from)
         select number::text, algorithm, public_key, private_key, now() + interval '1 day'
         from signing_key, generate_series(1, 20) as number where algorithm = 'EdDSA'
         union all
         select 'r' || number, algorithm, public_key, private_key, now() + interval '1 day'
         from signing_key, generate_series(1, 18) as number where algorithm = 'RS256'",
    )
    .execute(&shop.db)
    .await
    .unwrap();
    shop.admin().await.post(KEYS, json!({})).await.assert_problem(409, "too_many_keys");
}

#[tokio::test]
async fn access_tokens_are_signed_with_rs256_where_their_readers_need_it() {
    let database = testing::database(auth::SCHEMA, &auth::MIGRATOR).await;
    let client = start(&database, &[("VITRINE_ACCESS_TOKEN_ALGORITHM", "RS256")]).await.unwrap();
    let login = json!({ "email": crate::shop::ADMIN_EMAIL, "password": PASSWORD });
    let tokens = client.post("/v1/login", login).await.assert_status(200).json();
    let header = header(&tokens["access_token"]);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("at+jwt")));
    client.bearer(tokens["access_token"].as_str().unwrap()).get("/v1/me").await.assert_status(200);
}

/// A replica with its background work, which looks for new keys four times in the time that they are
/// published before they sign.
async fn run_replica(database: &testing::TestDatabase) -> String {
    let config = configure(database, &[("VITRINE_KEY_PUBLISH_SECONDS", "1")]).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(auth::run(config, listener, web::Lifecycle::new()));
    url
}

#[tokio::test]
async fn keys_rotate_under_load_on_two_replicas_without_a_failed_request() {
    let database = testing::database(auth::SCHEMA, &auth::MIGRATOR).await;
    let urls = [run_replica(&database).await, run_replica(&database).await];
    let http = contracts::http_client();
    let login = json!({ "email": crate::shop::ADMIN_EMAIL, "password": PASSWORD });
    let signed_in =
        http.post(format!("{}/v1/login", urls[0])).json(&login).timeout(PATIENCE).send();
    let signed_in = signed_in.await.unwrap();
    let mut tokens: Value = signed_in.json().await.unwrap();
    let first = header(&tokens["access_token"])["kid"].clone();
    let rotated = http
        .post(format!("{}{KEYS}", urls[0]))
        .bearer_auth(tokens["access_token"].as_str().unwrap())
        .timeout(PATIENCE)
        .send();
    assert_eq!(rotated.await.unwrap().status(), 201);
    let mut signed_by_next = BTreeSet::new();
    for turn in 0.. {
        let (signs, reads) = (turn % 2, (turn / 2) % 2);
        let body = json!({
            "grant_type": "refresh_token", "client_id": "storefront",
            "refresh_token": tokens["refresh_token"],
        });
        let answer =
            http.post(format!("{}/oauth/token", urls[signs])).json(&body).timeout(PATIENCE).send();
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 200);
        tokens = answer.json().await.unwrap();
        let token = tokens["access_token"].as_str().unwrap();
        let read =
            http.get(format!("{}/v1/me", urls[reads])).bearer_auth(token).timeout(PATIENCE).send();
        assert_eq!(read.await.unwrap().status(), 200, "in turn {turn}");
        if header(&tokens["access_token"])["kid"] != first {
            signed_by_next.insert(signs);
            if signed_by_next.len() == 2 && turn % 50 == 0 {
                break;
            }
        }
    }
}

#[tokio::test]
async fn the_schedule_makes_the_next_key_and_forgets_the_oldest() {
    let database = testing::database(auth::SCHEMA, &auth::MIGRATOR).await;
    start(&database, &[]).await.unwrap();
    sqlx::query("update signing_key set signs_from = now() - interval '91 days'")
        .execute(&database.pool)
        .await
        .unwrap();
    let _replica = run_replica(&database).await;
    let count = || async {
        let count: (i64, i64) = sqlx::query_as(
            "select count(*), count(*) filter (where signs_from > now() - interval '1 day')
             from signing_key",
        )
        .fetch_one(&database.pool)
        .await
        .unwrap();
        count
    };
    while count().await != (4, 2) {}
    sqlx::query("update signing_key set signs_from = signs_from - interval '25 hours'")
        .execute(&database.pool)
        .await
        .unwrap();
    while count().await.0 != 2 {}
}
