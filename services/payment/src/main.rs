//! The payment service as a process of its own.

use std::process::ExitCode;

use payment::Config;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {
            let server = |config: &Config| config.server.clone();
            web::run_service("payment", Config::from_env, server, payment::run).await
        }
        Some("openapi") => {
            print!("{}", web::openapi::to_text(&payment::openapi()));
            ExitCode::SUCCESS
        }
        Some(_) => {
            eprintln!("usage: payment [openapi]");
            ExitCode::from(2)
        }
    }
}
