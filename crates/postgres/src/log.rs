//! PostgreSQL's log: one file, bounded, and its end for error messages.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::error::{Error, Result};

/// The log is put aside at this size; one older one is kept.
const LIMIT_BYTES: u64 = 16 * 1024 * 1024;
/// How many lines of a log an error quotes.
const QUOTED_LINES: usize = 12;

/// Opens the log to be written at its end, whoever truncates it meanwhile.
pub(crate) fn open(path: &Path) -> Result<File> {
    keep_small(path)?;
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(path).map_err(Error::at(path))
}

/// Puts a log aside that has grown too long. PostgreSQL keeps it open, so the text is copied and
/// the file emptied; what is written between the two is lost.
pub(crate) fn keep_small(path: &Path) -> Result<()> {
    if fs::metadata(path).map_or(0, |it| it.len()) < LIMIT_BYTES {
        return Ok(());
    }
    fs::copy(path, path.with_extension("log.old"))
        .and_then(|_| OpenOptions::new().write(true).open(path)?.set_len(0))
        .map_err(Error::at(path))
}

/// The last lines written since the log had `start` bytes.
pub(crate) fn end_since(path: &Path, start: u64) -> String {
    last_lines(&read_from(path, start).unwrap_or_default())
}

fn read_from(path: &Path, start: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(LIMIT_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The end of a log, for an error to quote.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_lines_are_quoted() {
        let text: String = (1..=30).map(|line| format!("line {line}\n\n")).collect();
        assert!(last_lines(&text).starts_with("line 19\nline 20\n"));
        assert_eq!(last_lines(""), "");
    }
}
