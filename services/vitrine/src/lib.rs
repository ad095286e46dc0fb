//! The one-command run: a private PostgreSQL, every service and the gateway in one process, with demo
//! data on the first start. And the command line tool, which talks to a running installation over its
//! public API like any other client.

pub mod cli;
mod client;
pub mod demo;
pub mod export;
pub mod import;
mod installation;
mod job;
pub mod run;
mod seed;
