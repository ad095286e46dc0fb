//! The service `auth` through its HTTP API, against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic, in its helpers too")]

mod account;
mod address;
mod connection;
mod login;
mod logs;
mod management_token;
mod metadata;
mod oauth;
mod openapi;
mod refresh;
mod role;
mod session;
mod setup;
mod shop;
mod signing_key;
mod staff;
mod start;
mod throttle;
