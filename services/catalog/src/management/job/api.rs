//! Requests about jobs.

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use web::Path;

use super::{BulkEdit, Job, act};
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::Object,
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
    act::create(&app, &editor, &body).await
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

/// Lists the products that a job could not change, with what a single write would have answered.
#[utoipa::path(
    get, path = "/api/rest/v1/jobs/{id}/errors", operation_id = "list_job_errors", tag = "Jobs",
    params(("id" = uuid::Uuid, Path, description = "Id of the job"), CursorParameters),
    responses((status = 200, description = "One page of `{uuid, identifier, status_code, message, errors?}`", body = HalPage), ReadRefusals),
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

/// Ends a job after the products that are being written. What is written stays; each product's history
/// leads back.
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
