//! Requests about product models.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::{act, schema::ProductModelBody};
use crate::{
    App,
    management::{
        access::{Contributor, Editor, Reader},
        body::{Lines, Object},
        error::Result,
        filter::SortParameters,
        hal::{HalPage, ListParameters, Parameters},
        openapi::{
            BulkAnswerLine, BulkParameters, CreatedAnswer, ReadRefusals, RetryHeader, SavedAnswer,
            WriteRefusals,
        },
        proposal::{self, Noun},
        reading::ReadingParameters,
    },
};

/// Lists product models. Filters in `search`; `pagination_type=search_after` reaches every page.
#[utoipa::path(
    get, path = "/api/rest/v1/product-models", operation_id = "list_product_models", tag = "Product models",
    params(ListParameters, SortParameters, ReadingParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_product_models(
    reader: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    act::list(&app, &reader, &parameters).await
}

/// Reads a product model with what it inherits.
#[utoipa::path(
    get, path = "/api/rest/v1/product-models/{code}", operation_id = "get_product_model", tag = "Product models",
    params(("code" = String, Path, description = "Code of the product model"), ReadingParameters),
    responses((status = 200, description = "The product model; its version in the ETag", body = ProductModelBody), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_product_model(
    reader: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    act::get(&app, &reader, &code, &parameters).await
}

/// Creates a product model.
#[utoipa::path(
    post, path = "/api/rest/v1/product-models", operation_id = "create_product_model", tag = "Product models",
    params(RetryHeader),
    request_body(content = ProductModelBody),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_product_model(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    act::create(&app, &editor, body).await
}

/// Changes a product model, or creates it. Listed values are set, null removes one, others stay. With
/// `catalog:propose` instead of `catalog:write` it is kept as the caller's draft.
#[utoipa::path(
    patch, path = "/api/rest/v1/product-models/{code}", operation_id = "update_product_model", tag = "Product models",
    params(
        ("code" = String, Path, description = "Code of the product model"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = ProductModelBody),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]), ("bearer" = ["catalog:propose"]))
)]
pub async fn update_product_model(
    contributor: Contributor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    match contributor {
        Contributor::Editor(editor) => act::update(&app, &editor, &code, body, if_match).await,
        Contributor::Proposer(author) => {
            proposal::patch(&app, &author, Noun::Model, &code, body, &if_match).await
        }
    }
}

/// Changes or creates up to 100 product models: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/product-models", operation_id = "update_product_models", tag = "Product models",
    params(BulkParameters),
    request_body(content = ProductModelBody, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]), ("bearer" = ["catalog:propose"]))
)]
pub async fn update_product_models(
    contributor: Contributor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    match contributor {
        Contributor::Editor(editor) => act::update_many(&app, &editor, lines).await,
        Contributor::Proposer(author) => {
            proposal::patch_many(&app, &author, Noun::Model, lines).await
        }
    }
}

/// Deletes a product model.
#[utoipa::path(
    delete, path = "/api/rest/v1/product-models/{code}", operation_id = "delete_product_model", tag = "Product models",
    params(
        ("code" = String, Path, description = "Code of the product model"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_product_model(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    act::delete(&app, &editor, &code, &if_match).await
}
