//! Product pages and lists of them.

pub(super) mod api;
mod fields;
mod query;
