//! The connection to the database breaks off at a commit: whether that took effect is not known.

use payment::{MIGRATOR, SCHEMA};
use serde_json::json;
use testing::{LossyDatabase, Lost};

use crate::shop::{new_confirmed, shop_on};

/// Whether there was a commit to lose after so many others.
async fn pay_losing(after: usize, lost: Lost, creates: bool) -> bool {
    let database = testing::database(SCHEMA, &MIGRATOR).await;
    let way = LossyDatabase::open(&database, SCHEMA).await;
    let shop = shop_on(way.pool.clone(), database.pool.clone()).await;
    let client = shop.keyed();
    let (payment, path, body) = if creates {
        let new = new_confirmed("tok_success");
        (format!("/v1/payments/{}", new["id"].as_str().unwrap()), "/v1/payments".to_owned(), new)
    } else {
        let payment = shop.payment().await;
        (payment.clone(), format!("{payment}/confirm"), json!({ "token": "tok_success" }))
    };
    way.lose(after, lost);
    let answer = loop {
        let answer = client.post(&path, body.clone()).await;
        match answer.status.as_u16() {
            409 | 503 => shop.resolve_later().await,
            _ => break answer,
        }
    };
    let has_lost = way.stop();
    let confirmed = match answer.assert_status(if creates { 201 } else { 200 }).json() {
        // The call never reached the provider, and that is certain: another one may.
        failed if failed["attempt_status"] == "failed" => {
            shop.confirm(&payment, "tok_success").await
        }
        confirmed => confirmed,
    };
    assert_eq!(confirmed["status"], "succeeded", "{lost:?} after {after}");
    assert_eq!(shop.charged(&payment).await, (1000, 1));
    let posted: i64 = sqlx::query_scalar(
        "select sum(amount)::bigint from posting where account like 'connector:%'",
    )
    .fetch_one(&shop.db)
    .await
    .unwrap();
    assert_eq!(posted, 1000);
    has_lost
}

#[tokio::test]
async fn whichever_commit_of_a_confirmation_is_cut_off_there_is_one_charge() {
    for (lost, creates) in
        [Lost::Request, Lost::Answer].into_iter().flat_map(|lost| [(lost, false), (lost, true)])
    {
        let mut commits = 0;
        while pay_losing(commits, lost, creates).await {
            commits += 1;
        }
        assert_eq!(commits, 2, "the attempt, and its outcome");
    }
}
