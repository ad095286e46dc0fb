//! What other services ask: what is this sku, and what does it cost?

pub(super) mod api;
