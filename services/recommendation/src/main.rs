//! The recommendation service on its own.

use std::process::ExitCode;

use recommendation::Config;
use web::Env;

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
        Some("train") => match train().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("recommendation: {error:#}");
                ExitCode::FAILURE
            }
        },
        Some(_) => {
            eprintln!(
                "usage: recommendation [openapi|train]    (configuration: VITRINE_* variables)"
            );
            ExitCode::from(2)
        }
    }
}

async fn train() -> anyhow::Result<()> {
    web::install_tls();
    let mut env = Env::read();
    let config = Config::from_env(&mut env)?;
    env.finish()?;
    recommendation::train(config).await
}
