//! Media files: originals, and renditions in other sizes and formats.

pub(super) mod api;
mod render;
mod rendition;
mod store;

pub(super) use rendition::Renditions;
