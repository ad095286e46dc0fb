//! Tests of the catalog through its router, each against a database of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod access;
mod asset_family;
mod attribute;
mod body;
mod bulk;
mod category;
mod delivery_category;
mod delivery_document;
mod delivery_index;
mod delivery_list;
mod delivery_media;
mod delivery_search;
mod delivery_sellable;
mod delivery_suggest;
mod delivery_sync;
mod delivery_variant;
mod family;
mod filter;
mod filter_model;

mod filter_structure;
mod filter_terms;
mod filter_value;
mod group;
mod history;
mod job;
mod list;
mod measure_family;
mod media_bucket;
mod media_file;
mod merge;
mod openapi;
mod page;
mod pim;
mod product;
mod product_model;
mod quality;
mod random;
mod reference_entity;
mod reliable;
mod route;
mod shop;
mod speed;
mod structure;
mod value_type;
