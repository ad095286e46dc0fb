//! Requests about attributes of asset families: plain arrays, not pages.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::KIND;
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::Object,
        error::Result,
        openapi::{ReadRefusals, SavedAnswer, WriteRefusals},
        record::RecordAttribute,
        resource,
    },
};

/// Lists all attributes of an asset family, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/asset-families/{family}/attributes", operation_id = "list_asset_family_attributes", tag = "Asset families",
    params(("family" = String, Path, description = "Code of the asset family")),
    responses((status = 200, description = "All of them", body = Vec<RecordAttribute>), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_asset_family_attributes(
    _: Reader,
    State(app): State<App>,
    Path(family): Path<String>,
) -> Result<Response> {
    resource::list_all::<RecordAttribute>(&app, &KIND.owner(&family)?).await
}

/// Reads an attribute of an asset family.
#[utoipa::path(
    get, path = "/api/rest/v1/asset-families/{family}/attributes/{code}", operation_id = "get_asset_family_attribute", tag = "Asset families",
    params(
        ("family" = String, Path, description = "Code of the asset family"),
        ("code" = String, Path, description = "Code of the attribute")
    ),
    responses((status = 200, description = "The attribute; its version in the ETag", body = RecordAttribute), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_asset_family_attribute(
    _: Reader,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
) -> Result<Response> {
    resource::get::<RecordAttribute>(&app, &KIND.owner(&family)?, &code).await
}

/// Changes an attribute of an asset family, or creates it.
#[utoipa::path(
    patch, path = "/api/rest/v1/asset-families/{family}/attributes/{code}", operation_id = "update_asset_family_attribute", tag = "Asset families",
    params(
        ("family" = String, Path, description = "Code of the asset family"),
        ("code" = String, Path, description = "Code of the attribute"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = RecordAttribute),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_asset_family_attribute(
    editor: Editor,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    let owner = KIND.owner(&family)?;
    resource::update::<RecordAttribute>(&app, &editor, &owner, &code, &body, &if_match).await
}

/// Deletes an attribute of an asset family that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/asset-families/{family}/attributes/{code}", operation_id = "delete_asset_family_attribute", tag = "Asset families",
    params(
        ("family" = String, Path, description = "Code of the asset family"),
        ("code" = String, Path, description = "Code of the attribute"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_asset_family_attribute(
    editor: Editor,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<RecordAttribute>(&app, &editor, &KIND.owner(&family)?, &code, &if_match)
        .await
}
