//! The category tree of a channel, with the number of products.

pub(super) mod api;
