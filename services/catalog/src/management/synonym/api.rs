//! Requests about synonyms.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::Synonym;
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

/// Lists synonyms, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/synonyms", operation_id = "list_synonyms", tag = "Search",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_synonyms(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<Synonym>(&app, "", &parameters).await
}

/// Reads a synonym.
#[utoipa::path(
    get, path = "/api/rest/v1/synonyms/{code}", operation_id = "get_synonym", tag = "Search",
    params(("code" = String, Path, description = "Code of the synonym")),
    responses((status = 200, description = "The synonym; its version in the ETag", body = Synonym), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_synonym(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<Synonym>(&app, "", &code).await
}

/// Creates a synonym; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/synonyms", operation_id = "create_synonym", tag = "Search",
    params(RetryHeader),
    request_body(content = Synonym),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_synonym(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<Synonym>(&app, &editor, "", &body).await
}

/// Changes a synonym, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/synonyms/{code}", operation_id = "update_synonym", tag = "Search",
    params(("code" = String, Path, description = "Code of the synonym"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = Synonym),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_synonym(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<Synonym>(&app, &editor, "", &code, &body, &if_match).await
}

/// Changes or creates up to 100 synonyms: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/synonyms", operation_id = "update_synonyms", tag = "Search",
    params(BulkParameters),
    request_body(content = Synonym, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_synonyms(
    editor: Editor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<Synonym>(&app, &editor, "", lines, Form::Lines).await
}

/// Deletes a synonym.
#[utoipa::path(
    delete, path = "/api/rest/v1/synonyms/{code}", operation_id = "delete_synonym", tag = "Search",
    params(("code" = String, Path, description = "Code of the synonym"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_synonym(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<Synonym>(&app, &editor, "", &code, &if_match).await
}
