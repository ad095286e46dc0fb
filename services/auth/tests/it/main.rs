//! The service `auth` through its HTTP API, against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic, in its helpers too")]

mod account;
mod address;
mod application;
mod audit;
mod authorization;
mod browser;
mod connection;
mod email_verification;
mod login;
mod logout;
mod logs;
mod mail;
mod mail_folder;
mod management_token;
mod metadata;
mod oauth;
mod openapi;
mod pages;
mod password_reset;
mod refresh;
mod registration;
mod role;
mod session;
mod setup;
mod shop;
mod signing_key;
mod staff;
mod start;
mod throttle;
mod totp;
