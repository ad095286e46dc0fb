//! Where pages are published: what staff say of it, and what time does.

use catalog::management::publication;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};
use testing::Client;
use uuid::Uuid;

use crate::pim::{Pim, messages};

const MUG: &str = "/api/rest/v1/products/MUG/publication";

impl Pim {
    async fn with_mug(self) -> Self {
        let mug = json!({"identifier": "MUG", "family": "mugs", "categories": ["kitchen"]});
        self.patch_all("products", &[mug]).await;
        self.take_tasks().await;
        self
    }

    fn publisher(&self) -> Client {
        self.with_scopes(&["catalog:read", "catalog:publish"])
    }

    async fn publish(&self, product: &str, channel: Value) {
        let url = format!("/api/rest/v1/products/{product}/publication");
        let body = json!({"channels": {"ecommerce": channel}});
        self.publisher().patch(&url, body).await.assert_status(204);
    }

    /// What is said of a product, model or variant in the channel `ecommerce`.
    async fn in_shop(&self, path: &str) -> Value {
        let publication = self.get(&format!("{path}/publication")).await.assert_status(200).json();
        publication["channels"]["ecommerce"].clone()
    }

    /// Lets everything happen that is due.
    async fn publish_due(&self) -> usize {
        let mut batches = 0;
        while publication::publish_due(&self.db).await.unwrap() {
            batches += 1;
        }
        batches
    }

    /// As if everything that is planned had been planned for so much earlier.
    async fn let_pass(&self, hours: i64) {
        let earlier = format!(
            "update channel_publication set publish_at = publish_at - interval '{hours} hours',
                 unpublish_at = unpublish_at - interval '{hours} hours'"
        );
        self.db.execute(AssertSqlSafe(earlier)).await.unwrap();
    }

    async fn id_of(&self, product: &str) -> Uuid {
        let product = self.get(&format!("products/{product}")).await.json();
        product["uuid"].as_str().unwrap().parse().unwrap()
    }
}

fn in_hours(hours: i64) -> String {
    (Utc::now() + TimeDelta::hours(hours)).to_rfc3339()
}

fn published() -> Value {
    json!({"state": "published", "publish_at": null, "unpublish_at": null})
}

fn draft() -> Value {
    json!({"state": "draft", "publish_at": null, "unpublish_at": null})
}

#[tokio::test]
async fn what_nobody_spoke_of_is_published_in_every_channel() {
    let pim = Pim::stocked().await.with_mug().await;
    let answer = pim.get("products/MUG/publication").await.assert_status(200);
    assert_eq!(answer.version(), "0");
    assert_eq!(answer.json(), json!({"channels": {"ecommerce": published()}, "follows": null}));
    pim.get("products/GHOST/publication").await.assert_status(404);
    pim.get("products-uuid/x/publication").await.assert_status(404);
    pim.get("product-models/GHOST/publication").await.assert_status(404);
    pim.get("families/mugs/publication").await.assert_status(404);
}

#[tokio::test]
async fn a_page_is_taken_back_and_published_by_any_of_its_names() {
    let pim = Pim::stocked().await.with_mug().await;
    let id = pim.id_of("MUG").await;
    let publisher = pim.publisher();
    let body = |channel: Value| json!({"channels": {"ecommerce": channel}});
    let answer = publisher.patch(MUG, body(json!({"state": "draft"}))).await.assert_status(204);
    assert_eq!(
        answer.header("location"),
        "https://pim.example/api/rest/v1/products/MUG/publication"
    );
    assert_eq!(pim.take_tasks().await, [id], "the page is built anew");
    assert_eq!(pim.in_shop(&format!("products-uuid/{id}")).await, draft());
    let same = publisher.patch(MUG, body(json!({"state": "draft"}))).await.assert_status(204);
    assert_eq!(same.header("vitrine-changed"), "false");
    assert!(pim.take_tasks().await.is_empty(), "nothing changed");
    let by_id = format!("/api/rest/v1/products-uuid/{id}/publication");
    publisher.patch(&by_id, body(Value::Null)).await.assert_status(204);
    assert_eq!(pim.in_shop("products/MUG").await, published());
    let product = pim.get("products/MUG").await;
    assert_eq!(product.version(), "1", "the product itself did not change");
}

#[tokio::test]
async fn publishing_needs_its_own_scope() {
    let pim = Pim::stocked().await.with_mug().await;
    let body = json!({"channels": {"ecommerce": {"state": "draft"}}});
    let answer = pim.patch("products/MUG/publication", body.clone()).await.assert_status(403);
    assert_eq!(
        answer.json()["message"],
        "Access forbidden. You are not allowed to create or update publications."
    );
    pim.patch_text("publications", "{}").await.assert_status(403);
    pim.post("products/MUG/publication/versions/1/restore", json!({})).await.assert_status(403);
    let publisher = pim.with_scopes(&["catalog:publish"]);
    publisher.patch(MUG, body).await.assert_status(204);
    publisher.get(MUG).await.assert_status(403);
    publisher.patch("/api/rest/v1/products/MUG", json!({})).await.assert_status(403);
}

#[tokio::test]
async fn a_body_that_breaks_a_rule_is_refused_by_property() {
    let pim = Pim::stocked().await.with_mug().await;
    let publisher = pim.publisher();
    let refuse = async |channels: Value| {
        let answer = publisher.patch(MUG, json!({"channels": channels})).await.assert_status(422);
        let answer = answer.json();
        let error = &answer["errors"][0];
        (error["property"].as_str().unwrap().to_owned(), messages(&answer)[0].clone())
    };
    let (property, message) = refuse(json!({"moon": {"state": "draft"}})).await;
    assert_eq!(
        (property.as_str(), message.as_str()),
        ("channels", "The channel \"moon\" does not exist.")
    );
    let cases = [
        (json!({"state": "hidden"}), "state"),
        (json!({"state": null}), "state"),
        (json!({"publish_at": in_hours(1)}), "publish_at"),
        (json!({"state": "draft", "publish_at": "tomorrow"}), "publish_at"),
        (json!({"state": "draft", "publish_at": 5}), "publish_at"),
        (json!({"state": "draft", "unpublish_at": in_hours(1)}), "unpublish_at"),
        (
            json!({"state": "draft", "publish_at": in_hours(2), "unpublish_at": in_hours(1)}),
            "unpublish_at",
        ),
        (json!({"visible": true}), "visible"),
    ];
    for (channel, property) in cases {
        let (refused, _) = refuse(json!({"ecommerce": channel})).await;
        assert_eq!(refused, format!("channels.ecommerce.{property}"), "{channel}");
    }
    assert_eq!(refuse(json!({"ecommerce": "draft"})).await.0, "channels.ecommerce");
    assert_eq!(refuse(json!("draft")).await.0, "channels");
    let answer = publisher.patch(MUG, json!({"state": "draft"})).await.assert_status(422).json();
    assert_eq!(answer["errors"][0]["property"], "state");
    assert_eq!(pim.in_shop("products/MUG").await, published(), "nothing of it was written");
}

#[tokio::test]
async fn a_write_names_the_version_it_saw() {
    let pim = Pim::stocked().await.with_mug().await;
    let publisher = pim.publisher();
    let body = |state: &str| json!({"channels": {"ecommerce": {"state": state}}});
    publisher
        .clone()
        .header("if-match", "\"0\"")
        .patch(MUG, body("draft"))
        .await
        .assert_status(204);
    publisher
        .clone()
        .header("if-match", "\"0\"")
        .patch(MUG, body("published"))
        .await
        .assert_status(412);
    assert_eq!(publisher.get(MUG).await.version(), "1");
    publisher.header("if-match", "\"1\"").patch(MUG, body("published")).await.assert_status(204);
}

#[tokio::test]
async fn variants_follow_their_model() {
    let pim = Pim::stocked().await.with_model().await;
    let color = json!([{"locale": null, "scope": null, "data": "red"}]);
    let red = json!({"identifier": "AMOR-RED", "parent": "amor", "values": {"color": color}});
    pim.patch_all("products", &[red]).await;
    let publisher = pim.publisher();
    let model = "/api/rest/v1/product-models/amor/publication";
    let body = json!({"channels": {"ecommerce": {"state": "draft"}}});
    publisher.patch(model, body.clone()).await.assert_status(204);
    let variant = pim.get("products/AMOR-RED/publication").await.assert_status(200).json();
    assert_eq!(variant, json!({"channels": {"ecommerce": draft()}, "follows": "amor"}));
    let variant = "/api/rest/v1/products/AMOR-RED/publication";
    let refused = publisher.patch(variant, body).await.assert_status(422).json();
    assert_eq!(refused["errors"][0]["property"], "channels");
    assert_eq!(messages(&refused), ["A variant is published with its product model \"amor\"."]);
    let drafts =
        json!({"publication": [{"operator": "=", "value": "draft", "scope": "ecommerce"}]});
    assert_eq!(pim.find("products", drafts.clone()).await, ["AMOR-RED"]);
    assert_eq!(pim.find("product-models", drafts).await, ["amor"]);
}

#[tokio::test]
async fn many_pages_are_published_at_once_with_an_answer_for_each() {
    let pim = Pim::stocked().await.with_model().await.with_mug().await;
    let id = pim.id_of("MUG").await;
    let state = |state: &str| json!({"ecommerce": {"state": state}});
    let lines = [
        json!({"uuid": id, "channels": state("draft")}),
        json!({"identifier": "MUG", "channels": state("draft")}),
        json!({"code": "amor", "channels": state("draft")}),
        json!({"identifier": "GHOST", "channels": state("draft")}),
        json!({"channels": state("draft")}),
        json!({"code": "amor", "channels": state("hidden")}),
    ];
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    let patch = async |path: &str| {
        let collection = Some("application/vnd.akeneo.collection+json");
        let client = pim.publisher();
        let answer = client.send(http::Method::PATCH, path, collection, text.join("\n").into());
        let text = answer.await.assert_status(200).text().to_owned();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect::<Vec<Value>>()
    };
    let statuses = |answers: &[Value]| {
        answers.iter().map(|answer| answer["status_code"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let none = patch("/api/rest/v1/publications?atomic=true").await;
    assert_eq!(statuses(&none), [424, 424, 424, 404, 422, 422]);
    assert_eq!(pim.in_shop("products/MUG").await, published());
    let answers = patch("/api/rest/v1/publications").await;
    assert_eq!(statuses(&answers), [204, 204, 204, 404, 422, 422]);
    assert_eq!(answers[0]["uuid"], json!(id));
    assert_eq!(answers[1]["changed"], false, "the line before it said so already");
    assert_eq!(answers[2]["code"], "amor");
    assert_eq!(answers[5]["errors"][0]["property"], "channels.ecommerce.state");
    assert_eq!(pim.in_shop("products/MUG").await, draft());
    assert_eq!(pim.in_shop("product-models/amor").await, draft());
}

#[tokio::test]
async fn what_is_due_happens_once_and_is_told() {
    let pim = Pim::stocked().await.with_mug().await;
    let plan = json!({"state": "draft", "publish_at": in_hours(1), "unpublish_at": in_hours(3)});
    pim.publish("MUG", plan.clone()).await;
    pim.take_tasks().await;
    assert_eq!(pim.publish_due().await, 0, "nothing is due");
    pim.let_pass(2).await;
    // As many replicas as you like: one of them does it.
    let (one, other) = tokio::join!(pim.publish_due(), pim.publish_due());
    assert!(one + other >= 1);
    let now = pim.in_shop("products/MUG").await;
    assert_eq!((&now["state"], &now["publish_at"]), (&json!("published"), &Value::Null));
    assert!(now["unpublish_at"].is_string());
    assert_eq!(pim.take_tasks().await.len(), 1, "the page is built anew");
    pim.let_pass(2).await;
    pim.publish_due().await;
    assert_eq!(pim.in_shop("products/MUG").await, draft());
    assert_eq!(pim.take_tasks().await.len(), 1);
    let history = pim.get("products/MUG/publication/versions").await.assert_status(200).json();
    let entries = history["_embedded"]["items"].as_array().unwrap();
    let authors: Vec<&Value> = entries.iter().map(|entry| &entry["author"]["name"]).collect();
    assert_eq!(authors, ["schedule", "schedule", "erp"]);
}

#[tokio::test]
async fn what_came_and_went_while_nobody_worked_ends_as_a_draft() {
    let pim = Pim::stocked().await.with_mug().await;
    let plan = json!({"state": "draft", "publish_at": in_hours(1), "unpublish_at": in_hours(2)});
    pim.publish("MUG", plan).await;
    pim.let_pass(5).await;
    pim.publish_due().await;
    assert_eq!(pim.in_shop("products/MUG").await, draft());
    assert_eq!(pim.publish_due().await, 0);
}

#[tokio::test]
async fn what_is_read_is_written_back_unchanged() {
    let pim = Pim::stocked().await.with_mug().await;
    let plan = json!({"state": "draft", "publish_at": "2096-02-29T08:00:00.123456789+01:00"});
    pim.publish("MUG", plan).await;
    let read = pim.get("products/MUG/publication").await.json();
    assert_eq!(read["channels"]["ecommerce"]["publish_at"], "2096-02-29T07:00:00.123456+00:00");
    let answer = pim.publisher().patch(MUG, read).await.assert_status(204);
    assert_eq!(answer.header("vitrine-changed"), "false");
}

#[tokio::test]
async fn a_version_of_a_publication_comes_back() {
    let pim = Pim::stocked().await.with_mug().await;
    let plan =
        json!({"state": "draft", "publish_at": "2096-01-01T00:00:00+00:00", "unpublish_at": null});
    pim.publish("MUG", plan.clone()).await;
    pim.publish("MUG", json!({"state": "published"})).await;
    let first = pim.get("products/MUG/publication/versions/1").await.assert_status(200).json();
    assert_eq!(first["state"], json!({"channels": {"ecommerce": plan}}));
    assert_eq!(first["changes"][0]["property"], "channels");
    let restore = "/api/rest/v1/products/MUG/publication/versions/1/restore";
    let publisher = pim.publisher().header("idempotency-key", "once");
    publisher.post(restore, json!({})).await.assert_status(204);
    assert_eq!(pim.in_shop("products/MUG").await, plan);
    let again = publisher.post(restore, json!({})).await.assert_status(204);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let history = pim.get("products/MUG/publication/versions").await.json();
    let newest = &history["_embedded"]["items"][0];
    assert_eq!((&newest["version"], &newest["restored_version"]), (&json!(3), &json!(1)));
    pim.publisher()
        .post("/api/rest/v1/products/MUG/publication/versions/9/restore", json!({}))
        .await
        .assert_status(404);
}

#[tokio::test]
async fn a_product_that_comes_back_is_as_public_as_it_was() {
    let pim = Pim::stocked().await.with_mug().await;
    pim.publish("MUG", json!({"state": "draft"})).await;
    pim.delete("products/MUG").await.assert_status(204);
    pim.get("products/MUG/publication").await.assert_status(404);
    let history = pim.get("products/MUG/publication/versions").await.assert_status(200).json();
    assert_eq!(history["_embedded"]["items"][0]["version"], 1);
    pim.post("products/MUG/versions/1/restore", json!({})).await.assert_status(201);
    assert_eq!(pim.in_shop("products/MUG").await, draft());
}

#[tokio::test]
async fn pages_are_found_by_their_state_in_a_channel() {
    let pim = Pim::stocked().await.with_mug().await;
    pim.patch_all("products", &[json!({"identifier": "CUP"})]).await;
    pim.publish("MUG", json!({"state": "draft"})).await;
    let find = async |operator: &str, value: &str| {
        let condition = json!({"operator": operator, "value": value, "scope": "ecommerce"});
        pim.find("products", json!({"publication": [condition]})).await
    };
    assert_eq!(find("=", "draft").await, ["MUG"]);
    assert_eq!(find("!=", "draft").await, ["CUP"]);
    assert_eq!(find("=", "published").await, ["CUP"]);
    let refuse =
        async |condition: Value| pim.refuse("products", json!({"publication": [condition]})).await;
    assert_eq!(
        refuse(json!({"operator": "=", "value": "draft"})).await,
        "Property \"publication\" expects a scope, none given."
    );
    assert_eq!(
        refuse(json!({"operator": "=", "value": "hidden", "scope": "ecommerce"})).await,
        "Property \"publication\" expects \"draft\" or \"published\" as data, \"hidden\" given."
    );
    assert_eq!(
        refuse(json!({"operator": "IN", "value": "draft", "scope": "ecommerce"})).await,
        "Filter on property \"publication\" is not supported or does not support operator \"IN\""
    );
}
