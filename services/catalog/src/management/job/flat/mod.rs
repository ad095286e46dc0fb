//! Flat files: products, models and structure as rows of cells, in the columns that Akeneo's spreadsheets
//! have. What a row says becomes the body of a write, and what a read answers becomes a row.
//!
//! Files of one format are read and written by [`csv`] and [`workbook`]; which columns there are, and what
//! their cells mean, is known by [`content`] for products and models and by [`structure`] for the rest.

mod cell;
pub(super) mod content;
pub(super) mod csv;
pub(super) mod shape;
mod structure;
pub(super) mod workbook;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub(super) use cell::Cell;
pub(super) use shape::Shape;

use crate::management::{
    error::{Refusal, Result},
    report::Report,
};

/// Rows of one file, without the header.
pub(super) const MAX_ROWS: i64 = 1_000_000;
/// Columns of one file.
pub(super) const MAX_COLUMNS: usize = 10_000;
/// Bytes of one row.
pub(super) const MAX_ROW_BYTES: usize = 1_000_000;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = FileFormat)]
pub enum Format {
    /// Cells separated by `;`, or as asked for.
    Csv,
    /// A workbook with one sheet.
    Xlsx,
    /// Lines of JSON, as imports read them.
    Ndjson,
}

/// What the rows of a file are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = FileResource)]
pub enum Resource {
    /// Products, simple ones and variants.
    Products,
    /// Product models.
    ProductModels,
    /// Families.
    Families,
    /// Family variants of all families.
    FamilyVariants,
    /// Attributes.
    Attributes,
    /// Options of all attributes.
    AttributeOptions,
    /// Attribute groups.
    AttributeGroups,
    /// Association types.
    AssociationTypes,
    /// Categories.
    Categories,
    /// Channels.
    Channels,
    /// Groups.
    Groups,
}

/// What an empty cell says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = EmptyCells)]
pub enum Empty {
    /// There is no value; one that is there is removed.
    #[default]
    Clear,
    /// Nothing: what is there stays.
    Keep,
}

impl Format {
    /// The media type of such a file.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => workbook::MEDIA_TYPE,
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// Its name, which is also how names of such files end.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Ndjson => "ndjson",
        }
    }
}

impl Resource {
    /// Its name in requests.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::ProductModels => "product-models",
            Self::Families => "families",
            Self::FamilyVariants => "family-variants",
            Self::Attributes => "attributes",
            Self::AttributeOptions => "attribute-options",
            Self::AttributeGroups => "attribute-groups",
            Self::AssociationTypes => "association-types",
            Self::Categories => "categories",
            Self::Channels => "channels",
            Self::Groups => "groups",
        }
    }

    /// Whether its things have values of attributes.
    pub(super) fn has_values(self) -> bool {
        matches!(self, Self::Products | Self::ProductModels)
    }
}

/// A row of a file as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Its number in the file; the header is 1.
    pub(super) number: i64,
    /// Its cells, in the order of the columns.
    pub(super) cells: Vec<String>,
    /// Why it cannot be read, if so.
    pub(super) fault: Option<Fault>,
}

/// Why a row cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is longer than [`MAX_ROW_BYTES`], or has more than [`MAX_COLUMNS`] cells.
    TooLong,
    /// The cell of this column is an error of a formula.
    Formula(usize),
}

/// The columns of a file.
#[derive(Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    meaning: Meaning,
}

#[derive(Debug)]
enum Meaning {
    Content(Vec<content::Column>),
    Structure(&'static structure::Table, Vec<structure::Column>),
}

/// What a row asks for: the path of a bulk write, and a line of it.
pub(super) type Write = (String, Map<String, Value>);

impl Columns {
    /// Understands a header; 422 names every column that is not known, comes twice or is missing.
    pub(super) fn read(names: Vec<String>, resource: Resource, shape: &Shape) -> Result<Self> {
        let mut report = Report::default();
        let mut seen = HashSet::new();
        for name in names.iter().filter(|name| !seen.insert(name.as_str())) {
            report.rule(name, format!("The column \"{name}\" comes twice."));
        }
        let meaning = match structure::Table::of(resource) {
            Some(table) => Meaning::Structure(table, table.read(&names, shape, &mut report)),
            None => Meaning::Content(content::read(&names, resource, shape, &mut report)),
        };
        report.into_result()?;
        Ok(Self { names, meaning })
    }

    /// The columns of an export.
    pub(super) fn of_structure(table: &'static structure::Table, shape: &Shape) -> Self {
        let (names, columns) = table.list(shape);
        Self { names, meaning: Meaning::Structure(table, columns) }
    }

    /// The columns of an export of products or models.
    pub(super) fn of_content(columns: Vec<(String, content::Column)>) -> Self {
        let (names, columns) = columns.into_iter().unzip();
        Self { names, meaning: Meaning::Content(columns) }
    }

    /// Their names.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// What a row asks for.
    pub(super) fn read_row(&self, row: &Row, empty: Empty) -> Result<Write> {
        let name = |column: usize| self.names.get(column).map_or("", String::as_str);
        let mut report = Report::default();
        match &row.fault {
            Some(Fault::TooLong) => return Err(Refusal::too_large("The row is too long.")),
            Some(Fault::Formula(column)) => {
                report.rule(name(*column), "The cell holds an error of a formula.");
                return Err(report.into());
            }
            None => {}
        }
        let (expected, given) = (self.names.len(), row.cells.len());
        if given != expected {
            return Err(Refusal::unprocessable(format!(
                "The row has {given} cells, and the header {expected}."
            )));
        }
        let cells = Cells { names: &self.names, texts: &row.cells, empty };
        let write = match &self.meaning {
            Meaning::Content(columns) => content::read_row(columns, &cells, &mut report),
            Meaning::Structure(table, columns) => table.read_row(columns, &cells, &mut report),
        };
        report.into_result()?;
        write.ok_or_else(|| Refusal::unprocessable("The row has no key."))
    }

    /// The row of a thing as clients read it; `owner` is what it belongs to, if it does.
    pub(super) fn write_row(&self, owner: &str, body: &Map<String, Value>) -> Vec<Cell> {
        match &self.meaning {
            Meaning::Content(columns) => {
                columns.iter().map(|column| content::write_cell(column, body)).collect()
            }
            Meaning::Structure(_, columns) => {
                columns.iter().map(|column| structure::write_cell(column, owner, body)).collect()
            }
        }
    }
}

/// The table of a resource that is structure; none of products and models.
pub(super) fn structure_of(resource: Resource) -> Option<&'static structure::Table> {
    structure::Table::of(resource)
}

/// The cells of a row while they are read.
struct Cells<'a> {
    names: &'a [String],
    texts: &'a [String],
    empty: Empty,
}

impl<'a> Cells<'a> {
    /// The cell of a column; none if it is empty and says nothing.
    fn get(&self, column: usize) -> Option<&'a str> {
        let text = self.texts.get(column).map_or("", String::as_str);
        (!text.is_empty() || self.empty == Empty::Clear).then_some(text)
    }

    /// The cell of a column; empty if there is none.
    fn text(&self, column: usize) -> &'a str {
        self.texts.get(column).map_or("", String::as_str)
    }

    fn name(&self, column: usize) -> &'a str {
        self.names.get(column).map_or("", String::as_str)
    }
}

/// The column that a problem of a body is about: `name-en_US-web` of a value, else the property itself;
/// none where the property is not a column.
pub(super) fn column_of(error: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| error.get(name).and_then(Value::as_str);
    if let Some(attribute) = text("attribute") {
        let parts = [Some(attribute), text("locale"), text("scope"), text("currency")];
        return Some(parts.into_iter().flatten().collect::<Vec<_>>().join("-"));
    }
    let property = text("property")?;
    let is_column = !matches!(
        property,
        "values" | "labels" | "associations" | "quantified_associations" | "attribute"
    );
    is_column.then(|| property.to_owned())
}
