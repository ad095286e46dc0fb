//! Request bodies: one JSON object, or one JSON object per line.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
};
use futures::StreamExt;
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    error::{Refusal, Result},
    job::{Format, WORKBOOK},
};

const JSON: &str = "application/json";
const COLLECTION: &str = "application/vnd.akeneo.collection+json";
const LINES: &str = "application/x-ndjson";
const CSV: &str = "text/csv";
/// Lines of one bulk request.
pub const MAX_LINES: usize = 100;
/// Bytes of one line.
pub const MAX_LINE_BYTES: usize = 1_000_000;
/// Bytes of all lines together: what one request may hold in memory.
pub const MAX_BULK_BYTES: usize = 32 * 1024 * 1024;

/// One JSON object as body.
pub struct Object(pub Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Object {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        check_content_type(request.headers(), &[JSON])?;
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| {
                match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large("The body is too large."),
                    _ => Refusal::not_json(),
                }
            })?;
        parse_object(&bytes).map(Self)
    }
}

/// One line of a bulk body.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Line {
    /// A JSON object.
    Object(Map<String, Value>),
    /// Something else.
    NotJson,
    /// Longer than [`MAX_LINE_BYTES`].
    TooLong,
}

/// The lines of a bulk body, at most [`MAX_LINES`].
pub struct Lines(pub Vec<Line>);

impl<S: Send + Sync> FromRequest<S> for Lines {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        check_content_type(request.headers(), &[COLLECTION])?;
        read_lines(request.into_body()).await.map(Self)
    }
}

/// A JSON array of objects, whatever of the two content types it is sent with.
pub struct Array(pub Vec<Line>);

impl<S: Send + Sync> FromRequest<S> for Array {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        check_content_type(request.headers(), &[JSON, COLLECTION])?;
        let bytes = to_bytes(request.into_body(), MAX_BULK_BYTES).await;
        let bytes = bytes.map_err(|_| Refusal::too_large("The body is too large."))?;
        let items: Vec<Value> = serde_json::from_slice(&bytes).map_err(|_| Refusal::not_json())?;
        if items.len() > MAX_LINES {
            return Err(too_many_lines());
        }
        let line = |item| match item {
            Value::Object(object) => Line::Object(object),
            _ => Line::NotJson,
        };
        Ok(Self(items.into_iter().map(line).collect()))
    }
}

/// A file that is read while it arrives, and what it is by its content type.
pub struct FileStream(pub Format, pub Body);

impl<S: Send + Sync> FromRequest<S> for FileStream {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let headers = request.headers();
        check_content_type(headers, &[COLLECTION, LINES, CSV, WORKBOOK])?;
        let format = [(CSV, Format::Csv), (WORKBOOK, Format::Xlsx)]
            .into_iter()
            .find(|(kind, _)| check_content_type(headers, &[*kind]).is_ok())
            .map_or(Format::Ndjson, |(_, format)| format);
        Ok(Self(format, request.into_body()))
    }
}

/// 400 unless the bytes are one JSON object.
pub fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>> {
    serde_json::from_slice(bytes).map_err(|_| Refusal::not_json())
}

fn check_content_type(headers: &HeaderMap, allowed: &[&str]) -> Result<()> {
    let quoted: Vec<String> = allowed.iter().map(|kind| format!("\"{kind}\"")).collect();
    let (list, verb) = (quoted.join(" or "), if allowed.len() > 1 { "are" } else { "is" });
    let unsupported = |message| {
        Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message))
    };
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
    else {
        return unsupported(format!(
            "The \"Content-Type\" header is missing. {list} has to be specified as value."
        ));
    };
    let essence = value.split(';').next().unwrap_or_default().trim();
    if allowed.iter().any(|kind| kind.eq_ignore_ascii_case(essence)) {
        return Ok(());
    }
    unsupported(format!(
        "\"{essence}\" in \"Content-Type\" header is not valid. Only {list} {verb} allowed."
    ))
}

async fn read_lines(body: Body) -> Result<Vec<Line>> {
    let mut collector = Collector::default();
    let mut stream = body.into_data_stream();
    while let Some(piece) = stream.next().await {
        collector.add(&piece.map_err(|_| unreadable())?)?;
    }
    collector.finish()
}

/// 400: the body broke off.
pub fn unreadable() -> Refusal {
    Refusal::bad_request("The body could not be read.")
}

#[derive(Default)]
struct Collector {
    splitter: Splitter,
    lines: Vec<Line>,
    total_bytes: usize,
}

impl Collector {
    fn add(&mut self, piece: &[u8]) -> Result<()> {
        self.total_bytes += piece.len();
        if self.total_bytes > MAX_BULK_BYTES {
            return Err(Refusal::too_large("The body is too large."));
        }
        let Self { splitter, lines, .. } = self;
        splitter.add(piece, |line| push(lines, line))
    }

    fn finish(mut self) -> Result<Vec<Line>> {
        if let Some(line) = self.splitter.finish() {
            push(&mut self.lines, line)?;
        }
        Ok(self.lines)
    }
}

fn push(lines: &mut Vec<Line>, line: Line) -> Result<()> {
    if lines.len() == MAX_LINES {
        return Err(too_many_lines());
    }
    lines.push(line);
    Ok(())
}

/// Splits a body while it arrives. A line that grows too long is dropped, not kept.
#[derive(Default)]
pub struct Splitter {
    current: Vec<u8>,
    current_too_long: bool,
}

impl Splitter {
    /// Hands over each line that ends in this piece.
    pub fn add(&mut self, piece: &[u8], mut take: impl FnMut(Line) -> Result<()>) -> Result<()> {
        let mut parts = piece.split(|&byte| byte == b'\n');
        self.extend(parts.next().unwrap_or_default());
        for part in parts {
            take(self.end_line())?;
            self.extend(part);
        }
        Ok(())
    }

    /// The last line. A newline at the very end does not begin another one.
    pub fn finish(mut self) -> Option<Line> {
        let is_blank = self.current.iter().all(u8::is_ascii_whitespace) && !self.current_too_long;
        (!is_blank).then(|| self.end_line())
    }

    fn extend(&mut self, part: &[u8]) {
        if self.current.len() + part.len() > MAX_LINE_BYTES {
            self.current_too_long = true;
            self.current = Vec::new();
        }
        if !self.current_too_long {
            self.current.extend_from_slice(part);
        }
    }

    fn end_line(&mut self) -> Line {
        let bytes = std::mem::take(&mut self.current);
        if std::mem::take(&mut self.current_too_long) {
            return Line::TooLong;
        }
        parse_object(&bytes).map_or(Line::NotJson, Line::Object)
    }
}

fn too_many_lines() -> Refusal {
    Refusal::too_large(format!(
        "Too many resources to process, {MAX_LINES} is the maximum allowed."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&str]) -> Result<Vec<Line>> {
        let mut collector = Collector::default();
        for piece in pieces {
            collector.add(piece.as_bytes())?;
        }
        collector.finish()
    }

    #[test]
    fn lines_may_arrive_in_any_pieces() {
        let whole = split(&["{\"code\":\"a\"}\n {\"code\":\"b\"}\n"]).unwrap();
        let pieces = split(&["{\"co", "de\":\"a\"}", "\n {\"code\":", "\"b\"}\n"]).unwrap();
        assert_eq!(whole, pieces);
        assert_eq!(whole.len(), 2);
    }

    #[test]
    fn a_line_that_is_no_object_is_marked() {
        assert_eq!(split(&["[]\n{"]).unwrap(), [Line::NotJson, Line::NotJson]);
    }

    #[test]
    fn a_long_line_is_dropped_and_the_next_one_read() {
        let long = "x".repeat(MAX_LINE_BYTES + 1);
        assert_eq!(split(&[&long, "\n[]"]).unwrap(), [Line::TooLong, Line::NotJson]);
    }

    #[test]
    fn more_than_a_hundred_lines_are_refused() {
        assert!(split(&["{}\n".repeat(100).as_str()]).is_ok());
        assert!(split(&["{}\n".repeat(101).as_str()]).is_err());
    }
}
