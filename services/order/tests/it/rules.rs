//! Staff's own nouns: promotions, coupons, shipping methods, tax rates, locations.

use serde_json::{Value, json};

use crate::shop::Shop;

struct Noun {
    path: &'static str,
    body: Value,
    /// What another one is named by.
    other: Value,
    patch: Value,
    bad: (Value, &'static str),
}

fn nouns() -> Vec<Noun> {
    vec![
        Noun {
            path: "/v1/promotions",
            body: json!({"code": "a", "name": "A", "kind": "percent", "basis_points": 100}),
            other: json!({"code": "b"}),
            patch: json!({"basis_points": 200}),
            bad: (json!({"basis_points": 0}), "/basis_points"),
        },
        Noun {
            path: "/v1/coupons",
            body: json!({"code": "A", "promotion": "base", "usage_limit": 3}),
            other: json!({"code": "B"}),
            patch: json!({"usage_limit": 5}),
            bad: (json!({"usage_limit": 0}), "/usage_limit"),
        },
        Noun {
            path: "/v1/shipping-methods",
            body: json!({"code": "a", "name": "A", "prices": [{"currency": "EUR", "amount": 1}]}),
            other: json!({"code": "b"}),
            patch: json!({"countries": ["FR"]}),
            bad: (json!({"countries": ["France"]}), "/countries/0"),
        },
        Noun {
            path: "/v1/tax-rates",
            body: json!({"name": "A", "country": "FR", "rate_ppm": 200_000}),
            other: json!({"region": "Corse"}),
            patch: json!({"rate_ppm": 210_000}),
            bad: (json!({"rate_ppm": 1_000_001}), "/rate_ppm"),
        },
        Noun {
            path: "/v1/locations",
            body: json!({"code": "a", "name": "A"}),
            other: json!({"code": "b"}),
            patch: json!({"name": "Another"}),
            bad: (json!({"name": ""}), "/name"),
        },
    ]
}

fn with(body: &Value, changes: &Value) -> Value {
    let mut body = body.clone();
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

async fn shop_with_promotion() -> Shop {
    let shop = Shop::open().await;
    let base = json!({
        "code": "base", "name": "Base", "kind": "percent", "basis_points": 1000,
        "requires_coupon": true
    });
    shop.staff().post("/v1/promotions", base).await.assert_status(201);
    shop
}

#[tokio::test]
async fn staff_create_read_change_and_delete_them() {
    let shop = shop_with_promotion().await;
    let staff = shop.staff();
    for noun in nouns() {
        let created = staff.post(noun.path, noun.body.clone()).await.assert_status(201);
        let location = created.header("location").to_owned();
        assert!(location.starts_with(noun.path), "{location}");
        let read = staff.get(&location).await.assert_status(200);
        assert_eq!(read.json(), created.json());
        let etag = read.header("etag").to_owned();
        let fresh = staff.header("if-match", &etag);
        let changed = fresh.patch(&location, noun.patch.clone()).await.assert_status(200);
        assert_eq!(changed.json()["version"], 2);
        fresh.delete(&location).await.assert_problem(412, "version_mismatch");
        fresh.patch(&location, noun.patch).await.assert_problem(412, "version_mismatch");
        staff.delete(&location).await.assert_status(204);
        staff.get(&location).await.assert_problem(404, "not_found");
        staff.patch(&location, json!({})).await.assert_problem(404, "not_found");
        staff.delete(&location).await.assert_problem(404, "not_found");
    }
}

#[tokio::test]
async fn they_are_for_staff_with_the_scopes() {
    let shop = Shop::open().await;
    let customer = shop.customer();
    let reader = shop.client(&shop.tokens.staff(&["orders:read", "stock:read"]));
    for noun in nouns() {
        shop.nobody().get(noun.path).await.assert_problem(401, "unauthenticated");
        customer.get(noun.path).await.assert_problem(403, "insufficient_scope");
        reader.get(noun.path).await.assert_status(200);
        reader.post(noun.path, noun.body).await.assert_problem(403, "insufficient_scope");
    }
}

#[tokio::test]
async fn bad_ones_are_refused_and_the_field_is_named() {
    let shop = shop_with_promotion().await;
    let staff = shop.staff();
    for noun in nouns() {
        let (changes, pointer) = &noun.bad;
        let answer = staff.post(noun.path, with(&noun.body, changes)).await;
        let answer = answer.assert_problem(422, "invalid");
        assert_eq!(answer.json()["errors"][0]["pointer"], *pointer, "{}", answer.text());
        let unknown = with(&noun.body, &json!({"colour": "blue"}));
        staff.post(noun.path, unknown).await.assert_problem(422, "invalid");
        let created = staff.post(noun.path, noun.body).await.assert_status(201);
        let location = created.header("location").to_owned();
        staff.patch(&location, changes.clone()).await.assert_problem(422, "invalid");
        staff.patch(&location, json!([])).await.assert_problem(422, "invalid");
    }
}

#[tokio::test]
async fn each_exists_once() {
    let shop = shop_with_promotion().await;
    let staff = shop.staff();
    for noun in nouns() {
        let keyed = staff.key(&format!("create {}", noun.path));
        let first = keyed.post(noun.path, noun.body.clone()).await.assert_status(201);
        let replay = keyed.post(noun.path, noun.body.clone()).await.assert_status(201);
        assert_eq!(first.body, replay.body);
        staff.post(noun.path, noun.body).await.assert_status(409);
    }
}

#[tokio::test]
async fn lists_have_pages() {
    let shop = shop_with_promotion().await;
    let staff = shop.staff();
    for noun in nouns() {
        let before = staff.get(noun.path).await.json()["items"].as_array().unwrap().len();
        staff.post(noun.path, noun.body.clone()).await.assert_status(201);
        staff.post(noun.path, with(&noun.body, &noun.other)).await.assert_status(201);
        let mut seen = Vec::new();
        let mut path = format!("{}?limit=1", noun.path);
        loop {
            let page = staff.get(&path).await.assert_status(200).json();
            seen.extend(page["items"].as_array().unwrap().clone());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("{}?limit=1&cursor={cursor}", noun.path);
        }
        assert_eq!(seen.len(), before + 2, "{}", noun.path);
        let bad = format!("{}?cursor=nonsense", noun.path);
        staff.get(&bad).await.assert_problem(422, "invalid");
        staff.get(&format!("{}?limit=101", noun.path)).await.assert_problem(422, "invalid");
    }
}

#[tokio::test]
async fn a_code_stays_what_it_is() {
    let shop = shop_with_promotion().await;
    let answer = shop.staff().patch("/v1/promotions/base", json!({"code": "other"})).await;
    let answer = answer.assert_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["code"], "immutable");
}

#[tokio::test]
async fn a_promotion_with_coupons_stays() {
    let shop = shop_with_promotion().await;
    let staff = shop.staff();
    let coupon = json!({"code": "x", "promotion": "base"});
    staff.post("/v1/coupons", coupon).await.assert_status(201);
    staff.get("/v1/coupons/X").await.assert_status(200);
    staff.get("/v1/coupons/x").await.assert_status(200);
    staff.delete("/v1/promotions/base").await.assert_problem(409, "promotion_in_use");
    let orphan = json!({"code": "y", "promotion": "nothing"});
    staff.post("/v1/coupons", orphan).await.assert_problem(422, "invalid");
    staff.delete("/v1/coupons/x").await.assert_status(204);
    staff.delete("/v1/promotions/base").await.assert_status(204);
}

#[tokio::test]
async fn a_rule_that_one_replica_changes_counts_at_once_on_the_other() {
    let shop = Shop::open().await;
    let mut app = shop.app.clone();
    app.rules = order::RuleCache::default();
    let token = shop.tokens.anonymous();
    let shopper = shop.client(&token);
    let path = shop.ready_cart(&shopper, &[("mug", 1)]).await;
    let other = testing::Client::new(order::router(app)).bearer(&token);
    for (replica, total) in [(&shopper, 1490), (&other, 1490)] {
        let cart = replica.get(&path).await.assert_status(200).json();
        assert_eq!(cart["totals"]["total"], total);
    }
    let sale = json!({"code": "sale", "name": "Sale", "kind": "percent", "basis_points": 5000});
    shop.staff().post("/v1/promotions", sale).await.assert_status(201);
    for replica in [&shopper, &other] {
        let cart = replica.get(&path).await.assert_status(200).json();
        assert_eq!(cart["totals"]["total"], 990);
    }
    let gone = shop.staff().delete("/v1/promotions/sale").await;
    assert!(gone.status.is_success(), "{}", gone.text());
    let cart = other.get(&path).await.assert_status(200).json();
    assert_eq!(cart["totals"]["total"], 1490);
}
