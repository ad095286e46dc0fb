//! Requests about groups.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::Group;
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

/// Lists groups, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/groups", operation_id = "list_groups", tag = "Groups",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_groups(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<Group>(&app, "", &parameters).await
}

/// Reads a group.
#[utoipa::path(
    get, path = "/api/rest/v1/groups/{code}", operation_id = "get_group", tag = "Groups",
    params(("code" = String, Path, description = "Code of the group")),
    responses((status = 200, description = "The group; its version in the ETag", body = Group), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_group(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<Group>(&app, "", &code).await
}

/// Creates a group; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/groups", operation_id = "create_group", tag = "Groups",
    params(RetryHeader),
    request_body(content = Group),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_group(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<Group>(&app, &editor, "", &body).await
}

/// Changes a group, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/groups/{code}", operation_id = "update_group", tag = "Groups",
    params(("code" = String, Path, description = "Code of the group"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = Group),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_group(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<Group>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 groups: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/groups", operation_id = "update_groups", tag = "Groups",
    params(BulkParameters),
    request_body(content = Group, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_groups(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<Group>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes a group that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/groups/{code}", operation_id = "delete_group", tag = "Groups",
    params(("code" = String, Path, description = "Code of the group"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_group(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<Group>(&app, &editor, "", &code, &if_match).await
}
