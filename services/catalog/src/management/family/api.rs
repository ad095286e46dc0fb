//! Requests about families.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::Family;
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::{Lines, Object},
        bulk::Form,
        error::Result,
        hal::{HalPage, ListParameters, Parameters},
        openapi::{
            BulkAnswerLine, BulkParameters, CreatedAnswer, ReadRefusals, RetryHeader, SavedAnswer,
            WriteRefusals,
        },
        resource,
    },
};

/// Lists families, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/families", operation_id = "list_families", tag = "Families",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_families(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<Family>(&app, "", &parameters).await
}

/// Reads a family.
#[utoipa::path(
    get, path = "/api/rest/v1/families/{code}", operation_id = "get_family", tag = "Families",
    params(("code" = String, Path, description = "Code of the family")),
    responses((status = 200, description = "The family; its version in the ETag", body = Family), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_family(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<Family>(&app, "", &code).await
}

/// Creates a family; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/families", operation_id = "create_family", tag = "Families",
    params(RetryHeader),
    request_body(content = Family),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_family(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<Family>(&app, &editor, "", &body).await
}

/// Changes a family, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/families/{code}", operation_id = "update_family", tag = "Families",
    params(("code" = String, Path, description = "Code of the family"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = Family),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_family(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<Family>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 families: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/families", operation_id = "update_families", tag = "Families",
    params(BulkParameters),
    request_body(content = Family, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_families(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<Family>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes a family that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/families/{code}", operation_id = "delete_family", tag = "Families",
    params(("code" = String, Path, description = "Code of the family"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_family(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<Family>(&app, &editor, "", &code, &if_match).await
}
