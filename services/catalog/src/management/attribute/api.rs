//! Requests about attributes.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::Attribute;
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

/// Lists attributes, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/attributes", operation_id = "list_attributes", tag = "Attributes",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_attributes(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<Attribute>(&app, "", &parameters).await
}

/// Reads an attribute.
#[utoipa::path(
    get, path = "/api/rest/v1/attributes/{code}", operation_id = "get_attribute", tag = "Attributes",
    params(("code" = String, Path, description = "Code of the attribute")),
    responses((status = 200, description = "The attribute; its version in the ETag", body = Attribute), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_attribute(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<Attribute>(&app, "", &code).await
}

/// Creates an attribute; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/attributes", operation_id = "create_attribute", tag = "Attributes",
    params(RetryHeader),
    request_body(content = Attribute),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_attribute(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<Attribute>(&app, &editor, "", &body).await
}

/// Changes an attribute, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/attributes/{code}", operation_id = "update_attribute", tag = "Attributes",
    params(("code" = String, Path, description = "Code of the attribute"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = Attribute),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_attribute(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<Attribute>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 attributes: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/attributes", operation_id = "update_attributes", tag = "Attributes",
    params(BulkParameters),
    request_body(content = Attribute, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_attributes(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<Attribute>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes an attribute that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/attributes/{code}", operation_id = "delete_attribute", tag = "Attributes",
    params(("code" = String, Path, description = "Code of the attribute"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_attribute(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<Attribute>(&app, &editor, "", &code, &if_match).await
}
