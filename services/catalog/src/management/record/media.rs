//! Files of records, named by their values.

use axum::{extract::Request, response::Response};
use http::{HeaderName, HeaderValue, header};
use utoipa::ToSchema;

use super::{RecordKind, read::media_url};
use crate::{
    App,
    management::{access::Editor, error::Result, links::Links, media_file},
};

/// An upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documentation")]
pub struct RecordMediaUpload {
    /// The file.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Keeps an uploaded file; its code stands in the header `code_header` too.
pub async fn create(
    app: &App,
    editor: &Editor,
    kind: RecordKind,
    code_header: &'static str,
    request: Request,
) -> Result<Response> {
    let links = Links::new(&app.config.public_url)?;
    let locate = |code: &str| media_url(&links, kind, code);
    let mut response = media_file::save_alone(app, editor, request, locate).await?;
    // Read from the address, because a repeated answer is of a file that was sent before.
    let headers = response.headers_mut();
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let code = location.and_then(|address| address.strip_prefix(&locate("")));
    if let Some(code) = code.and_then(|code| HeaderValue::from_str(code).ok()) {
        headers.insert(HeaderName::from_static(code_header), code);
    }
    Ok(response)
}
