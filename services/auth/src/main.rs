//! The service `auth` as a process of its own; `auth openapi` prints its OpenAPI document, `auth
//! rotate-keys` publishes the next signing keys.

use std::process::ExitCode;

use auth::Config;
use web::Env;

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
        Some("rotate-keys") => match rotate_keys().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("auth: {error:#}");
                ExitCode::FAILURE
            }
        },
        Some(other) => {
            eprintln!("auth: unknown argument {other}; usage: auth [openapi|rotate-keys]");
            ExitCode::from(2)
        }
    }
}

async fn rotate_keys() -> anyhow::Result<()> {
    web::install_tls();
    let mut env = Env::read();
    let config = Config::from_env(&mut env)?;
    env.finish()?;
    auth::rotate_keys(config).await
}
