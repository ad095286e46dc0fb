//! The gateway over real connections, in front of small services on loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod connection;
mod docs;
mod drain;
mod failure;
mod forward;
mod house;
mod limit;
mod page;
