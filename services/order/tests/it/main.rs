//! The order service through HTTP, against a real database, a catalog and a payment service of our own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cart;
mod checkout;
mod commit;
mod crash;
mod erasure;
mod expiry;
mod fake_catalog;
mod fake_payment;
mod fulfilment;
mod merge;
mod openapi;
mod order;
mod payment;
mod race;
mod refund;
mod rules;
mod shop;
mod stock;
