//! Runs PostgreSQL under `guard.sh`, so that it ends when we end.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::pause::pause;

const SCRIPT: &str = include_str!("guard.sh");

/// The script gives up on an orderly end after 5 s and on any after 8 s.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
const STOP_POLL: Duration = Duration::from_millis(10);

/// A running `guard.sh` with its PostgreSQL; dropping it stops both.
#[derive(Debug)]
pub(crate) struct Guard {
    child: Mutex<Child>,
    /// While this end of the pipe is open, PostgreSQL runs.
    lifeline: Option<ChildStdin>,
}

impl Guard {
    /// Starts PostgreSQL by the command line `server`, its messages going to `log`, holding `lock`
    /// while it lives, and with `leftovers` deleted once it has ended.
    pub(crate) fn spawn(
        folder: &Folder,
        server: Vec<OsString>,
        log: File,
        lock: File,
        leftovers: Option<[PathBuf; 2]>,
    ) -> Result<Guard> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "vitrine-guard"]);
        command.args(leftovers.unwrap_or_default()).args(server);
        prepare(&mut command, folder);
        command.process_group(0).stdin(Stdio::piped()).stdout(lock).stderr(log);
        let mut child = command
            .spawn()
            .map_err(|source| Error::Program { program: "/bin/sh".into(), source })?;
        let lifeline = child.stdin.take();
        Ok(Guard { child: Mutex::new(child), lifeline })
    }

    /// How PostgreSQL ended; `None` while it runs.
    pub(crate) fn status(&self) -> Option<ExitStatus> {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        child.try_wait().ok().flatten()
    }

    /// Ends PostgreSQL in order, or at once if that takes too long.
    pub(crate) fn stop(&mut self) -> Result<()> {
        drop(self.lifeline.take());
        let deadline = Instant::now() + STOP_PATIENCE;
        while self.status().is_none() {
            if Instant::now() >= deadline {
                return Err(Error::NotStopped { seconds: STOP_PATIENCE.as_secs() });
            }
            pause(STOP_POLL);
        }
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!("{error}");
        }
    }
}

/// Makes `command` run as PostgreSQL's user, in a folder it can enter, untouched by what the
/// environment says about other servers and by the machine's language.
pub(crate) fn prepare(command: &mut Command, folder: &Folder) {
    let about_servers = |name: &OsString| name.to_string_lossy().starts_with("PG");
    env::vars_os().map(|(name, _)| name).filter(about_servers).for_each(|name| {
        command.env_remove(name);
    });
    command.env("LC_ALL", "C").current_dir(&folder.path);
    if let Some(account) = folder.account {
        account.apply(command);
    }
}
