//! Requests about attribute groups.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::AttributeGroup;
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

/// Lists attribute groups, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/attribute-groups", operation_id = "list_attribute_groups", tag = "Attribute groups",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_attribute_groups(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<AttributeGroup>(&app, "", &parameters).await
}

/// Reads an attribute group.
#[utoipa::path(
    get, path = "/api/rest/v1/attribute-groups/{code}", operation_id = "get_attribute_group", tag = "Attribute groups",
    params(("code" = String, Path, description = "Code of the attribute group")),
    responses((status = 200, description = "The attribute group; its version in the ETag", body = AttributeGroup), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_attribute_group(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<AttributeGroup>(&app, "", &code).await
}

/// Creates an attribute group; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/attribute-groups", operation_id = "create_attribute_group", tag = "Attribute groups",
    params(RetryHeader),
    request_body(content = AttributeGroup),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_attribute_group(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<AttributeGroup>(&app, &editor, "", &body).await
}

/// Changes an attribute group, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/attribute-groups/{code}", operation_id = "update_attribute_group", tag = "Attribute groups",
    params(("code" = String, Path, description = "Code of the attribute group"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = AttributeGroup),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_attribute_group(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<AttributeGroup>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 attribute groups: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/attribute-groups", operation_id = "update_attribute_groups", tag = "Attribute groups",
    params(BulkParameters),
    request_body(content = AttributeGroup, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_attribute_groups(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<AttributeGroup>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes an attribute group that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/attribute-groups/{code}", operation_id = "delete_attribute_group", tag = "Attribute groups",
    params(("code" = String, Path, description = "Code of the attribute group"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_attribute_group(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<AttributeGroup>(&app, &editor, "", &code, &if_match).await
}
