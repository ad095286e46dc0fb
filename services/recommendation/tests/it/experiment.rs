use serde_json::{Value, json};
use testing::Answer;

use crate::shop::{Shop, orders};

const EXPERIMENTS: &str = "/v1/recommendations/experiments";
const RULES: &str = "/v1/recommendations/rules";

/// A shop where B is pinned in what is trending, and half of the visitors are shown lists without that.
async fn shop() -> Shop {
    let shop = Shop::open("ABC").await;
    shop.learn(&orders(&["A", "A", "AB"])).await;
    shop.keep_learning();
    let pin = json!({ "code": "pin", "name": "Pin", "action": "pin", "skus": ["B"] });
    shop.staff.post(RULES, pin).await.assert_status(201);
    shop.eventually("trending", "B A").await;
    shop.staff.post(EXPERIMENTS, experiment("one")).await.assert_status(201);
    shop
}

fn experiment(code: &str) -> Value {
    json!({
        "code": code, "name": "Without rules", "surfaces": ["trending"],
        "arms": [{ "code": "with" }, { "code": "without", "rules": false }],
    })
}

/// The list of a visit, once the experiment runs.
async fn visit(shop: &Shop, session: &str) -> Answer {
    for _ in 0..200 {
        let path = format!("/v1/recommendations/trending?session={session}");
        let answer = shop.anyone.get(&path).await.assert_status(200);
        if answer.json()["experiment"].is_object() {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the experiment never began");
}

async fn outcome(shop: &Shop, visitors: i64) -> Value {
    let mut read = Value::Null;
    for _ in 0..200 {
        read = shop.staff.get(&format!("{EXPERIMENTS}/one")).await.assert_status(200).json();
        let arms = read["outcome"].as_array().unwrap();
        if arms.iter().map(|arm| arm["visitors"].as_i64().unwrap()).sum::<i64>() == visitors {
            return read;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("not {visitors} visitors: {read}");
}

#[tokio::test]
async fn visitors_are_split_stay_in_their_arm_and_what_they_do_is_counted() {
    let shop = shop().await;
    let mut arms: [Vec<String>; 2] = Default::default();
    for number in 0..40 {
        let session = format!("visit-{number}");
        let answer = visit(&shop, &session).await;
        assert_eq!(answer.header("cache-control"), "private, no-store");
        let body = answer.json();
        let is_free = body["experiment"] == json!({ "code": "one", "arm": "without" });
        assert_eq!(body["items"][0]["sku"], if is_free { "A" } else { "B" }, "{body}");
        assert_eq!(visit(&shop, &session).await.json()["experiment"], body["experiment"]);
        arms[usize::from(is_free)].push(session);
    }
    assert!(arms.iter().all(|arm| arm.len() > 5), "{arms:?}");
    outcome(&shop, 40).await;

    let click = json!({ "items": [{ "type": "click", "sku": "A", "session": arms[1][0] }] });
    shop.anyone.post("/v1/interactions", click).await.assert_status(202);
    // Who signed in during the visit and buys later without naming it.
    let me = shop.tokens.customer();
    let view = json!({ "items": [{ "type": "view", "sku": "A", "session": arms[1][1] }] });
    shop.anyone.bearer(&me).post("/v1/interactions", view).await.assert_status(202);
    let buy = json!({ "items": [{ "type": "purchase", "sku": "A" }] });
    shop.anyone.bearer(&me).post("/v1/interactions", buy).await.assert_status(202);
    // What was done before counts for nothing.
    let past = json!({ "items": [{ "type": "click", "sku": "A", "session": arms[0][0],
                                   "at": "2026-11-01T12:00:00Z" }] });
    shop.anyone.post("/v1/interactions", past).await.assert_status(202);

    let read = outcome(&shop, 40).await;
    let (with, without) = (&read["outcome"][0], &read["outcome"][1]);
    assert_eq!((&with["arm"], &without["arm"]), (&json!("with"), &json!("without")));
    assert_eq!(
        (&with["click_through"]["count"], &with["conversion"]["count"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(without["visitors"], arms[1].len());
    assert_eq!(without["click_through"]["count"], 1);
    assert_eq!(without["conversion"]["count"], 1);
    let rate = |end: &str| without["conversion"][end].as_f64().unwrap();
    assert!(rate("low") < rate("rate") && rate("rate") < rate("high"), "{without}");
}

#[tokio::test]
async fn who_is_not_known_sees_what_everybody_saw() {
    let shop = shop().await;
    visit(&shop, "known").await;
    let answer = shop.anyone.get("/v1/recommendations/trending").await;
    assert_eq!(answer.header("cache-control"), "public, max-age=30");
    assert_eq!(
        (&answer.json()["experiment"], &answer.json()["items"][0]["sku"]),
        (&json!(null), &json!("B"))
    );
}

#[tokio::test]
async fn an_experiment_ends_for_good() {
    let shop = shop().await;
    visit(&shop, "one").await;
    let path = format!("{EXPERIMENTS}/one");
    let ended = shop.staff.patch(&path, json!({ "active": false })).await.assert_status(200).json();
    assert!(ended["ended_at"].is_string(), "{ended}");
    for _ in 0..200 {
        let body = shop.anyone.get("/v1/recommendations/trending?session=one").await.json();
        if body["experiment"].is_null() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let body = shop.anyone.get("/v1/recommendations/trending?session=one").await.json();
    assert_eq!(body["experiment"], json!(null));
    let again = json!({ "active": true });
    shop.staff.patch(&path, again).await.assert_problem(409, "experiment_ended");
    shop.staff.post(EXPERIMENTS, experiment("two")).await.assert_status(201);
    shop.staff.delete(&path).await.assert_status(204);
    shop.staff.get(&path).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn an_arm_answers_with_its_own_model_which_is_kept_for_it() {
    let shop = Shop::open("AB").await;
    shop.keep_learning();
    let first = shop.train().await["id"].clone();
    let new = json!({
        "code": "one", "name": "Models", "surfaces": ["trending"],
        "arms": [{ "code": "now" }, { "code": "before", "model": first, "weight": 1000 }],
    });
    shop.staff.post(EXPERIMENTS, new).await.assert_status(201);
    for _ in 0..12 {
        shop.train().await;
    }
    let body = visit(&shop, "somebody").await.json();
    assert_eq!(body["experiment"]["arm"], "before");
    assert_eq!(body["model"], first);
    let restarted = shop.replica().await;
    let body = visit(&restarted, "somebody").await.json();
    assert_eq!(body["model"], first, "still there after twelve trainings");
}

#[tokio::test]
async fn what_breaks_a_rule_of_experiments_is_named() {
    let shop = shop().await;
    let taken = shop.staff.post(EXPERIMENTS, experiment("two")).await;
    taken.assert_problem(409, "surface_taken");
    let arms = json!([{ "code": "a" }, { "code": "b" }]);
    let change = |pointer: &str, value: Value| {
        let mut body = json!({ "code": "x", "name": "x", "surfaces": ["cart"], "arms": arms });
        body[pointer] = value;
        body
    };
    let unknown = uuid::Uuid::nil();
    for (body, pointer) in [
        (change("name", json!(" ")), "/name"),
        (change("surfaces", json!([])), "/surfaces"),
        (change("surfaces", json!(["recently-viewed"])), "/surfaces"),
        (change("arms", json!([{ "code": "a" }])), "/arms"),
        (change("arms", json!([{ "code": "a" }, { "code": "a" }])), "/arms"),
        (change("arms", json!([{ "code": "a", "weight": 0 }, { "code": "b" }])), "/arms/0/weight"),
        (
            change("arms", json!([{ "code": "a" }, { "code": "b", "model": unknown }])),
            "/arms/1/model",
        ),
    ] {
        let problem =
            shop.staff.post(EXPERIMENTS, body.clone()).await.assert_problem(422, "invalid");
        assert_eq!(problem.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    shop.anyone.get(EXPERIMENTS).await.assert_problem(401, "unauthenticated");
    let list = shop.staff.get(EXPERIMENTS).await.assert_status(200).json();
    assert_eq!(list["items"][0]["code"], "one");
}
