//! The launcher against the PostgreSQL of this machine.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in helpers too")]

mod folder;
mod killed;
mod lifecycle;
mod scratch;
