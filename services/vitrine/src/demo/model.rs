//! A model of the shop before it is written down: its words, facts, variants and looks.

use fastrand::Rng;

use super::grammar::Adjective;
use super::kind::{Axes, Fact, Kind, Size};
use super::numbers::{Price, ean, price_near, slug};
use super::text::{Text, capitalize};
use super::words::adjectives::adjective;
use super::words::brands::{Brand, brand_by_code};
use super::words::colors::{Color, color_by_code};
use super::words::materials::{Material, material_by_code};

/// A product model with its variants, or a simple product (one variant, no axes).
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) kind: &'static Kind,
    pub(crate) series: &'static str,
    /// Code of the product model; the identifier of a simple product is its only sku.
    pub(crate) code: String,
    pub(crate) name: Text,
    pub(crate) brand: &'static Brand,
    pub(crate) adjectives: [&'static Adjective; 2],
    pub(crate) material: Option<&'static Material>,
    pub(crate) facts: Vec<(&'static str, Known)>,
    pub(crate) sustainability: Vec<&'static str>,
    /// `2024-03-18`.
    pub(crate) release_date: String,
    pub(crate) variants: Vec<Variant>,
    /// Seed of the drawing's proportions and details.
    pub(crate) look: u64,
}

/// A drawn property.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Known {
    Whole(i32),
    Measure(f64),
    Flag(bool),
    Pick(&'static str),
    Several(Vec<&'static str>),
    Note(&'static str),
}

/// What is sold.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub(crate) sku: String,
    pub(crate) color: Option<&'static Color>,
    pub(crate) material: Option<&'static Material>,
    pub(crate) size: Option<&'static Size>,
    /// Axes without a look: grind, colour temperature.
    pub(crate) other: Option<(&'static str, &'static str)>,
    pub(crate) price: Price,
    pub(crate) ean: String,
}

const GRINDS: &[&str] = &["whole_bean", "filter", "espresso", "french_press"];
const TEMPERATURES: &[&str] = &["k_2200", "k_2700", "k_4000"];
const SUSTAINABLE: &[&str] = &["recycled", "repairable", "plastic_free", "short_routes", "fair"];

impl Model {
    /// Draws the model of this kind and series; `eans` counts article numbers through the shop.
    pub(crate) fn draw(
        kind: &'static Kind,
        series: &'static str,
        rng: &mut Rng,
        eans: &mut u32,
    ) -> Model {
        let position = rng.f64();
        let (low, high) = (f64::from(kind.price.0), f64::from(kind.price.1));
        let base = low + (high - low) * position;
        let material = match kind.axes {
            Axes::Material | Axes::MaterialThenSize => None,
            _ => rng.choice(kind.materials).map(|code| material_by_code(code)),
        };
        let facts =
            kind.facts.iter().map(|fact| (fact.attribute(), draw_fact(fact, rng))).collect();
        let mut model = Model {
            kind,
            series,
            code: format!("{}-{}", kind.code, slug(series)),
            name: name_of(kind, series),
            brand: brand_by_code(rng.choice(kind.brands).expect("every kind has brands")),
            adjectives: two_adjectives(kind, rng),
            material,
            facts,
            sustainability: some_of(SUSTAINABLE, 1, 3, rng),
            release_date: format!(
                "{}-{:02}-{:02}",
                rng.u32(2020..=2025),
                rng.u32(1..=12),
                rng.u32(1..=28)
            ),
            variants: Vec::new(),
            look: rng.u64(..),
        };
        model.variants = model.draw_variants(base, rng, eans);
        model
    }

    fn draw_variants(&self, base: f64, rng: &mut Rng, eans: &mut u32) -> Vec<Variant> {
        let mut variants = Vec::new();
        for (color, material) in self.draw_looks(rng) {
            for size in options_or_none(self.kind.sizes) {
                for other in self.others() {
                    *eans += 1;
                    let factor = size.map_or(1.0, |size| size.factor)
                        * material.or(self.material).map_or(1.0, |material| material.factor);
                    variants.push(Variant {
                        sku: self.sku(&[
                            color.map(|color| color.code),
                            material.map(|material| material.code),
                            size.map(|size| size.code),
                            other.map(|(_, option)| option),
                        ]),
                        color,
                        material,
                        size,
                        other,
                        price: price_near(base * factor),
                        ean: ean(*eans),
                    });
                }
            }
        }
        variants
    }

    /// The colours or materials the model comes in, in the order of the palette.
    fn draw_looks(
        &self,
        rng: &mut Rng,
    ) -> Vec<(Option<&'static Color>, Option<&'static Material>)> {
        match self.kind.axes {
            Axes::Color => some_of(self.kind.colors, 2, 5, rng)
                .into_iter()
                .map(|code| (Some(color_by_code(code)), None))
                .collect(),
            Axes::ColorThenSize => some_of(self.kind.colors, 2, 3, rng)
                .into_iter()
                .map(|code| (Some(color_by_code(code)), None))
                .collect(),
            Axes::Material | Axes::MaterialThenSize => some_of(self.kind.materials, 2, 3, rng)
                .into_iter()
                .map(|code| (None, Some(material_by_code(code))))
                .collect(),
            _ => vec![(None, None)],
        }
    }

    fn others(&self) -> Vec<Option<(&'static str, &'static str)>> {
        match self.kind.axes {
            Axes::SizeAndGrind => GRINDS.iter().map(|grind| Some(("grind", *grind))).collect(),
            Axes::ColorTemperature => {
                TEMPERATURES.iter().map(|warmth| Some(("color_temperature", *warmth))).collect()
            }
            _ => vec![None],
        }
    }

    /// `RUG-DUNA-MOSS-160X230`.
    fn sku(&self, axes: &[Option<&str>]) -> String {
        let mut sku = format!("{}-{}", self.kind.prefix, slug(self.series));
        for option in axes.iter().flatten() {
            sku = format!("{sku}-{}", sku_part(option));
        }
        sku.to_uppercase()
    }

    pub(crate) fn is_simple(&self) -> bool {
        self.kind.axes == Axes::None
    }

    /// Code of the model a variant hangs under: the root, or the sub model of its colour or material.
    pub(crate) fn parent_of(&self, variant: &Variant) -> String {
        match self.kind.axes {
            Axes::ColorThenSize | Axes::MaterialThenSize => {
                format!("{}-{}", self.code, variant.look_code())
            }
            _ => self.code.clone(),
        }
    }

    /// The lowest price of its variants.
    pub(crate) fn price(&self) -> Price {
        self.variants
            .iter()
            .map(|variant| variant.price)
            .min_by_key(|price| price.eur)
            .expect("a model has variants")
    }

    pub(crate) fn fact(&self, attribute: &str) -> Option<&Known> {
        self.facts.iter().find(|(code, _)| *code == attribute).map(|(_, known)| known)
    }
}

impl Variant {
    /// The option that decides how it looks, for codes and file names.
    pub(crate) fn look_code(&self) -> String {
        let code =
            self.color.map(|color| color.code).or(self.material.map(|material| material.code));
        code.unwrap_or_default().replace('_', "-")
    }

    /// The options on the axes of its kind.
    pub(crate) fn axis_values(&self) -> Vec<(&'static str, &'static str)> {
        [
            self.color.map(|color| ("color", color.code)),
            self.material.map(|material| ("material", material.code)),
            self.size.map(|size| ("size", size.code)),
            self.other,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// `l_0_75` as `075l`, `cm_160x230` as `160x230`, `k_2700` as `2700`, `forest` as it is.
fn sku_part(option: &str) -> String {
    match option.split_once('_') {
        Some(("cm" | "k" | "pcs", value)) => value.to_owned(),
        Some((unit @ ("l" | "g" | "kg" | "p"), value)) => {
            format!("{}{unit}", value.replace('_', ""))
        }
        Some(("seat", value)) => format!("{value}s"),
        _ => option.replace('_', "-"),
    }
}

fn name_of(kind: &Kind, series: &str) -> Text {
    let title: Vec<String> = kind.noun.en.split(' ').map(capitalize).collect();
    Text {
        en: format!("{series} {}", title.join(" ")),
        de: format!("{} {series}", kind.noun.de),
        fr: format!("{} {series}", capitalize(kind.noun.fr)),
    }
}

fn two_adjectives(kind: &Kind, rng: &mut Rng) -> [&'static Adjective; 2] {
    let mut words = kind.adjectives.to_vec();
    rng.shuffle(&mut words);
    [adjective(words[0]), adjective(words[1])]
}

/// At least and at most so many of the options, in their order.
fn some_of(
    options: &[&'static str],
    least: usize,
    most: usize,
    rng: &mut Rng,
) -> Vec<&'static str> {
    let count = rng.usize(least.min(options.len())..=most.min(options.len()));
    let mut chosen: Vec<usize> = (0..options.len()).collect();
    rng.shuffle(&mut chosen);
    chosen.truncate(count);
    chosen.sort_unstable();
    chosen.into_iter().map(|index| options[index]).collect()
}

fn options_or_none(sizes: &'static [Size]) -> Vec<Option<&'static Size>> {
    if sizes.is_empty() { vec![None] } else { sizes.iter().map(Some).collect() }
}

fn draw_fact(fact: &Fact, rng: &mut Rng) -> Known {
    match *fact {
        Fact::Whole(_, low, high, step) => {
            Known::Whole(low + rng.i32(0..=(high - low) / step) * step)
        }
        Fact::Measure(_, low, high, step) => {
            let steps = ((high - low) / step).round() as u32;
            Known::Measure(round(low + f64::from(rng.u32(0..=steps)) * step))
        }
        Fact::Flag(_, percent) => Known::Flag(rng.u8(0..100) < percent),
        Fact::Pick(_, options) => Known::Pick(rng.choice(options).expect("a pick has options")),
        Fact::Several(_, options, least, most) => {
            Known::Several(some_of(options, least, most, rng))
        }
        Fact::Note(_, notes) => Known::Note(rng.choice(notes).expect("a note has words")),
    }
}

/// To two decimals, which is as fine as anything is measured here.
pub(crate) fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
