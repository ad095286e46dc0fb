//! The process `gateway`.

use std::process::ExitCode;

use gateway::Config;

#[tokio::main]
async fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        None => {
            let server = |config: &Config| config.server.clone();
            web::run_service("gateway", Config::from_env, server, gateway::run).await
        }
        Some("openapi") => {
            print!("{}", gateway::public_document(gateway::DEFAULT_PUBLIC_URL));
            ExitCode::SUCCESS
        }
        Some(_) => {
            eprintln!("usage: gateway [openapi]");
            ExitCode::from(2)
        }
    }
}
