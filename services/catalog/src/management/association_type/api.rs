//! Requests about association types.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::AssociationType;
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

/// Lists association types, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/association-types", operation_id = "list_association_types", tag = "Association types",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_association_types(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<AssociationType>(&app, "", &parameters).await
}

/// Reads an association type.
#[utoipa::path(
    get, path = "/api/rest/v1/association-types/{code}", operation_id = "get_association_type", tag = "Association types",
    params(("code" = String, Path, description = "Code of the association type")),
    responses((status = 200, description = "The association type; its version in the ETag", body = AssociationType), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_association_type(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<AssociationType>(&app, "", &code).await
}

/// Creates an association type; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/association-types", operation_id = "create_association_type", tag = "Association types",
    params(RetryHeader),
    request_body(content = AssociationType),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_association_type(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<AssociationType>(&app, &editor, "", &body).await
}

/// Changes an association type, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/association-types/{code}", operation_id = "update_association_type", tag = "Association types",
    params(("code" = String, Path, description = "Code of the association type"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = AssociationType),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_association_type(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<AssociationType>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 association types: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/association-types", operation_id = "update_association_types", tag = "Association types",
    params(BulkParameters),
    request_body(content = AssociationType, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_association_types(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<AssociationType>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes an association type that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/association-types/{code}", operation_id = "delete_association_type", tag = "Association types",
    params(("code" = String, Path, description = "Code of the association type"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_association_type(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<AssociationType>(&app, &editor, "", &code, &if_match).await
}
