//! What became of the file's lines.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result};

use super::reader::{Header, Raw};

/// Rejected lines that are shown; all stand in the files.
const SHOWN: usize = 20;
const EXIT_REJECTED: u8 = 2;

/// Counts and the files of rejected lines, which are made when the first is rejected.
pub(super) struct Report {
    started: Instant,
    pub(super) created: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    rejected: u64,
    shown: Vec<String>,
    path: PathBuf,
    reasons_path: PathBuf,
    files: Option<Files>,
}

struct Files {
    rows: BufWriter<File>,
    reasons: BufWriter<File>,
    delimiter: u8,
}

impl Report {
    pub(super) fn new(file: &Path, rejected: Option<PathBuf>) -> Self {
        let path = rejected.unwrap_or_else(|| default_path(file));
        let reasons_path = path.with_extension("reasons.csv");
        Self {
            started: Instant::now(),
            created: 0,
            changed: 0,
            unchanged: 0,
            rejected: 0,
            shown: Vec::new(),
            path,
            reasons_path,
            files: None,
        }
    }

    /// Notes a rejected line, with its text as it stood in the file.
    pub(super) fn reject(
        &mut self,
        line: u64,
        identifier: &str,
        reason: &str,
        raw: &Raw,
        header: Option<&Header>,
    ) -> Result<()> {
        self.rejected += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(format!("line {line} ({identifier}): {reason}"));
        }
        if self.files.is_none() {
            self.files = Some(Files::create(&self.path, &self.reasons_path, header)?);
        }
        let Some(files) = &mut self.files else { return Ok(()) };
        files.write(line, identifier, reason, raw).context("cannot write the rejected lines")
    }

    /// Prints the sum; exit code 2 if lines were rejected.
    pub(super) fn finish(mut self) -> Result<ExitCode> {
        if let Some(files) = &mut self.files {
            files.rows.flush().and_then(|()| files.reasons.flush())?;
        }
        let total = self.created + self.changed + self.unchanged + self.rejected;
        let seconds = self.started.elapsed().as_secs_f64();
        println!("{total} lines in {seconds:.1} s ({:.0} lines/s)", total as f64 / seconds);
        println!("  created    {}", self.created);
        println!("  changed    {}", self.changed);
        println!("  unchanged  {}", self.unchanged);
        println!("  rejected   {}", self.rejected);
        if self.rejected == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        for line in &self.shown {
            println!("    {line}");
        }
        println!("Rejected lines: {}", self.path.display());
        println!("Their reasons:  {}", self.reasons_path.display());
        Ok(ExitCode::from(EXIT_REJECTED))
    }
}

impl Files {
    fn create(path: &Path, reasons_path: &Path, header: Option<&Header>) -> Result<Self> {
        let create = |path: &Path| {
            File::create(path).map(BufWriter::new).with_context(|| {
                format!("cannot write {}; choose a place with --rejected", path.display())
            })
        };
        let is_tsv = path.extension().is_some_and(|extension| extension == "tsv");
        let delimiter = if is_tsv { b'\t' } else { b',' };
        let mut files = Self { rows: create(path)?, reasons: create(reasons_path)?, delimiter };
        writeln!(files.reasons, "line,identifier,reason")?;
        if let Some(header) = header {
            files.write_row(header)?;
        }
        Ok(files)
    }

    fn write(&mut self, line: u64, identifier: &str, reason: &str, raw: &Raw) -> Result<()> {
        match raw {
            Raw::Line(bytes) => {
                self.rows.write_all(bytes)?;
                if !bytes.is_empty() && !bytes.ends_with(b"\n") {
                    self.rows.write_all(b"\n")?;
                }
            }
            Raw::Row(row) => self.write_row(row)?,
        }
        let mut reasons = csv::Writer::from_writer(&mut self.reasons);
        reasons.write_record([&line.to_string(), identifier, reason])?;
        reasons.flush()?;
        Ok(())
    }

    fn write_row(&mut self, row: &csv::ByteRecord) -> Result<()> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .flexible(true)
            .from_writer(&mut self.rows);
        writer.write_byte_record(row)?;
        writer.flush()?;
        Ok(())
    }
}

/// `products.jsonl.gz` → `products.rejected.jsonl` in the current folder.
fn default_path(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.trim_end_matches(".gz");
    match name.rsplit_once('.') {
        Some((stem, extension)) => PathBuf::from(format!("{stem}.rejected.{extension}")),
        None => PathBuf::from(format!("{name}.rejected")),
    }
}
