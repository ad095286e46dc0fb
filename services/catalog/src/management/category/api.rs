//! Requests about categories.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::Category;
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

/// Lists categories, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/categories", operation_id = "list_categories", tag = "Categories",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_categories(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<Category>(&app, "", &parameters).await
}

/// Reads a category.
#[utoipa::path(
    get, path = "/api/rest/v1/categories/{code}", operation_id = "get_category", tag = "Categories",
    params(("code" = String, Path, description = "Code of the category")),
    responses((status = 200, description = "The category; its version in the ETag", body = Category), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_category(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<Category>(&app, "", &code).await
}

/// Creates a category; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/categories", operation_id = "create_category", tag = "Categories",
    params(RetryHeader),
    request_body(content = Category),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_category(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<Category>(&app, &editor, "", &body).await
}

/// Changes a category, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/categories/{code}", operation_id = "update_category", tag = "Categories",
    params(("code" = String, Path, description = "Code of the category"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = Category),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_category(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<Category>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 categories: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/categories", operation_id = "update_categories", tag = "Categories",
    params(BulkParameters),
    request_body(content = Category, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_categories(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<Category>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes a category that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/categories/{code}", operation_id = "delete_category", tag = "Categories",
    params(("code" = String, Path, description = "Code of the category"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_category(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<Category>(&app, &editor, "", &code, &if_match).await
}
