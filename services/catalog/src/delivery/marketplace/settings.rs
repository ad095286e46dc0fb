use std::collections::{BTreeMap, HashMap, HashSet};

use problem::{Problem, Result};

use super::{
    field::{CONDITIONS, Field},
    link::LinkTemplate,
    store::FeedRow,
};

/// How the feeds of a channel are made.
#[derive(Debug)]
pub(super) struct Settings {
    /// Grows with every change; 0 where staff have said nothing.
    pub version: i64,
    pub link: LinkTemplate,
    pub condition: &'static str,
    attributes: BTreeMap<Field, Vec<String>>,
    pub google_product_categories: HashMap<String, String>,
    pub excluded_categories: HashSet<String>,
    pub excluded_families: Vec<String>,
}

impl Settings {
    /// As staff have said, or as is usual.
    pub(super) fn new(row: Option<FeedRow>, public_url: &str) -> Result<Self> {
        let row = row.unwrap_or_default();
        let link = row.link.unwrap_or_else(|| format!("{public_url}/products/{{slug}}"));
        let chosen = |field: Field| match row.attributes.get(field.as_str()) {
            Some(attribute) => vec![attribute.clone()],
            None => field.usual_attributes().iter().map(|code| (*code).to_owned()).collect(),
        };
        Ok(Self {
            version: row.version,
            link: LinkTemplate::parse(&link)
                .map_err(|error| Problem::internal(anyhow::anyhow!(error)))?,
            condition: known(&CONDITIONS, &row.condition).unwrap_or(CONDITIONS[0]),
            attributes: Field::ALL.into_iter().map(|field| (field, chosen(field))).collect(),
            google_product_categories: row.google_product_categories,
            excluded_categories: row.excluded_categories.into_iter().collect(),
            excluded_families: row.excluded_families,
        })
    }

    /// Codes of the attributes that fill a field; the first with a value does.
    pub(super) fn attributes(&self, field: Field) -> &[String] {
        self.attributes.get(&field).map(Vec::as_slice).unwrap_or_default()
    }

    /// The field that an attribute fills.
    pub(super) fn field_of(&self, attribute: &str) -> Option<Field> {
        let is_filled = |codes: &[String]| codes.iter().any(|code| code == attribute);
        let mut fields = self.attributes.iter();
        fields.find(|(_, codes)| is_filled(codes)).map(|(field, _)| *field)
    }
}

/// The value of this name, whatever its case.
pub(super) fn known(values: &[&'static str], text: &str) -> Option<&'static str> {
    values.iter().copied().find(|value| value.eq_ignore_ascii_case(text))
}
