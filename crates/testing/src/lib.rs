//! Test tools: a database of its own for every test, tokens without `auth`, a client that reads like a
//! sentence, a receiver of webhooks, and the check of generated files. A dev-dependency only.

mod client;
mod database;
mod generated;
mod lossy;
mod peer;
mod receiver;
mod tokens;

pub use client::{Answer, Client};
pub use database::{TestDatabase, database, server_url};
pub use generated::assert_generated;
pub use lossy::{LossyDatabase, Lost};
pub use peer::serve_peer;
pub use receiver::{Message, Receiver, Reply};
pub use tokens::{ISSUER, Tokens};
