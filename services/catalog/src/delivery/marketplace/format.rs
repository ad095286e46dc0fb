//! The formats of feeds: how each begins, what it has of some pages, and how it ends.

mod schema_org;
mod table;
mod xml;

use std::io::{self, Write};

use serde::Deserialize;
use utoipa::ToSchema;

use super::item::Listing;

/// A format of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = FeedFormat)]
pub(crate) enum Format {
    /// RSS 2.0 with Google's namespace.
    #[serde(rename = "google.xml")]
    GoogleXml,
    /// Google's fields, separated by tabs.
    #[serde(rename = "google.tsv")]
    GoogleTsv,
    /// Meta's catalog, as CSV.
    #[serde(rename = "meta.csv")]
    MetaCsv,
    /// A JSON object a line.
    #[serde(rename = "jsonl")]
    Jsonl,
    /// A product or a group of products of schema.org a line, as JSON-LD.
    #[serde(rename = "schema-org.jsonl")]
    SchemaOrg,
}

impl Format {
    pub(super) const ALL: [Self; 5] =
        [Self::GoogleXml, Self::GoogleTsv, Self::MetaCsv, Self::Jsonl, Self::SchemaOrg];

    /// Its name in addresses.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::GoogleXml => "google.xml",
            Self::GoogleTsv => "google.tsv",
            Self::MetaCsv => "meta.csv",
            Self::Jsonl => "jsonl",
            Self::SchemaOrg => "schema-org.jsonl",
        }
    }

    /// Reads [`as_str`](Self::as_str).
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::GoogleXml => "application/xml",
            Self::GoogleTsv => "text/tab-separated-values; charset=utf-8",
            Self::MetaCsv => "text/csv; charset=utf-8",
            Self::Jsonl | Self::SchemaOrg => "application/x-ndjson",
        }
    }

    /// What comes before the first page; `title` and `link` are those of the whole feed.
    pub(super) fn begin(self, title: &str, link: &str, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::GoogleXml => xml::begin(title, link, out),
            Self::GoogleTsv => table::begin(table::GOOGLE, out),
            Self::MetaCsv => table::begin(table::META, out),
            Self::Jsonl | Self::SchemaOrg => Ok(()),
        }
    }

    /// What there is of a page.
    pub(super) fn write(self, listing: &Listing, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::GoogleXml => listing.items.iter().try_for_each(|item| xml::write(item, out)),
            Self::GoogleTsv => table::write(table::GOOGLE, &listing.items, out),
            Self::MetaCsv => table::write(table::META, &listing.items, out),
            Self::Jsonl => listing.items.iter().try_for_each(|item| {
                serde_json::to_writer(&mut *out, item)?;
                out.write_all(b"\n")
            }),
            Self::SchemaOrg => schema_org::write(listing, out),
        }
    }

    /// What comes after the last page.
    pub(super) fn end(self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::GoogleXml => xml::end(out),
            _ => Ok(()),
        }
    }
}
