//! Suggestions while a shopper types.

pub(super) mod api;
