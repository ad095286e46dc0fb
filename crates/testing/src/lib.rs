//! Test tools: a database of its own for every test, tokens without `auth`, a client that reads like a
//! sentence, and the check of generated files. A dev-dependency only.

mod client;
mod database;
mod generated;
mod lossy;
mod peer;
mod tokens;

pub use client::{Answer, Client};
pub use database::{TestDatabase, database, server_url};
pub use generated::assert_generated;
pub use lossy::{LossyDatabase, Lost};
pub use peer::serve_peer;
pub use tokens::{ISSUER, Tokens};
