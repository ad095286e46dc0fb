use serde_json::{Value, json};
use testing::Receiver;

use crate::shop::Shop;

const HOOKS: &str = "/v1/webhooks";

#[tokio::test]
async fn a_webhook_is_kept_like_other_things_and_its_secret_is_shown_once() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let new = json!({ "url": receiver.url(), "types": ["order.*"], "description": "ERP" });
    let created = shop.staff.post(HOOKS, new).await.assert_status(201);
    assert_eq!(created.header("cache-control"), "no-store");
    let path = created.header("location").to_owned();
    let body = created.json();
    insta::assert_json_snapshot!(
        body,
        { ".id" => "[id]", ".url" => "[url]", ".secret" => "[secret]", ".created_at" => "[time]",
          ".updated_at" => "[time]" },
        @r#"
    {
      "created_at": "[time]",
      "description": "ERP",
      "id": "[id]",
      "secret": "[secret]",
      "status": "enabled",
      "types": [
        "order.*"
      ],
      "updated_at": "[time]",
      "url": "[url]",
      "version": 1
    }
    "#
    );
    let secret = body["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() > 40, "{secret}");

    let read = shop.staff.get(&path).await.assert_status(200);
    assert_eq!((read.header("etag"), read.json()["secret"].is_null()), ("\"1\"", true));
    let off = json!({ "status": "disabled", "description": null });
    let changed = shop.staff.patch(&path, off).await.assert_status(200).json();
    assert_eq!(changed["disabled_reason"], "by_hand");
    assert!(changed["description"].is_null() && changed["disabled_at"].is_string());
    let stale = shop.staff.header("if-match", "\"1\"");
    stale.patch(&path, json!({})).await.assert_problem(412, "version_mismatch");
    stale.delete(&path).await.assert_problem(412, "version_mismatch");
    let on = shop.staff.patch(&path, json!({ "status": "enabled" })).await.assert_status(200);
    assert!(on.json()["disabled_at"].is_null());

    for _ in 0..2 {
        shop.hook(&receiver, json!({})).await;
    }
    let first = shop.staff.get(&format!("{HOOKS}?limit=2")).await.assert_status(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = shop.staff.get(&format!("{HOOKS}?cursor={cursor}")).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
    shop.staff.delete(&path).await.assert_status(204);
    shop.staff.get(&path).await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn what_breaks_a_rule_is_named() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let url = receiver.url();
    for (body, pointer, code) in [
        (json!({ "url": "" }), "/url", "required"),
        (json!({ "url": "x".repeat(2001) }), "/url", "too_long"),
        (json!({ "url": "erp.example" }), "/url", "invalid_value"),
        (json!({ "url": "http://erp.example/hook" }), "/url", "invalid_value"),
        (json!({ "url": "https://ada:secret@erp.example/" }), "/url", "invalid_value"),
        (json!({ "url": "https://127.0.0.1/" }), "/url", "address_not_allowed"),
        (json!({ "url": "https://[::ffff:10.0.0.1]/" }), "/url", "address_not_allowed"),
        (json!({ "url": "https://169.254.169.254/" }), "/url", "address_not_allowed"),
        (json!({ "url": "https://localhost/" }), "/url", "address_not_allowed"),
        (json!({ "url": "https://nobody.invalid/" }), "/url", "unknown_host"),
        (json!({ "url": url, "types": ["order"] }), "/types/0", "unknown"),
        (json!({ "url": url, "types": ["order.*", "session.*"] }), "/types/1", "unknown"),
        (json!({ "url": url, "types": vec!["*"; 51] }), "/types", "too_many"),
        (json!({ "url": url, "description": "x".repeat(501) }), "/description", "too_long"),
        (json!({ "url": url, "status": "off" }), "/status", "invalid_value"),
    ] {
        let answer = shop.staff.post(HOOKS, body.clone()).await;
        let problem = answer.assert_problem(422, "invalid").json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
        assert_eq!(problem["errors"][0]["code"], code, "{body}: {problem}");
        assert!(!problem.to_string().contains("secret@"), "{problem}");
    }
    let hook = shop.hook(&receiver, json!({})).await;
    let inside = json!({ "url": "https://10.0.0.1/" });
    shop.staff.patch(&hook.path, inside).await.assert_problem(422, "invalid");
    let late = json!({ "overlap_seconds": 604_801 });
    let staff = shop.staff.header("if-match", "\"1\"");
    staff.post(&format!("{}/secret", hook.path), late).await.assert_problem(422, "invalid");
}

#[tokio::test]
async fn a_retry_is_answered_as_the_first_time_with_the_secret_that_no_table_shows() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let keyed = shop.staff.key("one");
    let new = json!({ "url": receiver.url() });
    let first = keyed.post(HOOKS, new.clone()).await.assert_status(201);
    let second = keyed.post(HOOKS, new.clone()).await.assert_status(201);
    assert_eq!((&first.body, second.header("idempotent-replayed")), (&second.body, "true"));
    assert_eq!(first.header("location"), second.header("location"));
    let other = json!({ "url": receiver.url(), "types": ["order.*"] });
    keyed.post(HOOKS, other).await.assert_problem(422, "idempotency_key_reused");

    let tables = "select webhook::text from webhook
                  union all select convert_from(body, 'UTF8') from idempotency_key";
    let rows: Vec<String> = sqlx::query_scalar(tables).fetch_all(&shop.db).await.unwrap();
    let secret = first.json()["secret"].as_str().unwrap().to_owned();
    let bytes = secret.trim_start_matches("whsec_").to_owned();
    assert!(rows.len() == 2 && rows.iter().all(|row| !row.contains(&bytes)), "{rows:?}");

    let changed = json!({ "description": "x" });
    shop.staff.patch(first.header("location"), changed).await.assert_status(200);
    let third = keyed.post(HOOKS, new).await.assert_status(201).json();
    assert!(third["secret"].is_null(), "a webhook that was changed keeps it to itself");
}

#[tokio::test]
async fn only_who_may_write_webhooks_sees_them() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    let hook = shop.hook(&receiver, json!({})).await;
    for path in [HOOKS, &hook.path, &format!("{}/deliveries", hook.path)] {
        shop.anyone.get(path).await.assert_problem(401, "unauthenticated");
        shop.erp.get(path).await.assert_problem(403, "insufficient_scope");
    }
    shop.erp.post(HOOKS, json!({ "url": receiver.url() })).await.assert_status(403);
}

#[tokio::test]
async fn there_are_no_more_webhooks_than_can_be_served() {
    let receiver = Receiver::open().await;
    let shop = Shop::open_for(&[&receiver]).await;
    for _ in 0..50 {
        shop.hook(&receiver, json!({ "status": "disabled" })).await;
    }
    let one_more = shop.staff.post(HOOKS, json!({ "url": receiver.url() })).await;
    one_more.assert_problem(409, "too_many_webhooks");
}
