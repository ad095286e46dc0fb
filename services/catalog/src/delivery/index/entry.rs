//! A document becomes an entry of the index.

use std::collections::BTreeMap;

use serde_json::Value;
use tantivy::{TantivyDocument, schema::OwnedValue, tokenizer::TextAnalyzer};

use super::{
    schema::Fields,
    tokenize::{normalized_identifier, words},
};
use crate::delivery::{
    conventions::CONVENTIONS,
    document::{AttributeValue, Card, Detail},
    projection::without_tags,
    structure::{Kind, Structure},
};

/// Longest text of an attribute that is searched, in characters.
const MAX_TEXT: usize = 1000;
/// Longest text that is a value of a facet, in bytes.
const MAX_FACET_TEXT: usize = 200;
/// Length of the key that names are sorted by, in bytes.
const NAME_KEY: usize = 100;

/// Values of facets by attribute: every value that one of the variants has, once.
type Facets = BTreeMap<String, Vec<OwnedValue>>;

/// Makes entries of one index.
pub(super) struct Entries<'a> {
    pub fields: Fields,
    pub structure: &'a Structure,
    pub plain: TextAnalyzer,
}

impl Entries<'_> {
    /// The entry of a document.
    pub(super) fn entry(&mut self, card: &Card, detail: &Detail) -> TantivyDocument {
        let fields = self.fields;
        let mut entry = TantivyDocument::default();
        let (high, low) = card.id.as_u64_pair();
        entry.add_text(fields.id, card.id.to_string());
        entry.add_u64(fields.id_high, high);
        entry.add_u64(fields.id_low, low);
        entry.add_text(fields.slug, &card.slug);
        entry.add_i64(fields.created, detail.created.timestamp_micros());
        entry.add_text(fields.name_key, self.name_key(&card.name));
        for code in detail.category_codes() {
            entry.add_text(fields.category, code);
        }
        self.add_texts(&mut entry, card, detail);
        self.add_identifiers(&mut entry, detail);
        self.add_facets(&mut entry, detail);
        self.add_prices(&mut entry, detail);
        entry
    }

    /// Lower case without accents and signs, in front.
    fn name_key(&mut self, name: &str) -> String {
        let mut key = words(&mut self.plain, name).join(" ");
        let mut end = key.len().min(NAME_KEY);
        while !key.is_char_boundary(end) {
            end -= 1;
        }
        key.truncate(end);
        key
    }

    fn add_texts(&self, entry: &mut TantivyDocument, card: &Card, detail: &Detail) {
        let fields = self.fields;
        entry.add_text(fields.name, &card.name);
        entry.add_text(fields.words, &card.name);
        if let Some(brand) = &card.brand {
            entry.add_text(fields.brand, brand);
            entry.add_text(fields.words, brand);
        }
        for label in detail.categories.iter().flat_map(|category| &category.path) {
            entry.add_text(fields.kind, &label.label);
            entry.add_text(fields.words, &label.label);
        }
        for choice in &detail.options {
            for value in &choice.values {
                entry.add_text(fields.attributes, &value.label);
                entry.add_text(fields.words, &value.label);
            }
        }
        for attribute in all_attributes(detail) {
            self.add_attribute_text(entry, attribute);
        }
        if let Some(description) = &detail.description {
            entry.add_text(fields.description, without_tags(description));
        }
    }

    fn add_attribute_text(&self, entry: &mut TantivyDocument, attribute: &AttributeValue) {
        let fields = self.fields;
        match Kind::parse(&attribute.kind) {
            Kind::Select | Kind::MultiSelect => {
                entry.add_text(fields.attributes, &attribute.formatted);
                entry.add_text(fields.words, &attribute.formatted);
            }
            Kind::Boolean if attribute.value == Value::Bool(true) => {
                entry.add_text(fields.attributes, &attribute.label);
            }
            Kind::Text | Kind::Number | Kind::Metric | Kind::Identifier => {
                let text: String = attribute.formatted.chars().take(MAX_TEXT).collect();
                entry.add_text(fields.attributes, without_tags(&text));
            }
            _ => {}
        }
    }

    /// Skus, and values of attributes that hold part numbers: whole, and each of a list.
    fn add_identifiers(&self, entry: &mut TantivyDocument, detail: &Detail) {
        let mut identifiers: Vec<String> = Vec::new();
        for variant in &detail.variants {
            entry.add_text(self.fields.sku, variant.sku.as_str());
            identifiers.push(normalized_identifier(variant.sku.as_str()));
        }
        for attribute in all_attributes(detail).filter(|entry| self.is_identifier(entry)) {
            let Some(text) = attribute.value.as_str() else { continue };
            let parts = text.split([',', ';', '|', '\n']);
            identifiers.extend(parts.chain([text]).map(normalized_identifier));
        }
        identifiers.sort();
        identifiers.dedup();
        for identifier in identifiers.iter().filter(|text| (1..=80).contains(&text.len())) {
            entry.add_text(self.fields.identifier, identifier);
        }
    }

    fn is_identifier(&self, entry: &AttributeValue) -> bool {
        let is_unique = self.structure.attributes.get(&entry.code).is_some_and(|a| a.is_unique);
        match Kind::parse(&entry.kind) {
            Kind::Identifier => true,
            Kind::Text => is_unique || CONVENTIONS.is_identifier(&entry.code),
            _ => false,
        }
    }

    fn add_facets(&self, entry: &mut TantivyDocument, detail: &Detail) {
        let mut facets = Facets::new();
        for attribute in all_attributes(detail) {
            if self.structure.is_facet(&attribute.code) {
                for value in facet_values(attribute) {
                    add_value(&mut facets, &attribute.code, value);
                }
            }
        }
        for (axis, value) in detail.variants.iter().flat_map(|variant| &variant.options) {
            for value in self.axis_values(axis, value) {
                add_value(&mut facets, axis, value);
            }
        }
        for name in facets.keys() {
            entry.add_text(self.fields.facet_name, name);
        }
        let object = facets.into_iter().map(|(name, values)| (name, OwnedValue::Array(values)));
        entry.add_object(self.fields.facet, object.collect());
    }

    /// A variant's choice, in the type of its attribute.
    fn axis_values(&self, axis: &str, value: &str) -> Vec<OwnedValue> {
        let Some(attribute) = self.structure.attributes.get(axis) else { return Vec::new() };
        match attribute.kind {
            Kind::Select => vec![OwnedValue::Str(value.to_owned())],
            Kind::MultiSelect => {
                value.split(',').map(|code| OwnedValue::Str(code.to_owned())).collect()
            }
            Kind::Boolean => value.parse().map(OwnedValue::Bool).into_iter().collect(),
            Kind::Metric | Kind::Number => {
                let amount = value.split(' ').next().and_then(|amount| amount.parse().ok());
                amount.map(OwnedValue::F64).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Prices of all variants, by currency.
    fn add_prices(&self, entry: &mut TantivyDocument, detail: &Detail) {
        let mut prices: BTreeMap<String, Vec<OwnedValue>> = BTreeMap::new();
        for (currency, range) in detail.variants.iter().filter_map(|v| v.prices.as_ref()).flatten()
        {
            let amounts = prices.entry(currency.as_str().to_owned()).or_default();
            let amount = OwnedValue::I64(range.min);
            if !amounts.contains(&amount) {
                amounts.push(amount);
            }
        }
        let object = prices.into_iter().map(|(code, amounts)| (code, OwnedValue::Array(amounts)));
        entry.add_object(self.fields.price, object.collect());
    }
}

fn all_attributes(detail: &Detail) -> impl Iterator<Item = &AttributeValue> {
    detail.attributes.iter().chain(detail.variants.iter().flat_map(|variant| &variant.attributes))
}

fn add_value(facets: &mut Facets, name: &str, value: OwnedValue) {
    let values = facets.entry(name.to_owned()).or_default();
    if !values.contains(&value) {
        values.push(value);
    }
}

fn facet_values(attribute: &AttributeValue) -> Vec<OwnedValue> {
    let text = |value: &Value| {
        let text = value.as_str().filter(|text| text.len() <= MAX_FACET_TEXT)?;
        Some(OwnedValue::Str(text.to_owned()))
    };
    match Kind::parse(&attribute.kind) {
        Kind::Select | Kind::Text => text(&attribute.value).into_iter().collect(),
        Kind::MultiSelect => {
            attribute.value.as_array().into_iter().flatten().filter_map(text).collect()
        }
        Kind::Boolean => attribute.value.as_bool().map(OwnedValue::Bool).into_iter().collect(),
        Kind::Number | Kind::Metric => {
            attribute.value.as_f64().map(OwnedValue::F64).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
