//! Journeys through the gateway, against every service as a process of its own.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod clients;
mod compose;
mod events;
mod faults;
mod internal;
mod one_command;
mod purchase;
mod readme;
mod roles;
mod saga;
