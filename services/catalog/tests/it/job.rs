//! Jobs: a patch for every product that a search finds.

use catalog::management::{error::Result, job};
use serde_json::{Value, json};

use crate::pim::{Pim, messages, value};

impl Pim {
    async fn queue(&self, search: Value, patch: Value) -> String {
        let body = json!({"search": search, "patch": patch});
        let answer = self.post("jobs/bulk-edit", body).await.assert_status(202);
        let location = answer.header("location").to_owned();
        location.strip_prefix("https://pim.example/api/rest/v1/").unwrap().to_owned()
    }

    async fn with_mugs(self, count: usize) -> Self {
        for first in (0..count).step_by(100) {
            let lines: Vec<Value> = (first..count.min(first + 100))
                .map(|n| json!({"identifier": format!("MUG-{n}"), "family": "mugs"}))
                .collect();
            self.patch_all("products", &lines).await;
        }
        self
    }

    async fn work(&self) -> Result<bool> {
        job::run_next(&self.app).await
    }
}

fn in_mugs() -> Value {
    json!({"family": [{"operator": "IN", "value": ["mugs"]}]})
}

#[tokio::test]
async fn a_bulk_edit_patches_what_the_search_finds() {
    let pim = Pim::stocked().await.with_mugs(130).await;
    pim.patch_all("products", &[json!({"identifier": "OTHER"})]).await;
    pim.patch_all("products", &[json!({"identifier": "MUG-0", "enabled": false})]).await;
    let path = pim.queue(in_mugs(), json!({"enabled": false})).await;
    let queued = pim.get(&path).await.assert_status(200).json();
    assert_eq!((&queued["status"], &queued["total"]), (&json!("queued"), &Value::Null));
    assert!(pim.work().await.unwrap());
    assert!(!pim.work().await.unwrap(), "there is no other job");
    let done = pim.get(&path).await.json();
    assert_eq!(done["status"], "completed");
    assert_eq!(
        [&done["total"], &done["changed_count"], &done["unchanged_count"], &done["refused_count"]],
        [130, 129, 1, 0]
    );
    assert_eq!(done["author"]["subject"], "erp");
    assert_eq!(pim.get("products/MUG-129").await.json()["enabled"], false);
    assert_eq!(pim.get("products/OTHER").await.json()["enabled"], true);
    let history = pim.get("products/MUG-129/versions").await.json();
    assert_eq!(history["_embedded"]["items"][0]["author"]["subject"], "erp");
    let list = pim.get("jobs").await.assert_status(200).json();
    assert_eq!(list["_embedded"]["items"][0]["id"], done["id"]);
}

#[tokio::test]
async fn what_a_bulk_edit_could_not_change_is_listed() {
    let pim = Pim::stocked().await.with_mugs(3).await;
    let path = pim.queue(in_mugs(), json!({"values": {"ean": value("4006381333931")}})).await;
    pim.work().await.unwrap();
    let done = pim.get(&path).await.json();
    assert_eq!((&done["changed_count"], &done["refused_count"]), (&json!(1), &json!(2)));
    let first = pim.get(&format!("{path}/errors?limit=1")).await.assert_status(200).json();
    let error = &first["_embedded"]["items"][0];
    assert_eq!(error["status_code"], 422);
    assert_eq!(error["identifier"], "MUG-1");
    assert_eq!(
        messages(error),
        ["The 4006381333931 value is already set on another product for the unique ean attribute"]
    );
    let next = first["_links"]["next"]["href"].as_str().unwrap().to_owned();
    let next = pim.get(next.strip_prefix("https://pim.example/api/rest/v1/").unwrap()).await.json();
    assert_eq!(next["_embedded"]["items"][0]["identifier"], "MUG-2");
}

#[tokio::test]
async fn a_bulk_edit_goes_on_where_another_replica_ended() {
    let pim = Pim::stocked().await.with_mugs(5).await;
    let path = pim.queue(in_mugs(), json!({"enabled": false})).await;
    // A replica that took the job, wrote the first product and was killed.
    sqlx::query(
        "update job set status = 'running', total = 5, changed_count = 1,
                position = (select min(id::text)::uuid from product),
                leased_until = now() + interval '1 hour'",
    )
    .execute(&pim.db)
    .await
    .unwrap();
    assert!(!pim.work().await.unwrap(), "its lease holds");
    sqlx::query("update job set leased_until = now() - interval '1 second'")
        .execute(&pim.db)
        .await
        .unwrap();
    assert!(pim.work().await.unwrap());
    let done = pim.get(&path).await.json();
    assert_eq!((&done["status"], &done["changed_count"]), (&json!("completed"), &json!(5)));
    assert_eq!(pim.get("products/MUG-0").await.json()["enabled"], true, "it was done before");
    assert_eq!(pim.get("products/MUG-4").await.json()["enabled"], false);
}

#[tokio::test]
async fn a_job_that_only_newer_replicas_know_is_left_to_them() {
    let pim = Pim::stocked().await.with_mugs(1).await;
    let path = pim.queue(in_mugs(), json!({"enabled": false})).await;
    let newer = "alter table job drop constraint job_kind_check;
        update job set kind = 'of_tomorrow', request = '{\"not\": \"known\"}'";
    sqlx::raw_sql(newer).execute(&pim.db).await.unwrap();
    assert!(!pim.work().await.unwrap());
    pim.get(&path).await.assert_status(404);
    let list = pim.get("jobs").await.assert_status(200).json();
    assert_eq!(list["_embedded"]["items"], json!([]));
}

#[tokio::test]
async fn a_cancelled_job_writes_nothing_more() {
    let pim = Pim::stocked().await.with_mugs(1).await;
    let path = pim.queue(in_mugs(), json!({"enabled": false})).await;
    pim.post(&format!("{path}/cancel"), json!({})).await.assert_status(204);
    pim.post(&format!("{path}/cancel"), json!({})).await.assert_status(204);
    assert!(!pim.work().await.unwrap());
    assert_eq!(pim.get(&path).await.json()["status"], "cancelled");
    assert_eq!(pim.get("products/MUG-0").await.json()["enabled"], true);
}

#[tokio::test]
async fn a_bulk_edit_that_cannot_be_understood_is_refused_at_once() {
    let pim = Pim::stocked().await;
    let refused = async |search: Value, patch: Value| {
        let body = json!({"search": search, "patch": patch});
        pim.post("jobs/bulk-edit", body).await.assert_status(422).json()
    };
    let search = json!({"ghost": [{"operator": "=", "value": 1}]});
    refused(search, json!({"enabled": false})).await;
    refused(json!({"family": "mugs"}), json!({"enabled": false})).await;
    assert_eq!(messages(&refused(json!({}), json!({})).await), ["This value should not be blank."]);
    assert_eq!(
        messages(&refused(json!({}), json!({"identifier": "A"})).await),
        ["Property \"identifier\" cannot be the same for all products."]
    );
    pim.post("jobs/bulk-edit", json!({"search": {}})).await.assert_status(422);
    pim.get("jobs/nonsense").await.assert_status(404);
    let reader = pim.with_scopes(&["catalog:read"]);
    let body = json!({"search": {}, "patch": {"enabled": false}});
    reader.post("/api/rest/v1/jobs/bulk-edit", body).await.assert_status(403);
}

#[tokio::test]
async fn a_bulk_edit_of_models_patches_models() {
    let pim = Pim::stocked().await.with_model().await;
    pim.patch_all(
        "product-models",
        &[json!({"code": "psyche", "family_variant": "mugs_by_color"})],
    )
    .await;
    let edit = async |patch: Value| {
        let search = json!({"identifier": [{"operator": "IN", "value": ["amor", "psyche"]}]});
        let body = json!({"resource": "product-models", "search": search, "patch": patch});
        let answer = pim.post("jobs/bulk-edit", body).await.assert_status(202);
        assert!(pim.work().await.unwrap());
        answer
            .header("location")
            .strip_prefix("https://pim.example/api/rest/v1/")
            .unwrap()
            .to_owned()
    };
    let path = edit(json!({"values": {"brand": value("Acme")}})).await;
    let done = pim.get(&path).await.json();
    assert_eq!((&done["type"], &done["status"]), (&json!("model_bulk_edit"), &json!("completed")));
    assert_eq!(
        [&done["total"], &done["changed_count"], &done["unchanged_count"]],
        [2, 1, 1],
        "one had the brand"
    );
    let model = pim.get("product-models/psyche").await.json();
    assert_eq!(model["values"]["brand"][0]["data"], "Acme");
    let path = edit(json!({"values": {"color": value("red")}})).await;
    assert_eq!(pim.get(&path).await.json()["refused_count"], 2);
    let errors = pim.get(&format!("{path}/errors")).await.json()["_embedded"]["items"].clone();
    assert_eq!(errors[0]["identifier"], "amor");
    let link = &errors[0]["_links"]["self"]["href"];
    assert_eq!(link, "https://pim.example/api/rest/v1/product-models/amor");
    let named = json!({"resource": "product-models", "search": {}, "patch": {"code": "x"}});
    let answer = pim.post("jobs/bulk-edit", named).await.assert_status(422).json();
    assert_eq!(messages(&answer), ["Property \"code\" cannot be the same for all product models."]);
}

#[tokio::test]
async fn a_job_whose_search_lost_its_sense_fails_with_the_reason() {
    let pim = Pim::stocked().await;
    pim.post("attributes", json!({"code": "gone", "type": "pim_catalog_text", "group": "other"}))
        .await
        .assert_status(201);
    let search = json!({"gone": [{"operator": "NOT EMPTY"}]});
    let path = pim.queue(search, json!({"enabled": false})).await;
    pim.delete("attributes/gone").await.assert_status(204);
    assert!(pim.work().await.unwrap());
    let failed = pim.get(&path).await.json();
    assert_eq!(failed["status"], "failed");
    assert!(failed["message"].as_str().unwrap().contains("gone"));
}
