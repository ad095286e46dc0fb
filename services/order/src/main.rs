//! The order service as a process of its own.

use std::process::ExitCode;

use order::Config;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => web::run_service("order", Config::from_env, |c| c.server.clone(), order::run).await,
        Some("openapi") => {
            print!("{}", web::openapi::to_text(&order::openapi()));
            ExitCode::SUCCESS
        }
        Some(_) => {
            eprintln!("usage: order [openapi]");
            ExitCode::from(2)
        }
    }
}
