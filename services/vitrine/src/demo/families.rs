//! Families and their variants, derived from the kinds that belong to them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::kind::{Axes, Fact, Kind};
use super::text::{Words, w};
use super::words::kinds::kinds;

/// Family code and label, in the order of the shop.
pub(crate) const FAMILIES: &[(&str, Words)] = &[
    ("seating", w("Seating", "Sitzmöbel", "Assises")),
    ("tables", w("Tables", "Tische", "Tables")),
    ("storage", w("Storage and bedroom", "Stauraum und Schlafzimmer", "Rangement et chambre")),
    ("lighting", w("Lamps", "Leuchten", "Luminaires")),
    ("bulbs", w("Bulbs", "Leuchtmittel", "Ampoules")),
    ("cookware", w("Cookware", "Kochgeschirr", "Batterie de cuisine")),
    ("kitchen_tools", w("Kitchen tools", "Küchenwerkzeug", "Ustensiles de cuisine")),
    ("tableware", w("Tableware", "Geschirr", "Vaisselle")),
    ("coffee_equipment", w("Coffee equipment", "Kaffeezubereitung", "Matériel à café")),
    ("coffee", w("Coffee", "Kaffee", "Café")),
    ("textiles", w("Textiles", "Textilien", "Textiles")),
    ("camping", w("Camping", "Camping", "Camping")),
    ("bags", w("Bags", "Taschen", "Sacs")),
    ("garden", w("Garden", "Garten", "Jardin")),
    ("decor", w("Decoration", "Dekoration", "Décoration")),
    ("sets", w("Sets", "Sets", "Coffrets")),
];

/// What every family has.
const COMMON: &[&str] = &[
    "sku",
    "name",
    "description",
    "teaser",
    "brand",
    "image",
    "release_date",
    "price",
    "ean",
    "tax_class",
    "warranty_years",
    "country_of_origin",
    "sustainability",
];

const REQUIRED_IN_SHOP: &[&str] = &["sku", "name", "description", "brand", "price", "image"];
const REQUIRED_IN_APP: &[&str] = &["sku", "name", "price", "image"];

/// Attributes that change with the size.
const BY_SIZE: &[&str] = &[
    "width",
    "height",
    "depth",
    "length",
    "weight",
    "capacity",
    "seats",
    "seat_height",
    "compartments",
    "persons",
    "blade_length",
    "pieces",
];

/// The attributes of a family, sorted by code.
pub(crate) fn attributes_of(family: &str) -> BTreeSet<&'static str> {
    let mut attributes: BTreeSet<&str> = COMMON.iter().copied().collect();
    for kind in kinds().filter(|kind| kind.family == family) {
        attributes.extend(kind.axes.levels().iter().copied().flatten().copied());
        attributes.extend(kind.facts.iter().map(Fact::attribute));
        attributes.extend(
            kind.sizes.iter().flat_map(|size| size.measures).map(|(attribute, _)| *attribute),
        );
        if !kind.materials.is_empty() {
            attributes.insert("material");
        }
    }
    if family == "sets" {
        attributes.insert("pieces");
    }
    attributes
}

impl Fact {
    /// The attribute it fills.
    pub(crate) const fn attribute(&self) -> &'static str {
        match self {
            Fact::Whole(attribute, ..)
            | Fact::Measure(attribute, ..)
            | Fact::Flag(attribute, _)
            | Fact::Pick(attribute, _)
            | Fact::Several(attribute, ..)
            | Fact::Note(attribute, _) => attribute,
        }
    }
}

impl Axes {
    /// On which level an attribute is kept: 0 is the root model (or the simple product itself).
    pub(crate) fn level_of(self, attribute: &str) -> usize {
        let levels = self.levels();
        let level_of_axis =
            |axis: &str| levels.iter().position(|axes| axes.contains(&axis)).map(|index| index + 1);
        if let Some(level) = level_of_axis(attribute) {
            return level;
        }
        match attribute {
            "sku" | "ean" | "price" => levels.len(),
            "image" => level_of_axis("color").or_else(|| level_of_axis("material")).unwrap_or(0),
            _ if BY_SIZE.contains(&attribute) => level_of_axis("size").unwrap_or(0),
            _ => 0,
        }
    }
}

/// Code of the variant of a family with these axes: `textiles_color_size`.
pub(crate) fn variant_code(family: &str, axes: Axes) -> String {
    let axes: Vec<&str> = axes.levels().iter().copied().flatten().copied().collect();
    format!("{family}_{}", axes.join("_"))
}

pub(crate) fn families() -> Vec<Value> {
    FAMILIES
        .iter()
        .map(|(code, label)| {
            json!({
                "code": code,
                "attributes": attributes_of(code),
                "attribute_as_label": "name",
                "attribute_as_image": "image",
                "attribute_requirements": { "ecommerce": REQUIRED_IN_SHOP, "mobile": REQUIRED_IN_APP },
                "labels": label.text().labels(),
            })
        })
        .collect()
}

/// Family code and the bodies of its variants.
pub(crate) fn family_variants() -> Vec<(String, Vec<Value>)> {
    FAMILIES
        .iter()
        .map(|(family, label)| ((*family).to_owned(), variants_of(family, *label)))
        .collect()
}

fn variants_of(family: &str, label: Words) -> Vec<Value> {
    let mut bodies: Vec<Value> = Vec::new();
    for kind in kinds().filter(|kind| kind.family == family && kind.axes != Axes::None) {
        let code = variant_code(family, kind.axes);
        if bodies.iter().all(|body| body["code"] != code.as_str()) {
            bodies.push(variant_body(&code, kind, label));
        }
    }
    bodies
}

fn variant_body(code: &str, kind: &Kind, label: Words) -> Value {
    let attributes = attributes_of(kind.family);
    let sets: Vec<Value> = (1..)
        .zip(kind.axes.levels())
        .map(|(level, axes)| {
            let attributes: Vec<&&str> = attributes
                .iter()
                .filter(|attribute| kind.axes.level_of(attribute) == level)
                .collect();
            json!({ "level": level, "axes": axes, "attributes": attributes })
        })
        .collect();
    let by = match kind.axes {
        Axes::None => w("", "", ""),
        Axes::Color => w("by color", "nach Farbe", "par couleur"),
        Axes::Size => w("by size", "nach Größe", "par taille"),
        Axes::Material => w("by material", "nach Material", "par matière"),
        Axes::ColorThenSize => {
            w("by color and size", "nach Farbe und Größe", "par couleur et taille")
        }
        Axes::MaterialThenSize => {
            w("by material and size", "nach Material und Größe", "par matière et taille")
        }
        Axes::SizeAndGrind => {
            w("by size and grind", "nach Größe und Mahlung", "par taille et mouture")
        }
        Axes::ColorTemperature => {
            w("by color temperature", "nach Farbtemperatur", "par température de couleur")
        }
    };
    let mut labels = label.text();
    labels.push(&by.text());
    json!({ "code": code, "labels": labels.labels(), "variant_attribute_sets": sets })
}
