//! Requests about asset families.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::{AssetFamily, KIND};
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::Object,
        error::Result,
        hal::{FixedListParameters, HalPage, Parameters},
        openapi::{ReadRefusals, SavedAnswer, WriteRefusals},
        resource,
    },
};

/// Lists asset families, in order of their codes: by cursor, 100 on a page.
#[utoipa::path(
    get, path = "/api/rest/v1/asset-families", operation_id = "list_asset_families", tag = "Asset families",
    params(FixedListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_asset_families(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list_fixed::<AssetFamily>(&app, KIND.as_str(), &parameters).await
}

/// Reads an asset family.
#[utoipa::path(
    get, path = "/api/rest/v1/asset-families/{code}", operation_id = "get_asset_family", tag = "Asset families",
    params(("code" = String, Path, description = "Code of the asset family")),
    responses((status = 200, description = "The asset family; its version in the ETag", body = AssetFamily), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_asset_family(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<AssetFamily>(&app, KIND.as_str(), &code).await
}

/// Changes an asset family, or creates it with the attributes `label` and `media`.
#[utoipa::path(
    patch, path = "/api/rest/v1/asset-families/{code}", operation_id = "update_asset_family", tag = "Asset families",
    params(
        ("code" = String, Path, description = "Code of the asset family"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = AssetFamily),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_asset_family(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<AssetFamily>(&app, &editor, KIND.as_str(), &code, &body, &if_match).await
}

/// Deletes an asset family that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/asset-families/{code}", operation_id = "delete_asset_family", tag = "Asset families",
    params(
        ("code" = String, Path, description = "Code of the asset family"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_asset_family(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<AssetFamily>(&app, &editor, KIND.as_str(), &code, &if_match).await
}
