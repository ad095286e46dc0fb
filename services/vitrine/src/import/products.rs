//! The second reading: models, then products, in bulk.

use std::{collections::HashMap, path::Path};

use anyhow::Result;
use futures::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use super::{
    mapping::Mapping,
    reader::{Fields, Header, Raw, Records},
    report::Report,
    stock,
    structure::Plan,
    value::text,
};
use crate::client::{Client, LineOutcome, MAX_LINES};

const MODELS: &str = "/api/rest/v1/product-models";
const PRODUCTS: &str = "/api/rest/v1/products";

/// A record on its way.
struct Item {
    line: u64,
    identifier: String,
    body: Value,
    on_hand: Option<u32>,
    raw: Raw,
}

/// A record that is refused before it is sent.
struct Refused {
    line: u64,
    identifier: String,
    reason: String,
    raw: Raw,
}

type Parsed = Result<Item, Refused>;

/// Writes every record of the file; refused ones go to the report.
pub(super) async fn write(
    client: &Client,
    mapping: &Mapping,
    plan: &Plan,
    file: &Path,
    concurrency: usize,
    report: &mut Report,
) -> Result<()> {
    let bar = ProgressBar::new(plan.records).with_style(
        ProgressStyle::with_template("Products   {bar:30} {pos}/{len} {per_sec}, {eta} left")
            .expect("a template"),
    );
    // Models first: variants need them.
    for models in [true, false] {
        let records = Records::open(file, mapping.profile.delimiter)?;
        let header = records.header().cloned();
        let mut reading = Reading { mapping, plan, models, lines: HashMap::new() };
        let parsed = records.filter_map(|record| reading.parse(record));
        let batches = stream::iter(Batches { parsed }).map(|batch| send(client, batch, models));
        let mut done = batches.buffered(concurrency);
        while let Some(batch) = done.next().await {
            let (refused, items, outcomes) = batch?;
            bar.inc(u64::try_from(refused.len() + items.len()).unwrap_or_default());
            tell(report, &refused, &items, &outcomes, header.as_ref())?;
        }
    }
    bar.finish_and_clear();
    Ok(())
}

struct Reading<'a> {
    mapping: &'a Mapping,
    plan: &'a Plan,
    models: bool,
    /// Identifier → its line, to find repeated ones.
    lines: HashMap<String, u64>,
}

impl Reading<'_> {
    /// The record, if this reading is about its sort.
    fn parse(&mut self, record: super::reader::Record) -> Option<Parsed> {
        let refused = |identifier: &str, reason: String, raw: Raw| Refused {
            line: record.line,
            identifier: identifier.to_owned(),
            reason,
            raw,
        };
        let fields = match record.fields {
            Ok(fields) => self.mapping.complete(fields),
            // Told once, in the reading of the products.
            Err(reason) => return (!self.models).then(|| Err(refused("", reason, record.raw))),
        };
        if self.mapping.is_model(&fields) != self.models {
            return None;
        }
        let identifier = match self.mapping.identifier(&fields) {
            Ok(identifier) => identifier,
            Err(reason) => return Some(Err(refused("", reason, record.raw))),
        };
        if let Some(first) = self.lines.insert(identifier.clone(), record.line) {
            let reason =
                format!("line {first} has the same {}", self.mapping.profile.product.identifier);
            return Some(Err(refused(&identifier, reason, record.raw)));
        }
        let body = if self.models {
            self.model_body(&identifier, &fields)
        } else {
            self.product_body(&identifier, &fields)
        };
        Some(match body {
            Ok(body) => Ok(Item {
                line: record.line,
                on_hand: self.on_hand(&fields),
                identifier,
                body,
                raw: record.raw,
            }),
            Err(reason) => Err(refused(&identifier, reason, record.raw)),
        })
    }

    fn model_body(&self, code: &str, fields: &Fields) -> Result<Value, String> {
        let (family_variant, variant) = self
            .plan
            .variants
            .family_variant(code)
            .ok_or("its variants cannot be read".to_owned())?;
        let own = |attribute: &str| {
            !variant.axes.iter().any(|axis| axis == attribute)
                && !self.belongs_to_variant(attribute)
        };
        Ok(json!({
            "code": code,
            "family_variant": family_variant,
            "categories": self.categories(fields),
            "values": self.values(fields, own)?,
        }))
    }

    fn product_body(&self, identifier: &str, fields: &Fields) -> Result<Value, String> {
        let enabled = self.enabled(fields);
        if let Some(parent) = self.plan.variants.parent(identifier) {
            let axes = self.plan.variants.family_variant(parent).map(|(_, variant)| &variant.axes);
            let own = |attribute: &str| {
                axes.is_some_and(|axes| axes.iter().any(|axis| axis == attribute))
                    || self.belongs_to_variant(attribute)
            };
            return Ok(json!({
                "identifier": identifier,
                "parent": parent,
                "enabled": enabled,
                "values": self.values(fields, own)?,
            }));
        }
        Ok(json!({
            "identifier": identifier,
            "family": self.mapping.family(fields)?.0,
            "enabled": enabled,
            "categories": self.categories(fields),
            "values": self.values(fields, |_| true)?,
        }))
    }

    fn belongs_to_variant(&self, attribute: &str) -> bool {
        let rule = self.mapping.profile.variants.as_ref();
        rule.is_some_and(|rule| rule.attributes.iter().any(|own| own == attribute))
    }

    fn values(&self, fields: &Fields, own: impl Fn(&str) -> bool) -> Result<Value, String> {
        let mut values = Map::new();
        for (name, column, cell) in self.mapping.cells(fields) {
            let Some(known) = self.plan.formats.get(&column.attribute) else { continue };
            if !own(&column.attribute) {
                continue;
            }
            let data = known.format.data(cell).map_err(|reason| format!("{name}: {reason}"))?;
            let locale = known.localizable.then_some(&self.mapping.profile.locale);
            let value = json!([{ "locale": locale, "scope": null, "data": data }]);
            values.insert(column.attribute.clone(), value);
        }
        Ok(Value::Object(values))
    }

    fn categories(&self, fields: &Fields) -> Vec<String> {
        let mut codes: Vec<String> =
            self.mapping.categories(fields).iter().filter_map(|path| path.codes().pop()).collect();
        codes.sort();
        codes.dedup();
        codes
    }

    fn enabled(&self, fields: &Fields) -> bool {
        let column = self.mapping.profile.product.enabled.as_ref();
        let cell = column.and_then(|column| fields.get(column));
        cell.is_none_or(|cell| !matches!(text(cell).as_str(), "0" | "false" | "no"))
    }

    fn on_hand(&self, fields: &Fields) -> Option<u32> {
        let rule = self.mapping.profile.initial_stock.as_ref().filter(|_| !self.models)?;
        let cell = rule.column.as_ref().and_then(|column| fields.get(column));
        let quantity = cell.and_then(|cell| text(cell).parse::<f64>().ok());
        // A quantity such as "100.0000" counts whole pieces.
        Some(quantity.map_or(rule.on_hand, |quantity| quantity.clamp(0.0, 1e6) as u32))
    }
}

/// Groups records into requests.
struct Batches<I> {
    parsed: I,
}

impl<I: Iterator<Item = Parsed>> Iterator for Batches<I> {
    type Item = (Vec<Refused>, Vec<Item>);

    fn next(&mut self) -> Option<Self::Item> {
        let (mut refused, mut items) = (Vec::new(), Vec::new());
        for parsed in self.parsed.by_ref() {
            match parsed {
                Ok(item) => items.push(item),
                Err(error) => refused.push(error),
            }
            if items.len() + refused.len() == MAX_LINES {
                break;
            }
        }
        (!items.is_empty() || !refused.is_empty()).then_some((refused, items))
    }
}

type Sent = (Vec<Refused>, Vec<Item>, Vec<LineOutcome>);

async fn send(client: &Client, batch: (Vec<Refused>, Vec<Item>), models: bool) -> Result<Sent> {
    let (refused, items) = batch;
    if items.is_empty() {
        return Ok((refused, items, Vec::new()));
    }
    let bodies: Vec<Value> = items.iter().map(|item| item.body.clone()).collect();
    let path = if models { MODELS } else { PRODUCTS };
    let outcomes = client.patch_lines(path, &bodies).await?;
    let stocked = items
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.is_accepted())
        .filter_map(|(item, _)| Some((item.identifier.as_str(), item.on_hand?)))
        .collect::<Vec<_>>();
    stock::set_initial(client, &stocked).await?;
    Ok((refused, items, outcomes))
}

fn tell(
    report: &mut Report,
    refused: &[Refused],
    items: &[Item],
    outcomes: &[LineOutcome],
    header: Option<&Header>,
) -> Result<()> {
    for error in refused {
        report.reject(error.line, &error.identifier, &error.reason, &error.raw, header)?;
    }
    for (item, outcome) in items.iter().zip(outcomes) {
        match (outcome.status_code, outcome.changed) {
            (201, _) => report.created += 1,
            (204, Some(false)) => report.unchanged += 1,
            (204, _) => report.changed += 1,
            _ => {
                report.reject(item.line, &item.identifier, &outcome.reason(), &item.raw, header)?
            }
        }
    }
    Ok(())
}
