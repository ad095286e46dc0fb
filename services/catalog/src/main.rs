//! The catalog service on its own.

use std::process::ExitCode;

use catalog::Config;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {
            web::run_service(
                "catalog",
                Config::from_env,
                |config| config.server.clone(),
                catalog::run,
            )
            .await
        }
        Some("openapi") => {
            print!("{}", web::openapi::to_text(&catalog::openapi()));
            ExitCode::SUCCESS
        }
        Some(_) => {
            eprintln!("usage: catalog [openapi]    (configuration: VITRINE_* variables)");
            ExitCode::from(2)
        }
    }
}
