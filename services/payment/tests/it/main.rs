//! The payment service through HTTP, against a real PostgreSQL.

mod action;
mod capture;
mod confirm;
mod feed;
mod ledger;
mod openapi;
mod payment;
mod refund;
mod resolve;
mod run;
mod shop;
mod webhook;
