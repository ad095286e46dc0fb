//! Columns of products and product models: their properties, values and associations.
//!
//! A value's column is named by its attribute, locale and channel, as far as it has them, then `unit` of a
//! measurement or the currency of a price: `weight-unit`, `price-web-EUR`, `name-en_US`. Codes have no
//! hyphens.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{
    Cells, Empty, Resource, Shape, Write,
    cell::{Cell, read_boolean, split_list},
};
use crate::management::{
    attribute::{Attribute, Kind},
    report::Report,
    values::{METRIC_PLACES, PRICE_PLACES, Selection, read_date, read_decimal},
};

/// Of a date as it is kept, without the time.
const DAY_BYTES: usize = 10;

/// A column of a file.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Column {
    /// The id of a product.
    Uuid,
    /// The value of the main identifier.
    Identifier(String),
    /// The code of a model.
    Code,
    /// Whether a product is sold.
    Enabled,
    /// A code that is left alone where the cell is empty: nothing loses its parent by that.
    Fixed(&'static str),
    /// The family: a code or nothing.
    Family,
    /// Codes.
    Codes(&'static str),
    /// A value, or a part of one.
    Value(Place, Part),
    /// What is associated.
    Links(String, Linked, Quantities),
    /// How many of each.
    Quantity(String, Linked),
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Place {
    attribute: String,
    kind: Kind,
    locale: Option<String>,
    scope: Option<String>,
}

/// Which part of a value a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Part {
    /// All of it.
    Whole,
    /// The amount of a measurement, and which column has the unit.
    Amount(usize),
    /// The unit of a measurement.
    Unit,
    /// The amount in this currency.
    Currency(String),
}

/// What an association leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Linked {
    /// Products, by their identifiers.
    Products,
    /// Products, by their ids.
    ProductUuids,
    /// Product models.
    Models,
    /// Groups.
    Groups,
}

/// Whether associations have quantities, and which column has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Quantities {
    /// They have none.
    None,
    /// They do; without a column each is 1.
    In(Option<usize>),
}

impl Linked {
    const ALL: [Self; 4] = [Self::Products, Self::ProductUuids, Self::Models, Self::Groups];

    fn column(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::ProductUuids => "product_uuids",
            Self::Models => "product_models",
            Self::Groups => "groups",
        }
    }

    fn property(self) -> &'static str {
        match self {
            Self::ProductUuids => "products",
            other => other.column(),
        }
    }
}

/// Understands a header.
pub(super) fn read(
    names: &[String],
    resource: Resource,
    shape: &Shape,
    report: &mut Report,
) -> Vec<Column> {
    let is_there = |name: &str| names.iter().any(|given| given == name);
    if resource == Resource::ProductModels && !is_there("code") {
        report.rule("code", "The column \"code\" is missing.");
    }
    let key = &shape.main_identifier;
    if resource == Resource::Products && !is_there("uuid") && !is_there(key) {
        report.rule(key, format!("The column \"{key}\" or \"uuid\" is missing."));
    }
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let found = match find_property(name, resource, shape) {
            Some(column) => Ok(column),
            None => {
                find_links(name, names, shape).map_or_else(|| find_value(name, names, shape), Ok)
            }
        };
        match found {
            Ok(column) => columns.push(column),
            Err(message) => report.rule(name, message),
        }
    }
    columns
}

fn find_property(name: &str, resource: Resource, shape: &Shape) -> Option<Column> {
    let column = match (name, resource) {
        ("categories", _) => Column::Codes("categories"),
        ("parent", _) => Column::Fixed("parent"),
        ("uuid", Resource::Products) => Column::Uuid,
        ("enabled", Resource::Products) => Column::Enabled,
        ("family", Resource::Products) => Column::Family,
        ("groups", Resource::Products) => Column::Codes("groups"),
        ("code", Resource::ProductModels) => Column::Code,
        ("family_variant", Resource::ProductModels) => Column::Fixed("family_variant"),
        _ if resource == Resource::Products && name == shape.main_identifier => {
            Column::Identifier(name.to_owned())
        }
        _ => return None,
    };
    Some(column)
}

fn find_links(name: &str, names: &[String], shape: &Shape) -> Option<Column> {
    let (code, rest) = name.split_once('-')?;
    let is_quantified = shape.association_types.get(code)?.is_quantified;
    let linked = |text: &str| {
        let linked = Linked::ALL.into_iter().find(|linked| linked.column() == text)?;
        (!is_quantified || linked != Linked::Groups).then_some(linked)
    };
    if let Some(linked) = linked(rest) {
        let quantity = format!("{name}-quantity");
        let quantities = match is_quantified {
            true => Quantities::In(names.iter().position(|other| *other == quantity)),
            false => Quantities::None,
        };
        return Some(Column::Links(code.to_owned(), linked, quantities));
    }
    let linked = linked(rest.strip_suffix("-quantity")?).filter(|_| is_quantified)?;
    let whole = name.strip_suffix("-quantity")?;
    names.iter().any(|other| other == whole).then(|| Column::Quantity(code.to_owned(), linked))
}

fn find_value(name: &str, names: &[String], shape: &Shape) -> Result<Column, String> {
    let unknown = || format!("The column \"{name}\" does not exist.");
    let mut parts = name.split('-');
    let attribute = parts.next().and_then(|code| shape.attributes.get(code)).ok_or_else(unknown)?;
    let mut parts: Vec<&str> = parts.collect();
    let expected = usize::from(attribute.localizable) + usize::from(attribute.scopable);
    let last = if parts.len() == expected + 1 { parts.pop() } else { None };
    if parts.len() != expected || attribute.is_main_identifier {
        return Err(format!(
            "The column \"{name}\" should be named as in \"{}\".",
            example(attribute)
        ));
    }
    let mut parts = parts.into_iter();
    let locale = if attribute.localizable { parts.next() } else { None };
    let scope = if attribute.scopable { parts.next() } else { None };
    check_place(name, attribute, locale, scope, shape)?;
    let part = match (attribute.kind, last) {
        (Kind::Metric, None) => {
            let unit = format!("{name}-unit");
            names.iter().position(|other| *other == unit).map_or(Part::Whole, Part::Amount)
        }
        (Kind::Metric, Some("unit")) => {
            let amount = name.strip_suffix("-unit").unwrap_or_default();
            if !names.iter().any(|other| other == amount) {
                return Err(format!("The column \"{name}\" needs the column \"{amount}\"."));
            }
            Part::Unit
        }
        (Kind::PriceCollection, Some(currency)) if shape.currencies(scope).contains(currency) => {
            Part::Currency(currency.to_owned())
        }
        (_, None) => Part::Whole,
        (_, Some(_)) => return Err(unknown()),
    };
    Ok(Column::Value(Place::new(attribute, locale, scope), part))
}

fn example(attribute: &Attribute) -> String {
    let parts = [
        Some(attribute.code.as_str()),
        attribute.localizable.then_some("<locale>"),
        attribute.scopable.then_some("<channel>"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("-")
}

fn check_place(
    name: &str,
    attribute: &Attribute,
    locale: Option<&str>,
    scope: Option<&str>,
    shape: &Shape,
) -> Result<(), String> {
    let channel = scope.map(|scope| {
        shape.channels.get(scope).ok_or_else(|| {
            format!("The channel \"{scope}\" of the column \"{name}\" does not exist.")
        })
    });
    let channel = channel.transpose()?;
    let Some(locale) = locale else { return Ok(()) };
    let is_used = match channel {
        Some(channel) => channel.locales.iter().any(|used| used == locale),
        None => shape.active_locales().contains(locale),
    };
    if is_used && is_available(attribute, locale) {
        return Ok(());
    }
    Err(format!(
        "The locale \"{locale}\" of the column \"{name}\" is not one of the attribute's here."
    ))
}

fn is_available(attribute: &Attribute, locale: &str) -> bool {
    let available = &attribute.available_locales;
    available.is_empty() || available.iter().any(|code| code == locale)
}

impl Place {
    fn new(attribute: &Attribute, locale: Option<&str>, scope: Option<&str>) -> Self {
        Self {
            attribute: attribute.code.clone(),
            kind: attribute.kind,
            locale: locale.map(str::to_owned),
            scope: scope.map(str::to_owned),
        }
    }

    fn name(&self) -> String {
        let parts = [Some(&self.attribute), self.locale.as_ref(), self.scope.as_ref()];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("-")
    }

    /// All places of an attribute that a reader wants.
    fn all(attribute: &Attribute, shape: &Shape, selection: &Selection) -> Vec<Self> {
        let wanted = |locale: &&str| {
            is_available(attribute, locale)
                && selection.locales.as_ref().is_none_or(|locales| locales.contains(*locale))
        };
        let channels = shape
            .channels
            .values()
            .filter(|channel| selection.scope.as_ref().is_none_or(|scope| *scope == channel.code));
        let make = |locale, scope| Self::new(attribute, locale, scope);
        match (attribute.localizable, attribute.scopable) {
            (false, false) => vec![make(None, None)],
            (true, false) => {
                let locales = shape.active_locales().into_iter().filter(wanted);
                locales.map(|locale| make(Some(locale), None)).collect()
            }
            (false, true) => {
                channels.map(|channel| make(None, Some(channel.code.as_str()))).collect()
            }
            (true, true) => channels
                .flat_map(|channel| {
                    let locales = channel.locales.iter().map(String::as_str).filter(wanted);
                    locales.map(move |locale| make(Some(locale), Some(channel.code.as_str())))
                })
                .collect(),
        }
    }

    fn is_at(&self, entry: &Value) -> bool {
        entry["locale"].as_str() == self.locale.as_deref()
            && entry["scope"].as_str() == self.scope.as_deref()
    }
}

/// All columns of an export with values of these attributes.
pub(in super::super) fn list(
    resource: Resource,
    attributes: impl IntoIterator<Item = String>,
    shape: &Shape,
    selection: &Selection,
) -> Vec<(String, Column)> {
    let mut columns = list_properties(resource, shape);
    let attributes = attributes.into_iter().filter_map(|code| shape.attributes.get(&code));
    for attribute in attributes.filter(|attribute| !attribute.is_main_identifier) {
        for place in Place::all(attribute, shape, selection) {
            add_value(&mut columns, place, shape);
        }
    }
    for (code, kind) in &shape.association_types {
        for linked in [Linked::ProductUuids, Linked::Models, Linked::Groups] {
            let name = format!("{code}-{}", linked.column());
            let next = columns.len() + 1;
            if !kind.is_quantified {
                columns.push((name, Column::Links(code.clone(), linked, Quantities::None)));
            } else if linked != Linked::Groups {
                let quantities = Quantities::In(Some(next));
                columns.push((name.clone(), Column::Links(code.clone(), linked, quantities)));
                let column = Column::Quantity(code.clone(), linked);
                columns.push((format!("{name}-quantity"), column));
            }
        }
    }
    columns
}

fn list_properties(resource: Resource, shape: &Shape) -> Vec<(String, Column)> {
    let key = shape.main_identifier.as_str();
    let names: &[&str] = match resource {
        Resource::Products => &["uuid", key, "enabled", "family", "parent", "categories", "groups"],
        _ => &["code", "family_variant", "parent", "categories"],
    };
    let column = |name: &&str| Some(((*name).to_owned(), find_property(name, resource, shape)?));
    names.iter().filter_map(column).collect()
}

fn add_value(columns: &mut Vec<(String, Column)>, place: Place, shape: &Shape) {
    let name = place.name();
    match place.kind {
        Kind::Metric => {
            let unit = columns.len() + 1;
            columns.push((name.clone(), Column::Value(place.clone(), Part::Amount(unit))));
            columns.push((format!("{name}-unit"), Column::Value(place, Part::Unit)));
        }
        Kind::PriceCollection => {
            for currency in shape.currencies(place.scope.as_deref()) {
                let part = Part::Currency(currency.to_owned());
                columns.push((format!("{name}-{currency}"), Column::Value(place.clone(), part)));
            }
        }
        _ => columns.push((name, Column::Value(place, Part::Whole))),
    }
}

/// What a row asks for; none if it has no key.
pub(super) fn read_row(
    columns: &[Column],
    cells: &Cells<'_>,
    report: &mut Report,
) -> Option<Write> {
    let (mut body, mut values, mut links) = (Map::new(), Map::new(), Vec::new());
    let (mut uuid, mut identifier) = (None, None);
    for (index, column) in columns.iter().enumerate() {
        let text = cells.text(index);
        match column {
            Column::Uuid => uuid = Some(text.trim()).filter(|text| !text.is_empty()),
            Column::Identifier(attribute) => identifier = Some((attribute, text)),
            Column::Code => drop(body.insert("code".into(), text.into())),
            Column::Enabled if text.is_empty() => {}
            Column::Enabled => {
                if let Some(is_enabled) = expect_boolean(text, cells.name(index), report) {
                    body.insert("enabled".into(), is_enabled);
                }
            }
            Column::Fixed(_) if text.is_empty() => {}
            Column::Fixed(property) => drop(body.insert((*property).into(), text.into())),
            Column::Quantity(..) | Column::Value(_, Part::Unit) => {}
            Column::Family | Column::Codes(_) | Column::Value(..) | Column::Links(..)
                if cells.get(index).is_none() => {}
            Column::Family => {
                let family = if text.is_empty() { Value::Null } else { text.into() };
                body.insert("family".into(), family);
            }
            Column::Codes(property) => {
                drop(body.insert((*property).into(), split_list(text).into()))
            }
            Column::Value(place, part) => {
                read_value(&mut values, place, part, cells, index, report);
            }
            Column::Links(code, linked, quantities) => {
                links.push((code, *linked, *quantities, index));
            }
        }
    }
    let key = match (uuid, identifier) {
        (Some(uuid), _) => ("uuid", uuid),
        (None, Some((_, identifier))) => ("identifier", identifier),
        (None, None) => ("code", body.get("code").and_then(Value::as_str).unwrap_or_default()),
    };
    let (property, key) = (key.0, key.1.to_owned());
    let naming = if property == "uuid" { "uuid" } else { "identifier" };
    for (code, linked, quantities, index) in links {
        read_links(&mut body, code, linked, quantities, naming, cells, index, report);
    }
    let says = |text: &str| !text.is_empty() || cells.empty == Empty::Clear;
    if let (Some(_), Some((attribute, text))) = (uuid, identifier.filter(|(_, text)| says(text))) {
        let data = if text.is_empty() { Value::Null } else { text.into() };
        let entry = json!({"locale": null, "scope": null, "data": data});
        values.insert(attribute.clone(), json!([entry]));
    }
    if !values.is_empty() {
        body.insert("values".into(), values.into());
    }
    if key.is_empty() {
        return None;
    }
    body.insert(property.into(), key.into());
    let path = match property {
        "uuid" => "products-uuid",
        "identifier" => "products",
        _ => "product-models",
    };
    Some((path.to_owned(), body))
}

fn read_value(
    values: &mut Map<String, Value>,
    place: &Place,
    part: &Part,
    cells: &Cells<'_>,
    index: usize,
    report: &mut Report,
) {
    let (text, name) = (cells.text(index), cells.name(index));
    let data = match part {
        Part::Whole => read_whole(place.kind, text, name, report),
        Part::Amount(unit) => {
            let unit = cells.text(*unit).trim();
            let amount = expect_amount(text, name, report);
            amount.map(|amount| match amount {
                Value::Null => Value::Null,
                amount => json!({"amount": amount, "unit": unit}),
            })
        }
        Part::Currency(currency) => {
            let amount = expect_amount(text, name, report);
            amount.map(|amount| json!({(currency.as_str()): amount}))
        }
        Part::Unit => None,
    };
    let Some(data) = data else { return };
    let entries = values.entry(place.attribute.as_str()).or_insert_with(|| json!([]));
    let Some(entries) = entries.as_array_mut() else { return };
    match (entries.iter_mut().find(|entry| place.is_at(entry)), data) {
        // Prices in several currencies are one value.
        (Some(entry), Value::Object(more)) => {
            if let Some(prices) = entry["data"].as_object_mut() {
                prices.extend(more);
            }
        }
        (_, data) => {
            entries.push(json!({"locale": place.locale, "scope": place.scope, "data": data}));
        }
    }
}

fn read_whole(kind: Kind, text: &str, name: &str, report: &mut Report) -> Option<Value> {
    if text.is_empty() {
        return Some(Value::Null);
    }
    match kind {
        Kind::Boolean => expect_boolean(text, name, report),
        Kind::Number => expect_amount(text, name, report),
        Kind::Date if read_date(text.trim()).is_none() => {
            report.rule(name, format!("A date as in 2026-12-31 is expected, \"{text}\" given."));
            None
        }
        Kind::Date => Some(text.trim().into()),
        Kind::Metric => read_quantity(text, name, report)
            .map(|(amount, unit)| json!({"amount": amount, "unit": unit})),
        Kind::PriceCollection => {
            let items = split_list(text);
            let price = |item: &String| {
                read_quantity(item, name, report)
                    .map(|(amount, currency)| json!({"amount": amount, "currency": currency}))
            };
            items.iter().map(price).collect::<Option<Vec<_>>>().map(Value::from)
        }
        Kind::MultiSelect | Kind::ReferenceEntityCollection | Kind::AssetCollection => {
            Some(split_list(text).into())
        }
        _ => Some(text.into()),
    }
}

/// As in `10 KILOGRAM` or `9.99 EUR`.
fn read_quantity(text: &str, name: &str, report: &mut Report) -> Option<(Value, String)> {
    let Some((amount, unit)) = text.trim().split_once(' ') else {
        report.rule(name, format!("An amount and its unit are expected, \"{text}\" given."));
        return None;
    };
    Some((expect_amount(amount, name, report)?, unit.trim().to_owned()))
}

/// A number with a decimal point, as text; null if the cell is empty.
fn expect_amount(text: &str, name: &str, report: &mut Report) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Value::Null);
    }
    let number: Option<Decimal> = read_decimal(&text.into());
    if number.is_none() {
        report.rule(name, format!("A number with a decimal point is expected, \"{text}\" given."));
    }
    number.map(|_| text.into())
}

fn expect_boolean(text: &str, name: &str, report: &mut Report) -> Option<Value> {
    let value = read_boolean(text);
    if value.is_none() {
        report.rule(name, format!("1 or 0 is expected, \"{text}\" given."));
    }
    value.map(Value::from)
}

#[expect(clippy::too_many_arguments, reason = "one step of read_row, with all it knows")]
fn read_links(
    body: &mut Map<String, Value>,
    code: &str,
    linked: Linked,
    quantities: Quantities,
    naming: &str,
    cells: &Cells<'_>,
    index: usize,
    report: &mut Report,
) {
    let names = split_list(cells.text(index));
    let is_quantified = quantities != Quantities::None;
    let items: Vec<Value> = match quantities {
        Quantities::None => names.into_iter().map(Value::from).collect(),
        Quantities::In(column) => {
            let key = if linked == Linked::Models { "identifier" } else { naming };
            let text = column.map_or("", |column| cells.text(column));
            let Some(numbers) = read_quantities(text, names.len()) else {
                let column = column.map_or("", |column| cells.name(column));
                return report.rule(column, format!("{} numbers are expected.", names.len()));
            };
            let item = |(name, quantity)| json!({key: name, "quantity": quantity});
            names.into_iter().zip(numbers).map(item).collect()
        }
    };
    let property = if is_quantified { "quantified_associations" } else { "associations" };
    let kinds = body.entry(property).or_insert_with(|| json!({}));
    let kinds = kinds.as_object_mut().map(|types| types.entry(code).or_insert_with(|| json!({})));
    let Some(kinds) = kinds.and_then(Value::as_object_mut) else { return };
    let list = kinds.entry(linked.property()).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.extend(items);
    }
}

/// One number for each, separated by `|`, or by commas; 1 each if there are none.
fn read_quantities(text: &str, count: usize) -> Option<Vec<i64>> {
    if text.trim().is_empty() {
        return Some(vec![1; count]);
    }
    let numbers: Option<Vec<i64>> =
        text.split(['|', ',']).map(|number| number.trim().parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() == count)
}

/// The cell of a product or model as clients read it.
pub(super) fn write_cell(column: &Column, body: &Map<String, Value>) -> Cell {
    let of = |property: &str| Cell::of(body.get(property).unwrap_or(&Value::Null));
    match column {
        Column::Uuid => of("uuid"),
        Column::Code => of("code"),
        Column::Enabled => of("enabled"),
        Column::Family => of("family"),
        Column::Fixed(property) | Column::Codes(property) => of(property),
        Column::Identifier(attribute) => {
            let entry = body.get("values").and_then(|values| values.get(attribute)?.get(0));
            entry.map_or(Cell::Empty, |entry| Cell::of(&entry["data"]))
        }
        Column::Value(place, part) => {
            let entries = body.get("values").and_then(|values| values.get(&place.attribute));
            let mut entries = entries.and_then(Value::as_array).into_iter().flatten();
            let entry = entries.find(|entry| place.is_at(entry));
            entry.map_or(Cell::Empty, |entry| write_value(place.kind, part, &entry["data"]))
        }
        Column::Links(code, linked, quantities) => {
            let items = find_links_of(body, code, *linked, *quantities != Quantities::None);
            Cell::of_list(items.iter().filter_map(|item| {
                let name = item.get("uuid").or_else(|| item.get("identifier")).unwrap_or(item);
                name.as_str()
            }))
        }
        Column::Quantity(code, linked) => {
            let items = find_links_of(body, code, *linked, true);
            let numbers: Vec<String> =
                items.iter().map(|item| item["quantity"].to_string()).collect();
            Cell::of_text(&numbers.join("|"))
        }
    }
}

fn find_links_of<'a>(
    body: &'a Map<String, Value>,
    code: &str,
    linked: Linked,
    is_quantified: bool,
) -> &'a [Value] {
    let property = if is_quantified { "quantified_associations" } else { "associations" };
    let kinds = body.get(property).and_then(|types| types.get(code));
    let items = kinds.and_then(|kinds| kinds.get(linked.property())?.as_array());
    items.map(Vec::as_slice).unwrap_or_default()
}

fn write_value(kind: Kind, part: &Part, data: &Value) -> Cell {
    match (part, kind) {
        (Part::Amount(_), _) => Cell::of_amount(data.get("amount"), METRIC_PLACES),
        (Part::Unit, _) => Cell::of(&data["unit"]),
        (Part::Currency(currency), _) => {
            let mut prices = data.as_array().into_iter().flatten();
            let price = prices.find(|price| price["currency"].as_str() == Some(currency.as_str()));
            Cell::of_amount(price.and_then(|price| price.get("amount")), PRICE_PLACES)
        }
        (Part::Whole, Kind::Number) => Cell::of_amount(Some(data), 0),
        (Part::Whole, Kind::Date) => {
            let text = data.as_str().unwrap_or_default();
            Cell::of_text(text.get(..DAY_BYTES).unwrap_or(text))
        }
        (Part::Whole, _) => Cell::of(data),
    }
}
