//! The service as its clients see it.

mod feed;
mod follow;
mod import;
mod interaction;
mod model;
mod openapi;
mod person;
mod recommendation;
mod shop;
