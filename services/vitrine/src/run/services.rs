//! Every service and the gateway in this process, each as it would run alone: with a configuration, a
//! listener and a life of its own. They talk to each other over loopback.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result, anyhow};
use tokio::{
    net::TcpListener,
    sync::Mutex,
    task::JoinSet,
    time::{sleep, timeout},
};
use web::{Lifecycle, Metrics, admin_router};

use super::{
    configs::Configs,
    data_dir::{DataDir, Secrets},
    database::Database,
    settings::Settings,
};

/// The schemas of the services.
pub(super) const SCHEMAS: [&str; 6] = [
    auth::SCHEMA,
    catalog::SCHEMA,
    order::SCHEMA,
    payment::SCHEMA,
    recommendation::SCHEMA,
    events::SCHEMA,
];

const START_TIMEOUT: Duration = Duration::from_secs(120);
const READY_POLL: Duration = Duration::from_millis(20);

/// What runs in the background; ends with a name and maybe an error.
type Tasks = JoinSet<(&'static str, Result<()>)>;

/// The running services.
pub(super) struct Services {
    addresses: Addresses,
    gateway: Lifecycle,
    others: Lifecycles,
    tasks: Mutex<Tasks>,
}

/// Where everything listens.
pub(super) struct Addresses {
    gateway: SocketAddr,
    auth: SocketAddr,
    catalog: SocketAddr,
    order: SocketAddr,
    payment: SocketAddr,
    recommendation: SocketAddr,
    events: SocketAddr,
}

impl Addresses {
    /// Address of the installation, as clients write it.
    pub(super) fn public_url(&self) -> String {
        url(self.gateway)
    }

    pub(super) fn auth(&self) -> String {
        url(self.auth)
    }

    pub(super) fn catalog(&self) -> String {
        url(self.catalog)
    }

    pub(super) fn order(&self) -> String {
        url(self.order)
    }

    pub(super) fn payment(&self) -> String {
        url(self.payment)
    }

    pub(super) fn recommendation(&self) -> String {
        url(self.recommendation)
    }

    pub(super) fn events(&self) -> String {
        url(self.events)
    }
}

type Lifecycles = Vec<(&'static str, Lifecycle)>;

impl Services {
    /// Starts them all; they get ready in the background.
    pub(super) async fn start(
        settings: &Settings,
        data_dir: &DataDir,
        secrets: &Secrets,
        database: &Database,
        listener: TcpListener,
    ) -> Result<Self> {
        let (auth, catalog, order) = (inside().await?, inside().await?, inside().await?);
        let (payment, recommendation, events) = (inside().await?, inside().await?, inside().await?);
        let addresses = Addresses {
            gateway: listener.local_addr()?,
            auth: auth.local_addr()?,
            catalog: catalog.local_addr()?,
            order: order.local_addr()?,
            payment: payment.local_addr()?,
            recommendation: recommendation.local_addr()?,
            events: events.local_addr()?,
        };
        let egress_allow = &settings.egress_allow;
        let configs = Configs { data_dir, secrets, database, addresses: &addresses, egress_allow };
        let mut tasks = Tasks::new();
        let mut others = Lifecycles::new();
        let mut life = |name| {
            let lifecycle = Lifecycle::new();
            others.push((name, lifecycle.clone()));
            lifecycle
        };
        spawn(&mut tasks, "auth", auth::run(configs.auth()?, auth, life("auth")));
        spawn(&mut tasks, "catalog", catalog::run(configs.catalog()?, catalog, life("catalog")));
        spawn(&mut tasks, "payment", payment::run(configs.payment()?, payment, life("payment")));
        spawn(&mut tasks, "order", order::run(configs.order()?, order, life("order")));
        let recommending =
            recommendation::run(configs.recommendation()?, recommendation, life("recommendation"));
        spawn(&mut tasks, "recommendation", recommending);
        spawn(&mut tasks, "events", events::run(configs.events()?, events, life("events")));
        let gateway = Lifecycle::new();
        spawn(&mut tasks, "gateway", gateway::run(configs.gateway()?, listener, gateway.clone()));
        if let Some(admin) = settings.options.admin_listen {
            serve_admin(admin, gateway.clone()).await?;
        }
        Ok(Self { addresses, gateway, others, tasks: Mutex::new(tasks) })
    }

    /// Public address of the installation.
    pub(super) fn url(&self) -> String {
        self.addresses.public_url()
    }

    /// Resolves when all are ready.
    pub(super) async fn ready(&self) -> Result<()> {
        let all = || {
            self.others.iter().map(|(_, life)| life).chain([&self.gateway]).all(Lifecycle::is_ready)
        };
        let wait = async {
            while !all() {
                sleep(READY_POLL).await;
            }
        };
        timeout(START_TIMEOUT, wait).await.map_err(|_| {
            let waiting = self.others.iter().filter(|(_, life)| !life.is_ready());
            let names: Vec<&str> = waiting.map(|(name, _)| *name).collect();
            anyhow!("not ready after {} s: {}", START_TIMEOUT.as_secs(), names.join(", "))
        })
    }

    /// Resolves when one of them ends by itself.
    pub(super) async fn failed(&self) -> anyhow::Error {
        match self.tasks.lock().await.join_next().await {
            Some(Ok((name, Err(error)))) => error.context(format!("{name} could not run")),
            Some(Ok((name, Ok(())))) => anyhow!("{name} ended"),
            Some(Err(error)) => anyhow!("a service failed: {error}"),
            None => anyhow!("nothing runs"),
        }
    }

    /// Ends the gateway first, then what stands behind it; cuts what takes longer than `grace`.
    pub(super) async fn stop(&self, grace: Duration) {
        self.gateway.stop();
        let mut tasks = self.tasks.lock().await;
        let ended = timeout(grace, async {
            while !is_over(&mut tasks, "gateway").await {}
            self.others.iter().for_each(|(_, life)| life.stop());
            while tasks.join_next().await.is_some() {}
        });
        if ended.await.is_err() {
            tasks.abort_all();
        }
    }
}

/// Waits for one task to end; true if it is the named one or none is left.
async fn is_over(tasks: &mut Tasks, name: &str) -> bool {
    match tasks.join_next().await {
        Some(Ok((ended, _))) => ended == name,
        Some(Err(_)) => false,
        None => true,
    }
}

fn spawn(
    tasks: &mut Tasks,
    name: &'static str,
    service: impl Future<Output = Result<()>> + Send + 'static,
) {
    tasks.spawn(async move { (name, service.await) });
}

/// A port on loopback that only we know.
async fn inside() -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0)).await.context("loopback has no free port")
}

fn url(address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        ip => ip.to_string(),
    };
    format!("http://{host}:{}", address.port())
}

async fn serve_admin(address: SocketAddr, lifecycle: Lifecycle) -> Result<()> {
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let app = admin_router(lifecycle.clone(), Metrics::install()?);
    tokio::spawn(web::serve(listener, app, lifecycle, Duration::from_secs(1)));
    Ok(())
}
