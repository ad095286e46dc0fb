//! The process `gateway`.

use std::{io::Write, process::ExitCode};

use gateway::Config;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {
            let server = |config: &Config| config.server.clone();
            web::run_service("gateway", Config::from_env, server, gateway::run).await
        }
        Some("openapi") => {
            let document = gateway::public_document(gateway::DEFAULT_PUBLIC_URL);
            // Whoever reads may have read enough.
            match std::io::stdout().write_all(document.as_bytes()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            }
        }
        Some(_) => {
            eprintln!("usage: gateway [openapi]");
            ExitCode::from(2)
        }
    }
}
