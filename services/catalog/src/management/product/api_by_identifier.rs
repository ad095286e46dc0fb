//! Requests about products, named by their identifiers.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::{act, schema::ProductBody};
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
    get, path = "/api/rest/v1/products", operation_id = "list_products_by_identifier", tag = "Products",
    params(ListParameters, SortParameters, ReadingParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_products_by_identifier(
    reader: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    act::list(&app, &reader, Naming::Identifier, &parameters).await
}

/// Reads a product with what it inherits.
#[utoipa::path(
    get, path = "/api/rest/v1/products/{code}", operation_id = "get_product_by_identifier", tag = "Products",
    params(("code" = String, Path, description = "Identifier of the product"), ReadingParameters),
    responses((status = 200, description = "The product; its version in the ETag", body = ProductBody), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_product_by_identifier(
    reader: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    act::get(&app, &reader, Naming::Identifier, &code, &parameters).await
}

/// Creates a product.
#[utoipa::path(
    post, path = "/api/rest/v1/products", operation_id = "create_product_by_identifier", tag = "Products",
    params(RetryHeader),
    request_body(content = ProductBody),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_product_by_identifier(
    editor: Editor,
    State(app): State<App>,
    Object(body): Object,
) -> Result<Response> {
    act::create(&app, &editor, Naming::Identifier, body).await
}

/// Changes a product, or creates it. Listed values are set, null removes one, others stay. With
/// `catalog:propose` instead of `catalog:write` it is kept as the caller's draft.
#[utoipa::path(
    patch, path = "/api/rest/v1/products/{code}", operation_id = "update_product_by_identifier", tag = "Products",
    params(
        ("code" = String, Path, description = "Identifier of the product"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = ProductBody),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]), ("bearer" = ["catalog:propose"]))
)]
pub async fn update_product_by_identifier(
    contributor: Contributor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    match contributor {
        Contributor::Editor(editor) => {
            act::update(&app, &editor, Naming::Identifier, &code, body, if_match).await
        }
        Contributor::Proposer(author) => {
            proposal::patch(
                &app,
                &author,
                Noun::Product(Naming::Identifier),
                &code,
                body,
                &if_match,
            )
            .await
        }
    }
}

/// Changes or creates up to 100 products: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/products", operation_id = "update_products_by_identifier", tag = "Products",
    params(BulkParameters),
    request_body(content = ProductBody, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]), ("bearer" = ["catalog:propose"]))
)]
pub async fn update_products_by_identifier(
    contributor: Contributor,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    match contributor {
        Contributor::Editor(editor) => {
            act::update_many(&app, &editor, Naming::Identifier, lines).await
        }
        Contributor::Proposer(author) => {
            proposal::patch_many(&app, &author, Noun::Product(Naming::Identifier), lines).await
        }
    }
}

/// Deletes a product.
#[utoipa::path(
    delete, path = "/api/rest/v1/products/{code}", operation_id = "delete_product_by_identifier", tag = "Products",
    params(
        ("code" = String, Path, description = "Identifier of the product"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_product_by_identifier(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    act::delete(&app, &editor, Naming::Identifier, &code, &if_match).await
}
