//! Product pages and lists of them.

pub(super) mod api;
pub(super) mod fields;
mod query;
