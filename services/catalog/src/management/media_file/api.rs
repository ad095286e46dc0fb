//! Requests about media files.

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use object_store::{ObjectStoreExt, path::Path as ObjectPath};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use web::Path;

use super::{
    MediaFile,
    receive::receive,
    remove::remove,
    save::{save, save_alone},
};
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        error::Result,
        hal::{HalPage, Item, ListParameters, PageRequest, Parameters},
        links::Links,
        openapi::{CreatedAnswer, ReadRefusals, RetryHeader, WriteRefusals},
        resource::{Kept, store},
    },
    media_store::unavailable,
};

const DOWNLOAD: &str = "/download";

/// An upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documentation")]
pub struct MediaUpload {
    /// The file.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// Whose value it becomes: JSON `{"uuid"|"identifier", "attribute", "locale", "scope"}`.
    #[schema(
        example = r#"{"identifier":"MUG-1","attribute":"picture","locale":null,"scope":null}"#
    )]
    product: Option<String>,
    /// Or of a model: JSON `{"code", "attribute", "locale", "scope"}`.
    product_model: Option<String>,
}

/// An upload for categories.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documentation")]
pub struct CategoryMediaUpload {
    /// The file.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Lists media files, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/media-files", operation_id = "list_media_files", tag = "Media files",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_media_files(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    let page = PageRequest::read(&parameters)?;
    let mut connection = app.db.acquire().await?;
    let files: Vec<MediaFile> = store::find_page(&mut connection, "", &[], &page).await?;
    let count = match page.with_count {
        true => Some(store::count::<MediaFile>(&mut connection, "", &[]).await?),
        false => None,
    };
    let links = Links::new(&app.config.public_url)?;
    let item = |file: MediaFile| Item {
        link: links.of(["media-files"].into_iter().chain(file.code.split('/'))),
        body: represent(&file, &links),
        key: file.code,
    };
    let items = files.into_iter().map(item).collect();
    Ok(page.answer(&links.of(["media-files"]), items, count))
}

/// Uploads a file and makes it the value of a product or model.
#[utoipa::path(
    post, path = "/api/rest/v1/media-files", operation_id = "create_media_file", tag = "Media files",
    params(RetryHeader),
    request_body(content = MediaUpload, content_type = "multipart/form-data"),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_media_file(
    editor: Editor,
    State(app): State<App>,
    request: Request,
) -> Result<Response> {
    save(&app, &editor, receive(&app, request).await?).await
}

/// Reads a media file, or downloads it: its code followed by `/download`.
#[utoipa::path(
    get, path = "/api/rest/v1/media-files/{*code}", operation_id = "get_media_file", tag = "Media files",
    params(("code" = String, Path, description = "Code of the file, with slashes", example = "1/d/7/f/1d7f_mug.jpg")),
    responses(
        (status = 200, description = "The file's record, or with `/download` its bytes", body = MediaFile),
        ReadRefusals
    ),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_media_file(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    match code.strip_suffix(DOWNLOAD) {
        Some(code) => download(&app, code).await,
        None => {
            let links = Links::new(&app.config.public_url)?;
            let file = find(&app, &code).await?;
            Ok(web::Json(represent(&file, &links)).into_response())
        }
    }
}

/// Deletes a media file, of whatever it was uploaded for, with its renditions; refused with the list of those
/// who name it. Caches of clients and of the service may serve it for some time.
#[utoipa::path(
    delete, path = "/api/rest/v1/media-files/{*code}", operation_id = "delete_media_file", tag = "Media files",
    params(("code" = String, Path, description = "Code of the file, with slashes", example = "1/d/7/f/1d7f_mug.jpg")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_media_file(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    remove(&app, &editor, &code).await
}

/// Uploads a file for categories. Its code is what a category's value names it by.
#[utoipa::path(
    post, path = "/api/rest/v1/category-media-files", operation_id = "create_category_media_file",
    tag = "Media files",
    params(RetryHeader),
    request_body(content = CategoryMediaUpload, content_type = "multipart/form-data"),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_category_media_file(
    editor: Editor,
    State(app): State<App>,
    request: Request,
) -> Result<Response> {
    let links = Links::new(&app.config.public_url)?;
    let locate = |code: &str| {
        let path = ["category-media-files"].into_iter().chain(code.split('/'));
        links.of(path.chain(["download"])).into()
    };
    save_alone(&app, &editor, request, locate).await
}

/// Downloads a file of categories.
#[utoipa::path(
    get, path = "/api/rest/v1/category-media-files/{*code}", operation_id = "download_category_media_file",
    tag = "Media files",
    params(("code" = String, Path, description = "Code of the file, with slashes, followed by `/download`", example = "1/d/7/f/1d7f_mug.jpg/download")),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn download_category_media_file(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    match code.strip_suffix(DOWNLOAD) {
        Some(code) => download(&app, code).await,
        None => Err(MediaFile::missing("", &code)),
    }
}

async fn find(app: &App, code: &str) -> Result<MediaFile> {
    let mut connection = app.db.acquire().await?;
    let file = store::find::<MediaFile>(&mut connection, "", code).await?;
    file.ok_or_else(|| MediaFile::missing("", code))
}

/// The bytes, always as an attachment: whatever it is, a browser does not run it here.
pub async fn download(app: &App, code: &str) -> Result<Response> {
    let file = find(app, code).await?;
    let object = app.media.get(&ObjectPath::from(code)).await.map_err(|error| match error {
        object_store::Error::NotFound { .. } => MediaFile::missing("", code),
        other => unavailable(other).into(),
    })?;
    let mut response = Body::from_stream(object.into_stream()).into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&file.mime_type);
    headers.insert(
        header::CONTENT_TYPE,
        media_type.unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.size));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let name: String = file
        .original_filename
        .chars()
        .map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' { c } else { '_' })
        .collect();
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

fn represent(file: &MediaFile, links: &Links) -> Map<String, Value> {
    let path = ["media-files"].into_iter().chain(file.code.split('/')).chain(["download"]);
    let mut body = file.represent();
    body.insert("_links".into(), json!({"download": {"href": links.of(path).as_str()}}));
    body
}
