//! Drafts of callers who may not write, and what reviewers make of them.

use http::Method;
use serde_json::{Value, json};
use testing::{Answer, Client};

use crate::pim::{Pim, messages, value};

const MUG: &str = "/api/rest/v1/products/MUG";

impl Pim {
    async fn with_mug_of(self, brand: &str) -> Self {
        let mug = json!({"identifier": "MUG", "family": "mugs", "categories": ["kitchen"],
                         "values": {"brand": value(brand)}});
        self.patch_all("products", &[mug, json!({"identifier": "CUP"})]).await;
        self.take_tasks().await;
        self
    }

    /// A caller who may read and propose.
    fn author(&self, name: &str) -> Client {
        let token = self.tokens.issue(name, &["catalog:read", "catalog:propose"]);
        self.client.bearer(&token)
    }

    /// A caller who may read and decide.
    fn reviewer(&self) -> Client {
        let token = self.tokens.issue("chief", &["catalog:read", "catalog:publish"]);
        self.client.bearer(&token)
    }

    /// Proposes the patch of the mug; answers the address of the proposal.
    async fn propose(&self, author: &Client, patch: Value) -> String {
        author.patch(MUG, patch).await.assert_status(204);
        let answer = author.post(&format!("{MUG}/proposal"), json!({})).await.assert_status(201);
        answer.header("location").strip_prefix("https://pim.example").unwrap().to_owned()
    }

    async fn decide(&self, proposal: &str, decision: &str, body: Value) -> Answer {
        self.reviewer().post(&format!("{proposal}/{decision}"), body).await
    }

    async fn mug(&self) -> Value {
        self.get("products/MUG").await.assert_status(200).json()
    }
}

fn brand_of(product: &Value) -> &Value {
    &product["values"]["brand"][0]["data"]
}

fn brand(brand: &str) -> Value {
    json!({"values": {"brand": value(brand)}})
}

async fn status(client: &Client) -> Value {
    let product = client.get(MUG).await.assert_status(200).json();
    let list = client.get("/api/rest/v1/products").await.assert_status(200).json();
    let items = list["_embedded"]["items"].as_array().unwrap();
    let listed = items.iter().find(|item| item["identifier"] == "MUG").unwrap();
    assert_eq!(listed["metadata"], product["metadata"], "a list tells the same");
    product["metadata"]["workflow_status"].clone()
}

#[tokio::test]
async fn a_patch_without_the_scope_to_write_is_kept_as_a_draft() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let (author, other) = (pim.author("ann"), pim.author("ben"));
    assert_eq!(status(&author).await, "working_copy");
    author.get(&format!("{MUG}/draft")).await.assert_status(404);
    let answer = author.patch(MUG, brand("Other")).await.assert_status(204);
    assert_eq!(answer.header("location"), "https://pim.example/api/rest/v1/products/MUG");
    assert_eq!(pim.mug().await["values"]["brand"], value("Acme"), "the product is as it was");
    assert!(pim.take_tasks().await.is_empty());
    assert_eq!(
        pim.get("products/MUG/versions").await.json()["_embedded"]["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    author.patch(MUG, json!({"enabled": false, "categories": []})).await.assert_status(204);
    let draft = author.get(&format!("{MUG}/draft")).await.assert_status(200);
    assert_eq!(draft.version(), "1");
    let draft = draft.json();
    assert_eq!(
        (brand_of(&draft), &draft["enabled"], &draft["categories"]),
        (&json!("Other"), &json!(false), &json!([]))
    );
    assert_eq!(draft["metadata"]["workflow_status"], "draft_in_progress");
    assert_eq!(status(&author).await, "draft_in_progress");
    assert_eq!(status(&other).await, "working_copy");
    other.get(&format!("{MUG}/draft")).await.assert_status(404);
    assert_eq!(status(&pim.client).await, "working_copy");
    assert_eq!(status(&pim.with_scopes(&["catalog:read"])).await, "read_only");
    let again = author.patch(MUG, brand("Other")).await.assert_status(204);
    assert_eq!(again.header("vitrine-changed"), "false");
}

#[tokio::test]
async fn a_draft_without_changes_is_none() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    author.patch(MUG, brand("Other")).await.assert_status(204);
    author.patch(MUG, brand("Acme")).await.assert_status(204);
    assert_eq!(status(&author).await, "working_copy");
    author.patch(MUG, brand("Other")).await.assert_status(204);
    author.delete(&format!("{MUG}/draft")).await.assert_status(204);
    author.delete(&format!("{MUG}/draft")).await.assert_status(404);
    author.get(&format!("{MUG}/draft")).await.assert_status(404);
}

#[tokio::test]
async fn a_draft_keeps_the_rules_of_every_write() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    let bad = json!({"values": {"color": value("ultraviolet"), "pieces": value(0)}});
    let as_draft = author.patch(MUG, bad.clone()).await.assert_status(422).json();
    let written = pim.patch("products/MUG", bad).await.assert_status(422).json();
    assert_eq!(as_draft, written);
    author.patch(MUG, json!({"identifier": "CUP"})).await.assert_status(422);
    author.patch(MUG, json!({"surprise": 1})).await.assert_status(422);
    assert_eq!(status(&author).await, "working_copy", "nothing was kept");
    author.patch("/api/rest/v1/products/GHOST", json!({})).await.assert_status(404);
    let stale = author.header("if-match", "\"7\"");
    stale.patch(MUG, brand("Other")).await.assert_status(412);
    author.header("if-match", "\"1\"").patch(MUG, brand("Other")).await.assert_status(204);
}

#[tokio::test]
async fn a_draft_is_sent_for_approval_and_withdrawn() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    let send = format!("{MUG}/proposal");
    let answer = author.post(&send, json!({})).await.assert_status(422).json();
    assert_eq!(answer["message"], "You should create a draft before submitting it for approval.");
    author.delete(&send).await.assert_status(404);
    let proposal = pim.propose(&author, brand("Other")).await;
    assert_eq!(status(&author).await, "proposal_waiting_for_approval");
    let answer = author.post(&send, json!({})).await.assert_status(422).json();
    assert_eq!(answer["message"], "Your draft has already been submitted for approval.");
    author.delete(&send).await.assert_status(204);
    assert_eq!(status(&author).await, "draft_in_progress");
    pim.reviewer().get(&proposal).await.assert_status(404);
    pim.decide(&proposal, "approve", json!({})).await.assert_status(404);
    let keyed = author.key("once");
    keyed.post(&send, json!({})).await.assert_status(201);
    let again = keyed.post(&send, json!({})).await.assert_status(201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    author.patch(MUG, json!({"enabled": false})).await.assert_status(204);
    assert_eq!(status(&author).await, "draft_in_progress", "what changes is to be sent again");
}

#[tokio::test]
async fn an_approved_proposal_is_written_and_told_with_author_and_reviewer() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    let patch = json!({
        "categories": ["kitchen", "master"], "values": {"brand": value("Other")},
        "associations": {"PACK": {"products": ["CUP"]}},
    });
    let proposal = pim.propose(&author, patch).await;
    // Meanwhile somebody writes what the proposal does not touch.
    let meanwhile =
        json!({"values": {"pieces": value(4)}, "associations": {"UPSELL": {"products": ["CUP"]}}});
    pim.patch("products/MUG", meanwhile).await.assert_status(204);
    pim.take_tasks().await;
    let answer = pim.decide(&proposal, "approve", json!({})).await.assert_status(204);
    assert!(
        answer.header("location").starts_with("https://pim.example/api/rest/v1/products-uuid/")
    );
    assert_eq!(pim.take_tasks().await.len(), 1, "the page is built anew");
    let mug = pim.mug().await;
    assert_eq!(brand_of(&mug), "Other");
    assert_eq!(mug["categories"], json!(["kitchen", "master"]));
    assert_eq!(mug["values"]["pieces"], value(4));
    assert_eq!(mug["associations"]["PACK"]["products"], json!(["CUP"]));
    assert_eq!(mug["associations"]["UPSELL"]["products"], json!(["CUP"]));
    let history = pim.get("products/MUG/versions").await.json();
    let (newest, before) = (&history["_embedded"]["items"][0], &history["_embedded"]["items"][1]);
    assert_eq!(
        (&newest["author"]["subject"], &newest["reviewer"]["subject"]),
        (&json!("ann"), &json!("chief"))
    );
    assert_eq!(before["reviewer"], Value::Null);
    assert_eq!(newest["changes"].as_array().unwrap().len(), 3);
    assert_eq!(status(&author).await, "working_copy");
    author.get(&proposal).await.assert_status(404);
}

#[tokio::test]
async fn a_proposal_is_approved_by_property() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    let name = |locale: &str| json!({"locale": locale, "scope": null, "data": locale});
    let patch = json!({"enabled": false, "values": {"brand": value("Other"), "name": [name("de_DE"), name("en_US")]}});
    let proposal = pim.propose(&author, patch).await;
    let choose = |choices: Value| json!({"changes": choices});
    for bad in [
        json!([]),
        json!("brand"),
        json!([{}]),
        json!([{"data": 1}]),
        json!([{"attribute": "ean"}]),
    ] {
        let answer = pim.decide(&proposal, "approve", choose(bad)).await.assert_status(422).json();
        assert_eq!(answer["errors"][0]["property"], "changes");
    }
    pim.decide(&proposal, "approve", json!({"all": true})).await.assert_status(422);
    let choices = json!([{"property": "enabled"}, {"attribute": "name", "locale": "de_DE"}]);
    pim.decide(&proposal, "approve", choose(choices)).await.assert_status(204);
    let mug = pim.mug().await;
    assert_eq!((&mug["enabled"], brand_of(&mug)), (&json!(false), &json!("Acme")));
    assert_eq!(mug["values"]["name"], json!([name("de_DE")]));
    let rest = pim.reviewer().get(&proposal).await.assert_status(200).json();
    assert_eq!((&rest["status"], &rest["change_count"]), (&json!("proposed"), &json!(2)));
    pim.decide(&proposal, "approve", json!({})).await.assert_status(204);
    assert_eq!(brand_of(&pim.mug().await), "Other");
}

#[tokio::test]
async fn a_rejected_proposal_goes_back_to_its_author_with_the_reason() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    let proposal = pim.propose(&author, brand("Other")).await;
    for bad in [
        json!({}),
        json!({"comment": " "}),
        json!({"comment": "x".repeat(1001)}),
        json!({"comment": 1}),
    ] {
        let answer = pim.decide(&proposal, "reject", bad).await.assert_status(422).json();
        assert_eq!(answer["errors"][0]["property"], "comment");
    }
    pim.decide(&proposal, "reject", json!({"comment": "Not ours."})).await.assert_status(204);
    assert_eq!(brand_of(&pim.mug().await), "Acme");
    assert_eq!(status(&author).await, "draft_in_progress");
    let read = author.get(&proposal).await.assert_status(200).json();
    assert_eq!(
        (&read["status"], &read["comment"], &read["reviewer"]["subject"]),
        (&json!("draft"), &json!("Not ours."), &json!("chief"))
    );
    pim.decide(&proposal, "reject", json!({"comment": "Again."})).await.assert_status(404);
    assert_eq!(pim.propose(&author, brand("Third")).await, proposal, "it is the same draft");
    pim.decide(&proposal, "approve", json!({})).await.assert_status(204);
    assert_eq!(brand_of(&pim.mug().await), "Third");
}

#[tokio::test]
async fn a_reviewer_approves_what_was_read_and_nothing_else() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    let proposal = pim.propose(&author, brand("Other")).await;
    let read = pim.reviewer().get(&proposal).await.assert_status(200);
    let seen = read.header("etag").to_owned();
    pim.patch("products/MUG", brand("Meanwhile")).await.assert_status(204);
    let change = &pim.reviewer().get(&proposal).await.json()["changes"][0];
    assert_eq!(
        *change,
        json!({"property": "values", "attribute": "brand", "locale": null, "scope": null,
               "old": "Acme", "new": "Other", "current": "Meanwhile"})
    );
    pim.propose(&author, brand("Sneaky")).await;
    let approve = format!("{proposal}/approve");
    let stale = pim.reviewer().header("if-match", &seen);
    stale.post(&approve, json!({})).await.assert_status(412);
    assert_eq!(brand_of(&pim.mug().await), "Meanwhile");
    let seen = pim.reviewer().get(&proposal).await.header("etag").to_owned();
    let keyed = pim.reviewer().header("if-match", &seen).key("once");
    keyed.post(&approve, json!({})).await.assert_status(204);
    let again = keyed.post(&approve, json!({})).await.assert_status(204);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(brand_of(&pim.mug().await), "Sneaky");
}

#[tokio::test]
async fn a_proposal_that_breaks_a_rule_by_now_is_not_written() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    let ean = json!({"values": {"ean": value("4006381333931")}});
    let proposal = pim.propose(&author, ean.clone()).await;
    pim.patch("products/CUP", ean).await.assert_status(204);
    let refused = pim.decide(&proposal, "approve", json!({})).await.assert_status(422).json();
    assert_eq!(
        messages(&refused),
        ["The 4006381333931 value is already set on another product for the unique ean attribute"]
    );
    author.get(&format!("{MUG}/draft")).await.assert_status(422);
    assert_eq!(status(&author).await, "proposal_waiting_for_approval", "it waits on");
    let other = json!({"values": {"ean": value("4012345678901")}});
    author.patch(MUG, other).await.assert_status(204);
    author.get(&format!("{MUG}/draft")).await.assert_status(200);
}

#[tokio::test]
async fn every_step_needs_its_scope() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    let proposal = pim.propose(&author, brand("Other")).await;
    author.post(&format!("{proposal}/approve"), json!({})).await.assert_status(403);
    author.post(&format!("{proposal}/reject"), json!({"comment": "x"})).await.assert_status(403);
    author.post("/api/rest/v1/products", json!({"identifier": "NEW"})).await.assert_status(403);
    author.delete(MUG).await.assert_status(403);
    author.patch("/api/rest/v1/families/mugs", json!({})).await.assert_status(403);
    author.patch(&format!("{MUG}/publication"), json!({})).await.assert_status(403);
    pim.client.get(&format!("{MUG}/draft")).await.assert_status(403);
    pim.client.post(&format!("{MUG}/proposal"), json!({})).await.assert_status(403);
    pim.client.get("/api/rest/v1/proposals").await.assert_status(403);
    pim.client.post(&format!("{proposal}/approve"), json!({})).await.assert_status(403);
    pim.reviewer().patch(MUG, brand("x")).await.assert_status(403);
    pim.author("ben").get(&proposal).await.assert_status(404);
    pim.get("families/mugs/draft").await.assert_status(403);
    author.get("/api/rest/v1/families/mugs/draft").await.assert_status(404);
}

#[tokio::test]
async fn proposals_are_listed_in_pages_and_filtered() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await.with_model().await;
    let (ann, ben) = (pim.author("ann"), pim.author("ben"));
    pim.propose(&ann, brand("A")).await;
    pim.propose(&ben, brand("B")).await;
    let model = "/api/rest/v1/product-models/amor";
    ben.patch(model, brand("B")).await.assert_status(204);
    let reviewer = pim.reviewer();
    let list = async |client: &Client, query: &str| {
        let answer = client.get(&format!("/api/rest/v1/proposals{query}")).await;
        answer.assert_status(200).json()
    };
    let count = async |client: &Client, query: &str| {
        list(client, query).await["_embedded"]["items"].as_array().unwrap().len()
    };
    assert_eq!(count(&reviewer, "").await, 2, "what is not sent is the author's alone");
    assert_eq!(count(&ann, "").await, 1);
    assert_eq!(count(&ben, "").await, 2);
    assert_eq!(count(&ben, "?status=draft").await, 1);
    assert_eq!(count(&ben, "?code=amor").await, 1);
    assert_eq!(count(&reviewer, "?author=ann").await, 1);
    assert_eq!(count(&reviewer, "?identifier=MUG").await, 2);
    assert_eq!(count(&reviewer, "?identifier=CUP").await, 0);
    let id = pim.mug().await["uuid"].as_str().unwrap().to_owned();
    assert_eq!(count(&reviewer, &format!("?uuid={id}")).await, 2);
    for bad in ["status=open", "uuid=x", "search_after=x", "limit=0", "pagination_type=page"] {
        reviewer.get(&format!("/api/rest/v1/proposals?{bad}")).await.assert_status(422);
    }
    let page = list(&reviewer, "?limit=1").await;
    let first = &page["_embedded"]["items"][0];
    assert_eq!(
        (&first["author"]["subject"], &first["product"]["identifier"]),
        (&json!("ann"), &json!("MUG"))
    );
    let own = first["_links"]["self"]["href"].as_str().unwrap();
    reviewer.get(own.strip_prefix("https://pim.example").unwrap()).await.assert_status(200);
    let next = page["_links"]["next"]["href"].as_str().unwrap();
    let next = reviewer.get(next.strip_prefix("https://pim.example").unwrap()).await.json();
    assert_eq!(next["_embedded"]["items"][0]["author"]["subject"], "ben");
}

#[tokio::test]
async fn models_are_proposed_for_as_products_are() {
    let pim = Pim::stocked().await.with_model().await;
    let author = pim.author("ann");
    let model = "/api/rest/v1/product-models/amor";
    author.patch(model, json!({"values": {"color": value("red")}})).await.assert_status(422);
    author.patch(model, brand("Other")).await.assert_status(204);
    let draft = author.get(&format!("{model}/draft")).await.assert_status(200).json();
    assert_eq!(brand_of(&draft), "Other");
    assert_eq!(draft["metadata"]["workflow_status"], "draft_in_progress");
    let sent = author.post(&format!("{model}/proposal"), json!({})).await.assert_status(201);
    let listed = author.get("/api/rest/v1/product-models").await.json();
    assert_eq!(
        listed["_embedded"]["items"][0]["metadata"]["workflow_status"],
        "proposal_waiting_for_approval"
    );
    let proposal = sent.header("location").strip_prefix("https://pim.example").unwrap();
    let answer = pim.decide(proposal, "approve", json!({})).await.assert_status(204);
    assert_eq!(answer.header("location"), format!("https://pim.example{model}"));
    assert_eq!(brand_of(&pim.get("product-models/amor").await.json()), "Other");
    let history = pim.get("product-models/amor/versions").await.json();
    assert_eq!(history["_embedded"]["items"][0]["reviewer"]["subject"], "chief");
}

#[tokio::test]
async fn a_bulk_write_becomes_a_draft_per_line() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    let lines = [
        json!({"identifier": "MUG", "values": {"brand": value("Other")}}),
        json!({"identifier": "MUG", "enabled": false}),
        json!({"identifier": "CUP", "family": "ghosts"}),
        json!({"identifier": "GHOST"}),
        json!({"enabled": true}),
    ];
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    let patch = async |query: &str| {
        let collection = Some("application/vnd.akeneo.collection+json");
        let url = format!("/api/rest/v1/products{query}");
        let body = text.join("\n").into();
        let text = author.send(Method::PATCH, &url, collection, body).await.assert_status(200);
        let lines = text.text().to_owned();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| line["status_code"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(patch("?atomic=true").await, [424, 424, 422, 404, 422]);
    assert_eq!(status(&author).await, "working_copy");
    assert_eq!(patch("").await, [204, 204, 422, 404, 422]);
    let draft = author.get(&format!("{MUG}/draft")).await.assert_status(200).json();
    assert_eq!((brand_of(&draft), &draft["enabled"]), (&json!("Other"), &json!(false)));
    assert_eq!(brand_of(&pim.mug().await), "Acme");
}

#[tokio::test]
async fn a_draft_may_rename_what_it_is_about_and_goes_with_it() {
    let pim = Pim::stocked().await.with_mug_of("Acme").await;
    let author = pim.author("ann");
    author.patch(MUG, json!({"identifier": "BEAKER"})).await.assert_status(204);
    author.patch(MUG, json!({"enabled": false})).await.assert_status(204);
    let draft = author.get(&format!("{MUG}/draft")).await.assert_status(200).json();
    assert_eq!((&draft["identifier"], &draft["enabled"]), (&json!("BEAKER"), &json!(false)));
    let sent = author.post(&format!("{MUG}/proposal"), json!({})).await.assert_status(201);
    let proposal = sent.header("location").strip_prefix("https://pim.example").unwrap().to_owned();
    pim.delete("products/MUG").await.assert_status(204);
    pim.decide(&proposal, "approve", json!({})).await.assert_status(404);
    author.get(&proposal).await.assert_status(404);
}
