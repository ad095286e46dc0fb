//! The one-command run.

mod banner;
mod configs;
mod data_dir;
mod database;
mod services;
mod settings;

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, Result};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use web::{LogFormat, init_telemetry};

pub(crate) use self::data_dir::{Admin, read_connection};
use self::{
    data_dir::{DataDir, Secrets},
    database::Database,
    services::Services,
    settings::Settings,
};
use crate::{cli::RunOptions, seed};

/// Everything must have ended within ten seconds of Ctrl-C: this is the part of the services.
const GRACE: Duration = Duration::from_secs(4);

/// Makes roles and schemas on a given server.
pub async fn setup_database() -> Result<ExitCode> {
    database::setup().await.map(|()| ExitCode::SUCCESS)
}

/// Starts everything, loads the demo on the first start, and runs until Ctrl-C or SIGTERM.
pub async fn run(options: RunOptions) -> Result<ExitCode> {
    let settings = Settings::read(options)?;
    init_telemetry(LogFormat::Pretty, &settings.options.log)?;
    let mut signals = Signals::new()?;
    // First of all, so that a taken port is told before anything is done.
    let listener = bind(&settings).await?;
    let data_dir = DataDir::open(&settings.options.data_dir, settings.options.fresh)?;
    let secrets = data_dir.secrets()?;
    let started = async {
        let database = Database::start(&settings, &data_dir, &secrets).await?;
        let services = Services::start(&settings, &data_dir, &secrets, &database, listener).await?;
        anyhow::Ok((database, services))
    };
    let (database, services) = tokio::select! {
        started = started => started?,
        () = signals.wait() => return Ok(ExitCode::SUCCESS),
    };
    let result = tokio::select! {
        result = serve(&settings, &data_dir, &secrets, &services) => result,
        error = services.failed() => Err(error),
        error = database.failed() => Err(error),
        () = signals.wait() => Ok(()),
    };
    eprintln!("Stopping.");
    services.stop(GRACE).await;
    database.stop().await?;
    result.map(|()| ExitCode::SUCCESS)
}

async fn bind(settings: &Settings) -> Result<TcpListener> {
    let address = settings.options.listen;
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; choose another address with --listen")
    })
}

/// Waits until everything answers, fills the shop, tells the user, and goes on for ever.
async fn serve(
    settings: &Settings,
    data_dir: &DataDir,
    secrets: &Secrets,
    services: &Services,
) -> Result<()> {
    services.ready().await?;
    if settings.wants_demo() && !data_dir.has_demo() {
        seed::load(&services.url(), secrets.admin())
            .await
            .context("the demo could not be loaded")?;
        data_dir.set_demo()?;
    }
    data_dir.save_connection(&services.url(), secrets)?;
    banner::print(settings, secrets, &services.url());
    std::future::pending().await
}

/// Ctrl-C and SIGTERM.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
