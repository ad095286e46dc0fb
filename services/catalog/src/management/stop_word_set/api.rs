//! Requests about sets of stop words.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::StopWordSet;
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

/// Lists sets of stop words, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/stop-word-sets", operation_id = "list_stop_word_sets", tag = "Search",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_stop_word_sets(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<StopWordSet>(&app, "", &parameters).await
}

/// Reads a set of stop words.
#[utoipa::path(
    get, path = "/api/rest/v1/stop-word-sets/{code}", operation_id = "get_stop_word_set", tag = "Search",
    params(("code" = String, Path, description = "Code of the set of stop words")),
    responses((status = 200, description = "The set of stop words; its version in the ETag", body = StopWordSet), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_stop_word_set(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<StopWordSet>(&app, "", &code).await
}

/// Creates a set of stop words; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/stop-word-sets", operation_id = "create_stop_word_set", tag = "Search",
    params(RetryHeader),
    request_body(content = StopWordSet),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_stop_word_set(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<StopWordSet>(&app, &editor, "", &body).await
}

/// Changes a set of stop words, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/stop-word-sets/{code}", operation_id = "update_stop_word_set", tag = "Search",
    params(("code" = String, Path, description = "Code of the set of stop words"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = StopWordSet),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_stop_word_set(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<StopWordSet>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 sets of stop words: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/stop-word-sets", operation_id = "update_stop_word_sets", tag = "Search",
    params(BulkParameters),
    request_body(content = StopWordSet, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_stop_word_sets(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<StopWordSet>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes a set of stop words.
#[utoipa::path(
    delete, path = "/api/rest/v1/stop-word-sets/{code}", operation_id = "delete_stop_word_set", tag = "Search",
    params(("code" = String, Path, description = "Code of the set of stop words"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_stop_word_set(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<StopWordSet>(&app, &editor, "", &code, &if_match).await
}
