//! Requests about search rules.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::SearchRule;
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

/// Lists search rules, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/search-rules", operation_id = "list_search_rules", tag = "Search",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_search_rules(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<SearchRule>(&app, "", &parameters).await
}

/// Reads a search rule.
#[utoipa::path(
    get, path = "/api/rest/v1/search-rules/{code}", operation_id = "get_search_rule", tag = "Search",
    params(("code" = String, Path, description = "Code of the search rule")),
    responses((status = 200, description = "The search rule; its version in the ETag", body = SearchRule), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_search_rule(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<SearchRule>(&app, "", &code).await
}

/// Creates a search rule; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/search-rules", operation_id = "create_search_rule", tag = "Search",
    params(RetryHeader),
    request_body(content = SearchRule),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_search_rule(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<SearchRule>(&app, &editor, "", &body).await
}

/// Changes a search rule, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/search-rules/{code}", operation_id = "update_search_rule", tag = "Search",
    params(("code" = String, Path, description = "Code of the search rule"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = SearchRule),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_search_rule(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<SearchRule>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 search rules: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/search-rules", operation_id = "update_search_rules", tag = "Search",
    params(BulkParameters),
    request_body(content = SearchRule, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_search_rules(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<SearchRule>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes a search rule.
#[utoipa::path(
    delete, path = "/api/rest/v1/search-rules/{code}", operation_id = "delete_search_rule", tag = "Search",
    params(("code" = String, Path, description = "Code of the search rule"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_search_rule(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<SearchRule>(&app, &editor, "", &code, &if_match).await
}
