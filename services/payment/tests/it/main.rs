//! The payment service through HTTP, against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod action;
mod capture;
mod commit;
mod confirm;
mod double;
mod feed;
mod ledger;
mod openapi;
mod payment;
mod reconciliation;
mod refund;
mod resolve;
mod routing;
mod run;
mod shop;
mod stripe;
mod webhook;
