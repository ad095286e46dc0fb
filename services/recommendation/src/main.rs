//! The recommendation service on its own.

use std::process::ExitCode;

use recommendation::Config;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {
            web::run_service(
                "recommendation",
                Config::from_env,
                |config| config.server.clone(),
                recommendation::run,
            )
            .await
        }
        Some("openapi") => {
            print!("{}", web::openapi::to_text(&recommendation::openapi()));
            ExitCode::SUCCESS
        }
        Some(_) => {
            eprintln!("usage: recommendation [openapi]    (configuration: VITRINE_* variables)");
            ExitCode::from(2)
        }
    }
}
