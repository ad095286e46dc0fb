//! Workbooks (XLSX): the first sheet, read and written row by row.
//!
//! A workbook is a ZIP file, so little may unpack to much: before anything is read, all of it is unpacked
//! once and counted.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

use calamine::{DataRef, Reader as _, Xlsx};
use problem::Problem;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::{Cell, Fault, MAX_COLUMNS, MAX_ROW_BYTES, MAX_ROWS, Row};
use crate::management::error::{Refusal, Result};

/// The media type of workbooks.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Bytes of a workbook, packed.
pub(in super::super) const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Rows of a sheet, with the header: what Excel opens.
pub(in super::super) const MAX_SHEET_ROWS: i64 = 1_048_576;
/// Columns of a sheet.
pub(in super::super) const MAX_SHEET_COLUMNS: usize = 16_384;
/// Characters of a cell, as UTF-16 counts them.
const MAX_CELL: usize = 32_767;
/// Bytes of all parts of a workbook, unpacked.
const MAX_UNPACKED: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes of all parts but the sheets, which are kept in memory.
const MAX_KEPT: u64 = 128 * 1024 * 1024;
/// Bytes of a sheet between two tags: the longest text of a cell, with every character escaped.
const MAX_TEXT: usize = 10 * MAX_CELL;
const SHEETS: &str = "xl/worksheets/";
/// Parts of a workbook.
const MAX_PARTS: usize = 10_000;
/// Rows that are handed over at once, and bytes of them.
const BATCH: usize = 200;
const BATCH_BYTES: usize = 256 * 1024;

/// Hands over the rows of the first sheet in batches, until `take` answers false. Takes long.
pub(in super::super) fn read(mut file: File, mut take: impl FnMut(Vec<Row>) -> bool) -> Result<()> {
    check_unpacked(&mut file)?;
    file.seek(SeekFrom::Start(0)).map_err(Problem::internal)?;
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(not_a_workbook)?;
    let Some(sheet) = workbook.sheet_names().into_iter().next() else {
        return Err(Refusal::unprocessable("The workbook has no sheet."));
    };
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(not_a_workbook)?;
    let mut rows = Rows::default();
    while let Some(cell) = cells.next_cell().map_err(not_a_workbook)? {
        let (row, column) = cell.get_position();
        rows.add(i64::from(row) + 1, column as usize, cell.get_value())?;
        if (rows.done.len() >= BATCH || rows.bytes >= BATCH_BYTES) && !take(rows.take()) {
            return Ok(());
        }
    }
    rows.end_row()?;
    take(rows.take());
    Ok(())
}

/// Refuses what unpacks to more than a workbook may hold.
fn check_unpacked(file: &mut File) -> Result<()> {
    let mut archive = zip::ZipArchive::new(file).map_err(not_a_workbook)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large());
    }
    let (mut unpacked, mut kept, mut buffer) = (0, 0, vec![0; 64 * 1024]);
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(not_a_workbook)?;
        let name = part.name().map_err(not_a_workbook)?.to_lowercase();
        let is_kept = !name.trim_start_matches('/').starts_with(SHEETS);
        let mut text = 0;
        loop {
            let read = part.read(&mut buffer).map_err(not_a_workbook)?;
            if read == 0 {
                break;
            }
            unpacked += read as u64;
            kept += if is_kept { read as u64 } else { 0 };
            if !is_kept {
                text = longest_text(&buffer[..read], text)?;
            }
            if unpacked > MAX_UNPACKED || kept > MAX_KEPT {
                return Err(too_large());
            }
        }
    }
    Ok(())
}

/// Goes on counting bytes since the last tag.
fn longest_text(piece: &[u8], before: usize) -> Result<usize> {
    let mut length = before;
    for part in piece.split_inclusive(|byte| *byte == b'<') {
        length += part.len();
        if length > MAX_TEXT {
            return Err(too_large());
        }
        if part.ends_with(b"<") {
            length = 0;
        }
    }
    Ok(length)
}

fn too_large() -> Refusal {
    Refusal::too_large("The workbook unpacks to too much.")
}

fn not_a_workbook(error: impl std::fmt::Display) -> Refusal {
    Refusal::unprocessable(format!("The file is not a workbook that can be read: {error}."))
}

/// Rows that are being put together; those without any cell are left out.
#[derive(Default)]
struct Rows {
    current: Row,
    current_bytes: usize,
    /// The number of the last row that ended.
    last: i64,
    /// Cells of the header: rows end there, as sheets do not tell of empty cells.
    width: Option<usize>,
    count: i64,
    done: Vec<Row>,
    bytes: usize,
}

impl Rows {
    fn add(&mut self, number: i64, column: usize, value: &DataRef<'_>) -> Result<()> {
        if number != self.current.number {
            self.end_row()?;
            if number <= self.last {
                return Err(Refusal::unprocessable(
                    "The rows of the sheet are not in their order.",
                ));
            }
            self.current.number = number;
        }
        let text = match value {
            DataRef::Empty => return Ok(()),
            DataRef::Error(_) => {
                self.current.fault = Some(Fault::Formula(column));
                return Ok(());
            }
            other => show(other),
        };
        self.current_bytes += text.len();
        if self.current_bytes > MAX_ROW_BYTES || column >= MAX_COLUMNS {
            self.current.fault = Some(Fault::TooLong);
            self.current.cells = Vec::new();
        }
        if self.current.fault.is_none() && !text.is_empty() {
            let cells = &mut self.current.cells;
            cells.resize(cells.len().max(column + 1), String::new());
            cells[column] = text;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<()> {
        let mut row = std::mem::take(&mut self.current);
        self.bytes += std::mem::take(&mut self.current_bytes);
        if row.cells.is_empty() && row.fault.is_none() {
            return Ok(());
        }
        self.last = row.number;
        self.count += 1;
        if self.count > MAX_ROWS + 1 {
            return Err(Refusal::too_large(format!(
                "Too many rows to process, {MAX_ROWS} is the maximum allowed."
            )));
        }
        let width = *self.width.get_or_insert(row.cells.len());
        row.cells.resize(row.cells.len().max(width), String::new());
        self.done.push(row);
        Ok(())
    }

    fn take(&mut self) -> Vec<Row> {
        self.bytes = 0;
        std::mem::take(&mut self.done)
    }
}

/// A number in decimal notation, truth as 1 or 0, a moment as its day where it has no time.
fn show(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(is_so) => u8::from(*is_so).to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::DateTime(moment) => match moment.as_datetime() {
            Some(time) if moment.is_datetime() => {
                let text = time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
                text.strip_suffix("T00:00:00Z").unwrap_or(&text).to_owned()
            }
            _ => moment.as_f64().to_string(),
        },
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// A workbook that is being written. Rows go to a file of the system's, and not into memory.
pub(in super::super) struct Writer {
    workbook: Workbook,
    row: u32,
}

impl Writer {
    /// With one sheet and its header.
    pub(in super::super) fn new(header: &[String]) -> Result<Self> {
        let mut writer = Self { workbook: Workbook::new(), row: 0 };
        let sheet = writer.workbook.add_worksheet_with_constant_memory().map_err(unwritten)?;
        sheet.set_freeze_panes(1, 0).map_err(unwritten)?;
        let names: Vec<Cell> = header.iter().map(|name| Cell::Text(name.clone())).collect();
        writer.add(&names)?;
        Ok(writer)
    }

    /// Adds a row.
    pub(in super::super) fn add(&mut self, cells: &[Cell]) -> Result<()> {
        let row = self.row;
        let sheet = self.workbook.worksheet_from_index(0).map_err(unwritten)?;
        for (column, cell) in cells.iter().enumerate() {
            let column = u16::try_from(column).map_err(Problem::internal)?;
            write_cell(sheet, row, column, cell).map_err(unwritten)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Packs the workbook into a file that nobody else sees; that stands at its beginning.
    pub(in super::super) fn finish(mut self) -> Result<File> {
        let mut file = tempfile::tempfile().map_err(Problem::internal)?;
        self.workbook.save_to_writer(&mut file).map_err(unwritten)?;
        file.seek(SeekFrom::Start(0)).map_err(Problem::internal)?;
        Ok(file)
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => drop(sheet.write_string(row, column, text)?),
        Cell::Number(number, places) => match exact(number, *places) {
            Some(exact) => drop(sheet.write_number(row, column, exact)?),
            None => drop(sheet.write_string(row, column, number)?),
        },
    }
    Ok(())
}

/// The number as sheets keep numbers, if it is read again as it is: sheets know neither many digits nor
/// zeros at the end.
fn exact(number: &str, places: u32) -> Option<f64> {
    let kept: f64 = number.parse().ok()?;
    let mut again: Decimal = kept.to_string().parse().ok()?;
    if again.scale() < places {
        again.rescale(places);
    }
    (again.to_string() == number).then_some(kept)
}

fn unwritten(error: XlsxError) -> Refusal {
    match error {
        XlsxError::MaxStringLengthExceeded => Refusal::unprocessable(format!(
            "A text is longer than the {MAX_CELL} characters that a cell of a workbook holds. Export as csv or ndjson."
        )),
        other => Problem::internal(other).into(),
    }
}
