//! A patch for every product that a search finds, in order of product ids.

use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{IfMatch, idempotency::Started};

use super::{
    Counts, Job, Request, act, describe,
    store::{self, ProductError},
};
use crate::{
    App,
    management::{
        access::Editor,
        associations::Naming,
        error::{Refusal, Result},
        filter::{Filter, Target},
        history::Writer,
        product,
        reading::Reading,
        report::Report,
        search::read_search,
    },
};

/// Products of one transaction.
const CHUNK: i64 = 100;

/// A patch for every product that a search finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "search": {"family": [{"operator": "IN", "value": ["mugs"]}]},
    "patch": {"enabled": false}
}))]
pub struct BulkEdit {
    /// The filter of product lists; `{}` finds every product.
    #[schema(value_type = Object)]
    pub search: Map<String, Value>,
    /// Locale of conditions that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_locale: Option<String>,
    /// Channel of conditions that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_scope: Option<String>,
    /// What each product is patched with, as by `PATCH /products-uuid/{uuid}`.
    #[schema(value_type = Object)]
    pub patch: Map<String, Value>,
}

/// Queues a bulk edit that can be understood; 202.
pub(super) async fn create(
    app: &App,
    editor: &Editor,
    body: &Map<String, Value>,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let record = match editor.start(&mut transaction, body).await? {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let request = read_request(body)?;
    read_filter(&mut transaction, &request).await?;
    let id = Uuid::now_v7();
    store::insert(
        &mut transaction,
        id,
        super::BULK_EDIT,
        "queued",
        &Request::BulkEdit(request),
        &editor.author,
    )
    .await?;
    let location = act::location(app, id)?;
    let answer = record
        .finish_empty(&mut transaction, StatusCode::ACCEPTED, Some(location.as_str()))
        .await?;
    transaction.commit().await?;
    Ok(answer)
}

fn read_request(body: &Map<String, Value>) -> Result<BulkEdit> {
    let request: BulkEdit =
        serde_json::from_value(Value::Object(body.clone())).map_err(|error| {
            Refusal::documented(format!("The request is not as documented: {error}."))
        })?;
    let mut report = Report::default();
    if request.patch.is_empty() {
        report.rule("patch", "This value should not be blank.");
    }
    for name in ["uuid", "identifier"] {
        if request.patch.contains_key(name) {
            report
                .rule("patch", format!("Property \"{name}\" cannot be the same for all products."));
        }
    }
    report.into_result()?;
    Ok(request)
}

/// The filter of a request, as it is understood now.
async fn read_filter(connection: &mut PgConnection, request: &BulkEdit) -> Result<Filter> {
    let search = Value::Object(request.search.clone()).to_string();
    let (locale, scope) = (request.search_locale.as_deref(), request.search_scope.as_deref());
    let conditions = read_search(Some(&search), locale, scope)?;
    Filter::read(connection, Target::Product, &conditions, &Reading::default()).await
}

/// Writes the next chunk, or ends the job when there is nothing left to do.
pub(super) async fn write_next(
    connection: &mut PgConnection,
    job: &Job,
    request: &BulkEdit,
) -> Result<()> {
    let filter = read_filter(connection, request).await?;
    if job.total.is_none() {
        let total = product::count_matching(connection, &filter, job.created).await?;
        store::set_total(connection, job.id, total).await?;
    }
    let products =
        product::find_matching(connection, &filter, job.created, job.position, CHUNK).await?;
    match products.last() {
        Some((last, _)) => {
            store::set_position(connection, job.id, *last).await?;
            edit(connection, job, request, products).await
        }
        None => store::finish(connection, job.id, "completed", None).await,
    }
}

async fn edit(
    connection: &mut PgConnection,
    job: &Job,
    request: &BulkEdit,
    products: Vec<(Uuid, Option<String>)>,
) -> Result<()> {
    let lines: Vec<product::Line> = products.iter().map(|(id, _)| line(*id, request)).collect();
    let writer = Writer { author: job.author.0.clone(), reviewer: None, restored_version: None };
    let written = product::save_all(connection, &writer, Naming::Uuid, &lines).await?;
    let (mut counts, mut errors) = (Counts::default(), Vec::new());
    for ((id, identifier), saved) in products.into_iter().zip(written) {
        match saved {
            Ok(saved) => counts.add(Some(saved), 1),
            Err(refusal) => {
                counts.add(None, 1);
                errors.push(ProductError { id, identifier, refusal: describe(&refusal) });
            }
        }
    }
    store::advance(connection, job.id, &counts).await?;
    store::insert_errors(connection, job.id, &errors).await
}

/// A product that was deleted in the meantime is not made anew.
fn line(id: Uuid, request: &BulkEdit) -> product::Line {
    product::Line { key: id.to_string(), body: request.patch.clone(), if_match: IfMatch::any() }
}
