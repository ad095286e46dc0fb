use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use postgres::Profile;

use crate::{
    Client, Process,
    client::http,
    cpu,
    database::Database,
    process::{binary, free_ports},
};

const DATABASE: &str = "vitrine";
const ROLE_PASSWORD: &str = "the-password-of-every-role";
const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ADMIN_EMAIL: &str = "admin@vitrine.example";
const ADMIN_PASSWORD: &str = "a long enough passphrase";
const READY_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a service that was told to end may take.
const END_TIMEOUT: Duration = Duration::from_secs(40);

/// Name, schema and the variables that say where the others are.
const SERVICES: [(&str, &str); 6] = [
    ("auth", "auth"),
    ("catalog", "catalog"),
    ("payment", "payment"),
    ("order", "orders"),
    ("recommendation", "recommendation"),
    ("events", "events"),
];

/// Every service and the gateway as processes of their own, on a PostgreSQL of their own.
pub struct System {
    processes: BTreeMap<Replica, Process>,
    addresses: BTreeMap<Replica, Address>,
    /// What stands between a service and PostgreSQL.
    between: BTreeMap<&'static str, SocketAddr>,
    database: Database,
    folder: PathBuf,
    variables: Vec<Variable>,
    /// Regions of the payment cells; the replicas of `payment` are one for each.
    regions: &'static [&'static str],
    /// Processes whose clocks are wrong.
    clocks: BTreeMap<Replica, Clock>,
}

/// A clock that is wrong.
#[derive(Debug, Clone)]
pub struct Clock {
    /// How far it is ahead.
    pub seconds: i64,
    /// The library `libfaketime.so.1`.
    pub library: PathBuf,
}

/// A variable of one service: the service, its name, its value.
pub type Variable = (&'static str, &'static str, &'static str);

/// A process of a service: the service, and which of its replicas.
pub type Replica = (&'static str, usize);

#[derive(Clone, Copy)]
struct Address {
    api: SocketAddr,
    admin: SocketAddr,
}

impl System {
    /// Starts everything and waits until it is ready.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// The same, with these variables too.
    pub async fn start_with(variables: &[Variable]) -> Result<Self> {
        Self::start_on(Profile::Throwaway, variables, &[]).await
    }

    /// The same, with a payment cell for each region: its replica of that number.
    pub async fn start_with_regions(
        regions: &'static [&'static str],
        variables: &[Variable],
    ) -> Result<Self> {
        Self::start_on(Profile::Throwaway, variables, regions).await
    }

    /// The same, on a PostgreSQL that keeps what it acknowledged when it is killed.
    pub async fn start_durable(variables: &[Variable]) -> Result<Self> {
        Self::start_on(Profile::Durable, variables, &[]).await
    }

    async fn start_on(
        profile: Profile,
        variables: &[Variable],
        regions: &'static [&'static str],
    ) -> Result<Self> {
        let database = Database::start(profile, DATABASE).await?;
        let folder = scratch_folder("system")?;
        let mut system = Self {
            processes: BTreeMap::new(),
            addresses: BTreeMap::new(),
            between: BTreeMap::new(),
            database,
            folder,
            variables: variables.to_vec(),
            regions,
            clocks: BTreeMap::new(),
        };
        system.set_up_database().await?;
        let names = SERVICES.iter().map(|(name, _)| (*name, 0)).chain([("gateway", 0)]);
        let cells = (1..regions.len()).map(|index| ("payment", index));
        let replicas: Vec<Replica> = names.chain(cells).collect();
        for replica in &replicas {
            system.addresses.insert(*replica, free_address()?);
        }
        for replica in replicas {
            system.start_service(replica)?;
        }
        system.ready().await?;
        Ok(system)
    }

    /// Starts another replica of a service, which the gateway asks from then on.
    pub async fn add_replica(&mut self, name: &'static str) -> Result<()> {
        let replica = (name, self.replicas(name).count());
        self.addresses.insert(replica, free_address()?);
        self.start_service(replica)?;
        self.kill("gateway");
        self.revive("gateway").await
    }

    /// The same with a clock of its own.
    pub async fn add_replica_with(&mut self, name: &'static str, clock: Clock) -> Result<()> {
        self.clocks.insert((name, self.replicas(name).count()), clock);
        self.add_replica(name).await
    }

    /// Ends the replicas of a service in order, one after the other, each when the one before it has
    /// been started again and is ready.
    pub async fn restart_in_turn(&mut self, name: &'static str) -> Result<()> {
        for replica in self.replicas(name).collect::<Vec<_>>() {
            let process = self.processes.get_mut(&replica).context("it runs")?;
            process.signal("TERM")?;
            let code = process.wait(END_TIMEOUT).await?;
            ensure!(code == Some(0), "{name} ended with {code:?}: {}", process.output());
            self.start_service(replica)?;
            self.ready().await?;
        }
        Ok(())
    }

    fn replicas(&self, name: &'static str) -> impl Iterator<Item = Replica> + use<'_> {
        self.addresses.keys().copied().filter(move |(service, _)| *service == name)
    }

    /// Address of the gateway.
    pub fn url(&self) -> String {
        self.service_url("gateway")
    }

    /// A client of the gateway, without token.
    pub fn client(&self) -> Client {
        Client::new(self.url())
    }

    /// A client signed in as the first member of staff.
    pub async fn staff(&self) -> Result<Client> {
        self.client().log_in(ADMIN_EMAIL, ADMIN_PASSWORD).await
    }

    /// Address of a service's own door, past the gateway.
    pub fn service_url(&self, name: &'static str) -> String {
        self.replica_url((name, 0))
    }

    /// The same of one of its replicas.
    pub fn replica_url(&self, replica: Replica) -> String {
        format!("http://{}", self.addresses[&replica].api)
    }

    /// Address of the database, as the role of this schema.
    pub fn database_url(&self, schema: &str) -> String {
        as_role(&self.superuser_url(), schema)
    }

    /// Address of the database, as who sees every schema.
    pub fn superuser_url(&self) -> String {
        self.database.url(DATABASE)
    }

    /// Where PostgreSQL listens.
    pub fn database_address(&self) -> SocketAddr {
        self.database.address()
    }

    /// The process of a service.
    pub fn process(&mut self, name: &'static str) -> &mut Process {
        self.processes.get_mut(&(name, 0)).expect("a name of a service")
    }

    /// Seconds of processor so far: of PostgreSQL, of all services with the gateway, of this client.
    pub fn cpu_seconds(&self) -> Option<[f64; 3]> {
        let services: Option<Vec<f64>> =
            self.processes.values().map(|process| cpu::of_process(process.id())).collect();
        let database = cpu::of_postgres(self.database.data_dir())?;
        Some([database, services?.iter().sum(), cpu::of_process(std::process::id())?])
    }

    /// What the services logged as errors, those of earlier lives too.
    pub fn errors(&self) -> String {
        let logs = self.processes.values().map(Process::whole_log);
        let lines = logs.flat_map(|log| log.lines().map(str::to_owned).collect::<Vec<_>>());
        lines.filter(|line| line.contains("ERROR")).collect::<Vec<_>>().join("\n")
    }

    /// Ends a service at once, as a crash would.
    pub fn kill(&mut self, name: &'static str) {
        self.process(name).kill();
    }

    /// Starts a service that was killed, and waits until it is ready.
    pub async fn revive(&mut self, name: &'static str) -> Result<()> {
        self.start_service((name, 0))?;
        self.ready().await
    }

    /// Ends PostgreSQL at once, as a crash would.
    pub async fn kill_database(&mut self) -> Result<()> {
        self.database.kill().await
    }

    /// Starts the PostgreSQL that was killed, and waits until it takes connections.
    pub async fn revive_database(&mut self) -> Result<()> {
        self.database.revive().await
    }

    /// Restarts a service, its connections to the database led through what listens at this address;
    /// straight ones if there is none.
    pub async fn reconnect(
        &mut self,
        name: &'static str,
        between: Option<SocketAddr>,
    ) -> Result<()> {
        match between {
            Some(address) => self.between.insert(name, address),
            None => self.between.remove(name),
        };
        self.kill(name);
        self.revive(name).await
    }

    async fn set_up_database(&self) -> Result<()> {
        execute(&self.database.url("postgres"), "create database vitrine").await?;
        let output = Command::new(binary("vitrine")?)
            .arg("setup-database")
            .env("VITRINE_DATABASE_URL", self.superuser_url())
            .env("VITRINE_ROLE_PASSWORD", ROLE_PASSWORD)
            .env("VITRINE_PAYMENT_REGIONS", self.regions.join(" "))
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        bail!("setup-database failed: {}", String::from_utf8_lossy(&output.stderr))
    }

    fn start_service(&mut self, replica: Replica) -> Result<()> {
        let mut variables = self.variables(replica);
        if let Some(clock) = self.clocks.get(&replica) {
            variables.extend([
                ("LD_PRELOAD", clock.library.display().to_string()),
                ("FAKETIME", format!("{:+}s", clock.seconds)),
                // Only the time of day: no machine's timers are wrong.
                ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ]);
        }
        let process = Process::start(replica.0, &[], &variables, &self.folder)?;
        self.processes.insert(replica, process);
        Ok(())
    }

    fn variables(&self, replica: Replica) -> Vec<(&'static str, String)> {
        let (name, index) = replica;
        let Address { api, admin } = self.addresses[&replica];
        let mut variables = vec![
            ("VITRINE_LISTEN", api.to_string()),
            ("VITRINE_ADMIN_LISTEN", admin.to_string()),
            ("VITRINE_DRAIN_SECONDS", "0".to_owned()),
            ("VITRINE_LOG", "info".to_owned()),
        ];
        if let Some((_, schema)) = SERVICES.iter().find(|(service, _)| *service == name) {
            let schema = match self.regions.get(index) {
                Some(region) if name == "payment" => {
                    variables.push(("VITRINE_REGION", (*region).to_owned()));
                    format!("payment_{region}")
                }
                _ => (*schema).to_owned(),
            };
            let url = match self.between.get(name) {
                Some(address) => {
                    let straight = self.database_address().to_string();
                    self.superuser_url().replacen(&straight, &address.to_string(), 1)
                }
                None => self.database.local_url().to_owned(),
            };
            variables.push(("VITRINE_DATABASE_URL", as_role(&url, &schema)));
            variables.push(("VITRINE_DATABASE_CONNECTIONS", "10".to_owned()));
        }
        if !matches!(name, "auth" | "gateway") {
            variables.push(("VITRINE_CLIENT_SECRET", client_secret(name)));
        }
        if name != "gateway" {
            variables.push(("VITRINE_ISSUER", self.url()));
        }
        let peers: &[(&'static str, &'static str)] = match name {
            "catalog" | "payment" => &[("auth", "VITRINE_AUTH_URL")],
            "order" => &[
                ("auth", "VITRINE_AUTH_URL"),
                ("catalog", "VITRINE_CATALOG_URL"),
                ("payment", "VITRINE_PAYMENT_URL"),
            ],
            "recommendation" => &[
                ("auth", "VITRINE_AUTH_URL"),
                ("catalog", "VITRINE_CATALOG_URL"),
                ("order", "VITRINE_ORDER_URL"),
            ],
            "events" => &[
                ("auth", "VITRINE_AUTH_URL"),
                ("catalog", "VITRINE_CATALOG_URL"),
                ("order", "VITRINE_ORDER_URL"),
                ("payment", "VITRINE_PAYMENT_URL"),
            ],
            "gateway" => &[
                ("auth", "VITRINE_AUTH_URL"),
                ("catalog", "VITRINE_CATALOG_URL"),
                ("order", "VITRINE_ORDER_URL"),
                ("payment", "VITRINE_PAYMENT_URL"),
                ("recommendation", "VITRINE_RECOMMENDATION_URL"),
                ("events", "VITRINE_EVENTS_URL"),
            ],
            _ => &[],
        };
        for (peer, variable) in peers {
            let url =
                if name == "gateway" { self.replica_urls(peer) } else { self.service_url(peer) };
            variables.push((variable, url));
        }
        match name {
            "auth" => {
                variables.extend([
                    ("VITRINE_MASTER_KEY", MASTER_KEY.to_owned()),
                    ("VITRINE_SERVICE_CLIENTS", service_clients()),
                    ("VITRINE_ADMIN_EMAIL", ADMIN_EMAIL.to_owned()),
                    ("VITRINE_ADMIN_PASSWORD", ADMIN_PASSWORD.to_owned()),
                ]);
            }
            "catalog" => variables.extend([
                ("VITRINE_PUBLIC_URL", self.url()),
                ("VITRINE_MEDIA_DIR", self.folder.join("media").display().to_string()),
                ("VITRINE_INDEX_DIR", self.folder.join("index").display().to_string()),
            ]),
            "events" => variables.push(("VITRINE_MASTER_KEY", MASTER_KEY.to_owned())),
            "payment" | "gateway" => variables.push(("VITRINE_PUBLIC_URL", self.url())),
            _ => {}
        }
        if matches!(name, "order" | "events" | "gateway") && !self.regions.is_empty() {
            variables.push(("VITRINE_PAYMENT_CELLS", self.cells()));
        }
        let more = self.variables.iter().filter(|(service, ..)| *service == name);
        variables.extend(more.map(|(_, variable, value)| (*variable, (*value).to_owned())));
        variables
    }

    fn cells(&self) -> String {
        let cells = self.regions.iter().zip(self.replicas("payment"));
        let cell = |(region, replica)| format!("{region}={}", self.replica_url(replica));
        cells.map(cell).collect::<Vec<_>>().join(" ")
    }

    fn replica_urls(&self, name: &'static str) -> String {
        let urls = self.replicas(name).map(|replica| self.replica_url(replica));
        urls.collect::<Vec<_>>().join(",")
    }

    async fn ready(&mut self) -> Result<()> {
        let http = http();
        let started = Instant::now();
        for (replica, process) in &mut self.processes {
            let url = format!("http://{}/readyz", self.addresses[replica].admin);
            while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                process.check()?;
                if started.elapsed() > READY_TIMEOUT {
                    bail!("{} is not ready: {}", replica.0, process.output());
                }
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        }
        Ok(())
    }
}

impl Drop for System {
    fn drop(&mut self) {
        self.processes.clear();
        // What is left there hurts nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn free_address() -> Result<Address> {
    let ports = free_ports(2)?;
    Ok(Address { api: ports[0], admin: ports[1] })
}

fn service_clients() -> String {
    ["catalog", "order", "payment", "recommendation", "events"]
        .map(|name| format!("service-{name}:{}", client_secret(name)))
        .join(",")
}

fn client_secret(name: &str) -> String {
    format!("the-secret-of-the-service-{name:->15}")
}

/// The superuser's address of a database, as one for the role of this schema.
fn as_role(url: &str, schema: &str) -> String {
    let rest = url.split_once('@').map_or("", |(_, rest)| rest);
    format!("postgres://vitrine_{schema}:{ROLE_PASSWORD}@{rest}")
}

/// A new folder below the target folder.
pub fn scratch_folder(name: &str) -> Result<PathBuf> {
    let id = uuid::Uuid::now_v7().simple();
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/scratch/{name}-{id}"));
    std::fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

async fn execute(url: &str, statement: &'static str) -> Result<()> {
    use sqlx::{Connection, Executor};
    let mut connection = sqlx::PgConnection::connect(url).await?;
    connection.execute(statement).await?;
    connection.close().await?;
    Ok(())
}
