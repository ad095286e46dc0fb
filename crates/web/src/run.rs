use std::{fmt::Debug, process::ExitCode};

use anyhow::{Context, Result};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

use crate::{Env, Lifecycle, Metrics, ServerConfig, admin_router, init_telemetry, serve};

/// Makes ring the provider of TLS. The first act of every `main`: without it no HTTP client can be
/// built.
pub fn install_tls() {
    // An error means that it was installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The whole `main` of a service that runs alone: reads the environment, logs, serves the admin port,
/// runs the service and drains on SIGTERM or Ctrl-C.
pub async fn run_service<C, F>(
    name: &'static str,
    read_config: impl FnOnce(&mut Env) -> Result<C>,
    server: impl FnOnce(&C) -> ServerConfig,
    run: impl FnOnce(C, TcpListener, Lifecycle) -> F,
) -> ExitCode
where
    C: Debug,
    F: Future<Output = Result<()>>,
{
    install_tls();
    match start(name, read_config, server, run).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn start<C, F>(
    name: &'static str,
    read_config: impl FnOnce(&mut Env) -> Result<C>,
    server: impl FnOnce(&C) -> ServerConfig,
    run: impl FnOnce(C, TcpListener, Lifecycle) -> F,
) -> Result<()>
where
    C: Debug,
    F: Future<Output = Result<()>>,
{
    let mut env = Env::read();
    let config = read_config(&mut env)?;
    env.finish()?;
    let server = server(&config);
    init_telemetry(server.log_format, &server.log_filter)?;
    let signals = Signals::listen()?;
    tracing::info!(service.name = name, ?config, "starting");

    let lifecycle = Lifecycle::new();
    let listener = bind(server.listen).await?;
    let admin = bind(server.admin_listen).await?;
    let admin_app = admin_router(lifecycle.clone(), Metrics::install()?);
    let admin_life = Lifecycle::new();
    tokio::spawn(serve(admin, admin_app, admin_life.clone(), server.drain));
    tokio::spawn(drain_on_signal(signals, lifecycle.clone(), server.drain));
    let result = run(config, listener, lifecycle).await;
    admin_life.stop();
    result
}

async fn bind(address: std::net::SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// SIGTERM: not ready, wait until balancers noticed, stop. A second signal stops at once.
async fn drain_on_signal(mut signals: Signals, lifecycle: Lifecycle, drain: std::time::Duration) {
    signals.next().await;
    tracing::info!("draining");
    lifecycle.drain();
    tokio::select! {
        () = tokio::time::sleep(drain) => {}
        () = signals.next() => {}
    }
    lifecycle.stop();
}

/// The signals that ask a service to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on they no longer kill the process.
    fn listen() -> Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { terminate, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
