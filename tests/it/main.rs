//! Journeys through the gateway, against every service as a process of its own.

mod compose;
mod one_command;
mod purchase;
mod readme;
mod roles;
