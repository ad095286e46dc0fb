use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use object_store::{ObjectStoreExt, path::Path as ObjectPath};
use problem::{Problem, ProblemBody, Result};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Path, Query};

use super::{
    render::{Format, WIDTHS},
    rendition::missing,
    store::MediaFile,
};
use crate::{App, delivery::negotiate::weights};

/// A file never changes under its code.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Width of a rendition in another format where none is asked for.
const WIDEST: u32 = 1600;

/// Query parameters of media files.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RenditionQuery {
    /// Width in pixels: 80, 160, 320, 480, 640, 800, 1200 or 1600. A picture is never enlarged.
    #[param(example = 640)]
    w: Option<u32>,
    /// `avif` (up to 800 pixels wide), `webp`, `png` or `jpeg`. If absent, `avif` or `webp` where `Accept`
    /// names it, else the original's.
    #[param(example = "webp")]
    format: Option<String>,
}

/// Read a media file
///
/// The original, or with `w` or `format` a picture in another size or format. A file never changes under
/// its code, so it may be kept for ever; caches keep one per `Accept` where that decides on the format.
#[utoipa::path(
    get,
    path = "/media/{*code}",
    operation_id = "get_media",
    tag = "catalog",
    params(("code" = String, Path, description = "Code of the media file, with slashes", example = "1/d/7/f/1d7f_mug.jpg"), RenditionQuery),
    responses(
        (status = 200, description = "The file", body = [u8], content_type = "application/octet-stream",
         headers(("etag" = String), ("cache-control" = String), ("vary" = String))),
        (status = 304, description = "The client has this file"),
        (status = 404, description = "No such file", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such rendition", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The store or the rendering is not available", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(in crate::delivery) async fn get_media(
    State(app): State<App>,
    headers: HeaderMap,
    Path(code): Path<String>,
    Query(query): Query<RenditionQuery>,
) -> Result<Response> {
    let renditions = &app.delivery.0.renditions;
    let file = renditions.file(&app.db, &code).await?;
    let file = file.ok_or_else(|| Problem::not_found("media file"))?;
    let Some((width, format)) = wanted(&query, &file, &headers)? else {
        return original(&app, &code, &file, &headers).await;
    };
    let etag = format!("\"{}-{width}-{}\"", hex(&file.sha256), format.name());
    let (status, bytes) = if web::if_none_match(&headers, &etag) {
        (StatusCode::NOT_MODIFIED, Bytes::new())
    } else {
        (StatusCode::OK, renditions.get(&app.media, &code, &file, width, format).await?)
    };
    let mut response = answer(bytes.into(), status, format.mime(), &etag);
    if query.format.is_none() {
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    }
    Ok(response)
}

/// Width and format of the rendition; `None` if the original is asked for.
fn wanted(
    query: &RenditionQuery,
    file: &MediaFile,
    headers: &HeaderMap,
) -> Result<Option<(u32, Format)>> {
    if query.w.is_none() && query.format.is_none() {
        return Ok(None);
    }
    let width = query.w.unwrap_or(WIDEST);
    if !WIDTHS.contains(&width) {
        let widths: Vec<String> = WIDTHS.iter().map(ToString::to_string).collect();
        let detail = format!("must be one of {}", widths.join(", "));
        return Err(Problem::invalid_parameter("w", "unknown_width", detail));
    }
    let width = width.min(widest(file));
    let format = match query.format.as_deref() {
        Some(text) => {
            Format::parse(text).filter(|format| format.is_made(width)).ok_or_else(|| {
                let detail = "must be webp, png, jpeg, or avif of at most 800 pixels";
                Problem::invalid_parameter("format", "unknown_format", detail)
            })?
        }
        None => liked(headers, file, width),
    };
    Ok(Some((width, format)))
}

/// The least width that shows all of a picture: a wider one would be the same once more.
fn widest(file: &MediaFile) -> u32 {
    let own = file.width.and_then(|width| u32::try_from(width).ok()).unwrap_or(WIDEST);
    WIDTHS.iter().copied().find(|width| *width >= own).unwrap_or(WIDEST)
}

/// The format that the client likes best and names; the smallest of those it likes alike.
fn liked(headers: &HeaderMap, file: &MediaFile, width: u32) -> Format {
    let weights = weights(headers, &header::ACCEPT);
    let weight = |format: &Format| {
        weights.iter().find(|(mime, _)| *mime == format.mime()).map_or(0.0, |(_, weight)| *weight)
    };
    let own = Format::of_mime(&file.mime_type).unwrap_or(Format::Jpeg);
    let made = [Format::Avif, Format::Webp].into_iter().filter(|format| format.is_made(width));
    made.fold(own, |best, format| {
        let is_better = match best == own {
            true => weight(&format) > 0.0 && weight(&format) >= weight(&own),
            false => weight(&format) > weight(&best),
        };
        if is_better { format } else { best }
    })
}

async fn original(
    app: &App,
    code: &str,
    file: &MediaFile,
    headers: &HeaderMap,
) -> Result<Response> {
    let etag = format!("\"{}\"", hex(&file.sha256));
    if web::if_none_match(headers, &etag) {
        return Ok(answer(Body::empty(), StatusCode::NOT_MODIFIED, &file.mime_type, &etag));
    }
    let object = app.media.get(&ObjectPath::from(code)).await.map_err(missing)?;
    let length = object.meta.size;
    let body = Body::from_stream(object.into_stream());
    let mut response = answer(body, StatusCode::OK, &file.mime_type, &etag);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let disposition = disposition(file);
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Only pictures and PDF are shown in place: anything else could be a page that acts in our name.
fn disposition(file: &MediaFile) -> String {
    let is_harmless =
        Format::of_mime(&file.mime_type).is_some() || file.mime_type == "application/pdf";
    let name: String = file
        .original_filename
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' })
        .collect();
    let manner = if is_harmless { "inline" } else { "attachment" };
    format!("{manner}; filename=\"{name}\"")
}

fn answer(body: Body, status: StatusCode, mime: &str, etag: &str) -> Response {
    const NOSNIFF: HeaderName = header::X_CONTENT_TYPE_OPTIONS;
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    for (name, text) in [
        (header::CONTENT_TYPE, mime),
        (header::ETAG, etag),
        (header::CACHE_CONTROL, FOREVER),
        (NOSNIFF, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ] {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    }
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
