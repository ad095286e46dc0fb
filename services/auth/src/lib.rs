//! Signs people and machines in: customers, staff and their roles, connections of other systems, our
//! own services; issues the access tokens that every service checks for itself.
//!
//! A sign-in is a [`session`]: a family of refresh tokens, each with one successor. What a token may
//! do is decided anew at every refresh, from the roles of its staff or the scopes of its client.
//! Tokens and machine secrets are kept as hashes, keys sealed under a master key ([`vault`]),
//! passwords as Argon2id.

mod account;
mod address;
mod akeneo;
mod app;
mod application;
mod audit;
mod authorization;
mod browser_session;
mod cleanup;
mod client;
mod client_address;
mod config;
mod connection;
mod consent;
mod cookies;
mod customer;
mod email_verification;
mod login;
mod logout;
mod mail;
mod me;
mod oauth;
mod one_time_token;
mod openapi;
mod pages;
mod password;
mod password_reset;
mod retention;
mod role;
mod scopes;
mod secret;
mod session;
mod signing_key;
mod staff;
mod start;
mod text;
mod throttle;
mod totp;

pub use app::{App, openapi, router};
pub use client::ServiceClient;
pub use client_address::TrustedProxies;
pub use config::{AdminConfig, Config, RegistrationPolicy, StaffTotp};
pub use mail::{MailConfig, deliver_due};
pub use signing_key::KeyAlgorithm;
pub use start::{prepare, rotate_keys, run};
pub use vault::MasterKey;

/// The schema of this service.
pub const SCHEMA: &str = "auth";

/// The migrations of this service.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/auth");
