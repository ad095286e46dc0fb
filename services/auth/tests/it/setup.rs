use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testing::{Client, TestDatabase};

use crate::{
    logs::read_log,
    shop::{ADMIN_EMAIL, PASSWORD, start},
};

const SETUP_SECRET: &str = "a setup secret of enough characters";
const NOBODY: [(&str, &str); 2] = [("VITRINE_ADMIN_EMAIL", ""), ("VITRINE_ADMIN_PASSWORD", "")];

async fn database() -> TestDatabase {
    testing::database(auth::SCHEMA, &auth::MIGRATOR).await
}

/// An installation without staff, and with this secret.
async fn open(database: &TestDatabase) -> Client {
    let [email, password] = NOBODY;
    let variables = [email, password, ("VITRINE_SETUP_SECRET", SETUP_SECRET)];
    start(database, &variables).await.unwrap()
}

fn setup(secret: &str) -> Value {
    json!({ "setup_secret": secret, "email": ADMIN_EMAIL, "password": PASSWORD })
}

#[tokio::test]
async fn the_setup_secret_creates_the_first_administrator_once() {
    let client = open(&database().await).await;
    let answer = client.post("/v1/setup", setup(SETUP_SECRET)).await.assert_status(201).json();
    assert_eq!(
        (&answer["email"], &answer["roles"]),
        (&json!(ADMIN_EMAIL), &json!(["administrator"]))
    );
    let login = json!({ "email": ADMIN_EMAIL, "password": PASSWORD });
    let tokens = client.post("/v1/login", login).await.assert_status(200).json();
    let admin = client.bearer(tokens["access_token"].as_str().unwrap());
    admin.get("/v1/staff").await.assert_status(200);
    let audit = admin.get("/v1/audit?type=staff.created").await.assert_status(200).json();
    let staff_id = answer["id"].as_str().unwrap();
    assert_eq!(audit["items"][0]["subject"], format!("staff:{staff_id}"));
    for secret in [SETUP_SECRET, "another"] {
        client.post("/v1/setup", setup(secret)).await.assert_problem(409, "already_set_up");
    }
}

#[tokio::test]
async fn of_many_at_once_one_becomes_administrator() {
    let database = database().await;
    let client = open(&database).await;
    let bodies = (0..8).map(|number| {
        let mut body = setup(SETUP_SECRET);
        body["email"] = json!(format!("admin{number}@example.com"));
        body
    });
    let answers = bodies.map(|body| client.post("/v1/setup", body));
    let answers = futures::future::join_all(answers).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn a_wrong_secret_or_a_weak_password_creates_nobody() {
    let database = database().await;
    let client = open(&database).await;
    for wrong in ["", "wrong", &SETUP_SECRET[1..], &SETUP_SECRET.repeat(20)] {
        client.post("/v1/setup", setup(wrong)).await.assert_problem(401, "invalid_setup_secret");
    }
    let mut weak = setup(SETUP_SECRET);
    weak["password"] = json!("password");
    let answer = client.post("/v1/setup", weak).await.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/password");
    let staff: i64 =
        sqlx::query_scalar("select count(*) from account").fetch_one(&database.pool).await.unwrap();
    assert_eq!(staff, 0);
    client.post("/v1/setup", setup(SETUP_SECRET)).await.assert_status(201);
}

#[tokio::test]
async fn who_guesses_too_often_must_wait() {
    let client = open(&database().await).await;
    for _ in 0..10 {
        client.post("/v1/setup", setup("wrong")).await.assert_status(401);
    }
    let answer = client.post("/v1/setup", setup("wrong")).await;
    answer.assert_problem(429, "too_many_requests");
}

#[tokio::test]
async fn a_start_without_staff_prints_a_secret_and_the_next_another() {
    let database = database().await;
    read_log();
    let client = start(&database, &NOBODY).await.unwrap();
    let first = printed_secret(&database).await;
    let client_again = start(&database, &NOBODY).await.unwrap();
    let second = printed_secret(&database).await;
    client.post("/v1/setup", setup(&first)).await.assert_problem(401, "invalid_setup_secret");
    client_again.post("/v1/setup", setup(&second)).await.assert_status(201);
    start(&database, &NOBODY).await.unwrap();
    let kept: i64 = sqlx::query_scalar("select count(*) from setup_secret")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    assert_eq!(kept, 0, "with staff there is no secret");
}

#[tokio::test]
async fn with_a_configured_administrator_there_is_no_setup() {
    let client = start(&database().await, &[]).await.unwrap();
    client.post("/v1/setup", setup(SETUP_SECRET)).await.assert_problem(409, "already_set_up");
}

/// The secret in the log that is this installation's: others start at the same time.
async fn printed_secret(database: &TestDatabase) -> String {
    let hash: Vec<u8> = sqlx::query_scalar("select secret_hash from setup_secret")
        .fetch_one(&database.pool)
        .await
        .unwrap();
    let log = read_log();
    log.split("setup_secret=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|secret| Sha256::digest(secret)[..] == hash[..])
        .expect("the secret is in the log")
        .to_owned()
}
