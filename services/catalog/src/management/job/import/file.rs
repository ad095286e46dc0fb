//! Receives a file of rows: each becomes a line of the import.

use axum::body::Body;
use problem::Problem;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use tokio::{io::AsyncWriteExt, sync::mpsc, task};
use utoipa::IntoParams;

use super::{MAX_BYTES, Upload, pieces::Pieces, receive::Receiver};
use crate::{
    App,
    management::{
        error::{Refusal, Result},
        job::flat::{Columns, Empty, Format, Resource, Row, Shape, csv, workbook},
    },
};

/// A piece of the body is taken apart in parts of this size, so that batches stay small.
const PART_BYTES: usize = 64 * 1024;
/// Batches of rows that wait to be stored.
const BATCHES: usize = 2;

/// Query parameters of imports of rows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation: the parameters are read in the order sent")]
pub(in super::super) struct FileParameters {
    /// What the rows are about. Needed for CSV and XLSX; lines of JSON say it themselves.
    #[param(inline)]
    resource: Option<Resource>,
    /// What an empty cell says: `clear` that there is no value, `keep` nothing.
    #[param(inline, default = "clear")]
    empty: Option<Empty>,
    /// What separates the cells of CSV: `;`, `,` or `tab`. The header tells if it is not given.
    separator: Option<String>,
}

/// How a file is to be read.
#[derive(Debug, Serialize)]
pub(super) struct FileRequest {
    format: Format,
    resource: Resource,
    empty: Empty,
    separator: Option<u8>,
}

impl FileRequest {
    pub(super) fn read(format: Format, parameters: &[(String, String)]) -> Result<Self> {
        let resource = read_word(parameters, "resource")?;
        Ok(Self {
            format,
            resource: resource.ok_or_else(|| {
                Refusal::unprocessable("The \"resource\" parameter is required for rows.")
            })?,
            empty: read_word(parameters, "empty")?.unwrap_or_default(),
            separator: read_separator(find(parameters, "separator"))?,
        })
    }
}

fn find<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn read_word<T: DeserializeOwned>(
    parameters: &[(String, String)],
    name: &str,
) -> Result<Option<T>> {
    let Some(given) = find(parameters, name) else { return Ok(None) };
    serde_json::from_value(given.into())
        .map(Some)
        .map_err(|_| Refusal::unprocessable(format!("Parameter \"{name}\" cannot be \"{given}\".")))
}

fn read_separator(given: Option<&str>) -> Result<Option<u8>> {
    let byte = match given {
        None => return Ok(None),
        Some("tab") => Some(b'\t'),
        Some(text) => text.bytes().next().filter(|_| text.len() == 1),
    };
    let byte = byte.filter(|byte| csv::SEPARATORS.contains(byte)).ok_or_else(|| {
        Refusal::unprocessable("Parameter \"separator\" has to be \";\", \",\" or \"tab\".")
    })?;
    Ok(Some(byte))
}

/// Stores the rows of a file as lines.
pub(super) async fn receive(
    app: &App,
    receiver: &mut Receiver<'_>,
    request: &FileRequest,
    body: Body,
) -> Result<Upload> {
    let shape = Shape::load(&mut *app.db.acquire().await?).await?;
    let mut rows = Rows { receiver, request, shape, columns: None };
    let upload = match request.format {
        Format::Xlsx => rows.read_workbook(app, body).await?,
        _ => rows.read_csv(body).await?,
    };
    if rows.columns.is_none() {
        return Err(Refusal::unprocessable("The file has no header."));
    }
    rows.receiver.store().await?;
    Ok(upload)
}

struct Rows<'a, 'r> {
    receiver: &'a mut Receiver<'r>,
    request: &'a FileRequest,
    shape: Shape,
    columns: Option<Columns>,
}

impl Rows<'_, '_> {
    async fn read_csv(&mut self, body: Body) -> Result<Upload> {
        let mut reader = csv::Reader::new(self.request.separator);
        let mut pieces = Pieces::new(body, MAX_BYTES);
        while let Some(piece) = pieces.next().await? {
            for part in piece.chunks(PART_BYTES) {
                reader.add(part, |row| self.add(&row))?;
                self.receiver.store_if_full().await?;
            }
        }
        reader.finish(|row| self.add(&row))?;
        Ok(pieces.finish())
    }

    /// One workbook at a time, as each takes memory.
    async fn read_workbook(&mut self, app: &App, body: Body) -> Result<Upload> {
        let (file, upload) = spool(body).await?;
        let _turn = app.workbooks.acquire().await.map_err(Problem::internal)?;
        let (sender, mut batches) = mpsc::channel(BATCHES);
        let reading = task::spawn_blocking(move || {
            workbook::read(file, |rows| sender.blocking_send(rows).is_ok())
        });
        while let Some(rows) = batches.recv().await {
            rows.iter().try_for_each(|row| self.add(row))?;
            self.receiver.store_if_full().await?;
        }
        reading.await.map_err(Problem::internal)??;
        Ok(upload)
    }

    fn add(&mut self, row: &Row) -> Result<()> {
        match &self.columns {
            Some(columns) => {
                self.receiver.add(row.number, columns.read_row(row, self.request.empty))
            }
            None => {
                if row.fault.is_some() {
                    return Err(Refusal::unprocessable("The header cannot be read."));
                }
                let names = row.cells.iter().map(|name| name.trim().to_owned()).collect();
                self.columns = Some(Columns::read(names, self.request.resource, &self.shape)?);
                Ok(())
            }
        }
    }
}

/// The body in a file that nobody else sees: workbooks are read from their end.
async fn spool(body: Body) -> Result<(std::fs::File, Upload)> {
    let mut pieces = Pieces::new(body, workbook::MAX_BYTES);
    let file = task::spawn_blocking(tempfile::tempfile).await.map_err(Problem::internal)?;
    let mut file = tokio::fs::File::from_std(file.map_err(Problem::internal)?);
    while let Some(piece) = pieces.next().await? {
        file.write_all(&piece).await.map_err(Problem::internal)?;
    }
    file.flush().await.map_err(Problem::internal)?;
    Ok((file.into_std().await, pieces.finish()))
}

/// Adds to each error of a refused row the column that it is about.
pub(in super::super) fn tell_columns(refusal: &mut Map<String, Value>) {
    let errors = refusal.get_mut("errors").and_then(Value::as_array_mut);
    for error in errors.into_iter().flatten().filter_map(Value::as_object_mut) {
        if let Some(column) = crate::management::job::flat::column_of(error) {
            error.insert("column".into(), column.into());
        }
    }
}
