use serde_json::json;

use crate::shop::{Shop, orders};

const PATH: &str = "/v1/recommendations/models";

#[tokio::test]
async fn every_training_is_remembered_and_the_last_one_is_active() {
    let shop = Shop::open("AB").await;
    shop.learn(&orders(&["AB", "A"])).await;
    let list = shop.staff.get(&format!("{PATH}?limit=2")).await.assert_status(200).json();
    let newest = &list["items"][0];
    assert_eq!((&newest["active"], &list["items"][1]["active"]), (&json!(true), &json!(false)));
    assert_eq!((&newest["products"], &newest["interactions"]), (&json!(2), &json!(3)));
    assert_eq!((&newest["baskets"], &newest["customers"]), (&json!(2), &json!(2)));
    assert_eq!(newest["metrics"], json!(null), "too few baskets to judge");
    let shown = shop.anyone.get("/v1/recommendations/trending").await.json();
    assert_eq!(shown["model"], newest["id"]);

    let cursor = list["next_cursor"].as_str().unwrap();
    let rest = shop.staff.get(&format!("{PATH}?cursor={cursor}")).await.assert_status(200).json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1, "the one of the start");
    assert_eq!(rest["next_cursor"], json!(null));
}

#[tokio::test]
async fn a_model_knows_how_well_it_does() {
    let shop = Shop::open("ABCDEFGH").await;
    let words = ["AB", "CD", "EF", "GH"].repeat(30);
    shop.learn(&orders(&words)).await;
    let list = shop.staff.get(&format!("{PATH}?limit=1")).await.assert_status(200).json();
    let metrics = &list["items"][0]["metrics"];
    assert_eq!(metrics["cart_ndcg_at_20"], json!(1.0), "{list}");
    assert!(metrics["bestseller_ndcg_at_20"].as_f64().unwrap() < 0.9, "{list}");
}

#[tokio::test]
async fn a_retried_training_happens_once() {
    let shop = Shop::empty().await;
    let staff = shop.staff.key("train-1");
    let first = staff.post(PATH, json!(null)).await.assert_status(201).json();
    let replay = staff.post(PATH, json!(null)).await.assert_status(201);
    assert_eq!(replay.header("idempotent-replayed"), "true");
    assert_eq!(replay.json()["id"], first["id"]);
}

#[tokio::test]
async fn models_are_for_staff() {
    let shop = Shop::empty().await;
    shop.anyone.get(PATH).await.assert_problem(401, "unauthenticated");
    let reader = shop.anyone.bearer(&shop.tokens.staff(&["recommendations:read"]));
    reader.get(PATH).await.assert_status(200);
    reader.post(PATH, json!(null)).await.assert_problem(403, "insufficient_scope");
    reader.get(&format!("{PATH}?limit=0")).await.assert_problem(422, "invalid");
    reader.get(&format!("{PATH}?cursor=x")).await.assert_problem(422, "invalid");
    let unknown = format!("{PATH}/{}/activate", uuid::Uuid::now_v7());
    shop.staff.post(&unknown, json!(null)).await.assert_problem(404, "not_found");
}
