//! `vitrine`: the one-command run and the command line tool.

use std::process::ExitCode;

use clap::Parser;
use vitrine::cli::{Cli, Command};

fn main() -> ExitCode {
    web::install_tls();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let result = match cli.command {
        None => runtime.block_on(vitrine::run::run(cli.run)),
        Some(Command::Import(arguments)) => runtime.block_on(vitrine::import::run(arguments)),
        Some(Command::Export(arguments)) => runtime.block_on(vitrine::export::run(arguments)),
        Some(Command::SetupDatabase) => runtime.block_on(vitrine::run::setup_database()),
    };
    match result {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

/// One sentence on standard error; exit code 1.
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("vitrine: {error:#}");
    ExitCode::FAILURE
}
