//! The service `auth` as a process of its own; `auth openapi` prints its OpenAPI document.

use std::process::ExitCode;

use auth::Config;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {
            web::run_service("auth", Config::from_env, |config| config.server.clone(), auth::run)
                .await
        }
        Some("openapi") => {
            print!("{}", web::openapi::to_text(&auth::openapi()));
            ExitCode::SUCCESS
        }
        Some(other) => {
            eprintln!("auth: unknown argument {other}; usage: auth [openapi]");
            ExitCode::from(2)
        }
    }
}
