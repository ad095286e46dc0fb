//! Receives an import: lines are stored in batches while they come, so that neither the body nor a
//! connection is held until the client has sent all of it.

use axum::{body::Body, response::Response};
use http::StatusCode;
use serde_json::{Map, Value};
use sqlx::PgPool;
use uuid::Uuid;
use web::idempotency::Started;

use super::{
    MAX_BYTES, MAX_LINES, Upload,
    file::{self, FileRequest},
    pieces::Pieces,
    resource::{Noun, Resource},
    store::{self, Incoming},
};
use crate::{
    App,
    management::{
        access::Editor,
        body::{Line, Splitter},
        bulk::read_key,
        error::{Refusal, Result},
        job::{
            FILE_IMPORT, IMPORT, Request, act, describe,
            flat::{Format, Write},
            store as jobs,
        },
    },
};

/// Lines that are stored at once, and bytes of them.
const BATCH: usize = 500;
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// A piece of the body is taken apart in parts of this size, so that batches stay small.
const PART_BYTES: usize = 64 * 1024;
/// Bytes of a key or a path; no thing has longer ones.
const MAX_NAME_BYTES: usize = 1_000;
/// Bytes that the lines of one import take: empty cells say more than they are long.
const MAX_STORED_BYTES: u64 = 8 * 1024 * 1024 * 1024;
/// Lines that are deleted at once.
const DELETE_BATCH: i64 = 10_000;

/// Stores an import and queues it; 202. What is refused leaves nothing.
pub(in super::super) async fn receive(
    app: &App,
    editor: &Editor,
    format: Format,
    parameters: &[(String, String)],
    body: Body,
) -> Result<Response> {
    if editor.is_atomic {
        return Err(Refusal::unprocessable(
            "Parameter \"atomic\" is not supported: an import writes each line on its own.",
        ));
    }
    let file = match format {
        Format::Ndjson => None,
        _ => Some(FileRequest::read(format, parameters)?),
    };
    let id = Uuid::now_v7();
    let mut connection = app.db.acquire().await?;
    let identifier_attribute = store::find_identifier_attribute(&mut connection).await?;
    let request = Request::Import(Upload::default());
    let kind = if file.is_some() { FILE_IMPORT } else { IMPORT };
    jobs::insert(&mut connection, id, kind, "receiving", &request, &editor.author).await?;
    if file.is_some() {
        jobs::set_format(&mut connection, id, format).await?;
    }
    drop(connection);
    let mut receiver = Receiver::new(&app.db, id, identifier_attribute);
    let received = match &file {
        None => receiver.read(body).await,
        Some(file) => file::receive(app, &mut receiver, file, body).await,
    };
    let answer = match received {
        Ok(upload) => queue(app, editor, &receiver, file.as_ref(), &upload).await,
        Err(refusal) => Err(refusal),
    };
    // Else upkeep does it.
    if let Err(refusal) = forget_unless_queued(&app.db, id).await {
        tracing::warn!(?refusal, %id, "an upload could not be cleared away");
    }
    answer
}

/// The body is known by its hash only, so a retry sends all of it again.
async fn queue(
    app: &App,
    editor: &Editor,
    receiver: &Receiver<'_>,
    file: Option<&FileRequest>,
    upload: &Upload,
) -> Result<Response> {
    let mut transaction = app.db.begin().await?;
    let started = match file {
        None => editor.start(&mut transaction, &upload.sha256).await?,
        Some(file) => editor.start(&mut transaction, &(&upload.sha256, file)).await?,
    };
    let record = match started {
        Started::First(record) => record,
        Started::Replay(answer) => return Ok(answer),
    };
    let Receiver { id, lines, refused, .. } = *receiver;
    if !store::queue(&mut transaction, id, upload, lines, refused).await? {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "job_cancelled",
            "The job was cancelled while its lines were received.",
        ));
    }
    let location = act::location(app, id)?;
    let answer = record
        .finish_empty(&mut transaction, StatusCode::ACCEPTED, Some(location.as_str()))
        .await?;
    transaction.commit().await?;
    Ok(answer)
}

async fn forget_unless_queued(db: &PgPool, id: Uuid) -> Result<()> {
    while store::delete_received_lines(db, id, DELETE_BATCH).await? > 0 {}
    store::delete_received(db, id).await
}

/// An upload under way.
pub(super) struct Receiver<'a> {
    db: &'a PgPool,
    id: Uuid,
    identifier_attribute: String,
    batch: Vec<Incoming>,
    batch_bytes: usize,
    stored_bytes: u64,
    lines: i64,
    refused: i64,
}

impl<'a> Receiver<'a> {
    fn new(db: &'a PgPool, id: Uuid, identifier_attribute: String) -> Self {
        Self {
            db,
            id,
            identifier_attribute,
            batch: Vec::new(),
            batch_bytes: 0,
            stored_bytes: 0,
            lines: 0,
            refused: 0,
        }
    }

    async fn read(&mut self, body: Body) -> Result<Upload> {
        let (mut splitter, mut pieces) = (Splitter::default(), Pieces::new(body, MAX_BYTES));
        while let Some(piece) = pieces.next().await? {
            for part in piece.chunks(PART_BYTES) {
                splitter.add(part, |line| self.add_line(line))?;
                self.store_if_full().await?;
            }
        }
        if let Some(line) = splitter.finish() {
            self.add_line(line)?;
        }
        self.store().await?;
        Ok(pieces.finish())
    }

    fn add_line(&mut self, line: Line) -> Result<()> {
        self.add(self.lines + 1, open(line))
    }

    /// Adds what a line or row of this number asks for.
    pub(super) fn add(&mut self, number: i64, write: Result<Write>) -> Result<()> {
        if self.lines == MAX_LINES {
            return Err(Refusal::too_large(format!(
                "Too many lines to process, {MAX_LINES} is the maximum allowed."
            )));
        }
        self.lines += 1;
        let incoming = read_incoming(number, write, &self.identifier_attribute);
        self.refused += i64::from(incoming.refusal.is_some());
        let bytes = incoming.data.as_ref().map_or(0, String::len);
        self.batch_bytes += bytes;
        self.stored_bytes += bytes as u64;
        self.batch.push(incoming);
        if self.stored_bytes > MAX_STORED_BYTES {
            return Err(Refusal::too_large("The rows of the file say too much."));
        }
        Ok(())
    }

    /// Stores what was added, if it is a batch.
    pub(super) async fn store_if_full(&mut self) -> Result<()> {
        match self.batch.len() >= BATCH || self.batch_bytes >= BATCH_BYTES {
            true => self.store().await,
            false => Ok(()),
        }
    }

    /// Stores what was added.
    pub(super) async fn store(&mut self) -> Result<()> {
        if !self.batch.is_empty() {
            store::insert(&mut *self.db.acquire().await?, self.id, &self.batch).await?;
            self.batch.clear();
            self.batch_bytes = 0;
        }
        Ok(())
    }
}

fn read_incoming(number: i64, write: Result<Write>, identifier_attribute: &str) -> Incoming {
    let mut incoming = Incoming { line: number, ..Incoming::default() };
    if let Err(refusal) = fill(&mut incoming, write, identifier_attribute) {
        incoming.refusal = Some(describe(&refusal));
    }
    incoming
}

fn fill(incoming: &mut Incoming, write: Result<Write>, identifier_attribute: &str) -> Result<()> {
    let (path, data) = write?;
    check_name(&path)?;
    incoming.resource = Some(path.clone());
    let noun = Resource::parse(&path).map(|resource| resource.noun).ok_or_else(|| {
        Refusal::unprocessable(format!("There is no resource \"{path}\" that can be imported."))
    })?;
    let keyed = read_key(Line::Object(data), noun.key_property())?;
    check_name(&keyed.key)?;
    incoming.key = Some(keyed.key.clone());
    incoming.key = Some(noun.normalise(&keyed.key)?);
    incoming.rank = Some(noun.rank());
    if noun == Noun::ProductUuid {
        incoming.identifier = find_identifier(&keyed.object, identifier_attribute);
    }
    incoming.data = Some(Value::Object(keyed.object).to_string());
    Ok(())
}

fn open(line: Line) -> Result<Write> {
    let mut object = match line {
        Line::Object(object) => object,
        Line::NotJson => return Err(Refusal::not_json()),
        Line::TooLong => return Err(Refusal::too_large("Line is too long.")),
    };
    match (object.remove("resource"), object.remove("data")) {
        (Some(Value::String(path)), Some(Value::Object(data))) if object.is_empty() => {
            Ok((path, data))
        }
        _ => Err(Refusal::documented(
            "A line has \"resource\", a string, and \"data\", an object, and nothing else.",
        )),
    }
}

fn check_name(name: &str) -> Result<()> {
    if name.len() > MAX_NAME_BYTES || name.contains('\0') {
        return Err(Refusal::unprocessable(format!(
            "A resource or key has at most {MAX_NAME_BYTES} bytes and not the character U+0000."
        )));
    }
    Ok(())
}

/// By what others may name a product that is named by its uuid here.
fn find_identifier(data: &Map<String, Value>, attribute: &str) -> Option<String> {
    let of_values = || data.get("values")?.get(attribute)?.get(0)?.get("data");
    let given = data.get("identifier").filter(|given| !given.is_null()).or_else(of_values)?;
    given.as_str().filter(|name| check_name(name).is_ok()).map(str::to_owned)
}
