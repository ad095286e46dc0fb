//! The events service on its own.

use std::process::ExitCode;

use events::Config;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {
            let server = |config: &Config| config.server.clone();
            web::run_service("events", Config::from_env, server, events::run).await
        }
        Some("openapi") => {
            print!("{}", web::openapi::to_text(&events::openapi()));
            ExitCode::SUCCESS
        }
        Some(_) => {
            eprintln!("usage: events [openapi]    (configuration: VITRINE_* variables)");
            ExitCode::from(2)
        }
    }
}
