//! Local copies of the catalog: everything once, afterwards only what changed.

pub(super) mod api;
