//! Families: sorts of products, which attributes they have and which they need.

pub mod api;
mod store;

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::fields::{Fields, Labels};

/// A sort of products.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct Family {
    /// Chosen by staff, never changed.
    #[schema(example = "mugs")]
    pub code: String,
    /// Its attributes; the main identifier is always among them.
    #[schema(example = json!(["sku", "name", "picture"]))]
    pub attributes: Vec<String>,
    /// Attribute that names a product: an identifier or a text.
    #[schema(example = "name")]
    pub attribute_as_label: String,
    /// Attribute with the main picture.
    #[schema(example = "picture")]
    pub attribute_as_image: Option<String>,
    /// Channel to the attributes that a complete product has there.
    #[sqlx(json)]
    #[schema(example = json!({"ecommerce": ["sku", "name"]}))]
    pub attribute_requirements: BTreeMap<String, Vec<String>>,
    /// Names by locale.
    #[sqlx(json)]
    pub labels: Labels,
    /// Always null: families have no parents here.
    #[sqlx(skip)]
    pub parent: Option<String>,
    #[serde(skip)]
    version: i64,
}

impl Family {
    fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            attributes: Vec::new(),
            attribute_as_label: String::new(),
            attribute_as_image: None,
            attribute_requirements: BTreeMap::new(),
            labels: Labels::new(),
            parent: None,
            version: 0,
        }
    }

    fn take_over(&mut self, fields: &mut Fields<'_>) {
        if let Some(attributes) = fields.texts("attributes") {
            self.attributes = sorted(attributes);
        }
        fields.text("attribute_as_label", &mut self.attribute_as_label);
        fields.optional_text("attribute_as_image", &mut self.attribute_as_image);
        for (channel, codes) in fields.object("attribute_requirements").unwrap_or_default() {
            let items = codes.as_array().map(|items| {
                items
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect::<Option<Vec<_>>>()
            });
            match items.flatten() {
                Some(codes) => drop(self.attribute_requirements.insert(channel, sorted(codes))),
                None => fields.expects(
                    "attribute_requirements",
                    "an array of arrays of strings",
                    &codes,
                ),
            }
        }
        fields.labels("labels", &mut self.labels);
        if let Some(parent) = fields.take("parent").filter(|parent| !parent.is_null()) {
            fields.expects("parent", "null", parent);
        }
    }

    /// The main identifier belongs to every family and is always required.
    fn add_identifier(&mut self, identifier: &str, channels: &[String]) {
        add(&mut self.attributes, identifier);
        if self.attribute_as_label.is_empty() {
            identifier.clone_into(&mut self.attribute_as_label);
        }
        for channel in channels {
            add(self.attribute_requirements.entry(channel.clone()).or_default(), identifier);
        }
        let attributes = &self.attributes;
        self.attribute_requirements
            .values_mut()
            .for_each(|codes| codes.retain(|code| attributes.contains(code)));
    }
}

fn sorted(mut codes: Vec<String>) -> Vec<String> {
    codes.sort();
    codes.dedup();
    codes
}

fn add(codes: &mut Vec<String>, code: &str) {
    if let Err(place) = codes.binary_search_by(|other| other.as_str().cmp(code)) {
        codes.insert(place, code.to_owned());
    }
}
