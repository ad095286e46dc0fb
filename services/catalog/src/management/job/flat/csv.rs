//! Files of separated cells: read while they arrive, written row by row.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula,
//! whoever wrote it. Such a text gets an apostrophe before it, and so does one that already begins with
//! apostrophes and one of them; reading takes one apostrophe away. Numbers are left as they are.

use csv_core::ReadRecordResult;
use http::StatusCode;
use problem::Problem;

use super::{Cell, Fault, MAX_COLUMNS, MAX_ROW_BYTES, Row};
use crate::management::error::{Refusal, Result};

/// What cells may be separated by; the first is what exports use.
pub(in super::super) const SEPARATORS: [u8; 3] = [b';', b',', b'\t'];
const BOM: &[u8] = b"\xef\xbb\xbf";
const QUOTE: u8 = b'"';
/// Room for the cells of usual rows.
const FIRST_BYTES: usize = 16 * 1024;

/// Reads rows from pieces of a file.
pub(in super::super) struct Reader {
    /// The separator that was asked for; else the header tells.
    separator: Option<u8>,
    /// The file up to the end of the header, until that is there.
    head: Option<Vec<u8>>,
    core: csv_core::Reader,
    record: Vec<u8>,
    ends: Vec<usize>,
    record_bytes: usize,
    cells: usize,
    is_too_long: bool,
    rows: i64,
}

impl Reader {
    /// Of a file whose cells have this separator; none: the header tells.
    pub(in super::super) fn new(separator: Option<u8>) -> Self {
        Self {
            separator,
            head: Some(Vec::new()),
            core: csv_core::Reader::new(),
            record: vec![0; FIRST_BYTES],
            ends: vec![0; MAX_COLUMNS + 1],
            record_bytes: 0,
            cells: 0,
            is_too_long: false,
            rows: 0,
        }
    }

    /// Hands over each row that ends in this piece, the header first.
    pub(in super::super) fn add(
        &mut self,
        piece: &[u8],
        mut take: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let Some(head) = &mut self.head else { return self.read(piece, &mut take) };
        head.extend_from_slice(piece);
        if head.len() <= MAX_ROW_BYTES && !piece.contains(&b'\n') {
            return Ok(());
        }
        self.begin(&mut take)
    }

    /// The last row.
    pub(in super::super) fn finish(
        &mut self,
        mut take: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        self.begin(&mut take)?;
        // Once for the end of the last row, once for the end of the file.
        self.read_some(&[], &mut take)?;
        self.read_some(&[], &mut take).map(drop)
    }

    fn begin(&mut self, take: &mut impl FnMut(Row) -> Result<()>) -> Result<()> {
        let Some(head) = self.head.take() else { return Ok(()) };
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(not_utf8(1));
        }
        let head = head.strip_prefix(BOM).unwrap_or(&head);
        let separator = self.separator.unwrap_or_else(|| find_separator(head));
        self.core = csv_core::ReaderBuilder::new().delimiter(separator).build();
        self.read(head, take)
    }

    fn read(&mut self, mut piece: &[u8], take: &mut impl FnMut(Row) -> Result<()>) -> Result<()> {
        while !piece.is_empty() {
            let read = self.read_some(piece, take)?;
            piece = &piece[read..];
        }
        Ok(())
    }

    /// Goes on to the end of a row or of the piece; answers how many bytes that were.
    fn read_some(
        &mut self,
        piece: &[u8],
        take: &mut impl FnMut(Row) -> Result<()>,
    ) -> Result<usize> {
        let (result, read, written, ended) = self.core.read_record(
            piece,
            &mut self.record[self.record_bytes..],
            &mut self.ends[self.cells..],
        );
        self.record_bytes += written;
        self.cells += ended;
        match result {
            ReadRecordResult::OutputFull if self.record.len() < MAX_ROW_BYTES => {
                self.record.resize(MAX_ROW_BYTES.min(2 * self.record.len()), 0);
            }
            // What is too long is read on, and not kept.
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                self.is_too_long = true;
                (self.record_bytes, self.cells) = (0, 0);
            }
            ReadRecordResult::Record => {
                let row = self.take_row()?;
                take(row)?;
            }
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
        }
        Ok(read)
    }

    fn take_row(&mut self) -> Result<Row> {
        self.rows += 1;
        let mut row = Row { number: self.rows, ..Row::default() };
        let (bytes, cells) = (self.record_bytes, self.cells);
        (self.record_bytes, self.cells) = (0, 0);
        if std::mem::take(&mut self.is_too_long) {
            row.fault = Some(Fault::TooLong);
            return Ok(row);
        }
        let text = std::str::from_utf8(&self.record[..bytes]).map_err(|_| not_utf8(row.number))?;
        let mut start = 0;
        for end in &self.ends[..cells] {
            let cell = text.get(start..*end).ok_or_else(|| not_utf8(row.number))?;
            row.cells.push(unguard(cell).to_owned());
            start = *end;
        }
        Ok(row)
    }
}

fn not_utf8(row: i64) -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "not_utf8",
        format!("Row {row} is not UTF-8. Save the file as \"CSV UTF-8\"."),
    )
}

/// What comes most often in the header, outside of quotes.
fn find_separator(head: &[u8]) -> u8 {
    let (mut counts, mut is_quoted) = ([0; SEPARATORS.len()], false);
    for byte in head.iter().take_while(|byte| **byte != b'\n') {
        is_quoted ^= *byte == QUOTE;
        let place = SEPARATORS.iter().position(|separator| separator == byte);
        if let Some(place) = place.filter(|_| !is_quoted) {
            counts[place] += 1;
        }
    }
    let most = (0..SEPARATORS.len()).rev().max_by_key(|place| counts[*place]).unwrap_or_default();
    SEPARATORS[most]
}

/// Writes a row.
pub(in super::super) fn write_row(
    writer: &mut csv::Writer<Vec<u8>>,
    cells: &[Cell],
) -> Result<(), Problem> {
    let texts = cells.iter().map(|cell| match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guard(text),
        Cell::Number(number, _) => number.clone(),
    });
    writer.write_record(texts).map_err(Problem::internal)
}

fn guard(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if looks_like_formula(rest) => rest,
        _ => text,
    }
}

fn looks_like_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(separator: Option<u8>, pieces: &[&[u8]]) -> Result<Vec<Vec<String>>> {
        let (mut reader, mut rows) = (Reader::new(separator), Vec::new());
        let mut take = |row: Row| {
            assert_eq!(row.fault, None);
            rows.push(row.cells);
            Ok(())
        };
        for piece in pieces {
            reader.add(piece, &mut take)?;
        }
        reader.finish(&mut take)?;
        Ok(rows)
    }

    fn write(rows: &[Vec<String>]) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().delimiter(SEPARATORS[0]).from_writer(Vec::new());
        for row in rows {
            let cells: Vec<Cell> = row.iter().map(|text| Cell::of_text(text)).collect();
            write_row(&mut writer, &cells).unwrap();
        }
        writer.into_inner().unwrap()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_in_whatever_pieces(
            rows in prop::collection::vec(prop::collection::vec("[a-z'=@+ ;,\"\r\n\tü-]{0,6}", 2), 1..6),
            size in 1_usize..20,
        ) {
            let rows: Vec<Vec<String>> =
                std::iter::once(vec!["a".to_owned(), "b".to_owned()]).chain(rows).collect();
            let file = write(&rows);
            let pieces: Vec<&[u8]> = file.chunks(size).collect();
            prop_assert_eq!(read(None, &pieces).unwrap(), rows);
        }

        #[test]
        fn whatever_is_sent_reading_ends(
            file in prop::collection::vec(any::<u8>(), 0..300),
            size in 1_usize..50,
        ) {
            let mut reader = Reader::new(None);
            let read = file.chunks(size).try_for_each(|piece| reader.add(piece, |_| Ok(())));
            if read.is_ok() {
                reader.finish(|_| Ok(())).ok();
            }
        }
    }

    #[test]
    fn the_header_tells_the_separator() {
        for (file, expected) in [("a;b\n1;2", 2), ("a,b\n1,2", 2), ("a\tb\n1\t2", 2), ("a\n1", 1)] {
            let rows = read(None, &[file.as_bytes()]).unwrap();
            assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [expected; 2], "{file}");
        }
        assert_eq!(read(Some(b','), &[b"a;b\n"]).unwrap(), [["a;b"]]);
        assert_eq!(read(None, &[b"\"a,,,\";b\n"]).unwrap(), [["a,,,", "b"]]);
    }

    #[test]
    fn a_mark_of_the_byte_order_is_passed_over_and_other_encodings_are_refused() {
        assert_eq!(read(None, &[b"\xef\xbb", b"\xbfa;b\n"]).unwrap(), [["a", "b"]]);
        assert!(read(None, &[b"\xff\xfea\0;\0b\0\n\0"]).is_err());
        let refusal = read(None, &[b"a;b\n1;M\xfctze\n"]).unwrap_err();
        assert!(refusal.message().starts_with("Row 2 is not UTF-8."), "{}", refusal.message());
    }

    #[test]
    fn a_long_row_is_passed_over_and_the_next_one_read() {
        let file = format!("a;b\n{};1\n2;3\n", "x".repeat(MAX_ROW_BYTES + 1));
        let (mut reader, mut faults) = (Reader::new(None), Vec::new());
        let mut take = |row: Row| {
            faults.push((row.number, row.fault, row.cells.len()));
            Ok(())
        };
        reader.add(file.as_bytes(), &mut take).unwrap();
        reader.finish(&mut take).unwrap();
        assert_eq!(faults, [(1, None, 2), (2, Some(Fault::TooLong), 0), (3, None, 2)]);
    }
}
