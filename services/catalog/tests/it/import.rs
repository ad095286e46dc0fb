//! Imports: lines about things of any sort, in any order.

use catalog::management::{job, upkeep};
use chrono::{TimeDelta, Utc};
use http::Method;
use serde_json::{Value, json};
use testing::{Answer, Client};

use crate::pim::{COLLECTION, Pim, messages, value};

const PATH: &str = "/api/rest/v1/jobs/import";
const ROOT: &str = "https://pim.example/api/rest/v1/";

/// A line of an import.
pub(crate) fn line(resource: &str, data: Value) -> Value {
    json!({"resource": resource, "data": data})
}

fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

async fn send(client: &Client, body: String) -> Answer {
    client.send(Method::POST, PATH, Some(COLLECTION), body.into()).await
}

fn path_of(answer: &Answer) -> String {
    answer.header("location").strip_prefix(ROOT).unwrap().to_owned()
}

impl Pim {
    async fn queue_import(&self, body: String) -> String {
        path_of(&send(&self.client, body).await.assert_status(202))
    }

    /// Imports a body to its end; answers the job's address.
    async fn import_text(&self, body: String) -> String {
        let path = self.queue_import(body).await;
        assert!(job::run_next(&self.app).await.unwrap());
        path
    }

    /// Imports lines to their end; answers the job.
    pub(crate) async fn import(&self, lines: &[Value]) -> Value {
        let path = self.import_text(text(lines)).await;
        let done = self.get(&path).await.assert_status(200).json();
        assert_eq!(done["status"], "completed", "{done}");
        done
    }

    /// Refused lines of a job.
    async fn errors(&self, path: &str) -> Vec<Value> {
        let list = self.get(&format!("{path}/errors?limit=100")).await.assert_status(200).json();
        list["_embedded"]["items"].as_array().unwrap().clone()
    }

    async fn count(&self, table: &str) -> i64 {
        let statement = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(statement).fetch_one(&self.db).await.unwrap()
    }
}

/// Created, changed, unchanged and refused.
#[track_caller]
fn assert_counts(job: &Value, expected: [u64; 4]) {
    let names = ["created_count", "changed_count", "unchanged_count", "refused_count"];
    assert_eq!(names.map(|name| job[name].as_u64().unwrap()), expected, "{job}");
}

fn product(identifier: &str, more: Value) -> Value {
    let mut data = json!({"identifier": identifier, "family": "mugs"});
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    line("products", data)
}

fn packed_with(others: &[&str]) -> Value {
    json!({"associations": {"PACK": {"products": others}}})
}

#[tokio::test]
async fn lines_may_come_in_any_order() {
    let pim = Pim::stocked().await;
    let lines = [
        product("A", packed_with(&["B"])),
        product("B", packed_with(&["A", "B"])),
        product("V", json!({"parent": "amor", "values": {"color": value("green")}})),
        line("product-models", json!({"code": "amor", "family_variant": "by_color"})),
        line("categories", json!({"code": "espresso", "parent": "cups"})),
        line("categories", json!({"code": "cups", "parent": "kitchen"})),
        line("attributes/color/options", json!({"code": "green"})),
        line(
            "families/mugs/variants",
            json!({"code": "by_color", "variant_attribute_sets":
            [{"level": 1, "axes": ["color"], "attributes": ["color"]}]}),
        ),
        line("attributes", json!({"code": "glaze", "type": "pim_catalog_text", "group": "looks"})),
        line("attribute-groups", json!({"code": "looks", "attributes": ["glaze"]})),
    ];
    let done = pim.import(&lines).await;
    assert_counts(&done, [10, 0, 0, 0]);
    assert_eq!((&done["type"], &done["total"]), (&json!("import"), &json!(10)));
    assert_eq!(done["author"]["subject"], "erp");
    assert_eq!(done["request"]["bytes"], text(&lines).len());
    let packed = async |identifier: &str| {
        let product = pim.get(&format!("products/{identifier}")).await.assert_status(200).json();
        product["associations"]["PACK"]["products"].clone()
    };
    assert_eq!(packed("A").await, json!(["B"]));
    assert_eq!(packed("B").await, json!(["A", "B"]));
    assert_eq!(pim.get("products/V").await.json()["parent"], "amor");
    assert_eq!(pim.get("categories/espresso").await.json()["parent"], "cups");
    assert_eq!(pim.get("attribute-groups/looks").await.json()["attributes"], json!(["glaze"]));
    let history = pim.get("products/V/versions").await.json();
    assert_eq!(history["_embedded"]["items"][0]["author"]["subject"], "erp");
    assert_eq!(pim.count("import_line").await, 0, "what is written is gone");

    let again = pim.import(&lines).await;
    assert_counts(&again, [0, 0, 10, 0]);
}

#[tokio::test]
async fn refused_lines_are_listed_and_the_others_written() {
    let pim = Pim::stocked().await;
    let lines = [
        product("A", json!({"family": "ghosts"})).to_string(),
        "nonsense".into(),
        product("B", json!({})).to_string(),
        line("ghosts", json!({"code": "casper"})).to_string(),
        line("categories", json!({"labels": {}})).to_string(),
        json!({"resource": "categories"}).to_string(),
        line("products-uuid", json!({"uuid": "nonsense"})).to_string(),
        line("attributes/ghost/options", json!({"code": "white"})).to_string(),
        format!("{{\"resource\": \"{}\"}}", "x".repeat(1_000_000)),
        product("C", packed_with(&["GHOST"])).to_string(),
    ];
    let path = pim.import_text(lines.join("\n")).await;
    let done = pim.get(&path).await.json();
    assert_eq!((&done["status"], &done["total"]), (&json!("completed"), &json!(10)));
    assert_counts(&done, [1, 0, 0, 9]);
    let told = |error: &Value| {
        json!([error["line"], error["resource"], error["key"], error["status_code"]])
    };
    let errors = pim.errors(&path).await;
    assert_eq!(
        errors.iter().map(told).collect::<Vec<_>>(),
        [
            json!([1, "products", "A", 422]),
            json!([2, null, null, 400]),
            json!([4, "ghosts", null, 422]),
            json!([5, "categories", null, 422]),
            json!([6, null, null, 422]),
            json!([7, "products-uuid", "nonsense", 422]),
            json!([8, "attributes/ghost/options", "white", 404]),
            json!([9, null, null, 413]),
            json!([10, "products", "C", 422]),
        ]
    );
    let message = &messages(&errors[0])[0];
    assert!(message.starts_with("The ghosts family does not exist in your PIM."), "{message}");
    assert_eq!(errors[0]["_links"]["self"]["href"], format!("{ROOT}products/A"));
    assert_eq!(errors[1]["message"], "Invalid json message received");
    assert_eq!(errors[3]["message"], "Code is missing.");
    let next = pim.get(&format!("{path}/errors?limit=1&search_after=2")).await.json();
    assert_eq!(next["_embedded"]["items"][0]["line"], 4);
    pim.get("products/B").await.assert_status(200);
    pim.get("products/C").await.assert_status(404);
}

#[tokio::test]
async fn a_line_whose_association_is_refused_in_the_end_says_what_was_written() {
    let pim = Pim::stocked().await;
    let lines = [product("A", packed_with(&["B"])), product("B", json!({"family": "ghosts"}))];
    let path = pim.import_text(text(&lines)).await;
    assert_counts(&pim.get(&path).await.json(), [0, 0, 0, 2]);
    let errors = pim.errors(&path).await;
    let message = errors[0]["message"].as_str().unwrap();
    assert!(message.ends_with("The rest was written, without associations."), "{message}");
    pim.get("products/A").await.assert_status(200);
    pim.get("products/B").await.assert_status(404);
}

#[tokio::test]
async fn lines_of_the_same_key_are_written_in_their_order() {
    let pim = Pim::stocked().await;
    let mut lines: Vec<Value> = (0..130)
        .map(|pieces| product("A", json!({"values": {"pieces": value(pieces + 1)}})))
        .collect();
    // The first is held back until the last line is there, the second is refused until then.
    lines[0]["data"]["associations"] = packed_with(&["LAST"])["associations"].clone();
    lines[1]["data"]["categories"] = json!(["late"]);
    lines.push(product("LAST", json!({})));
    lines.push(line("categories", json!({"code": "late"})));
    let done = pim.import(&lines).await;
    assert_counts(&done, [3, 129, 0, 0]);
    let written = pim.get("products/A").await.json();
    assert_eq!(written["values"]["pieces"], value(130));
    assert_eq!(written["categories"], json!(["late"]));

    // One that stays refused steps aside.
    let line = |n: usize| {
        let family = ["ghosts", "mugs"][n % 2];
        product("B", json!({"enabled": family == "ghosts", "family": family}))
    };
    let lines: Vec<Value> = (0..5).map(line).collect();
    let path = pim.import_text(text(&lines)).await;
    assert_counts(&pim.get(&path).await.json(), [1, 0, 1, 3]);
    assert_eq!(pim.get("products/B").await.json()["enabled"], false);
}

#[tokio::test]
async fn an_import_goes_on_where_another_replica_ended() {
    let pim = Pim::stocked().await;
    let lines: Vec<Value> = (0..250).map(|n| product(&format!("MUG-{n}"), json!({}))).collect();
    let path = pim.queue_import(text(&lines)).await;
    // A worker that is killed at some point; another takes over when its lease has ended.
    let (mut ended, mut patience) = (0, std::time::Duration::from_millis(40));
    let began = std::time::Instant::now();
    while pim.get(&path).await.json()["status"] != "completed" {
        assert!(began.elapsed().as_secs() < 120, "nobody can take over");
        if tokio::time::timeout(patience, job::run_next(&pim.app)).await.is_err() {
            ended += 1;
        }
        patience += std::time::Duration::from_millis(40);
        // What the killed one had begun ends a moment later, and its lease not before that.
        sqlx::query(
            "update job set leased_until = now() - interval '1 second'
             where job_id in (select job_id from job for update skip locked)",
        )
        .execute(&pim.db)
        .await
        .unwrap();
    }
    assert!(ended > 0, "the first worker was killed");
    assert_counts(&pim.get(&path).await.json(), [250, 0, 0, 0]);
    assert_eq!(pim.count("product").await, 250);
    assert_eq!(pim.count("history_entry where kind = 'product'").await, 250);
}

#[tokio::test]
async fn a_cancelled_import_writes_nothing_more() {
    let pim = Pim::stocked().await;
    let path = pim.queue_import(text(&[product("A", json!({}))])).await;
    pim.post(&format!("{path}/cancel"), json!({})).await.assert_status(204);
    assert!(!job::run_next(&pim.app).await.unwrap());
    assert_eq!(pim.get(&path).await.json()["status"], "cancelled");
    pim.get("products/A").await.assert_status(404);
}

#[tokio::test]
async fn an_import_that_is_sent_again_with_its_key_is_the_same_job() {
    let pim = Pim::stocked().await;
    let client = pim.client.key("file-1");
    let body = text(&[product("A", json!({}))]);
    let first = send(&client, body.clone()).await.assert_status(202);
    let again = send(&client, body).await.assert_status(202);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(path_of(&first), path_of(&again));
    let other = text(&[product("B", json!({}))]);
    let reused = send(&client, other).await.assert_status(422).json();
    assert_eq!(reused["type"], "urn:vitrine:problem:idempotency_key_reused");
    assert_eq!((pim.count("job").await, pim.count("import_line").await), (1, 1));
}

#[tokio::test]
async fn only_who_may_write_imports() {
    let pim = Pim::stocked().await;
    let body = text(&[product("A", json!({}))]);
    for scopes in [&["catalog:read"][..], &["catalog:read", "catalog:propose"]] {
        send(&pim.with_scopes(scopes), body.clone()).await.assert_status(403);
    }
    let json = Some("application/json");
    pim.client.send(Method::POST, PATH, json, body.clone().into()).await.assert_status(415);
    let lines = Some("application/x-ndjson");
    pim.client.send(Method::POST, PATH, lines, body.clone().into()).await.assert_status(202);
    let atomic = format!("{PATH}?atomic=true");
    let atomic = pim.client.send(Method::POST, &atomic, lines, body.into()).await;
    atomic.assert_status(422);
    assert_eq!(pim.count("job").await, 1);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let pim = Pim::stocked().await;
    let lines: Vec<Value> = (0..600).map(|n| product(&format!("MUG-{n}"), json!({}))).collect();
    let broken = std::io::Error::other("the connection ended");
    let status = pim.stream("jobs/import", vec![Ok(text(&lines)), Err(broken)]).await;
    assert_eq!(status, 400);
    assert_eq!((pim.count("job").await, pim.count("import_line").await), (0, 0));
}

#[tokio::test]
async fn an_upload_that_ended_with_its_replica_is_cleared_away() {
    let pim = Pim::stocked().await;
    pim.queue_import(text(&[product("A", json!({}))])).await;
    // As it is while the body comes.
    sqlx::query("update job set status = 'receiving'").execute(&pim.db).await.unwrap();
    assert!(!job::run_next(&pim.app).await.unwrap());
    upkeep::keep(&pim.db, Utc::now()).await.unwrap();
    assert_eq!(pim.count("job").await, 1);
    upkeep::keep(&pim.db, Utc::now() + TimeDelta::hours(3)).await.unwrap();
    assert_eq!((pim.count("job").await, pim.count("import_line").await), (0, 0));
}

#[tokio::test]
#[ignore = "a million lines take a minute"]
async fn an_import_with_too_many_lines_leaves_nothing() {
    let pim = Pim::stocked().await;
    let piece = "{}\n".repeat(10_000);
    let pieces = (0..101).map(|_| Ok(piece.clone())).collect();
    assert_eq!(pim.stream("jobs/import", pieces).await, 413);
    assert_eq!((pim.count("job").await, pim.count("import_line").await), (0, 0));
}

#[tokio::test]
async fn refused_lines_go_with_their_job() {
    let pim = Pim::stocked().await;
    pim.import(&[product("A", json!({"family": "ghosts"}))]).await;
    upkeep::keep(&pim.db, Utc::now() + TimeDelta::days(29)).await.unwrap();
    assert_eq!((pim.count("job").await, pim.count("import_line").await), (1, 1));
    upkeep::keep(&pim.db, Utc::now() + TimeDelta::days(31)).await.unwrap();
    assert_eq!((pim.count("job").await, pim.count("import_line").await), (0, 0));
}

#[tokio::test]
async fn the_character_zero_does_no_harm() {
    let pim = Pim::stocked().await;
    let lines = [
        product("A\0", json!({})),
        product("B", packed_with(&["x\0"])),
        product("C", json!({"values": {"brand": value("a\0b")}})),
        product("D", json!({})),
    ];
    let path = pim.import_text(text(&lines)).await;
    let done = pim.get(&path).await.json();
    assert_eq!(done["status"], "completed");
    assert_counts(&done, [1, 0, 0, 3]);
    assert_eq!(pim.errors(&path).await.len(), 3);
}
