use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use postgres::{Options, Profile, Server};

use crate::process::{free_port, send_signal};

/// How long a killed server may take to be gone.
const END_TIMEOUT: Duration = Duration::from_secs(10);

/// A PostgreSQL that can be killed and comes back at its address.
pub(crate) struct Database {
    /// None while it is down.
    server: Option<Server>,
    options: Options,
    address: SocketAddr,
    url: String,
    /// Address of the system's database, over the server's socket.
    local_url: String,
}

impl Database {
    /// Starts it; `profile` says whether it keeps what it acknowledged when it is killed, `database` the
    /// one of the system.
    pub(crate) async fn start(profile: Profile, database: &str) -> Result<Self> {
        let address = free_port()?;
        let options = Options { profile, port: Some(address.port()), ..options()? };
        let server = start(options.clone()).await?;
        let (url, local_url) = (server.url(""), server.local_url(database));
        Ok(Self { server: Some(server), options, address, url, local_url })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its data lies.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.options.data_dir
    }

    /// Address of a database, as its superuser.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("{}{database}", self.url)
    }

    /// Address of the system's database, as its superuser, over the server's socket.
    pub(crate) fn local_url(&self) -> &str {
        &self.local_url
    }

    /// Ends it at once, as a crash would.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        let Some(server) = self.server.take() else { return Ok(()) };
        let id = server.process_id().context("PostgreSQL does not run")?;
        send_signal("KILL", id)?;
        let killed = Instant::now();
        while server.is_running() {
            if killed.elapsed() > END_TIMEOUT {
                bail!("PostgreSQL did not end within {END_TIMEOUT:?}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Starts it again with its data.
    pub(crate) async fn revive(&mut self) -> Result<()> {
        self.server = Some(start(self.options.clone()).await?);
        Ok(())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.server = None;
        // What stays is swept by the next run.
        let _ = postgres::remove(&self.options.data_dir);
    }
}

/// A PostgreSQL that ends with its value and leaves nothing behind.
pub async fn start_server() -> Result<Server> {
    start(options()?).await
}

fn options() -> Result<Options> {
    let installation = postgres::find().with_context(postgres::install_hint)?;
    let parent = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/postgres");
    std::fs::create_dir_all(&parent)?;
    Ok(Options::throwaway(&parent, installation))
}

async fn start(options: Options) -> Result<Server> {
    Ok(tokio::task::spawn_blocking(|| Server::start(options)).await??)
}
