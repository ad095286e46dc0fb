//! Requests about attribute options.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::AttributeOption;
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

/// Lists attribute options, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/attributes/{attribute}/options", operation_id = "list_attribute_options", tag = "Attribute options",
    params(("attribute" = String, Path, description = "Code of the attribute"), ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_attribute_options(
    _: Reader,
    State(app): State<App>,
    Path(attribute): Path<String>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<AttributeOption>(&app, &attribute, &parameters).await
}

/// Reads an attribute option.
#[utoipa::path(
    get, path = "/api/rest/v1/attributes/{attribute}/options/{code}", operation_id = "get_attribute_option", tag = "Attribute options",
    params(("attribute" = String, Path, description = "Code of the attribute"), ("code" = String, Path, description = "Code of the attribute option")),
    responses((status = 200, description = "The attribute option; its version in the ETag", body = AttributeOption), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_attribute_option(
    _: Reader,
    State(app): State<App>,
    Path((attribute, code)): Path<(String, String)>,
) -> Result<Response> {
    resource::get::<AttributeOption>(&app, &attribute, &code).await
}

/// Creates an attribute option; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/attributes/{attribute}/options", operation_id = "create_attribute_option", tag = "Attribute options",
    params(("attribute" = String, Path, description = "Code of the attribute"), RetryHeader),
    request_body(content = AttributeOption),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_attribute_option(
    editor: Editor,
    State(app): State<App>,
    Path(attribute): Path<String>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<AttributeOption>(&app, &editor, &attribute, &body).await
}

/// Changes an attribute option, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/attributes/{attribute}/options/{code}", operation_id = "update_attribute_option", tag = "Attribute options",
    params(("attribute" = String, Path, description = "Code of the attribute"), ("code" = String, Path, description = "Code of the attribute option"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = AttributeOption),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_attribute_option(
    editor: Editor,
    State(app): State<App>,
    Path((attribute, code)): Path<(String, String)>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<AttributeOption>(&app, &editor, &attribute, &code, &body, &if_match).await
}

/// Changes or creates up to 100 attribute options: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/attributes/{attribute}/options", operation_id = "update_attribute_options", tag = "Attribute options",
    params(("attribute" = String, Path, description = "Code of the attribute"), BulkParameters),
    request_body(content = AttributeOption, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_attribute_options(
    editor: Editor,
    State(app): State<App>,
    Path(attribute): Path<String>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<AttributeOption>(&app, &editor, &attribute, lines, Form::Lines).await
}

/// Deletes an attribute option that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/attributes/{attribute}/options/{code}", operation_id = "delete_attribute_option", tag = "Attribute options",
    params(("attribute" = String, Path, description = "Code of the attribute"), ("code" = String, Path, description = "Code of the attribute option"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_attribute_option(
    editor: Editor,
    State(app): State<App>,
    Path((attribute, code)): Path<(String, String)>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<AttributeOption>(&app, &editor, &attribute, &code, &if_match).await
}
