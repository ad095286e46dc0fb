//! The file of an export while it is written into the object store.

use std::sync::Arc;

use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart, path::Path as ObjectPath};
use problem::Problem;
use serde_json::json;
use tokio::{io::AsyncReadExt, sync::mpsc, task};
use uuid::Uuid;

use super::source::{Item, Source};
use crate::{
    management::{
        error::{Refusal, Result},
        job::flat::{Cell, Columns, Format, MAX_COLUMNS, csv, workbook},
    },
    media_store::unavailable,
};

/// Pieces of the file on their way to the store at the same time.
const CONCURRENT_WRITES: usize = 4;
/// Pages that wait to be written into a workbook.
const PAGES: usize = 2;
/// Bytes of a workbook that are sent at once.
const PIECE_BYTES: usize = 1024 * 1024;

/// Where a file lies: beside the codes of media files, none of which begins so.
pub(super) fn path_of(file: Uuid) -> ObjectPath {
    ObjectPath::from(format!("exports/{file}"))
}

/// Writes things into a file.
pub(super) struct FileWriter {
    sink: Sink,
    form: Form,
}

enum Form {
    Csv(Columns, Box<::csv::Writer<Vec<u8>>>),
    Xlsx(Columns, Sheet),
    Ndjson,
}

/// A workbook that another thread writes, as that takes long.
struct Sheet {
    rows: mpsc::Sender<Vec<Vec<Cell>>>,
    file: task::JoinHandle<Result<std::fs::File>>,
}

impl FileWriter {
    /// With its header, if it has one.
    pub(super) async fn new(
        store: &Arc<dyn ObjectStore>,
        file: Uuid,
        format: Format,
        columns: Option<Columns>,
    ) -> Result<Self> {
        let form = match (format, columns) {
            (Format::Csv, Some(columns)) => {
                let mut writer = ::csv::WriterBuilder::new()
                    .delimiter(csv::SEPARATORS[0])
                    .from_writer(Vec::new());
                writer.write_record(columns.names()).map_err(Problem::internal)?;
                Form::Csv(columns, Box::new(writer))
            }
            (Format::Xlsx, Some(columns)) => {
                let sheet = Sheet::begin(columns.names().to_vec());
                Form::Xlsx(columns, sheet)
            }
            _ => Form::Ndjson,
        };
        let upload = store.put_multipart(&path_of(file)).await.map_err(unavailable)?;
        Ok(Self { sink: Sink { upload: WriteMultipart::new(upload), bytes: 0 }, form })
    }

    /// Adds things.
    pub(super) async fn add(&mut self, source: &Source, items: &[Item]) -> Result<()> {
        match &mut self.form {
            Form::Csv(columns, writer) => {
                for item in items {
                    csv::write_row(writer, &columns.write_row(&item.owner, &item.body))?;
                }
                self.sink.put(take_written(writer)?).await
            }
            Form::Xlsx(columns, sheet) => {
                let row = |item: &Item| columns.write_row(&item.owner, &item.body);
                sheet.add(items.iter().map(row).collect()).await
            }
            Form::Ndjson => {
                let line = |item: &Item| {
                    let line = json!({"resource": source.path(&item.owner), "data": item.body});
                    format!("{line}\n")
                };
                self.sink.put(items.iter().map(line).collect::<String>().into_bytes()).await
            }
        }
    }

    /// Ends the file, which is there from then on; answers its bytes.
    pub(super) async fn finish(mut self) -> Result<u64> {
        let ended = match self.form {
            Form::Csv(_, mut writer) => match take_written(&mut writer) {
                Ok(written) => self.sink.put(written).await,
                Err(refusal) => Err(refusal),
            },
            Form::Xlsx(_, sheet) => match sheet.finish().await {
                Ok(file) => self.sink.copy(file).await,
                Err(refusal) => Err(refusal),
            },
            Form::Ndjson => Ok(()),
        };
        match ended {
            Ok(()) => {
                self.sink.upload.finish().await.map_err(unavailable)?;
                Ok(self.sink.bytes)
            }
            Err(refusal) => {
                self.sink.upload.abort().await.ok();
                Err(refusal)
            }
        }
    }

    /// Leaves nothing.
    pub(super) async fn abort(self) {
        self.sink.upload.abort().await.ok();
    }
}

fn take_written(writer: &mut ::csv::Writer<Vec<u8>>) -> Result<Vec<u8>> {
    writer.flush().map_err(Problem::internal)?;
    let fresh = ::csv::WriterBuilder::new().delimiter(csv::SEPARATORS[0]).from_writer(Vec::new());
    let full = std::mem::replace(writer, fresh);
    Ok(full.into_inner().map_err(|error| Problem::internal(error.into_error()))?)
}

struct Sink {
    upload: WriteMultipart,
    bytes: u64,
}

impl Sink {
    async fn put(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.bytes += bytes.len() as u64;
        self.upload.wait_for_capacity(CONCURRENT_WRITES).await.map_err(unavailable)?;
        self.upload.put(bytes.into());
        Ok(())
    }

    async fn copy(&mut self, file: std::fs::File) -> Result<()> {
        let mut file = tokio::fs::File::from_std(file);
        loop {
            let mut piece = Vec::with_capacity(PIECE_BYTES);
            if file.read_buf(&mut piece).await.map_err(Problem::internal)? == 0 {
                return Ok(());
            }
            self.put(piece).await?;
        }
    }
}

impl Sheet {
    fn begin(header: Vec<String>) -> Self {
        let (rows, mut pages) = mpsc::channel::<Vec<Vec<Cell>>>(PAGES);
        let file = task::spawn_blocking(move || {
            let mut writer = workbook::Writer::new(&header)?;
            while let Some(page) = pages.blocking_recv() {
                page.iter().try_for_each(|row| writer.add(row))?;
            }
            writer.finish()
        });
        Self { rows, file }
    }

    /// What the other thread stumbled over is told at the end.
    async fn add(&self, rows: Vec<Vec<Cell>>) -> Result<()> {
        self.rows.send(rows).await.ok();
        Ok(())
    }

    async fn finish(self) -> Result<std::fs::File> {
        drop(self.rows);
        self.file.await.map_err(Problem::internal)?
    }
}

/// Refuses what does not fit into a file of this format, or would not be imported again.
pub(super) fn check_size(format: Format, rows: i64, columns: usize) -> Result<()> {
    let (most_rows, most_columns) = match format {
        Format::Xlsx => {
            (workbook::MAX_SHEET_ROWS - 1, workbook::MAX_SHEET_COLUMNS.min(MAX_COLUMNS))
        }
        Format::Csv => (i64::MAX, MAX_COLUMNS),
        Format::Ndjson => return Ok(()),
    };
    if rows > most_rows || columns > most_columns {
        return Err(Refusal::unprocessable(format!(
            "{rows} rows and {columns} columns do not fit into a file of this format, which has at most {most_rows} and {most_columns}. Export parts of it, by \"search\", \"attributes\" and \"locales\"."
        )));
    }
    Ok(())
}
