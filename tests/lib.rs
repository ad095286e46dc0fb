//! Runs the whole system as separate processes, for journeys, faults and load.

mod client;
mod process;
mod samples;
mod shop;
mod system;

pub use client::{Answer, Client};
pub use process::{Process, binary, free_port};
pub use samples::Samples;
pub use shop::Shop;
pub use system::{System, scratch_folder, start_server};
