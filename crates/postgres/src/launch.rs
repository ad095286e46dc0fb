//! From a folder to a server that takes connections.

use std::ffi::OsString;
use std::fs::{DirBuilder, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::time::{Duration, Instant};

use crate::cluster::{demand_version, is_there, make_cluster};
use crate::error::{Error, Result};
use crate::find::Installation;
use crate::folder::Folder;
use crate::guard::Guard;
use crate::log;
use crate::pause::pause;
use crate::pid_file::{PidFile, clear_stale};
use crate::settings::{Profile, settings};

/// Replaying what a crash left takes seconds; a slow disk may take longer.
const READY_PATIENCE: Duration = Duration::from_secs(120);
const READY_POLL: Duration = Duration::from_millis(5);
/// Between choosing a port and PostgreSQL taking it, somebody else may.
const PORT_ATTEMPTS: u32 = 5;

/// What is to run where.
pub(crate) struct Launch<'a> {
    pub(crate) folder: &'a Folder,
    pub(crate) installation: &'a Installation,
    pub(crate) profile: Profile,
    pub(crate) port: Option<u16>,
}

impl Launch<'_> {
    /// Makes the cluster if it is not there, runs the server and returns it with its port. `lock`
    /// is the folder's.
    pub(crate) fn run(&self, lock: &File) -> Result<(Guard, u16)> {
        let mut attempt = 1;
        loop {
            let port = self.port.map_or_else(free_port, Ok)?;
            match self.try_port(port, lock) {
                Err(Error::Start { log }) if is_port_taken(&log) && attempt < PORT_ATTEMPTS => {
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    fn try_port(&self, port: u16, lock: &File) -> Result<(Guard, u16)> {
        let Launch { folder, installation, profile, .. } = *self;
        // At a second attempt as well: the guard deletes a throwaway cluster when its server ends.
        match is_there(&folder.cluster()) {
            true => demand_version(folder, installation)?,
            false => make_cluster(folder, installation, profile, lock)?,
        }
        clear_stale(&folder.cluster())?;
        make_socket_folder(folder)?;
        let log = log::open(&folder.log())?;
        let log_start = log.metadata().map_err(Error::at(&folder.log()))?.len();
        let lock = lock.try_clone().map_err(Error::at(&folder.path))?;
        let guard = Guard::spawn(folder, self.command_line(port), log, lock, self.leftovers())?;
        wait_until_ready(&guard, folder, log_start)?;
        Ok((guard, port))
    }

    /// What the guard deletes; the folder itself it cannot where we are root and it is not.
    fn leftovers(&self) -> Option<[std::path::PathBuf; 2]> {
        let throwaway = self.profile == Profile::Throwaway;
        throwaway.then(|| [self.folder.cluster(), self.folder.socket()])
    }

    fn command_line(&self, port: u16) -> Vec<OsString> {
        let Launch { folder, installation, profile, .. } = *self;
        let mut line: Vec<OsString> = vec![installation.bin.join("postgres").into()];
        line.extend(["-D".into(), folder.cluster().into(), "-p".into(), port.to_string().into()]);
        let mut directories = OsString::from("unix_socket_directories=");
        directories.push(folder.usable_socket().unwrap_or_default());
        line.extend(["-c".into(), directories]);
        for (name, value) in settings(profile) {
            line.extend(["-c".into(), format!("{name}={value}").into()]);
        }
        line
    }
}

fn make_socket_folder(folder: &Folder) -> Result<()> {
    let path = folder.socket();
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().mode(0o700).create(&path).map_err(Error::at(&path))?;
    folder.account.map_or(Ok(()), |account| account.own(&path))
}

fn free_port() -> Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|source| Error::Folder { path: "the address 127.0.0.1".into(), source })
}

fn is_port_taken(log: &str) -> bool {
    log.contains("could not bind") || log.contains("Address already in use")
}

fn wait_until_ready(guard: &Guard, folder: &Folder, log_start: u64) -> Result<()> {
    let deadline = Instant::now() + READY_PATIENCE;
    let log = || log::end_since(&folder.log(), log_start);
    while !is_ready(folder) {
        if guard.status().is_some() {
            return Err(Error::Start { log: log() });
        }
        if Instant::now() >= deadline {
            return Err(Error::NotReady { seconds: READY_PATIENCE.as_secs(), log: log() });
        }
        pause(READY_POLL);
    }
    Ok(())
}

fn is_ready(folder: &Folder) -> bool {
    PidFile::read(&folder.cluster()).is_some_and(|it| it.status == "ready")
}
