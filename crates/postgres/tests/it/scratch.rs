//! Folders for one test each, and a way to ask a server.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use postgres::{Options, Profile, Server};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection};

/// A folder of one test; deleted at its end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Scratch {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("postgres-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    /// A durable server on a folder of this scratch.
    pub(crate) fn options(&self) -> Options {
        Options {
            data_dir: self.0.join("data"),
            profile: Profile::Durable,
            installation: postgres::find().expect("the tests need PostgreSQL 15 or newer"),
            port: None,
        }
    }

    pub(crate) async fn start(&self) -> postgres::Result<Server> {
        start(self.options()).await
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = postgres::remove(&self.0.join("data"));
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) async fn start(options: Options) -> postgres::Result<Server> {
    tokio::task::spawn_blocking(|| Server::start(options)).await.unwrap()
}

/// Runs one statement and returns its first column as text, if it has a row.
pub(crate) async fn ask(url: &str, statement: &'static str) -> Option<String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let answer = sqlx::query_scalar(statement).fetch_optional(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    answer
}

/// The process that serves the cluster in `folder`.
pub(crate) fn postmaster(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("cluster/postmaster.pid")).unwrap();
    text.lines().next().unwrap().to_owned()
}

/// As by `kill -9`.
pub(crate) fn kill(process: &str) {
    let pid = Pid::from_raw(process.parse().unwrap()).unwrap();
    let _ = kill_process(pid, Signal::KILL);
}

/// Waits until `condition` holds, at most 20 s.
pub(crate) async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
