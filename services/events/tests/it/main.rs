//! The service as its clients see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod change;
mod openapi;
mod shop;
