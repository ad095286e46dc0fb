//! Requests about feeds.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::Feed;
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

/// Lists what is said of feeds, in order of the channels' codes.
#[utoipa::path(
    get, path = "/api/rest/v1/feeds", operation_id = "list_feeds", tag = "Feeds",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_feeds(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<Feed>(&app, "", &parameters).await
}

/// Reads what is said of the feeds of a channel; 404 where nothing is, and they are made by the defaults.
#[utoipa::path(
    get, path = "/api/rest/v1/feeds/{code}", operation_id = "get_feed", tag = "Feeds",
    params(("code" = String, Path, description = "Code of the channel")),
    responses((status = 200, description = "How the feeds are made; its version in the ETag", body = Feed), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_feed(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<Feed>(&app, "", &code).await
}

/// Says how the feeds of a channel are made; nothing must be said of them yet.
#[utoipa::path(
    post, path = "/api/rest/v1/feeds", operation_id = "create_feed", tag = "Feeds",
    params(RetryHeader),
    request_body(content = Feed),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_feed(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<Feed>(&app, &editor, "", &body).await
}

/// Changes how the feeds of a channel are made. Properties that are absent stay as they are; entries of
/// `attributes` and `google_product_categories` are added, and null removes one.
#[utoipa::path(
    patch, path = "/api/rest/v1/feeds/{code}", operation_id = "update_feed", tag = "Feeds",
    params(("code" = String, Path, description = "Code of the channel"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = Feed),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_feed(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<Feed>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes up to 100 of them: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/feeds", operation_id = "update_feeds", tag = "Feeds",
    params(BulkParameters),
    request_body(content = Feed, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_feeds(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<Feed>(&app, &editor, "", lines, Form::Lines).await
}

/// Has the feeds of a channel made by the defaults again.
#[utoipa::path(
    delete, path = "/api/rest/v1/feeds/{code}", operation_id = "delete_feed", tag = "Feeds",
    params(("code" = String, Path, description = "Code of the channel"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_feed(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<Feed>(&app, &editor, "", &code, &if_match).await
}
