//! The service as its clients see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod experiment;
mod feed;
mod follow;
mod import;
mod interaction;
mod learning;
mod model;
mod openapi;
mod person;
mod recommendation;
mod rule;
mod run;
mod shop;
mod training;
