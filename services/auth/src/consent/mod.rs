//! What people allowed applications of others to know and do.

pub(crate) mod api;
pub(crate) mod store;
