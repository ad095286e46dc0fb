//! Requests about media files of asset families.

use axum::{
    extract::{Request, State},
    response::Response,
};
use web::Path;

use super::KIND;
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        error::Result,
        media_file,
        openapi::{ReadRefusals, RetryHeader, WriteRefusals},
        record::media::{self, RecordMediaUpload},
    },
};

/// Where a client finds the code of the file that it uploaded.
const CODE_HEADER: &str = "asset-media-file-code";

/// Uploads a file for values of assets.
#[utoipa::path(
    post, path = "/api/rest/v1/asset-media-files", operation_id = "create_asset_media_file", tag = "Asset families",
    params(RetryHeader),
    request_body(content = RecordMediaUpload, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Created; `Location` is its address",
         headers(("location" = String), ("asset-media-file-code" = String, description = "Code of the file"))),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_asset_media_file(
    editor: Editor,
    State(app): State<App>,
    request: Request,
) -> Result<Response> {
    media::create(&app, &editor, KIND, CODE_HEADER, request).await
}

/// Downloads a file.
#[utoipa::path(
    get, path = "/api/rest/v1/asset-media-files/{*code}", operation_id = "get_asset_media_file", tag = "Asset families",
    params(("code" = String, Path, description = "Code of the file, with slashes", example = "1/d/7/f/1d7f_mug.jpg")),
    responses(
        (status = 200, description = "The file", body = [u8], content_type = "application/octet-stream"),
        ReadRefusals
    ),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_asset_media_file(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    media_file::download(&app, &code).await
}
