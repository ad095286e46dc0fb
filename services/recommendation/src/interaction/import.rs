//! History of another system, as NDJSON: read as it comes in, each line on its own, and
//! written in batches while the next are read.

use axum::body::BodyDataStream;
use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream};
use problem::{Kind as ProblemKind, Problem, Result, Violation};
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::PgPool;
use tokio::sync::mpsc;

use super::{Interaction, Line, store};

/// Interactions per request.
pub(crate) const MAX_LINES: usize = 100_000;
/// Bytes per request.
pub(crate) const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Bytes per line.
const MAX_LINE_BYTES: usize = 8 * 1024 * 1024;
/// Interactions written at once.
const BATCH: usize = 5_000;
/// Batches that are written at a time: PostgreSQL gives each a processor.
const WRITERS: usize = 2;
/// Batches that are read meanwhile.
const BATCHES_AHEAD: usize = 2;
/// Errors shown; the others are only counted.
const MAX_ERRORS: usize = 100;

/// How an import went.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub(crate) struct ImportReport {
    /// Interactions that were read.
    received: u64,
    /// Those that were new.
    stored: u64,
    /// Those that were known from before and changed nothing.
    repeated: u64,
    /// Those that were left out because they break a rule.
    rejected: u64,
    /// The first 100 broken rules.
    errors: Vec<LineError>,
}

/// A rule that a line breaks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct LineError {
    /// Number of the line, from 1.
    line: u64,
    #[serde(flatten)]
    violation: Violation,
}

/// Reads the body to its end, and writes what it reads meanwhile. What was read before an error is
/// written: sending it all again completes it.
pub(crate) async fn import(
    db: &PgPool,
    body: BodyDataStream,
    now: DateTime<Utc>,
) -> Result<ImportReport> {
    let (batches, waiting) = mpsc::channel(BATCHES_AHEAD);
    let reader =
        Reader { now, batches, report: ImportReport::default(), batch: Vec::new(), line: 0 };
    let (read, written) = tokio::join!(reader.read_to_end(body), write(db, waiting));
    // First: nobody reads on where nothing can be written.
    let (stored, repeated) = written?;
    Ok(ImportReport { stored, repeated, ..read? })
}

/// Writes batches until no more come; how many interactions were new, and how many were not.
async fn write(db: &PgPool, mut batches: mpsc::Receiver<Vec<Interaction>>) -> Result<(u64, u64)> {
    stream::poll_fn(|context| batches.poll_recv(context))
        .map(|batch| write_batch(db, batch))
        .buffer_unordered(WRITERS)
        .try_fold((0, 0), async |(stored, repeated), (new, known)| {
            Ok((stored + new, repeated + known))
        })
        .await
}

async fn write_batch(db: &PgPool, batch: Vec<Interaction>) -> Result<(u64, u64)> {
    let mut stored = 0;
    // A line may hold more than a batch.
    for part in batch.chunks(BATCH) {
        stored += store::insert(db, part).await?;
    }
    Ok((stored, batch.len() as u64 - stored))
}

/// An import that is being read.
struct Reader {
    now: DateTime<Utc>,
    batches: mpsc::Sender<Vec<Interaction>>,
    report: ImportReport,
    batch: Vec<Interaction>,
    line: u64,
}

impl Reader {
    async fn read_to_end(mut self, body: BodyDataStream) -> Result<ImportReport> {
        let read = self.read_lines(body).await;
        self.hand_over().await;
        read.map(|()| self.report)
    }

    async fn read_lines(&mut self, mut body: BodyDataStream) -> Result<()> {
        let mut total = 0;
        let mut rest: Vec<u8> = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| {
                Problem::bad_request("unreadable_body", "the body could not be read to its end")
                    .caused_by(error)
            })?;
            total += chunk.len();
            if total > MAX_BYTES {
                return Err(too_large("at most 64 MB may be sent at once"));
            }
            let mut lines = chunk.split(|byte| *byte == b'\n').peekable();
            while let Some(piece) = lines.next() {
                rest.extend_from_slice(piece);
                if rest.len() > MAX_LINE_BYTES {
                    return Err(too_large("a line may have at most 8 MB"));
                }
                if lines.peek().is_some() {
                    self.read_line(&rest).await?;
                    rest.clear();
                }
            }
        }
        self.read_line(&rest).await
    }

    /// A line holds an interaction, or an array of them.
    async fn read_line(&mut self, line: &[u8]) -> Result<()> {
        self.line += 1;
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(());
        }
        if line.starts_with(b"[") {
            match serde_json::from_slice::<Vec<&RawValue>>(line) {
                Ok(items) => items.iter().for_each(|item| self.read(item.get().as_bytes())),
                Err(error) => {
                    let detail = format!("the line is not JSON: {error}");
                    self.reject(&Problem::bad_request("invalid_json", detail));
                }
            }
        } else {
            self.read(line);
        }
        if self.report.received > MAX_LINES as u64 {
            return Err(too_large("at most 100000 interactions may be sent at once"));
        }
        if self.batch.len() >= BATCH {
            self.hand_over().await;
        }
        Ok(())
    }

    fn read(&mut self, text: &[u8]) {
        // A line that is wrong is read once more, to tell where.
        let line = serde_json::from_slice::<Line>(text).or_else(|_| web::parse_json(text));
        let checked = line.and_then(|line| {
            line.check(self.now).map_err(|violation| Problem::invalid_all(vec![violation]))
        });
        match checked {
            Ok(interaction) => {
                self.report.received += 1;
                self.batch.push(interaction);
            }
            Err(problem) => self.reject(&problem),
        }
    }

    fn reject(&mut self, problem: &Problem) {
        self.report.received += 1;
        self.report.rejected += 1;
        if self.report.errors.len() < MAX_ERRORS {
            let violation =
                problem.violations().first().cloned().unwrap_or_else(|| {
                    Violation::at("", problem.code(), problem.detail().to_owned())
                });
            self.report.errors.push(LineError { line: self.line, violation });
        }
    }

    async fn hand_over(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        // Fails only where the writer failed, which says why.
        let _ = self.batches.send(batch).await;
    }
}

fn too_large(rule: &'static str) -> Problem {
    let detail = format!("{rule}; what came before was imported");
    Problem::new(ProblemKind::TooLarge, "body_too_large", detail)
}
