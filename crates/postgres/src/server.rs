//! A private PostgreSQL server on a folder of its own.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use reqwest::Url;

use crate::error::{Error, Result};
use crate::find::Installation;
use crate::folder::{Folder, LOCK_PATIENCE};
use crate::guard::Guard;
use crate::launch::Launch;
use crate::log;
use crate::pid_file::PidFile;
use crate::place::{LASTING, PASSING};
use crate::settings::Profile;
use crate::sweep;

/// The superuser of every cluster made here.
pub const SUPERUSER: &str = "vitrine";

const WATCH_INTERVAL: Duration = Duration::from_millis(200);

/// What to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// A folder of its own: made if missing, and put elsewhere with a link left here if we are
    /// root and PostgreSQL's user cannot enter it. [`Server::data_dir`] then tells where.
    pub data_dir: PathBuf,
    /// Whether the data matters.
    pub profile: Profile,
    /// Which PostgreSQL runs it.
    pub installation: Installation,
    /// Where it listens on 127.0.0.1; at a free port if not set.
    pub port: Option<u16>,
}

impl Options {
    /// A server for tests, on a new folder inside `parent`. What dead test runs left in `parent` is
    /// deleted.
    pub fn throwaway(parent: &Path, installation: Installation) -> Options {
        sweep::sweep(parent);
        let data_dir = sweep::unused_folder(parent);
        Options { data_dir, profile: Profile::Throwaway, installation, port: None }
    }
}

/// A running server. It ends with this value ([`Server::stop`] or drop, both bounded at about ten
/// seconds) and with this process, even when that is killed.
#[derive(Debug)]
pub struct Server {
    guard: Guard,
    folder: Folder,
    profile: Profile,
    port: u16,
    password: String,
}

impl Server {
    /// Starts the server and waits until it takes connections. It blocks the thread: about 1.5 s
    /// where the cluster is made first, 0.1 s where it is there.
    ///
    /// # Errors
    /// [`Error`] says in a sentence what is in the way; nothing runs then.
    pub fn start(options: Options) -> Result<Server> {
        let Options { data_dir, profile, installation, port } = options;
        let shelters = if profile == Profile::Durable { LASTING } else { PASSING };
        let folder = Folder::open(&data_dir, shelters)?;
        let lock = folder.lock(LOCK_PATIENCE)?;
        let launch = Launch { folder: &folder, installation: &installation, profile, port };
        let (guard, port) = launch.run(&lock)?;
        let password = folder.read_password()?;
        tracing::info!(folder = %folder.path.display(), port, version = %installation.version, "PostgreSQL is ready");
        Ok(Server { guard, folder, profile, port, password })
    }

    /// The URL of a database on this server, for the superuser, over TCP. It holds the password:
    /// not for logs.
    pub fn url(&self, database: &str) -> String {
        let Server { port, password, .. } = self;
        format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/{database}")
    }

    /// The same over its socket, where there is one: nobody but this account gets there, and no statement
    /// makes its way through TCP.
    pub fn local_url(&self, database: &str) -> String {
        let (mut url, socket) = (self.url(database), self.folder.usable_socket());
        if let Some(folder) = socket.as_deref().and_then(Path::to_str) {
            let host = [("host", folder)];
            url = Url::parse_with_params(&url, host).expect("it is a URL of ours").into();
        }
        url
    }

    /// The port on 127.0.0.1; another one at every start, unless it was chosen.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the data really lies.
    pub fn data_dir(&self) -> &Path {
        &self.folder.path
    }

    /// Where PostgreSQL writes its log.
    pub fn log(&self) -> PathBuf {
        self.folder.log()
    }

    /// Whether PostgreSQL still runs.
    pub fn is_running(&self) -> bool {
        self.guard.status().is_none()
    }

    /// The process that serves; `None` if there is none.
    pub fn process_id(&self) -> Option<u32> {
        PidFile::read(&self.folder.cluster()).map(|file| file.process)
    }

    /// Waits until PostgreSQL ends, which by itself it does only when something is badly wrong, and
    /// keeps its log small meanwhile.
    pub async fn wait(&self) -> ExitStatus {
        loop {
            if let Some(status) = self.guard.status() {
                return status;
            }
            log::keep_small(&self.folder.log()).unwrap_or_else(|error| tracing::warn!("{error}"));
            tokio::time::sleep(WATCH_INTERVAL).await;
        }
    }

    /// Ends the server in order: open transactions are rolled back, connections closed, everything
    /// written; at once if that takes over five seconds, and the next start then recovers.
    ///
    /// # Errors
    /// [`Error::NotStopped`] if even that did not end it.
    pub async fn stop(mut self) -> Result<()> {
        let stopped = tokio::task::spawn_blocking(move || self.guard.stop());
        stopped.await.unwrap_or(Err(Error::NotStopped { seconds: 0 }))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = self.guard.stop();
        if stopped.is_ok() && self.profile == Profile::Throwaway {
            // What stays is swept by the next run.
            let _ = self.folder.remove();
        }
    }
}
