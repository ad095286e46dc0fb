//! Requests about jobs.

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use web::Path;

use super::{
    BulkEdit, Export, Job, act, bulk_edit, export,
    import::{self, FileParameters, ImportLine},
};
use crate::{
    App,
    management::{
        access::{Downloader, Editor, Exporter, Reader},
        body::{FileStream, Object},
        error::{RefusalBody, Result},
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

/// Patches every product, or product model, that a search finds, in the background: those that exist now. Each
/// is written on its own, by the rules of a single write.
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
///
/// CSV and the first sheet of a workbook (XLSX, at most 256 MiB) are read as rows about one `resource`, in
/// Akeneo's columns: `sku;family;parent;categories;enabled;groups`, values as `name-en_US`,
/// `description-en_US-ecommerce`, `weight` and `weight-unit`, `price-EUR`, associations as `PACK-products`,
/// `PACK-product_uuids`, `PACK-product_models`, `PACK-groups`, and `SET-products-quantity` with numbers
/// separated by `|`; structure as `code`, `label-en_US` and its properties. Products are named by `uuid` or
/// by the main identifier. Codes in a cell are separated by commas, one with a comma in double quotes;
/// numbers have a decimal point; truth is 1 or 0. CSV is UTF-8. A column that does not exist refuses the
/// whole file with 422. An empty cell of `parent`, `enabled` or a property that a thing must have says
/// nothing. Currencies without a column keep their prices. One apostrophe before `=`, `+`, `-`, `@`, a tab
/// or a carriage return, as exports write it, is taken away. A row has at most 1,000,000 bytes and 10,000
/// cells; errors name its number, where the header is 1, and the column.
#[utoipa::path(
    post, path = "/api/rest/v1/jobs/import", operation_id = "create_import", tag = "Jobs",
    params(RetryHeader, FileParameters),
    request_body(content(
        (ImportLine = "application/vnd.akeneo.collection+json"),
        (ImportLine = "application/x-ndjson"),
        (String = "text/csv", example = json!("sku;family;name-en_US;price-EUR\nMUG-1;mugs;Mug;9.99")),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )),
    responses((status = 202, description = "Received and queued; `Location` is the address of the job"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_import(
    editor: Editor,
    State(app): State<App>,
    web::Query(parameters): Parameters,
    FileStream(format, body): FileStream,
) -> Result<Response> {
    Box::pin(import::receive(&app, &editor, format, &parameters, body)).await
}

/// Writes products, models or structure into a file, in the background: CSV separated by `;`, a workbook
/// (XLSX, at most 1,048,575 rows), or lines of JSON. The file has the columns or lines that an import reads:
/// imported again, it changes nothing. Products and models have the values and categories that they inherit,
/// and their own associations; each is as it is when it is read, and those made after the request are left
/// out. In CSV a text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return has an apostrophe
/// before it, as a spreadsheet would take it for a formula. The file can be had for 7 days at `…/file`. When
/// the service ends meanwhile, the file is made anew from its start.
#[utoipa::path(
    post, path = "/api/rest/v1/jobs/export", operation_id = "create_export", tag = "Jobs",
    params(RetryHeader),
    request_body(content = Export),
    responses((status = 202, description = "Queued; `Location` is the address of the job"), WriteRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn create_export(
    Exporter(reader): Exporter,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    export::create(&app, &reader, &body).await
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

/// Downloads the file of an export that is completed.
#[utoipa::path(
    get, path = "/api/rest/v1/jobs/{id}/file", operation_id = "download_job_file", tag = "Jobs",
    params(("id" = uuid::Uuid, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The file, as an attachment", content(
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "application/x-ndjson")
        )),
        (status = 410, description = "The file was kept for 7 days, and is removed", body = RefusalBody, content_type = "application/problem+json"),
        ReadRefusals
    ),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn download_job_file(
    _: Downloader,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response> {
    export::download(&app, &id).await
}

/// Lists what a job could not write, with what a single write would have answered: products or models of a bulk edit,
/// lines of an import.
#[utoipa::path(
    get, path = "/api/rest/v1/jobs/{id}/errors", operation_id = "list_job_errors", tag = "Jobs",
    params(("id" = uuid::Uuid, Path, description = "Id of the job"), CursorParameters),
    responses((status = 200, description = "One page of `{uuid, identifier, status_code, message, errors?}`, of an import `{line, resource, key, status_code, message, errors?}`, where each of `errors` of a row has its `column`, if it can be told", body = HalPage), ReadRefusals),
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
