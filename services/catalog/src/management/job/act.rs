//! What clients do with jobs.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;
use web::idempotency::Started;

use super::{BulkEdit, Job, store};
use crate::{
    App,
    management::{
        access::Editor,
        error::{Refusal, Result},
        filter::{Filter, Target},
        hal::{Item, PageRequest},
        links::Links,
        reading::Reading,
        report::Report,
        search::read_search,
    },
};

const PATH: &str = "jobs";

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
    store::insert(&mut transaction, id, &request, &editor.author).await?;
    let location = Links::new(&app.config.public_url)?.of([PATH, &id.to_string()]);
    let answer =
        record.finish_empty(&mut transaction, StatusCode::ACCEPTED, location.as_str()).await?;
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
pub(super) async fn read_filter(
    connection: &mut PgConnection,
    request: &BulkEdit,
) -> Result<Filter> {
    let search = Value::Object(request.search.clone()).to_string();
    let (locale, scope) = (request.search_locale.as_deref(), request.search_scope.as_deref());
    let conditions = read_search(Some(&search), locale, scope)?;
    Filter::read(connection, Target::Product, &conditions, &Reading::default()).await
}

/// One page of jobs, newest first.
pub(super) async fn list(app: &App, parameters: &[(String, String)]) -> Result<Response> {
    let page = PageRequest::read_cursors_only(parameters)?;
    let after = page.after().map(read_id).transpose()?;
    let mut connection = app.db.acquire().await?;
    let jobs = store::find_page(&mut connection, after, page.limit).await?;
    let links = Links::new(&app.config.public_url)?;
    let item = |job: Job| {
        let id = job.id.to_string();
        Item { link: links.of([PATH, &id]), body: as_object(json!(job)), key: id }
    };
    let items = jobs.into_iter().map(item).collect();
    Ok(page.answer(&links.of([PATH]), items, None))
}

/// One job.
pub(super) async fn get(app: &App, id: &str) -> Result<Response> {
    let mut connection = app.db.acquire().await?;
    Ok(web::Json(find(&mut connection, id).await?).into_response())
}

/// One page of the products that a job could not change, in order of their ids.
pub(super) async fn list_errors(
    app: &App,
    id: &str,
    parameters: &[(String, String)],
) -> Result<Response> {
    let page = PageRequest::read_cursors_only(parameters)?;
    let after = page.after().map(read_id).transpose()?;
    let mut connection = app.db.acquire().await?;
    let job = find(&mut connection, id).await?;
    let errors = store::find_errors(&mut connection, job.id, after, page.limit).await?;
    let links = Links::new(&app.config.public_url)?;
    let items = errors.into_iter().map(|error| {
        let product = error.uuid.to_string();
        Item {
            link: links.of(["products-uuid", &product]),
            body: as_object(json!(error)),
            key: product,
        }
    });
    Ok(page.answer(&links.of([PATH, id, "errors"]), items.collect(), None))
}

/// Ends a job after the chunk that is being written; what is written stays. 204, also if it has ended.
pub(super) async fn cancel(app: &App, id: &str) -> Result<StatusCode> {
    let mut connection = app.db.acquire().await?;
    let job = find(&mut connection, id).await?;
    store::finish(&mut connection, job.id, "cancelled", None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(connection: &mut PgConnection, id: &str) -> Result<Job> {
    let missing = || Refusal::not_found(format!("Job \"{id}\" does not exist."));
    let key = Uuid::parse_str(id).map_err(|_| missing())?;
    store::find(connection, key).await?.ok_or_else(missing)
}

fn read_id(text: &str) -> Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| {
        Refusal::unprocessable("The \"search_after\" parameter is not a cursor of this list.")
    })
}

fn as_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
