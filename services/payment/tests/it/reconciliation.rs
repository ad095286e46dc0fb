use serde_json::{Value, json};

use crate::{
    double::Double,
    shop::{Shop, new_payment, shop, shop_with_stripe},
};

/// Lets everything that was done so far be an hour old, for both books.
async fn pass_an_hour(shop: &Shop) {
    for table in ["attempt", "sandbox_charge"] {
        let statement = format!("update {table} set created_at = now() - interval '1 hour'");
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&shop.db).await.unwrap();
    }
}

/// Runs a comparison of the last day and returns it with its differences.
async fn compare(shop: &Shop, connector: &str) -> (Value, Vec<Value>) {
    let now = chrono::Utc::now();
    let body = json!({
        "connector": connector, "from": now - chrono::TimeDelta::days(1), "until": now,
    });
    let path = "/v1/payments/reconciliations";
    let answer = shop.keyed().post(path, body).await.assert_status(202);
    let path = answer.header("location").to_owned();
    while payment::reconcile_due(&shop.app).await.unwrap() {}
    let job = shop.get(&path).await;
    let found = shop.get(&format!("{path}/differences")).await;
    (job, found["items"].as_array().unwrap().clone())
}

fn kinds(found: &[Value]) -> Vec<&str> {
    let mut kinds: Vec<&str> = found.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    kinds
}

/// Payments that went every way there is.
async fn trade(shop: &Shop, token: &str) -> String {
    let payment = shop.paid_with(token).await;
    shop.keyed().post(&format!("{payment}/refunds"), json!({ "amount": 250 })).await;
    let captured = shop.manual_payment().await;
    shop.confirm(&captured, token).await;
    shop.keyed().post(&format!("{captured}/capture"), json!({ "amount": 400 })).await;
    let authorized = shop.manual_payment().await;
    shop.confirm(&authorized, token).await;
    let canceled = shop.manual_payment().await;
    shop.confirm(&canceled, token).await;
    shop.keyed().post(&format!("{canceled}/cancel"), json!({})).await.assert_status(200);
    payment
}

#[tokio::test]
async fn books_that_agree_have_no_differences() {
    let shop = shop().await;
    trade(&shop, "tok_success").await;
    let declined = shop.payment().await;
    let body = json!({ "token": "tok_decline" });
    shop.keyed().post(&format!("{declined}/confirm"), body).await.assert_status(402);
    pass_an_hour(&shop).await;
    let (job, found) = compare(&shop, "sandbox").await;
    assert_eq!((&job["status"], &job["compared"]), (&json!("finished"), &json!(5)));
    assert_eq!(found, Vec::<Value>::new());
}

#[tokio::test]
async fn every_sort_of_difference_is_found_with_both_amounts() {
    let shop = shop().await;
    trade(&shop, "tok_success").await;
    let [lost, less, back] = [
        trade(&shop, "tok_success").await,
        shop.paid_with("tok_success").await,
        shop.paid_with("tok_success").await,
    ];
    pass_an_hour(&shop).await;
    let id = |payment: &str| payment.rsplit('/').next().unwrap().to_owned();
    let of = "charge_id in (select attempt_id from attempt where payment_id::text = ";
    for statement in [
        format!("delete from sandbox_operation where {of}'{}')", id(&lost)),
        format!("delete from sandbox_charge where {of}'{}')", id(&lost)),
        format!("update sandbox_charge set amount_captured = 900 where {of}'{}')", id(&less)),
        format!("update sandbox_charge set amount_refunded = 100 where {of}'{}')", id(&back)),
        "insert into sandbox_charge (charge_id, token, amount, currency, captures_now, status,
                                     amount_captured, created_at)
         values (gen_random_uuid(), 'tok_success', 5, 'EUR', true, 'captured', 5,
                 now() - interval '1 hour')"
            .to_owned(),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&shop.db).await.unwrap();
    }
    let (job, found) = compare(&shop, "sandbox").await;
    assert_eq!(job["differences"], 4);
    assert_eq!(
        kinds(&found),
        ["captured_differs", "missing_charge", "refunded_differs", "unknown_charge"]
    );
    for (kind, payment, ours, theirs) in [
        ("missing_charge", json!(id(&lost)), json!(1000), Value::Null),
        ("captured_differs", json!(id(&less)), json!(1000), json!(900)),
        ("refunded_differs", json!(id(&back)), json!(0), json!(100)),
        ("unknown_charge", Value::Null, Value::Null, json!(5)),
    ] {
        let it = found.iter().find(|it| it["kind"] == kind).unwrap();
        assert_eq!((&it["payment_id"], &it["ours"], &it["theirs"]), (&payment, &ours, &theirs));
    }
    let seen: i64 = sqlx::query_scalar("select count(*) from reconciled_charge")
        .fetch_one(&shop.db)
        .await
        .unwrap();
    assert_eq!(seen, 0, "what was seen is forgotten at the end");
}

#[tokio::test]
async fn what_is_open_here_is_looked_after_instead_of_judged() {
    let shop = shop().await;
    let payment = shop.paid_with("tok_webhook_only").await;
    let charged = "update sandbox_charge set status = 'captured', amount_captured = amount";
    sqlx::query(charged).execute(&shop.db).await.unwrap();
    pass_an_hour(&shop).await;
    let (_, found) = compare(&shop, "sandbox").await;
    assert_eq!(found, Vec::<Value>::new());
    payment::resolve_due(&shop.app).await.unwrap();
    assert_eq!(shop.get(&payment).await["status"], "succeeded");
}

#[tokio::test]
async fn stripes_books_are_compared_page_by_page() {
    let (double, url) = Double::start().await;
    let shop = shop_with_stripe(&url).await;
    trade(&shop, "pm_card_visa").await;
    pass_an_hour(&shop).await;
    let (job, found) = compare(&shop, "stripe").await;
    assert_eq!((&job["status"], &job["compared"]), (&json!("finished"), &json!(4)));
    assert_eq!(found, Vec::<Value>::new());
    double.take_behind_our_back(777);
    let (_, found) = compare(&shop, "stripe").await;
    assert_eq!(kinds(&found), ["unknown_charge"]);
    assert_eq!((&found[0]["theirs"], &found[0]["currency"]), (&json!(777), &json!("EUR")));
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_asked_again_later() {
    let shop = shop().await;
    let (job, _) = compare(&shop, "stripe").await;
    assert_eq!(job["status"], "running");
    assert!(job["error"].as_str().unwrap().contains("no answer"));
    sqlx::query(
        "update reconciliation set lease_until = now(), created_at = now() - interval '2 days'",
    )
    .execute(&shop.db)
    .await
    .unwrap();
    payment::reconcile_due(&shop.app).await.unwrap();
    let jobs = shop.get("/v1/payments/reconciliations").await;
    assert_eq!(jobs["items"][0]["status"], "failed");
}

#[tokio::test]
async fn every_connector_is_compared_once_a_day() {
    let shop = shop().await;
    let count = async || {
        payment::schedule_reconciliations(&shop.app).await.unwrap();
        shop.get("/v1/payments/reconciliations").await["items"].as_array().unwrap().len()
    };
    assert_eq!(count().await, 3);
    assert_eq!(count().await, 3);
    let later = "update reconciliation set from_at = from_at - interval '1 day',
                                           until_at = until_at - interval '1 day'";
    sqlx::query(later).execute(&shop.db).await.unwrap();
    assert_eq!(count().await, 6);
    let gap = "select count(*) from reconciliation later join reconciliation earlier
               using (connector)
               where later.until_at > earlier.until_at and later.from_at > earlier.until_at";
    let gaps: i64 = sqlx::query_scalar(gap).fetch_one(&shop.db).await.unwrap();
    assert_eq!(gaps, 0, "no time is left out");
}

#[tokio::test]
async fn a_time_that_cannot_be_compared_is_refused() {
    let shop = shop().await;
    for (from, until, pointer) in [
        ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "/until"),
        ("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "/until"),
        ("2999-01-01T00:00:00Z", "2999-01-02T00:00:00Z", "/until"),
    ] {
        let body = json!({ "connector": "sandbox", "from": from, "until": until });
        let answer = shop.keyed().post("/v1/payments/reconciliations", body).await;
        assert_eq!(answer.assert_status(422).json()["errors"][0]["pointer"], pointer);
    }
    let body = json!({ "connector": "paypal", "from": "2026-01-01T00:00:00Z",
                       "until": "2026-01-02T00:00:00Z" });
    let answer = shop.keyed().post("/v1/payments/reconciliations", body).await;
    assert_eq!(answer.assert_status(422).json()["errors"][0]["pointer"], "/connector");
}

#[tokio::test]
async fn what_has_had_no_outcome_for_too_long_is_reported() {
    let shop = shop().await;
    shop.paid_with("tok_success").await;
    let open = shop.paid_with("tok_webhook_only").await;
    assert_eq!(shop.get("/v1/payments/stuck").await["items"], json!([]));
    pass_an_hour(&shop).await;
    let stuck = shop.get("/v1/payments/stuck?minutes=30").await;
    let [item] = &stuck["items"].as_array().unwrap()[..] else { panic!("{stuck}") };
    assert!(open.ends_with(item["payment_id"].as_str().unwrap()));
    assert_eq!((&item["kind"], &item["status"]), (&json!("attempt"), &json!("pending")));
    assert_eq!(item["amount"], new_payment(1000)["amount"]);
    assert_eq!(shop.get("/v1/payments/stuck?minutes=90").await["items"], json!([]));
    shop.order.get("/v1/payments/stuck?minutes=600000").await.assert_status(422);
    shop.anyone.get("/v1/payments/stuck").await.assert_status(401);
}
