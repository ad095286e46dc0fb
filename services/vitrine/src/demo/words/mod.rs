//! The word lists the shop is written with, each word in English, German and French.

pub(crate) mod adjectives;
pub(crate) mod affinities;
pub(crate) mod attributes;
pub(crate) mod brands;
pub(crate) mod categories;
pub(crate) mod colors;
pub(crate) mod kinds;
pub(crate) mod materials;
pub(crate) mod options;
pub(crate) mod people;
pub(crate) mod sentences;
pub(crate) mod series;
pub(crate) mod sets;
