use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use load::{Process, cpu, free_port, scratch_folder, start_server};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};

pub(crate) const PASSWORD: &str = "a long enough passphrase";
const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// `auth` as a process of its own on a PostgreSQL of its own.
pub(crate) struct Server {
    process: Process,
    database: postgres::Server,
    folder: PathBuf,
    url: String,
    pub(crate) http: reqwest::Client,
}

/// A customer who has signed in.
#[derive(Clone)]
pub(crate) struct Customer {
    pub(crate) email: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
}

impl Server {
    pub(crate) async fn start() -> Result<Self> {
        let database = start_server().await?;
        let mut connection = PgConnection::connect(&database.url("postgres")).await?;
        connection.execute("create schema auth").await?;
        let folder = scratch_folder("auth-load")?;
        let (api, admin) = (free_port()?, free_port()?);
        let variables = [
            ("VITRINE_LISTEN", api.to_string()),
            ("VITRINE_ADMIN_LISTEN", admin.to_string()),
            ("VITRINE_DATABASE_URL", database.url("postgres")),
            ("VITRINE_MASTER_KEY", MASTER_KEY.to_owned()),
            ("VITRINE_DRAIN_SECONDS", "0".to_owned()),
        ];
        let process = Process::start("auth", &[], &variables, &folder)?;
        let http = reqwest::Client::builder().no_proxy().timeout(READY_TIMEOUT).build()?;
        let mut server = Self { process, database, folder, url: format!("http://{api}"), http };
        let (started, ready) = (Instant::now(), format!("http://{admin}/readyz"));
        while !server.http.get(&ready).send().await.is_ok_and(|a| a.status().is_success()) {
            server.process.check()?;
            ensure!(started.elapsed() < READY_TIMEOUT, "auth does not start");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        Ok(server)
    }

    /// A connection to its database, past it.
    pub(crate) async fn database(&self) -> Result<PgConnection> {
        let options: PgConnectOptions = self.database.url("postgres").parse()?;
        Ok(PgConnection::connect_with(&options.options([("search_path", "auth")])).await?)
    }

    /// Seconds of processor so far: of it, of its PostgreSQL, of this client.
    pub(crate) fn cpu_seconds(&self) -> Option<[f64; 3]> {
        let auth = cpu::of_process(self.process.id())?;
        let database = cpu::of_postgres(self.database.data_dir())?;
        Some([auth, database, cpu::of_process(std::process::id())?])
    }

    /// Registers a customer and signs in.
    pub(crate) async fn register(&self, name: &str) -> Result<Customer> {
        let email = format!("{name}@example.com");
        self.post("/v1/customers", &json!({ "email": email, "password": PASSWORD })).await?;
        self.log_in(&email).await
    }

    pub(crate) async fn log_in(&self, email: &str) -> Result<Customer> {
        let login = json!({ "email": email, "password": PASSWORD });
        let answer = self.post("/v1/login", &login).await?;
        let text = |name: &str| answer[name].as_str().context("no token").map(str::to_owned);
        Ok(Customer {
            email: email.to_owned(),
            access_token: text("access_token")?,
            refresh_token: text("refresh_token")?,
        })
    }

    /// The next refresh token.
    pub(crate) async fn refresh(&self, refresh_token: &str) -> Result<String> {
        let body = json!({ "grant_type": "refresh_token", "client_id": "storefront",
            "refresh_token": refresh_token });
        let answer = self.post("/oauth/token", &body).await?;
        Ok(answer["refresh_token"].as_str().context("no refresh token")?.to_owned())
    }

    /// Checks the token, and reads one row.
    pub(crate) async fn get_me(&self, access_token: &str) -> Result<()> {
        let request = self.http.get(format!("{}/v1/me", self.url)).bearer_auth(access_token);
        request.send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let answer = self.http.post(format!("{}{path}", self.url)).json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            bail!("{path}: {status}: {text}");
        }
        Ok(serde_json::from_str(&text)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill();
        // What is left there hurts nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
