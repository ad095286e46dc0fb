use serde_json::{Value, json};

use crate::shop::{Shop, orders, product};

const RULES: &str = "/v1/recommendations/rules";

/// A shop that keeps learning, where A is bought with B, then C, then D.
async fn shop() -> Shop {
    let shop = Shop::empty().await;
    let described = "ABCDE".chars().map(|letter| {
        let mut product = product(letter);
        product["brand"] = json!(if letter < 'D' { "Acme" } else { "Vitrine" });
        product["categories"] = json!(["all", if letter == 'E' { "lamps" } else { "mugs" }]);
        product["features"] =
            json!([format!("color={}", if letter == 'C' { "red" } else { "blue" })]);
        product
    });
    shop.publish(described).await;
    shop.learn(&orders(&["AB", "AB", "AB", "AB", "AC", "AC", "AC", "AD", "AD"])).await;
    shop.keep_learning();
    shop
}

async fn rule(shop: &Shop, code: &str, action: &str, about: Value) -> Value {
    let mut body = json!({ "code": code, "name": code, "action": action });
    body.as_object_mut().unwrap().extend(about.as_object().unwrap().clone());
    shop.staff.post(RULES, body).await.assert_status(201).json()
}

#[tokio::test]
async fn rules_pin_boost_bury_exclude_and_narrow() {
    let shop = shop().await;
    let list = "bought-together?product=A";
    shop.eventually(list, "B C D").await;
    rule(&shop, "last", "bury", json!({ "skus": ["B"] })).await;
    shop.eventually(list, "C D E B").await;
    rule(&shop, "own", "boost", json!({ "brands": ["Vitrine"] })).await;
    shop.eventually(list, "D E C B").await;
    rule(&shop, "first", "pin", json!({ "skus": ["E", "A"] })).await;
    shop.eventually(list, "E D C B").await;
    let items = shop.anyone.get("/v1/recommendations/bought-together?product=A").await.json();
    assert_eq!(items["items"][0]["reason"]["code"], "pinned");
    rule(&shop, "never", "exclude", json!({ "features": ["color=red"] })).await;
    shop.eventually(list, "E D B").await;
    rule(&shop, "mugs", "only", json!({ "categories": ["mugs"] })).await;
    shop.eventually(list, "D B").await;
    for code in ["last", "own", "first", "never", "mugs"] {
        shop.staff.delete(&format!("{RULES}/{code}")).await.assert_status(204);
    }
    shop.eventually(list, "B C D").await;
}

#[tokio::test]
async fn a_rule_applies_on_its_surfaces_in_its_categories_and_at_its_time() {
    let shop = shop().await;
    let exclude = |more: Value| {
        let mut about = json!({ "skus": ["B"] });
        about.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        about
    };
    rule(&shop, "one", "exclude", exclude(json!({ "surfaces": ["bought-together"] }))).await;
    shop.eventually("bought-together?product=A", "C D").await;
    assert!(shop.skus("cart?products=A").await.starts_with('B'));

    let lamps = json!({ "in_categories": ["lamps"], "surfaces": ["trending", "cart"] });
    rule(
        &shop,
        "two",
        "pin",
        json!({ "skus": ["D"], "in_categories": lamps["in_categories"],
                                      "surfaces": lamps["surfaces"] }),
    )
    .await;
    shop.eventually("trending?category=lamps", "D E").await;
    shop.eventually("cart?products=E", "D").await;
    assert!(shop.skus("trending").await.starts_with('A'));

    let past = json!({ "active_until": "2020-01-01T00:00:00Z" });
    rule(&shop, "three", "exclude", exclude(past)).await;
    let later = json!({ "active_from": "2099-01-01T00:00:00Z" });
    rule(&shop, "four", "exclude", exclude(later)).await;
    rule(&shop, "off", "exclude", exclude(json!({ "active": false }))).await;
    rule(&shop, "seen", "exclude", json!({ "skus": ["C"] })).await;
    shop.eventually("cart?products=A", "B D").await;
}

#[tokio::test]
async fn rules_are_kept_like_other_things_of_staff() {
    let shop = shop().await;
    let created = rule(&shop, "own", "boost", json!({ "brands": ["Vitrine"] })).await;
    assert_eq!((&created["version"], &created["active"]), (&json!(1), &json!(true)));
    let path = format!("{RULES}/own");
    let read = shop.staff.get(&path).await.assert_status(200);
    assert_eq!(read.header("etag"), "\"1\"");
    let patch = json!({ "position": 3, "surfaces": ["cart"] });
    let changed = shop.staff.patch(&path, patch).await.assert_status(200).json();
    assert_eq!((&changed["position"], &changed["version"]), (&json!(3), &json!(2)));
    let again = json!({ "code": "own", "name": "x", "action": "bury", "skus": ["A"] });
    shop.staff.post(RULES, again).await.assert_problem(409, "code_taken");
    let list = shop.staff.get(RULES).await.assert_status(200).json();
    assert_eq!(list["items"][0]["surfaces"], json!(["cart"]));
    shop.anyone.get(RULES).await.assert_problem(401, "unauthenticated");
    let reader = shop.anyone.bearer(&shop.tokens.staff(&["recommendations:read"]));
    reader.get(&path).await.assert_status(200);
    reader.delete(&path).await.assert_problem(403, "insufficient_scope");
    shop.staff.delete(&path).await.assert_status(204);
    shop.staff.get(&path).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn what_breaks_a_rule_of_rules_is_named() {
    let shop = Shop::empty().await;
    let skus = json!(["A"]);
    for (body, pointer) in [
        (json!({ "code": "a b", "name": "x", "action": "pin", "skus": skus }), "/code"),
        (json!({ "code": "a", "name": "", "action": "pin", "skus": skus }), "/name"),
        (json!({ "code": "a", "name": "x", "action": "hide", "skus": skus }), "/action"),
        (json!({ "code": "a", "name": "x", "action": "boost" }), "/skus"),
        (json!({ "code": "a", "name": "x", "action": "pin", "brands": ["b"] }), "/skus"),
        (
            json!({ "code": "a", "name": "x", "action": "pin", "skus": skus, "brands": ["b"] }),
            "/action",
        ),
        (json!({ "code": "a", "name": "x", "action": "bury", "features": ["red"] }), "/features/0"),
        (
            json!({ "code": "a", "name": "x", "action": "bury", "skus": skus, "surfaces": ["home"] }),
            "/surfaces/0",
        ),
        (
            json!({ "code": "a", "name": "x", "action": "bury", "skus": skus,
                 "active_from": "2026-01-02T00:00:00Z", "active_until": "2026-01-01T00:00:00Z" }),
            "/active_until",
        ),
        (json!({ "code": "a", "name": "x", "action": "bury", "skus": vec!["A"; 501] }), "/skus"),
    ] {
        let problem =
            shop.staff.post(RULES, body.clone()).await.assert_problem(422, "invalid").json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
}
