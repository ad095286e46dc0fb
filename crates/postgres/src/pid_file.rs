//! `postmaster.pid`, in which PostgreSQL says which process serves a cluster and how far it is.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::error::{Error, Result};

/// How long to wait for an answer from the port a pid file names.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The lines of `postmaster.pid` that matter to us.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    /// Line 1.
    pub(crate) process: u32,
    /// Line 4.
    pub(crate) port: Option<u16>,
    /// Line 8: `starting`, `ready`, `stopping` or `standby`.
    pub(crate) status: String,
}

impl PidFile {
    /// Reads the file of `cluster`; `None` while there is none, or no whole first line.
    pub(crate) fn read(cluster: &Path) -> Option<PidFile> {
        parse(&fs::read_to_string(path_in(cluster)).ok()?)
    }

    /// Whether something still serves the cluster. The process alone does not tell: after a crash
    /// or in a new container its number may belong to anyone.
    fn is_served(&self) -> bool {
        let listens = |port| {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).is_ok()
        };
        is_alive(self.process) && self.port.is_some_and(listens)
    }

    /// Asks a server that has lost its owner to end in order.
    pub(crate) fn interrupt(&self) {
        if self.is_served() {
            let pid = pid_of(self.process);
            let _ = pid.map(|pid| kill_process(pid, Signal::INT));
        }
    }
}

fn path_in(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

fn parse(text: &str) -> Option<PidFile> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    Some(PidFile {
        process: lines.first()?.parse().ok()?,
        port: lines.get(3).and_then(|line| line.parse().ok()),
        status: lines.get(7).copied().unwrap_or_default().to_owned(),
    })
}

fn pid_of(process: u32) -> Option<Pid> {
    i32::try_from(process).ok().and_then(Pid::from_raw)
}

/// Whether a process of this number exists, whoever owns it.
pub(crate) fn is_alive(process: u32) -> bool {
    pid_of(process).is_some_and(|pid| matches!(test_kill_process(pid), Ok(()) | Err(Errno::PERM)))
}

/// Takes away what a killed server left behind; PostgreSQL would refuse to start if the process
/// number in it has been given to someone else. A server that somebody started by hand stays.
///
/// To be called under the folder's lock, which every server of ours holds while it lives.
pub(crate) fn clear_stale(cluster: &Path) -> Result<()> {
    let Some(found) = PidFile::read(cluster) else { return Ok(()) };
    if found.is_served() {
        let folder = cluster.to_owned();
        return Err(Error::Running { folder, process: found.process, port: found.port });
    }
    let path = path_in(cluster);
    fs::remove_file(&path).map_err(Error::at(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_on_line_eight() {
        let text = "812\n/data\n1790000000\n54321\n/data/socket\n127.0.0.1\n  5243 7\nready   \n";
        let expected = PidFile { process: 812, port: Some(54321), status: "ready".to_owned() };
        assert_eq!(parse(text), Some(expected));
    }

    #[test]
    fn a_half_written_file_has_no_status_yet() {
        assert_eq!(parse("812\n/data\n").map(|it| it.status), Some(String::new()));
        assert_eq!(parse(""), None);
    }

    #[test]
    fn we_are_alive() {
        assert!(is_alive(std::process::id()));
        assert!(!is_alive(0));
    }
}
