//! Trainings while they run, in this process and in one of their own.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::shop::Shop;

const MODELS: &str = "/v1/recommendations/models";

/// A shop with so much history that a training takes a while.
async fn busy_shop() -> Shop {
    let shop = Shop::open("AB").await;
    for statement in [
        "insert into product (product_id, name, categories, features, skus, published, xact_id)
         select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Product ' || n,
             array['all'], array[]::text[], array['sku-' || n], true, pg_current_xact_id()
         from generate_series(1, 600) as n",
        "insert into product_sku select skus[1], product_id from product
         on conflict do nothing",
        "insert into interaction (natural_key, at, kind, sku, customer, order_ref, quantity)
         select gen_random_uuid(), timestamptz '2026-01-01' + n * interval '1 minute', 'purchase',
             'sku-' || 1 + (n * 7 + line * line * 31) % 600, 'c' || n % 500, 'o' || n, 1
         from generate_series(1, 8000) as n, generate_series(1, 4) as line",
    ] {
        sqlx::query(statement).execute(&shop.db).await.unwrap();
    }
    shop.train().await;
    shop
}

async fn newest(shop: &Shop) -> Value {
    shop.staff.get(&format!("{MODELS}?limit=1")).await.assert_status(200).json()["items"][0].clone()
}

/// The training that is running, once it is.
async fn running(shop: &Shop) -> Value {
    for _ in 0..3_000 {
        let model = newest(shop).await;
        if model["status"] == "running" {
            return model;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nothing was ever trained: {}", newest(shop).await);
}

/// Another process of the service that only trains.
fn train_apart(shop: &Shop) -> Child {
    Command::new(env!("CARGO_BIN_EXE_recommendation"))
        .arg("train")
        .env("VITRINE_DATABASE_URL", shop.database_url.expose())
        .env("VITRINE_CLIENT_SECRET", "secret")
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

async fn active_model(shop: &Shop) -> Value {
    shop.anyone.get("/v1/recommendations/trending").await.json()["model"].clone()
}

#[tokio::test]
async fn a_training_tells_how_far_it_is_and_ends_by_one_call() {
    let shop = busy_shop().await;
    let before = active_model(&shop).await;
    let staff = shop.staff.clone();
    let training = tokio::spawn(async move { staff.post(MODELS, json!(null)).await });
    let model = running(&shop).await;
    assert_eq!((&model["active"], &model["available"]), (&json!(false), &json!(false)));
    let progress = &model["progress"];
    assert_eq!(progress["started_at"], model["trained_at"]);
    assert!(progress["step"].is_string(), "{model}");
    assert!((0.0..=1.0).contains(&progress["fraction"].as_f64().unwrap()), "{model}");

    let cancel = format!("{MODELS}/{}/cancel", model["id"].as_str().unwrap());
    shop.anyone.post(&cancel, json!(null)).await.assert_problem(401, "unauthenticated");
    shop.staff.post(&cancel, json!(null)).await.assert_status(202);
    training.await.unwrap().assert_problem(409, "training_cancelled");
    let ended = newest(&shop).await;
    assert_eq!((&ended["id"], &ended["status"]), (&model["id"], &json!("cancelled")));
    assert_eq!(ended["progress"], json!(null));
    assert_eq!(active_model(&shop).await, before);
    shop.staff.post(&cancel, json!(null)).await.assert_problem(409, "training_over");
    let unknown = format!("{MODELS}/{}/cancel", uuid::Uuid::now_v7());
    shop.staff.post(&unknown, json!(null)).await.assert_problem(404, "not_found");
    let next = shop.train().await;
    assert_eq!((&next["status"], &next["active"]), (&json!("trained"), &json!(true)));
}

#[tokio::test]
async fn a_training_that_is_killed_loses_nothing() {
    let shop = busy_shop().await;
    shop.keep_learning();
    let before = active_model(&shop).await;
    let list = shop.skus("cart?products=sku-1,sku-2").await;
    let mut process = train_apart(&shop);
    let killed = running(&shop).await;
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(active_model(&shop).await, before);
    assert_eq!(shop.skus("cart?products=sku-1,sku-2").await, list);
    let restarted = shop.replica().await;
    assert_eq!(active_model(&restarted).await, before);
    assert_eq!(restarted.skus("cart?products=sku-1,sku-2").await, list);

    let next = shop.train().await;
    assert_eq!((&next["active"], &next["interactions"]), (&json!(true), &killed["interactions"]));
    let models = shop.staff.get(MODELS).await.json();
    assert_eq!(models["items"][1]["id"], killed["id"]);
    assert_eq!(models["items"][1]["status"], "interrupted");
}

#[tokio::test]
async fn a_process_of_its_own_trains_for_the_serving_ones() {
    let shop = busy_shop().await;
    shop.keep_learning();
    let before = active_model(&shop).await;
    let mut process = train_apart(&shop);
    let ended = tokio::task::spawn_blocking(move || process.wait().unwrap()).await.unwrap();
    assert!(ended.success());
    let trained = newest(&shop).await;
    assert_ne!(trained["id"], before);
    for _ in 0..200 {
        if active_model(&shop).await == trained["id"] {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("its model was never used");
}
