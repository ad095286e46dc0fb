use anyhow::Result;
use fastrand::Rng;
use load::Client;
use serde_json::{Map, Value, json};

use crate::Options;

pub(crate) const LOCALES: [&str; 4] = ["de_DE", "en_US", "es_ES", "fr_FR"];
pub(crate) const CHANNELS: [&str; 2] = ["ecommerce", "mobile"];
/// Attributes of a family; products fill as many as it takes for their number of values.
const FAMILY_SIZE: usize = 100;
/// Attributes of a family that a complete product has; the others lack one.
const REQUIRED: usize = 30;
const OPTIONS_OF_SELECT: usize = 20;
/// Lines of a bulk request.
pub(crate) const LINES: usize = 100;
const WORDS: [&str; 16] = [
    "oak", "steel", "linen", "lamp", "chair", "garden", "kettle", "round", "small", "light",
    "wool", "table", "glass", "outdoor", "matt", "solid",
];

/// Sorts of attributes, in about the shares in which retailers have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    LocalizedText,
    ScopedText,
    Number,
    Select,
    MultiSelect,
    Boolean,
    Date,
    Metric,
    Price,
}

const SORTS: [Sort; 20] = [
    Sort::Number,
    Sort::Select,
    Sort::Text,
    Sort::LocalizedText,
    Sort::Text,
    Sort::Text,
    Sort::MultiSelect,
    Sort::Text,
    Sort::Number,
    Sort::Select,
    Sort::Boolean,
    Sort::Text,
    Sort::Date,
    Sort::Text,
    Sort::Metric,
    Sort::Number,
    Sort::ScopedText,
    Sort::Text,
    Sort::Price,
    Sort::Select,
];

/// A catalog that comes out the same each time.
pub(crate) struct Catalog {
    values: usize,
    attributes: usize,
    families: usize,
    categories: usize,
    /// Of a hundred products.
    complete: u64,
}

impl Catalog {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            values: options.values,
            attributes: options.attributes.max(FAMILY_SIZE),
            families: options.families.max(1),
            categories: options.categories.max(2),
            complete: (options.complete * 100.0) as u64,
        }
    }

    /// Everything but the products.
    pub(crate) async fn fill_structure(&self, staff: &Client) -> Result<()> {
        upsert(staff, "categories", self.categories()).await?;
        let channels = CHANNELS.map(|code| {
            json!({ "code": code, "category_tree": "c0", "currencies": ["EUR", "USD"],
                "locales": LOCALES, "labels": {} })
        });
        upsert(staff, "channels", channels.into()).await?;
        upsert(staff, "attribute-groups", vec![json!({ "code": "all", "labels": {} })]).await?;
        let sku = json!({ "code": "sku", "type": "pim_catalog_identifier", "group": "all" });
        let attributes = (0..self.attributes).map(attribute);
        upsert(staff, "attributes", std::iter::once(sku).chain(attributes).collect()).await?;
        for number in (0..self.attributes).filter(|number| has_options(sort_of(*number))) {
            let options =
                (0..OPTIONS_OF_SELECT).map(|option| json!({ "code": option_code(option) }));
            let resource = format!("attributes/{}/options", attribute_code(number));
            upsert(staff, &resource, options.collect()).await?;
        }
        let families = (0..self.families).map(|family| self.family(family));
        upsert(staff, "families", families.collect()).await
    }

    /// A tree: each category is below one that came before.
    fn categories(&self) -> Vec<Value> {
        let category = |number: usize| match number {
            0 => json!({ "code": "c0" }),
            _ => {
                json!({ "code": format!("c{number}"), "parent": format!("c{}", (number - 1) / 10) })
            }
        };
        (0..self.categories).map(category).collect()
    }

    fn family(&self, family: usize) -> Value {
        let attributes = self.attributes_of(family).map(attribute_code);
        let attributes: Vec<String> = std::iter::once("sku".to_owned()).chain(attributes).collect();
        let required = self.required_of(family).map(attribute_code);
        let required: Vec<String> = std::iter::once("sku".to_owned()).chain(required).collect();
        json!({
            "code": format!("f{family}"), "attributes": attributes, "attribute_as_label": "sku",
            "attribute_requirements": CHANNELS.map(|channel| (channel, &required))
                .into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        })
    }

    /// Neighbouring families share most of their attributes.
    fn attributes_of(&self, family: usize) -> impl Iterator<Item = usize> + use<> {
        let (first, all) = (family * 20, self.attributes);
        (0..FAMILY_SIZE).map(move |offset| (first + offset) % all)
    }

    /// Those without a value for each channel, which are not filled in every locale.
    fn required_of(&self, family: usize) -> impl Iterator<Item = usize> + use<> {
        let attributes = self.attributes_of(family);
        attributes.filter(|number| sort_of(*number) != Sort::ScopedText).take(REQUIRED)
    }

    /// The body of a bulk request; another `round` gives the same products other values.
    pub(crate) fn lines(&self, numbers: std::ops::Range<u64>, round: u64) -> String {
        let lines = numbers.map(|number| self.product(number, round).to_string());
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn product(&self, number: u64, round: u64) -> Value {
        let mut random = Rng::with_seed(number.wrapping_mul(7919).wrapping_add(round));
        let family = usize::try_from(number).unwrap_or_default() % self.families;
        let required: Vec<usize> = self.required_of(family).collect();
        let mut others: Vec<usize> =
            self.attributes_of(family).filter(|number| !required.contains(number)).collect();
        // Not of the round: the same places are filled again.
        Rng::with_seed(number).shuffle(&mut others);
        let lacking = usize::from(number % 100 >= self.complete);
        let (mut values, mut count) = (Map::new(), 0);
        for attribute in required.into_iter().skip(lacking).chain(others) {
            if count >= self.values {
                break;
            }
            let entries = value(sort_of(attribute), &mut random);
            count += entries.as_array().map_or(0, Vec::len);
            values.insert(attribute_code(attribute), entries);
        }
        json!({
            "identifier": format!("SKU-{number:08}"), "family": format!("f{family}"),
            "categories": [format!("c{}", random.usize(1..self.categories))], "values": values,
        })
    }
}

fn sort_of(attribute: usize) -> Sort {
    SORTS[attribute % SORTS.len()]
}

pub(crate) fn attribute_code(number: usize) -> String {
    format!("a{number}")
}

pub(crate) fn option_code(number: usize) -> String {
    format!("o{number}")
}

fn has_options(sort: Sort) -> bool {
    matches!(sort, Sort::Select | Sort::MultiSelect)
}

fn attribute(number: usize) -> Value {
    let (kind, more) = match sort_of(number) {
        Sort::Text => ("text", json!({})),
        Sort::LocalizedText => ("text", json!({ "localizable": true })),
        Sort::ScopedText => ("text", json!({ "localizable": true, "scopable": true })),
        Sort::Number => ("number", json!({ "decimals_allowed": true, "negative_allowed": false })),
        Sort::Select => ("simpleselect", json!({})),
        Sort::MultiSelect => ("multiselect", json!({})),
        Sort::Boolean => ("boolean", json!({})),
        Sort::Date => ("date", json!({})),
        Sort::Metric => (
            "metric",
            json!({ "metric_family": "Weight", "default_metric_unit": "KILOGRAM",
                "decimals_allowed": true, "negative_allowed": false }),
        ),
        Sort::Price => ("price_collection", json!({ "decimals_allowed": true })),
    };
    let mut body = json!({
        "code": attribute_code(number), "type": format!("pim_catalog_{kind}"), "group": "all",
    });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

fn value(sort: Sort, random: &mut Rng) -> Value {
    let amount = |random: &mut Rng| format!("{}.{:02}", random.u32(1..5000), random.u32(0..100));
    let data = match sort {
        Sort::LocalizedText => return entries(&LOCALES, &[None], random),
        Sort::ScopedText => {
            return entries(&LOCALES[..2], &CHANNELS.map(Some), random);
        }
        Sort::Text => json!(words(random)),
        Sort::Number => json!(amount(random)),
        Sort::Select => json!(option_code(random.usize(0..OPTIONS_OF_SELECT))),
        Sort::MultiSelect => {
            let first = random.usize(0..OPTIONS_OF_SELECT - 1);
            json!([option_code(first), option_code(first + 1)])
        }
        Sort::Boolean => json!(random.bool()),
        Sort::Date => json!(format!("2026-{:02}-{:02}", random.u32(1..13), random.u32(1..29))),
        Sort::Metric => json!({ "amount": amount(random), "unit": "GRAM" }),
        Sort::Price => json!([{ "amount": amount(random), "currency": "EUR" }]),
    };
    json!([{ "locale": null, "scope": null, "data": data }])
}

fn entries(locales: &[&str], scopes: &[Option<&str>], random: &mut Rng) -> Value {
    let places = locales.iter().flat_map(|locale| scopes.iter().map(move |scope| (locale, scope)));
    places
        .map(|(locale, scope)| json!({ "locale": locale, "scope": scope, "data": words(random) }))
        .collect()
}

fn words(random: &mut Rng) -> String {
    let words = (0..random.usize(2..8)).map(|_| WORDS[random.usize(0..WORDS.len())]);
    words.collect::<Vec<_>>().join(" ")
}

async fn upsert(staff: &Client, resource: &str, lines: Vec<Value>) -> Result<()> {
    for chunk in lines.chunks(LINES) {
        staff.upsert(resource, chunk).await?;
    }
    Ok(())
}
