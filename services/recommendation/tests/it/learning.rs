use std::sync::atomic::{AtomicBool, Ordering};

use axum::{Router, routing::post};
use contracts::{Peer, order::SoldOutQuery};
use serde_json::{Value, json};
use web::Json;

use crate::shop::{Shop, orders, product};

const MODELS: &str = "/v1/recommendations/models";
const TOGETHER: &str = "bought-together?product=A";
const CART: &str = "/v1/recommendations/cart?products=A";

/// An order of one day.
fn order(number: u32, at: &str, skus: &str) -> String {
    let line = |sku: char| {
        json!({ "type": "purchase", "order": format!("later-{number}"), "sku": sku.to_string(),
                "customer": format!("d{number}"), "at": at })
        .to_string()
    };
    skus.chars().map(line).collect::<Vec<_>>().join("\n")
}

async fn active_model(shop: &Shop) -> Value {
    shop.anyone.get("/v1/recommendations/trending").await.json()["model"].clone()
}

#[tokio::test]
async fn an_order_counts_without_a_training() {
    let shop = Shop::open("ABC").await;
    shop.learn(&orders(&["AB"])).await;
    let model = active_model(&shop).await;
    shop.keep_learning();
    for number in 0..3 {
        shop.import(&order(number, "2026-11-01T12:30:00Z", "AC")).await.assert_status(200);
    }
    shop.eventually(TOGETHER, "C B").await;
    shop.eventually("cart?products=B,A", "C").await;
    shop.eventually("trending", "A C B").await;
    assert_eq!(active_model(&shop).await, model);
}

#[tokio::test]
async fn history_that_comes_late_takes_its_place() {
    let shop = Shop::open("ABC").await;
    shop.learn(&orders(&["AB", "AB", "AB"])).await;
    shop.keep_learning();
    let lines: Vec<String> =
        (0..5).map(|number| order(number, "2026-10-20T12:00:00Z", "AC")).collect();
    shop.import(&lines.join("\n")).await.assert_status(200);
    shop.eventually(TOGETHER, "C B").await;
    let restarted = shop.replica().await;
    for path in [TOGETHER, "cart?products=A", "trending", "cart?products=C"] {
        assert_eq!(restarted.skus(path).await, shop.skus(path).await, "{path}");
    }
}

#[tokio::test]
async fn a_new_product_has_its_history_and_its_likes_without_a_training() {
    let shop = Shop::open("AC").await;
    shop.keep_learning();
    shop.import(&orders(&["AB", "AB", "AB"])).await.assert_status(200);
    shop.publish([product('B')]).await;
    shop.eventually(TOGETHER, "B").await;
    shop.eventually("similar?product=B", "A").await;
}

#[tokio::test]
async fn replicas_come_to_know_the_same_and_answer_with_the_same_model() {
    let shop = Shop::open("ABCD").await;
    let other = shop.replica().await;
    shop.keep_learning();
    other.keep_learning();
    let words = ["AB", "AB", "AB", "AC", "CD", "CD", "D"].repeat(20);
    other.import(&orders(&words)).await.assert_status(200);
    shop.eventually(TOGETHER, "B C").await;
    other.eventually(TOGETHER, "B C").await;
    let model = shop.train().await;
    assert_eq!(model["active"], true);
    let mut tries = 0;
    while active_model(&other).await != model["id"] {
        tries += 1;
        assert!(tries < 200, "the other replica never used the model");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for path in [TOGETHER, "cart?products=A,C", "trending", "similar?product=A"] {
        assert_eq!(shop.skus(path).await, other.skus(path).await, "{path}");
    }
    let restarted = shop.replica().await;
    assert_eq!(active_model(&restarted).await, model["id"], "kept, not trained again");
}

#[tokio::test]
async fn an_earlier_model_comes_back_by_one_call() {
    let shop = Shop::open("ABC").await;
    let first = active_model(&shop).await;
    shop.learn(&orders(&["AB", "AB"])).await;
    let second = active_model(&shop).await;
    assert_ne!(first, second);
    let path = format!("{MODELS}/{}/activate", first.as_str().unwrap());
    let back = shop.staff.post(&path, json!(null)).await.assert_status(200).json();
    assert_eq!((&back["id"], &back["active"]), (&first, &json!(true)));
    shop.keep_learning();
    let mut tries = 0;
    while active_model(&shop).await != first {
        tries += 1;
        assert!(tries < 200, "the earlier model never came back");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let list = shop.staff.get(MODELS).await.json();
    let active: Vec<_> =
        list["items"].as_array().unwrap().iter().filter(|one| one["active"] == true).collect();
    assert_eq!((active.len(), &active[0]["id"]), (1, &first));
    shop.anyone.post(&path, json!(null)).await.assert_problem(401, "unauthenticated");
}

/// Asks on and on; how many answers named each model. Every one is what that model alone says.
async fn ask_on(
    client: testing::Client,
    path: &str,
    expected: &[Value; 2],
    stop: &AtomicBool,
) -> [u32; 2] {
    let mut answers = [0; 2];
    while !stop.load(Ordering::Relaxed) {
        let answer = client.get(path).await.assert_status(200).json();
        let model = expected.iter().position(|known| known["model"] == answer["model"]);
        let model = model.unwrap_or_else(|| panic!("an unknown model: {answer}"));
        assert_eq!(answer, expected[model]);
        answers[model] += 1;
        tokio::task::yield_now().await;
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_models_are_swapped_every_answer_is_of_one_of_them_and_none_fails() {
    let shop = Shop::open("ABCD").await;
    shop.learn(&orders(&["AB", "CD"].repeat(60))).await;
    let first = active_model(&shop).await;
    let others: Vec<String> =
        (0..200).map(|n| order(n, "2026-11-01T12:00:00Z", ["AC", "BD"][n as usize % 2])).collect();
    shop.learn(&others.join("\n")).await;
    let second =
        shop.staff.get(&format!("{MODELS}?limit=1")).await.json()["items"][0]["id"].clone();
    shop.keep_learning();
    let activate = async |model: &Value| {
        let path = format!("{MODELS}/{}/activate", model.as_str().unwrap());
        shop.staff.post(&path, json!(null)).await.assert_status(200);
        while active_model(&shop).await != *model {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        shop.anyone.get(CART).await.json()
    };
    let expected = [activate(&first).await, activate(&second).await];
    assert_ne!(expected[0]["items"], expected[1]["items"], "else nothing is shown here");

    let stop = AtomicBool::new(false);
    let swap = async {
        for model in [&first, &second, &first, &second] {
            // Products that are read anew are another swap, of everything.
            shop.publish([product('A')]).await;
            activate(model).await;
        }
        stop.store(true, Ordering::Relaxed);
    };
    let ask = || ask_on(shop.anyone.clone(), CART, &expected, &stop);
    let (answers, more, ()) = tokio::join!(ask(), ask(), swap);
    for model in 0..2 {
        assert!(answers[model] + more[model] > 10, "{answers:?} {more:?}");
    }
}

#[tokio::test]
async fn what_an_old_model_learned_is_forgotten_and_it_cannot_come_back() {
    let shop = Shop::open("A").await;
    let first = active_model(&shop).await;
    for _ in 0..11 {
        shop.train().await;
    }
    let path = format!("{MODELS}/{}/activate", first.as_str().unwrap());
    let before = active_model(&shop).await;
    shop.staff.post(&path, json!(null)).await.assert_problem(409, "model_unavailable");
    assert_eq!(active_model(&shop.replica().await).await, before, "nothing changed");
    let list = shop.staff.get(MODELS).await.json();
    let available = list["items"].as_array().unwrap().iter().filter(|m| m["available"] == true);
    assert_eq!(available.count(), 10);
}

#[tokio::test]
async fn a_model_that_does_worse_on_new_orders_waits_for_staff() {
    let shop = Shop::open("ABCDEFGH").await;
    let words = ["AB", "CD", "EF", "GH"].repeat(30);
    shop.learn(&orders(&words)).await;
    let good = active_model(&shop).await;
    // What the next one is trained on is noise; what it is judged by is as before.
    let noise = ["AC", "BD", "EG", "FH", "AD", "BC"].repeat(40);
    let noise =
        noise.iter().enumerate().map(|(n, skus)| order(n as u32, "2026-11-02T12:00:00Z", skus));
    let usual = (0..60).map(|n| order(1000 + n, "2026-11-03T12:00:00Z", words[n as usize]));
    let lines: Vec<String> = noise.chain(usual).collect();
    shop.import(&lines.join("\n")).await.assert_status(200);
    let candidate = shop.train().await;
    let comparison = &candidate["comparison"];
    assert_eq!(comparison["with"], good);
    let ndcg = |model: &str| comparison[model]["cart_ndcg_at_20"].as_f64().unwrap();
    assert!(ndcg("candidate") < ndcg("active"), "{comparison}");
    assert!(comparison["active"]["held_out_baskets"].as_u64().unwrap() >= 15, "{comparison}");
    assert_eq!(candidate["active"], false, "{comparison}");
    shop.keep_trained();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let newest = shop.staff.get(MODELS).await.json()["items"][0]["id"].clone();
    assert_eq!(newest, candidate["id"], "not tried again on the same orders");
}

#[tokio::test]
async fn a_damaged_model_is_never_used_and_a_new_one_takes_its_place() {
    let shop = Shop::open("AB").await;
    let damaged = active_model(&shop).await;
    let damage = "update model set snapshot = 'rubbish' where active";
    sqlx::query(damage).execute(&shop.db).await.unwrap();
    let restarted = shop.replica().await;
    assert_ne!(active_model(&restarted).await, damaged);
    assert_eq!(restarted.skus("similar?product=A").await, "B");
}

/// An order service where these are sold out.
async fn order_service(sold_out: &'static [&'static str]) -> Peer {
    let answer = move |Json(query): Json<SoldOutQuery>| async move {
        let skus = query.known.is_none().then_some(sold_out);
        Json(json!({ "version": "1", "skus": skus }))
    };
    let routes = Router::new().route("/internal/sold-out", post(answer));
    testing::serve_peer("order", routes, "token".into()).await
}

#[tokio::test]
async fn what_is_sold_out_is_not_recommended_and_another_variant_stands_for_its_product() {
    let shop = Shop::empty().await;
    let mut shirt = product('S');
    shirt["skus"] = json!(["S-M", "S-L"]);
    shop.publish([product('A'), product('B'), shirt]).await;
    let bought = ["AB", "AB", "AB", "A"];
    let shirts = [1, 2].map(|n| order(n, "2026-11-01T12:00:00Z", "AS").replace("\"S\"", "\"S-M\""));
    shop.learn(&format!("{}\n{}", orders(&bought), shirts.join("\n"))).await;
    assert_eq!(shop.skus("trending").await, "A B S-M");
    shop.follow_sold_out(order_service(&["B", "S-M"]).await);
    shop.eventually("trending", "A S-L").await;
    assert_eq!(shop.skus("bought-together?product=A").await, "S-L");
    assert_eq!(shop.skus("similar?product=B").await, "A S-L", "it can still be asked about");
}
