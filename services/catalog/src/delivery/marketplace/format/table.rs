//! Tables with a line for each item.

use std::io::{self, Write};

use csv::WriterBuilder;

use crate::delivery::marketplace::item::{COLUMNS, Item, Read};

/// How a marketplace likes its table.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    delimiter: u8,
    /// How it says what Google calls `in_stock` and the like.
    availability: fn(&str) -> &str,
    /// Columns that it does not know.
    unknown: &'static [&'static str],
}

pub(super) const GOOGLE: Dialect =
    Dialect { delimiter: b'\t', availability: |own| own, unknown: &[] };
pub(super) const META: Dialect =
    Dialect { delimiter: b',', availability: of_meta, unknown: &["identifier_exists"] };

fn of_meta(availability: &str) -> &str {
    match availability {
        "out_of_stock" => "out of stock",
        "preorder" => "preorder",
        "backorder" => "available for order",
        _ => "in stock",
    }
}

/// The names of the columns.
pub(super) fn begin(dialect: Dialect, out: &mut impl Write) -> io::Result<()> {
    let mut writer = dialect.writer(out);
    writer.write_record(dialect.columns().map(|(name, _)| name))?;
    writer.flush()
}

pub(super) fn write(dialect: Dialect, items: &[Item], out: &mut impl Write) -> io::Result<()> {
    let mut writer = dialect.writer(out);
    for item in items {
        let mut fields = dialect.columns().map(|(name, read)| match name {
            "availability" => (dialect.availability)(item.availability).into(),
            _ => read(item).unwrap_or_default(),
        });
        fields.try_for_each(|field| writer.write_field(field.as_bytes()))?;
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

impl Dialect {
    fn writer<W: Write>(self, out: W) -> csv::Writer<W> {
        WriterBuilder::new().delimiter(self.delimiter).from_writer(out)
    }

    fn columns(self) -> impl Iterator<Item = (&'static str, Read)> {
        COLUMNS.into_iter().filter(move |(name, _)| !self.unknown.contains(name))
    }
}
