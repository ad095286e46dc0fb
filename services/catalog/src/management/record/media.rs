//! Files of records, named by their values.

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use utoipa::ToSchema;

use super::{RecordKind, read::media_url};
use crate::{
    App,
    management::{error::Result, links::Links, media_file},
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
    kind: RecordKind,
    code_header: &'static str,
    request: Request,
) -> Result<Response> {
    let code = media_file::receive_unowned(app, request).await?;
    let links = Links::new(&app.config.public_url)?;
    let mut response = StatusCode::CREATED.into_response();
    let headers = response.headers_mut();
    for (name, text) in [
        (header::LOCATION, media_url(&links, kind, &code)),
        (HeaderName::from_static(code_header), code),
    ] {
        headers.insert(name, HeaderValue::from_str(&text).expect("codes and addresses are ASCII"));
    }
    Ok(response)
}
