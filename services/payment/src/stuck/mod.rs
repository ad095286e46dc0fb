//! What has had no outcome for too long: people look at it.

pub(crate) mod api;
pub(crate) mod store;
