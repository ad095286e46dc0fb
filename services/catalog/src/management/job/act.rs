//! What clients do with jobs, whatever those do.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use reqwest::Url;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Job, Request, bulk_edit::Edited, import, store};
use crate::{
    App,
    management::{
        error::{Refusal, Result},
        hal::{Item, PageRequest},
        links::Links,
    },
};

const PATH: &str = "jobs";

/// The address of a job.
pub(super) fn location(app: &App, id: Uuid) -> Result<Url> {
    Ok(Links::new(&app.config.public_url)?.of([PATH, &id.to_string()]))
}

/// One page of jobs, newest first.
pub(super) async fn list(app: &App, parameters: &[(String, String)]) -> Result<Response> {
    let page = PageRequest::read_cursors_only(parameters)?;
    let after = page.after().map(read_cursor).transpose()?;
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

/// One page of what a job could not write: products and models in order of their ids, lines in order.
pub(super) async fn list_errors(
    app: &App,
    id: &str,
    parameters: &[(String, String)],
) -> Result<Response> {
    let page = PageRequest::read_cursors_only(parameters)?;
    let mut connection = app.db.acquire().await?;
    let job = find(&mut connection, id).await?;
    let links = Links::new(&app.config.public_url)?;
    let items = match &job.request.0 {
        Request::BulkEdit(request) => {
            edit_errors(&mut connection, (&job, request.resource), &page, &links).await?
        }
        Request::Import(_) => line_errors(&mut connection, &job, &page, &links).await?,
        Request::Export(_) => Vec::new(),
    };
    Ok(page.answer(&links.of([PATH, id, "errors"]), items, None))
}

async fn edit_errors(
    connection: &mut PgConnection,
    (job, edited): (&Job, Edited),
    page: &PageRequest,
    links: &Links,
) -> Result<Vec<Item>> {
    let after = page.after().map(read_cursor).transpose()?;
    let errors = store::find_errors(connection, job.id, after, page.limit).await?;
    let items = errors.into_iter().map(|error| {
        let id = error.uuid.to_string();
        let link = match (edited, &error.identifier) {
            (Edited::ProductModels, Some(code)) => links.of(["product-models", code]),
            _ => links.of(["products-uuid", &id]),
        };
        Item { link, body: as_object(json!(error)), key: id }
    });
    Ok(items.collect())
}

/// Each links to what it is about; to the job where that is not known.
async fn line_errors(
    connection: &mut PgConnection,
    job: &Job,
    page: &PageRequest,
    links: &Links,
) -> Result<Vec<Item>> {
    let after = page.after().map(read_cursor).transpose()?;
    let mut errors = import::find_errors(connection, job.id, after, page.limit).await?;
    if job.format.is_some() {
        errors.iter_mut().for_each(|error| import::tell_columns(&mut error.refusal));
    }
    let own = job.id.to_string();
    let items = errors.into_iter().map(|error| Item {
        link: match (&error.resource, &error.key) {
            (Some(resource), Some(key)) => links.of(resource.split('/').chain([key.as_str()])),
            _ => links.of([PATH, &own]),
        },
        key: error.line.to_string(),
        body: as_object(json!(error)),
    });
    Ok(items.collect())
}

/// Ends a job after the chunk that is being written; what is written stays. 204, also if it has ended.
pub(super) async fn cancel(app: &App, id: &str) -> Result<StatusCode> {
    let mut connection = app.db.acquire().await?;
    let job = find(&mut connection, id).await?;
    store::finish(&mut connection, job.id, "cancelled", None).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn find(connection: &mut PgConnection, id: &str) -> Result<Job> {
    let missing = || Refusal::not_found(format!("Job \"{id}\" does not exist."));
    let key = Uuid::parse_str(id).map_err(|_| missing())?;
    store::find(connection, key).await?.ok_or_else(missing)
}

fn read_cursor<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| {
        Refusal::unprocessable("The \"search_after\" parameter is not a cursor of this list.")
    })
}

fn as_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
