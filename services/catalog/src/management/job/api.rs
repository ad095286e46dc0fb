//! Requests about jobs.

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use web::Path;

use super::{
    BulkEdit, Job, act, bulk_edit,
    import::{self, ImportLine},
};
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::{LineStream, Object},
        error::Result,
        hal::{HalPage, Parameters},
        openapi::{ReadRefusals, RetryHeader, WriteRefusals},
    },
};

/// Query parameters of lists that have cursors only.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation: the parameters are read in the order sent")]
pub struct CursorParameters {
    /// Items per page.
    #[param(minimum = 1, maximum = 100, default = 10)]
    limit: Option<i64>,
    /// Opaque cursor, from the link `next`.
    search_after: Option<String>,
}

/// Patches every product that a search finds, in the background. The products are those that exist now;
/// each is written on its own, by the rules of a single write.
#[utoipa::path(
    post, path = "/api/rest/v1/jobs/bulk-edit", operation_id = "create_bulk_edit", tag = "Jobs",
    params(RetryHeader),
    request_body(content = BulkEdit),
    responses((status = 202, description = "Queued; `Location` is the address of the job"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_bulk_edit(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    bulk_edit::create(&app, &editor, &body).await
}

/// Imports lines about things of any sort, in any order, in the background: up to 1,000,000 lines of up to
/// 1,000,000 bytes, 2 GiB in all, sent within an hour. Each is written on its own, by the rules of the bulk
/// write that it names, structure before models before products; lines of the same key in their order. A
/// refused line is tried again while others are written, so that what it refers to may come after it.
/// Things that refer to each other are first written without their associations, and whole in the end.
/// With an `Idempotency-Key` a retry sends the whole body again, and is answered as the first was.
#[utoipa::path(
    post, path = "/api/rest/v1/jobs/import", operation_id = "create_import", tag = "Jobs",
    params(RetryHeader),
    request_body(content(
        (ImportLine = "application/vnd.akeneo.collection+json"),
        (ImportLine = "application/x-ndjson")
    )),
    responses((status = 202, description = "Received and queued; `Location` is the address of the job"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_import(
    editor: Editor,
    State(app): State<App>,
    LineStream(body): LineStream,
) -> Result<Response> {
    import::receive(&app, &editor, body).await
}

/// Lists jobs, newest first.
#[utoipa::path(
    get, path = "/api/rest/v1/jobs", operation_id = "list_jobs", tag = "Jobs",
    params(CursorParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_jobs(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    act::list(&app, &parameters).await
}

/// Reads a job: its state and how far it is.
#[utoipa::path(
    get, path = "/api/rest/v1/jobs/{id}", operation_id = "get_job", tag = "Jobs",
    params(("id" = uuid::Uuid, Path, description = "Id of the job")),
    responses((status = 200, description = "The job", body = Job), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_job(
    _: Reader,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response> {
    act::get(&app, &id).await
}

/// Lists what a job could not write, with what a single write would have answered: products of a bulk edit,
/// lines of an import.
#[utoipa::path(
    get, path = "/api/rest/v1/jobs/{id}/errors", operation_id = "list_job_errors", tag = "Jobs",
    params(("id" = uuid::Uuid, Path, description = "Id of the job"), CursorParameters),
    responses((status = 200, description = "One page of `{uuid, identifier, status_code, message, errors?}`, of an import `{line, resource, key, status_code, message, errors?}`", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_job_errors(
    _: Reader,
    State(app): State<App>,
    Path(id): Path<String>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    act::list_errors(&app, &id, &parameters).await
}

/// Ends a job after what is being written. What is written stays; the history of each thing leads back.
#[utoipa::path(
    post, path = "/api/rest/v1/jobs/{id}/cancel", operation_id = "cancel_job", tag = "Jobs",
    params(("id" = uuid::Uuid, Path, description = "Id of the job")),
    responses((status = 204, description = "Ended, or it had ended before"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn cancel_job(
    _: Editor,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    act::cancel(&app, &id).await
}
