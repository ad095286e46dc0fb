//! Requests about channels.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::Channel;
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

/// Lists channels, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/channels", operation_id = "list_channels", tag = "Channels",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_channels(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<Channel>(&app, "", &parameters).await
}

/// Reads a channel.
#[utoipa::path(
    get, path = "/api/rest/v1/channels/{code}", operation_id = "get_channel", tag = "Channels",
    params(("code" = String, Path, description = "Code of the channel")),
    responses((status = 200, description = "The channel; its version in the ETag", body = Channel), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_channel(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<Channel>(&app, "", &code).await
}

/// Creates a channel; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/channels", operation_id = "create_channel", tag = "Channels",
    params(RetryHeader),
    request_body(content = Channel),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_channel(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<Channel>(&app, &editor, "", &body).await
}

/// Changes a channel, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/channels/{code}", operation_id = "update_channel", tag = "Channels",
    params(("code" = String, Path, description = "Code of the channel"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = Channel),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_channel(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<Channel>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 channels: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/channels", operation_id = "update_channels", tag = "Channels",
    params(BulkParameters),
    request_body(content = Channel, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_channels(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<Channel>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes a channel that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/channels/{code}", operation_id = "delete_channel", tag = "Channels",
    params(("code" = String, Path, description = "Code of the channel"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_channel(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<Channel>(&app, &editor, "", &code, &if_match).await
}
