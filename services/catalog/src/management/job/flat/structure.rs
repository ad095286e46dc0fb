//! Columns of structure: families, attributes and what belongs to them.

use serde_json::{Map, Value, json};

use super::{
    Cells, Resource, Shape, Write,
    cell::{Cell, read_boolean, split_list},
};
use crate::management::report::Report;

/// The columns of a sort of thing.
#[derive(Debug)]
pub(in super::super) struct Table {
    path: Path,
    columns: &'static [(&'static str, Form)],
}

/// The bulk write that rows are for.
#[derive(Debug)]
enum Path {
    Fixed(&'static str),
    /// Below what the first column after the code names.
    Owned(&'static str, &'static str),
}

/// What a column's cells are. Where a thing must have the property, an empty cell leaves it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A text or number that must be there.
    Text(&'static str),
    /// A text or number.
    Optional(&'static str),
    /// Yes or no.
    Boolean(&'static str),
    /// Yes, no or neither.
    OptionalBoolean(&'static str),
    /// Codes.
    Codes(&'static str),
    /// Pairs as in `weight:GRAM,size:METER`.
    Pairs(&'static str),
    /// A text per locale; the name goes on with it.
    Labels(&'static str),
    /// Codes per channel; the name goes on with it.
    Requirements(&'static str),
    /// Axes of a level of variation.
    Axes(i64),
    /// Attributes of a level of variation.
    Level(i64),
    /// What the thing belongs to.
    Owner,
}

/// A column of a file.
#[derive(Debug)]
pub(super) struct Column {
    form: Form,
    /// What the name goes on with.
    place: String,
}

use Form::{
    Axes, Boolean, Codes, Labels, Level, Optional, OptionalBoolean, Owner, Pairs, Requirements,
    Text,
};

const CODE: (&str, Form) = ("code", Text("code"));
const LABEL: (&str, Form) = ("label-", Labels("labels"));

static FAMILIES: Table = Table {
    path: Path::Fixed("families"),
    columns: &[
        CODE,
        LABEL,
        ("attributes", Codes("attributes")),
        ("attribute_as_label", Text("attribute_as_label")),
        ("attribute_as_image", Optional("attribute_as_image")),
        ("requirements-", Requirements("attribute_requirements")),
    ],
};
static FAMILY_VARIANTS: Table = Table {
    path: Path::Owned("families", "variants"),
    columns: &[
        CODE,
        ("family", Owner),
        LABEL,
        ("variant-axes_1", Axes(1)),
        ("variant-axes_2", Axes(2)),
        ("variant-attributes_1", Level(1)),
        ("variant-attributes_2", Level(2)),
    ],
};
static ATTRIBUTES: Table = Table {
    path: Path::Fixed("attributes"),
    columns: &[
        CODE,
        ("type", Text("type")),
        ("group", Text("group")),
        LABEL,
        ("sort_order", Text("sort_order")),
        ("localizable", Boolean("localizable")),
        ("scopable", Boolean("scopable")),
        ("unique", Boolean("unique")),
        ("is_main_identifier", Boolean("is_main_identifier")),
        ("useable_as_grid_filter", Boolean("useable_as_grid_filter")),
        ("available_locales", Codes("available_locales")),
        ("allowed_extensions", Codes("allowed_extensions")),
        ("metric_family", Optional("metric_family")),
        ("default_metric_unit", Optional("default_metric_unit")),
        ("reference_data_name", Optional("reference_data_name")),
        ("max_characters", Optional("max_characters")),
        ("validation_rule", Optional("validation_rule")),
        ("validation_regexp", Optional("validation_regexp")),
        ("wysiwyg_enabled", OptionalBoolean("wysiwyg_enabled")),
        ("number_min", Optional("number_min")),
        ("number_max", Optional("number_max")),
        ("decimals_allowed", OptionalBoolean("decimals_allowed")),
        ("negative_allowed", OptionalBoolean("negative_allowed")),
        ("date_min", Optional("date_min")),
        ("date_max", Optional("date_max")),
        ("max_file_size", Optional("max_file_size")),
        ("minimum_input_length", Optional("minimum_input_length")),
        ("auto_option_sorting", OptionalBoolean("auto_option_sorting")),
        ("default_value", OptionalBoolean("default_value")),
        ("is_read_only", OptionalBoolean("is_read_only")),
        ("is_mandatory", Boolean("is_mandatory")),
        ("decimal_places_strategy", Optional("decimal_places_strategy")),
        ("decimal_places", Optional("decimal_places")),
        ("guidelines-", Labels("guidelines")),
    ],
};
static ATTRIBUTE_OPTIONS: Table = Table {
    path: Path::Owned("attributes", "options"),
    columns: &[CODE, ("attribute", Owner), ("sort_order", Text("sort_order")), LABEL],
};
static ATTRIBUTE_GROUPS: Table = Table {
    path: Path::Fixed("attribute-groups"),
    columns: &[
        CODE,
        ("sort_order", Text("sort_order")),
        ("attributes", Codes("attributes")),
        LABEL,
    ],
};
static ASSOCIATION_TYPES: Table = Table {
    path: Path::Fixed("association-types"),
    columns: &[
        CODE,
        LABEL,
        ("is_quantified", Boolean("is_quantified")),
        ("is_two_way", Boolean("is_two_way")),
    ],
};
static CATEGORIES: Table = Table {
    path: Path::Fixed("categories"),
    columns: &[CODE, ("parent", Optional("parent")), ("position", Text("position")), LABEL],
};
static CHANNELS: Table = Table {
    path: Path::Fixed("channels"),
    columns: &[
        CODE,
        LABEL,
        ("tree", Text("category_tree")),
        ("currencies", Codes("currencies")),
        ("locales", Codes("locales")),
        ("fallback_locales", Pairs("fallback_locales")),
        ("conversion_units", Pairs("conversion_units")),
    ],
};
static GROUPS: Table =
    Table { path: Path::Fixed("groups"), columns: &[CODE, ("type", Text("type")), LABEL] };

impl Table {
    /// The table of this resource; none of products and models.
    pub(super) fn of(resource: Resource) -> Option<&'static Self> {
        match resource {
            Resource::Products | Resource::ProductModels => None,
            Resource::Families => Some(&FAMILIES),
            Resource::FamilyVariants => Some(&FAMILY_VARIANTS),
            Resource::Attributes => Some(&ATTRIBUTES),
            Resource::AttributeOptions => Some(&ATTRIBUTE_OPTIONS),
            Resource::AttributeGroups => Some(&ATTRIBUTE_GROUPS),
            Resource::AssociationTypes => Some(&ASSOCIATION_TYPES),
            Resource::Categories => Some(&CATEGORIES),
            Resource::Channels => Some(&CHANNELS),
            Resource::Groups => Some(&GROUPS),
        }
    }

    /// Path of the bulk write for a thing of this owner.
    pub(in super::super) fn path(&self, owner: &str) -> String {
        match self.path {
            Path::Fixed(path) => path.to_owned(),
            Path::Owned(owners, things) => format!("{owners}/{owner}/{things}"),
        }
    }

    /// Understands a header.
    pub(super) fn read(&self, names: &[String], shape: &Shape, report: &mut Report) -> Vec<Column> {
        let needed = self.columns.iter().filter(|(_, form)| *form == CODE.1 || *form == Owner);
        for (name, _) in needed.filter(|(name, _)| !names.iter().any(|given| given == name)) {
            report.rule(name, format!("The column \"{name}\" is missing."));
        }
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            match self.find(name, shape) {
                Some(column) => columns.push(column),
                None => report.rule(name, format!("The column \"{name}\" does not exist.")),
            }
        }
        columns
    }

    fn find(&self, name: &str, shape: &Shape) -> Option<Column> {
        self.columns.iter().find_map(|(given, form)| {
            let place = name.strip_prefix(given)?;
            let exists = match form {
                Labels(_) => shape.locales.contains(place),
                Requirements(_) => shape.channels.contains_key(place),
                _ => place.is_empty(),
            };
            exists.then(|| Column { form: *form, place: place.to_owned() })
        })
    }

    /// All columns: labels of active locales, requirements of all channels.
    pub(super) fn list(&self, shape: &Shape) -> (Vec<String>, Vec<Column>) {
        let mut columns = Vec::new();
        for (name, form) in self.columns {
            let places: Vec<&str> = match form {
                Labels(_) => shape.active_locales().into_iter().collect(),
                Requirements(_) => shape.channels.keys().map(String::as_str).collect(),
                _ => vec![""],
            };
            let column = |place: &str| {
                (format!("{name}{place}"), Column { form: *form, place: place.to_owned() })
            };
            columns.extend(places.into_iter().map(column));
        }
        columns.into_iter().unzip()
    }

    /// What a row asks for; none if it has no key.
    pub(super) fn read_row(
        &self,
        columns: &[Column],
        cells: &Cells<'_>,
        report: &mut Report,
    ) -> Option<Write> {
        let (mut body, mut owner) = (Map::new(), "");
        for (index, column) in columns.iter().enumerate() {
            let Some(text) = cells.get(index) else { continue };
            match column.form {
                Owner => owner = text.trim(),
                _ => column.read(text, cells.name(index), &mut body, report),
            }
        }
        let is_keyed = body.contains_key("code");
        let has_owner = matches!(self.path, Path::Fixed(_)) || !owner.is_empty();
        (is_keyed && has_owner).then(|| (self.path(owner), body))
    }
}

impl Column {
    fn read(&self, text: &str, name: &str, body: &mut Map<String, Value>, report: &mut Report) {
        let is_empty = text.is_empty();
        match self.form {
            Text(_) | Boolean(_) if is_empty => {}
            Optional(property) | OptionalBoolean(property) if is_empty => {
                body.insert(property.into(), Value::Null);
            }
            Text(property) | Optional(property) => {
                body.insert(property.into(), text.into());
            }
            Boolean(property) | OptionalBoolean(property) => match read_boolean(text) {
                Some(is_so) => drop(body.insert(property.into(), is_so.into())),
                None => report.rule(name, format!("1 or 0 is expected, \"{text}\" given.")),
            },
            Codes(property) => drop(body.insert(property.into(), split_list(text).into())),
            Pairs(property) => {
                let pairs = split_list(text);
                let pair = |pair: &String| {
                    let (key, value) = pair.split_once(':')?;
                    Some((key.trim().to_owned(), value.trim().into()))
                };
                match pairs.iter().map(pair).collect::<Option<Map<String, Value>>>() {
                    Some(pairs) => drop(body.insert(property.into(), pairs.into())),
                    None => report.rule(name, "Pairs as in \"weight:GRAM\" are expected."),
                }
            }
            Labels(property) => member(body, property, &self.place, text.into()),
            Requirements(property) => {
                member(body, property, &self.place, split_list(text).into());
            }
            Axes(level) => set_level(body, level, "axes", text),
            Level(level) => set_level(body, level, "attributes", text),
            Owner => {}
        }
    }
}

fn member(body: &mut Map<String, Value>, property: &str, place: &str, value: Value) {
    body.entry(property).or_insert_with(|| json!({}))[place] = value;
}

/// A level of variation whose cells are all empty is not there.
fn set_level(body: &mut Map<String, Value>, level: i64, part: &str, text: &str) {
    let codes = split_list(text);
    if codes.is_empty() {
        return;
    }
    let sets = body.entry("variant_attribute_sets").or_insert_with(|| json!([]));
    let Some(sets) = sets.as_array_mut() else { return };
    match sets.iter_mut().find(|set| set["level"] == level) {
        Some(set) => set[part] = codes.into(),
        None => sets.push(json!({"level": level, part: codes})),
    }
}

/// The cell of a thing.
pub(super) fn write_cell(column: &Column, owner: &str, body: &Map<String, Value>) -> Cell {
    let of = |property: &str| body.get(property).unwrap_or(&Value::Null);
    match column.form {
        Text(property)
        | Optional(property)
        | Boolean(property)
        | OptionalBoolean(property)
        | Codes(property) => Cell::of(of(property)),
        Labels(property) | Requirements(property) => {
            Cell::of(of(property).get(&column.place).unwrap_or(&Value::Null))
        }
        Pairs(property) => {
            let pairs = of(property).as_object().into_iter().flatten();
            let pairs: Vec<String> = pairs
                .filter_map(|(key, value)| Some(format!("{key}:{}", value.as_str()?)))
                .collect();
            Cell::of_list(pairs.iter().map(String::as_str))
        }
        Axes(level) => write_level(of("variant_attribute_sets"), level, "axes"),
        Level(level) => write_level(of("variant_attribute_sets"), level, "attributes"),
        Owner => Cell::of_text(owner),
    }
}

fn write_level(sets: &Value, level: i64, part: &str) -> Cell {
    let set = sets.as_array().into_iter().flatten().find(|set| set["level"] == level);
    set.map_or(Cell::Empty, |set| Cell::of(&set[part]))
}
