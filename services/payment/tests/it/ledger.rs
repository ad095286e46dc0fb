use std::collections::BTreeMap;

use serde_json::json;

use crate::shop::shop;

#[tokio::test]
async fn the_ledger_shows_both_sides_of_all_money_and_sums_to_zero() {
    let shop = shop().await;
    let payment = shop.authorized().await;
    assert_eq!(shop.get(&format!("{payment}/ledger")).await["items"], json!([]));
    for (act, amount) in [("capture", 300), ("capture", 700), ("refunds", 250)] {
        let path = format!("{payment}/{act}");
        let answer = shop.keyed().post(&path, json!({ "amount": amount })).await;
        assert!(answer.status.is_success(), "{}", answer.text());
    }
    let ledger = shop.get(&format!("{payment}/ledger")).await;
    let postings = ledger["items"].as_array().unwrap();
    assert_eq!(postings.len(), 6);
    let mut balances = BTreeMap::<&str, i64>::new();
    for posting in postings {
        assert_eq!(posting["amount"]["currency"], "EUR");
        *balances.entry(posting["account"].as_str().unwrap()).or_default() +=
            posting["amount"]["amount"].as_i64().unwrap();
    }
    assert_eq!(balances, BTreeMap::from([("connector:sandbox", 750), ("sales", -750)]));
    assert_eq!(shop.charged(&payment).await.0, 750);
}

#[tokio::test]
async fn the_ledger_is_read_in_pages() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_success").await;
    let first = shop.get(&format!("{payment}/ledger?limit=1")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = shop.get(&format!("{payment}/ledger?limit=1&cursor={cursor}")).await;
    assert_eq!(first["items"][0]["entry_id"], rest["items"][0]["entry_id"]);
    assert!(rest.get("next_cursor").is_none());
}

#[tokio::test]
async fn an_entry_that_does_not_balance_is_refused_by_the_database() {
    let shop = shop().await;
    shop.paid_with("tok_success").await;
    let one_sided = "insert into posting (payment_id, entry_id, kind, account, amount, currency)
                     select payment_id, payment_id, 'capture', 'sales', 5, 'EUR' from payment";
    for (statement, constraint) in [
        (one_sided, "posting_balance_check"),
        ("update posting set amount = amount * 2", "posting_append_only_check"),
        ("delete from posting", "posting_append_only_check"),
        ("truncate posting", "posting_append_only_check"),
    ] {
        let error = sqlx::query(statement).execute(&shop.db).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().constraint(), Some(constraint));
    }
}
