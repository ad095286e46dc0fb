//! The service as its clients see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod change;
mod delivery;
mod openapi;
mod shop;
mod webhook;
