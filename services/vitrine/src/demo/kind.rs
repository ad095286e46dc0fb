//! What the shop knows about one kind of product: its words, axes, measures and prices.

use super::grammar::{M, Noun, noun};
use super::picture::Shape;
use super::text::Words;

/// One kind of product, such as *armchair*: everything its models are drawn from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// Opens model codes: `armchair-alda`.
    pub(crate) code: &'static str,
    /// Opens skus: `ARM-ALDA-SAND`.
    pub(crate) prefix: &'static str,
    pub(crate) family: &'static str,
    pub(crate) category: &'static str,
    pub(crate) noun: Noun,
    pub(crate) shape: Shape,
    /// Names its models take, each once.
    pub(crate) series: &'static [&'static str],
    pub(crate) brands: &'static [&'static str],
    pub(crate) adjectives: &'static [&'static str],
    /// How many models the shop has of it.
    pub(crate) models: usize,
    pub(crate) axes: Axes,
    pub(crate) colors: &'static [&'static str],
    pub(crate) materials: &'static [&'static str],
    /// The material is a cover over something else, not what the thing is made of.
    pub(crate) cover: bool,
    pub(crate) sizes: &'static [Size],
    pub(crate) facts: &'static [Fact],
    /// Lowest and highest price of the smallest size, in whole euros.
    pub(crate) price: (u32, u32),
    /// Sentences true of every model of the kind.
    pub(crate) features: &'static [Words],
}

/// Fills what a kind does not say.
pub(crate) const BASE: Kind = Kind {
    code: "",
    prefix: "",
    family: "",
    category: "",
    noun: noun("", "", M, "", M),
    shape: Shape::GiftBox,
    series: &[],
    brands: &[],
    adjectives: &[],
    models: 5,
    axes: Axes::None,
    colors: &[],
    materials: &[],
    cover: false,
    sizes: &[],
    facts: &[],
    price: (10, 20),
    features: &[],
};

/// What the variants of a model differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axes {
    /// A simple product without variants.
    None,
    Color,
    Size,
    Material,
    /// Two levels: a sub model per colour, a variant per size.
    ColorThenSize,
    /// Two levels: a sub model per material, a variant per size.
    MaterialThenSize,
    /// One level with two axes, as coffee is sold.
    SizeAndGrind,
    ColorTemperature,
}

impl Axes {
    /// The axis attributes, level by level.
    pub(crate) const fn levels(self) -> &'static [&'static [&'static str]] {
        match self {
            Axes::None => &[],
            Axes::Color => &[&["color"]],
            Axes::Size => &[&["size"]],
            Axes::Material => &[&["material"]],
            Axes::ColorThenSize => &[&["color"], &["size"]],
            Axes::MaterialThenSize => &[&["material"], &["size"]],
            Axes::SizeAndGrind => &[&["size", "grind"]],
            Axes::ColorTemperature => &[&["color_temperature"]],
        }
    }
}

/// A size and what follows from it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Option code of attribute `size`; its label is written from it.
    pub(crate) code: &'static str,
    /// What the price (and the weight) is multiplied by.
    pub(crate) factor: f64,
    /// Measures of this size, in the units of their attributes.
    pub(crate) measures: &'static [(&'static str, f64)],
}

/// Short constructor for the word lists.
pub(crate) const fn size(
    code: &'static str,
    factor: f64,
    measures: &'static [(&'static str, f64)],
) -> Size {
    Size { code, factor, measures }
}

/// A property of which each model draws its own value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fact {
    /// A whole number from, to, in steps of.
    Whole(&'static str, i32, i32, i32),
    /// A measure from, to, in steps of, in the unit of its attribute.
    Measure(&'static str, f64, f64, f64),
    /// True for this share of the models, in percent.
    Flag(&'static str, u8),
    /// One of these options.
    Pick(&'static str, &'static [&'static str]),
    /// At least and at most so many of these options.
    Several(&'static str, &'static [&'static str], usize, usize),
    /// A text that needs no translation.
    Note(&'static str, &'static [&'static str]),
}
