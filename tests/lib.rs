//! Runs the whole system as separate processes, for journeys, faults and load.

mod client;
pub mod cpu;
mod database;
pub mod engine;
pub mod invariants;
mod process;
mod samples;
mod shop;
pub mod statements;
mod system;

pub use client::{Answer, Client};
pub use database::start_server;
pub use process::{Process, binary, free_port};
pub use samples::Samples;
pub use shop::Shop;
pub use system::{Clock, Replica, System, Variable, scratch_folder};
