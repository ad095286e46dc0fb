//! Finds PostgreSQL on the machine, or fetches it when asked, and runs a private server: for the
//! one-command run and for the tests. It never touches the machine's own server.
//!
//! [`find`] names the newest installation, [`fetch()`] downloads one, [`Server::start`] runs it on a
//! folder of its own. The server ends with this process, even when this process is killed
//! (`guard.sh` says how).

mod account;
mod cluster;
mod error;
mod fetch;
mod find;
mod folder;
mod guard;
mod hint;
mod launch;
mod log;
mod pause;
mod pid_file;
mod place;
mod server;
mod settings;
mod sweep;
mod unpack;

pub use error::{Error, Result};
pub use fetch::{fetch, find_fetched};
pub use find::{Installation, OLDEST_MAJOR, Version, find, find_for};
pub use folder::remove;
pub use hint::install_hint;
pub use server::{Options, SUPERUSER, Server};
pub use settings::Profile;
