use serde_json::json;

use crate::shop::{Shop, orders};

#[tokio::test]
async fn sending_a_file_again_changes_nothing() {
    let shop = Shop::open("ABC").await;
    let file = orders(&["AB", "AB", "ABC"]);
    let first = shop.import(&file).await.assert_status(200).json();
    assert_eq!(
        first,
        json!({ "received": 7, "stored": 7, "repeated": 0, "rejected": 0, "errors": [] })
    );
    let again = shop.import(&file).await.assert_status(200).json();
    assert_eq!((&again["stored"], &again["repeated"]), (&json!(0), &json!(7)));
    assert_eq!(shop.train().await["interactions"], 7);
}

#[tokio::test]
async fn a_bad_line_is_reported_with_its_number_and_the_others_are_kept() {
    let shop = Shop::open("A").await;
    let lines = [
        r#"{"type":"view","sku":"A","session":"s","at":"2026-11-01T12:00:00Z"}"#,
        "",
        "nonsense",
        r#"{"type":"stare","sku":"A","at":"2026-11-01T12:00:00Z"}"#,
        r#"{"type":"view","at":"2026-11-01T12:00:00Z"}"#,
        r#"{"type":"view","sku":"A","session":"t","at":"2026-11-01T12:00:00Z"}"#,
    ];
    let report = shop.import(&lines.join("\r\n")).await.assert_status(200).json();
    assert_eq!((&report["stored"], &report["rejected"]), (&json!(2), &json!(3)));
    let errors: Vec<_> = report["errors"].as_array().unwrap().iter().collect();
    let of =
        |index: usize| (errors[index]["line"].as_u64().unwrap(), errors[index]["code"].clone());
    assert_eq!(of(0), (3, json!("invalid_json")));
    assert_eq!(of(1), (4, json!("invalid_value")));
    assert_eq!(errors[1]["pointer"], "/type");
    assert_eq!(of(2), (5, json!("required")));
}

#[tokio::test]
async fn a_line_may_hold_an_array() {
    let shop = Shop::open("A").await;
    let line = r#"[{"type":"view","sku":"A","session":"s","at":1700000000},
        {"type":"view","sku":"A","session":"s","at":"1700000060"}]"#
        .replace('\n', " ");
    let report = shop.import(&line).await.assert_status(200).json();
    assert_eq!(report["stored"], 2);
}

#[tokio::test]
async fn more_lines_or_longer_ones_than_allowed_are_too_large() {
    let shop = Shop::empty().await;
    let long = format!(r#"{{"type":"view","sku":"{}"}}"#, "x".repeat(8 * 1024 * 1024));
    let good = orders(&["AB", "A"]);
    shop.import(&format!("{good}\n{long}")).await.assert_problem(413, "body_too_large");
    let again = shop.import(&good).await.assert_status(200).json();
    assert_eq!(again["repeated"], 3, "what came before was imported: {again}");
    // Not an interaction, and counted all the same.
    let many = "[]\n".repeat(3) + &format!("[{}0]", "0,".repeat(100_000));
    shop.import(&many).await.assert_problem(413, "body_too_large");
}

#[tokio::test]
async fn products_that_come_later_have_their_history() {
    let shop = Shop::open("A").await;
    shop.learn(&orders(&["AB", "AB", "AB"])).await;
    let path = "/v1/recommendations/bought-together?product=A";
    let before = shop.anyone.get(path).await.json();
    assert_eq!(before["items"], json!([]), "there is nothing else in the shop");
    shop.publish([crate::shop::product('B')]).await;
    shop.train().await;
    assert_eq!(shop.skus("bought-together?product=A").await, "B");
}

#[tokio::test]
async fn importing_needs_the_scope() {
    let shop = Shop::empty().await;
    let path = "/v1/interactions/import";
    shop.anyone.post(path, json!({})).await.assert_problem(401, "unauthenticated");
    let customer = shop.anyone.bearer(&shop.tokens.customer());
    customer.post(path, json!({})).await.assert_problem(403, "insufficient_scope");
}
