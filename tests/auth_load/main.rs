//! Measures `auth` as a process of its own, and the check of its tokens, beside yardsticks in the same
//! run: a bare signature check, the same SQL by a plain client, a bare Argon2id loop. What counts are
//! the ratios; the absolute figures are those of this machine.

mod hash;
mod history;
mod login;
mod refresh;
mod server;
mod verify;

use std::time::Duration;

use anyhow::Result;
use clap::Parser;

use self::server::Server;

/// Measures signing in, refreshing and checking tokens.
#[derive(Debug, Parser)]
struct Options {
    /// Seconds of each run.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: u64,
    /// Past sessions of the user with a long history.
    #[arg(long, default_value_t = 100_000)]
    history: i32,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    // An error means that it was installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let duration = Duration::from_secs(options.seconds);
    tokio::task::spawn_blocking(move || verify::measure(duration)).await??.print();
    let server = Server::start().await?;
    refresh::measure(&server, duration).await?.print();
    login::measure(&server, duration).await?.print();
    history::measure(&server, options.history).await?.print();
    Ok(())
}
