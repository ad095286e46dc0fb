//! Requests about products, named by their ids.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::{
    act,
    schema::{ProductBody, ProductSearch},
};
use crate::{
    App,
    management::{
        access::{Contributor, Editor, Reader},
        associations::Naming,
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

/// Lists products. Filters in `search`; `pagination_type=search_after` reaches every page.
#[utoipa::path(
    get, path = "/api/rest/v1/products-uuid", operation_id = "list_products", tag = "Products",
    params(ListParameters, SortParameters, ReadingParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_products(
    reader: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    act::list(&app, &reader, Naming::Uuid, &parameters).await
}

/// Lists products by filters in a body: for filters that are too long for an address. The page is told
/// by parameters.
#[utoipa::path(
    post, path = "/api/rest/v1/products-uuid/search", operation_id = "search_products", tag = "Products",
    params(ListParameters),
    request_body(content = ProductSearch),
    responses((status = 200, description = "One page", body = HalPage), WriteRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn search_products(
    reader: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
    Object(body): Object,
) -> Result<Response> {
    act::search(&app, &reader, Naming::Uuid, &parameters, &body).await
}

/// Reads a product with what it inherits.
#[utoipa::path(
    get, path = "/api/rest/v1/products-uuid/{uuid}", operation_id = "get_product", tag = "Products",
    params(("uuid" = uuid::Uuid, Path, description = "Id of the product"), ReadingParameters),
    responses((status = 200, description = "The product; its version in the ETag", body = ProductBody), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_product(
    reader: Reader,
    State(app): State<App>,
    Path(uuid): Path<String>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    act::get(&app, &reader, Naming::Uuid, &uuid, &parameters).await
}

/// Creates a product.
#[utoipa::path(
    post, path = "/api/rest/v1/products-uuid", operation_id = "create_product", tag = "Products",
    params(RetryHeader),
    request_body(content = ProductBody),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_product(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    act::create(&app, &editor, Naming::Uuid, body).await
}

/// Changes a product, or creates it. Listed values are set, null removes one, others stay. With
/// `catalog:propose` instead of `catalog:write` it is kept as the caller's draft.
#[utoipa::path(
    patch, path = "/api/rest/v1/products-uuid/{uuid}", operation_id = "update_product", tag = "Products",
    params(
        ("uuid" = uuid::Uuid, Path, description = "Id of the product"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = ProductBody),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]), ("bearer" = ["catalog:propose"]))
)]
pub async fn update_product(
    contributor: Contributor,
    State(app): State<App>,
    Path(uuid): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    match contributor {
        Contributor::Editor(editor) => {
            act::update(&app, &editor, Naming::Uuid, &uuid, body, if_match).await
        }
        Contributor::Proposer(author) => {
            proposal::patch(&app, &author, Noun::Product(Naming::Uuid), &uuid, body, &if_match)
                .await
        }
    }
}

/// Changes or creates up to 100 products: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/products-uuid", operation_id = "update_products", tag = "Products",
    params(BulkParameters),
    request_body(content = ProductBody, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]), ("bearer" = ["catalog:propose"]))
)]
pub async fn update_products(
    contributor: Contributor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    match contributor {
        Contributor::Editor(editor) => act::update_many(&app, &editor, Naming::Uuid, lines).await,
        Contributor::Proposer(author) => {
            proposal::patch_many(&app, &author, Noun::Product(Naming::Uuid), lines).await
        }
    }
}

/// Deletes a product.
#[utoipa::path(
    delete, path = "/api/rest/v1/products-uuid/{uuid}", operation_id = "delete_product", tag = "Products",
    params(
        ("uuid" = uuid::Uuid, Path, description = "Id of the product"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_product(
    editor: Editor,
    State(app): State<App>,
    Path(uuid): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    act::delete(&app, &editor, Naming::Uuid, &uuid, &if_match).await
}
