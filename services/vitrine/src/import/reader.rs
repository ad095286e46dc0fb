//! Reads a file record by record: CSV, TSV or JSON lines, compressed or not.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use anyhow::{Context, Result};
use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value};

/// A JSON line longer than this is refused.
const MAX_LINE_BYTES: u64 = 4 * 1024 * 1024;

/// The columns of a record; empty ones are absent.
pub(super) type Fields = Map<String, Value>;

/// One record of the file.
pub(super) struct Record {
    /// Its line in the file, from 1.
    pub(super) line: u64,
    /// Its text, to be written to the file of rejected lines.
    pub(super) raw: Raw,
    /// Its columns, or why it cannot be read.
    pub(super) fields: Result<Fields, String>,
}

/// A record as it stands in the file.
#[derive(Clone)]
pub(super) enum Raw {
    /// A line of text.
    Line(Vec<u8>),
    /// The cells of a CSV row.
    Row(csv::ByteRecord),
}

/// The header of a CSV file.
pub(super) type Header = csv::ByteRecord;

/// A file of records.
pub(super) enum Records {
    /// CSV and TSV.
    Table(Box<Table>),
    /// JSON lines.
    Lines(Lines),
}

pub(super) struct Table {
    reader: csv::Reader<Box<dyn Read + Send>>,
    header: csv::ByteRecord,
    names: Vec<String>,
    broken: bool,
}

pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    line: u64,
    broken: bool,
}

impl Records {
    /// Opens the file; its name says the format.
    pub(super) fn open(path: &Path, delimiter: Option<char>) -> Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let reader = open_text(path)?;
        match name.trim_end_matches(".gz").rsplit('.').next() {
            Some("jsonl" | "ndjson" | "json") => {
                Ok(Self::Lines(Lines { reader, line: 0, broken: false }))
            }
            Some("tsv" | "tab") => Self::table(path, reader, delimiter.unwrap_or('\t')),
            _ => Self::table(path, reader, delimiter.unwrap_or(',')),
        }
    }

    fn table(path: &Path, reader: Box<dyn BufRead + Send>, delimiter: char) -> Result<Self> {
        let reader: Box<dyn Read + Send> = Box::new(reader);
        let delimiter =
            u8::try_from(delimiter).context("the delimiter must be an ASCII character")?;
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
        let header = reader
            .byte_headers()
            .with_context(|| format!("{} has no header", path.display()))?
            .clone();
        let names =
            header.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        Ok(Self::Table(Box::new(Table { reader, header, names, broken: false })))
    }

    /// The header, if it is a table.
    pub(super) fn header(&self) -> Option<&Header> {
        match self {
            Self::Table(table) => Some(&table.header),
            Self::Lines(_) => None,
        }
    }
}

impl Iterator for Records {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        match self {
            Self::Table(table) => table.next(),
            Self::Lines(lines) => lines.next(),
        }
    }
}

impl Table {
    fn next(&mut self) -> Option<Record> {
        if self.broken {
            return None;
        }
        let mut row = csv::ByteRecord::new();
        let line = self.reader.position().line();
        match self.reader.read_byte_record(&mut row) {
            Ok(false) => None,
            Ok(true) => {
                let line = row.position().map_or(line, csv::Position::line);
                let fields = self.fields(&row);
                Some(Record { line, raw: Raw::Row(row), fields })
            }
            Err(error) => {
                self.broken = true;
                let fields = Err(format!("the file cannot be read further: {error}"));
                Some(Record { line, raw: Raw::Line(Vec::new()), fields })
            }
        }
    }

    fn fields(&self, row: &csv::ByteRecord) -> Result<Fields, String> {
        if row.len() != self.names.len() {
            return Err(format!(
                "it has {} columns, the header has {}",
                row.len(),
                self.names.len()
            ));
        }
        let mut fields = Fields::new();
        for (name, cell) in self.names.iter().zip(row.iter()) {
            let text = std::str::from_utf8(cell).map_err(|_| format!("{name} is not UTF-8"))?;
            if !text.trim().is_empty() {
                fields.insert(name.clone(), Value::from(text.trim()));
            }
        }
        Ok(fields)
    }
}

impl Lines {
    fn next(&mut self) -> Option<Record> {
        loop {
            if self.broken {
                return None;
            }
            let mut raw = Vec::new();
            self.line += 1;
            let line = self.line;
            let read = (&mut self.reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut raw);
            let fields = match read {
                Ok(0) => return None,
                Ok(_) if raw.iter().all(u8::is_ascii_whitespace) => continue,
                Ok(_) => parse_line(&raw),
                Err(error) => {
                    self.broken = true;
                    Err(format!("the file cannot be read further: {error}"))
                }
            };
            return Some(Record { line, raw: Raw::Line(raw), fields });
        }
    }
}

fn parse_line(raw: &[u8]) -> Result<Fields, String> {
    match serde_json::from_slice::<Value>(raw) {
        Ok(Value::Object(fields)) => {
            Ok(fields.into_iter().filter(|(_, value)| !is_empty(value)).collect())
        }
        Ok(_) => Err("the line is not a JSON object".to_owned()),
        Err(error) => Err(format!("the line is not JSON: {error}")),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Opens a file, decompresses it if its first bytes say gzip, and drops a byte order mark.
pub(super) fn open_text(path: &Path) -> Result<Box<dyn BufRead + Send>> {
    let cannot_read = || format!("cannot read {}", path.display());
    let mut file = File::open(path).with_context(cannot_read)?;
    let mut magic = [0; 2];
    let is_gzip = file.read_exact(&mut magic).is_ok() && magic == [0x1f, 0x8b];
    file.seek(SeekFrom::Start(0)).with_context(cannot_read)?;
    let mut reader: Box<dyn BufRead + Send> = if is_gzip {
        Box::new(BufReader::new(MultiGzDecoder::new(BufReader::new(file))))
    } else {
        Box::new(BufReader::new(file))
    };
    if reader.fill_buf().with_context(cannot_read)?.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    Ok(reader)
}
