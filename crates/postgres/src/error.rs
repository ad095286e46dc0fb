//! What can go wrong between finding PostgreSQL and running it, each told in one sentence.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why PostgreSQL could not be found, fetched, started or stopped.
#[derive(Debug)]
pub enum Error {
    /// The folder is in use by a living process; `port` is known once its server listens.
    Running { folder: PathBuf, process: u32, port: Option<u16> },
    /// The folder was made by another major version, which cannot be opened by this one.
    OtherVersion { folder: PathBuf, made_by: String, this: u32 },
    /// The folder has something in it and was not made by us.
    Foreign { folder: PathBuf },
    /// The cluster belongs to another user and we are not root.
    OtherUser { folder: PathBuf, uid: u32 },
    /// A file or folder could not be read or written.
    Folder { path: PathBuf, source: io::Error },
    /// We are root and there is no user PostgreSQL could run as.
    NoAccount,
    /// We are root and the unprivileged user reaches neither the wanted folder nor another.
    Unreachable { folder: PathBuf, uid: u32 },
    /// A program could not be started at all.
    Program { program: PathBuf, source: io::Error },
    /// `initdb` ended with an error; `log` is the end of what it printed.
    Initdb { log: String },
    /// PostgreSQL ended before it was ready; `log` is the end of its log.
    Start { log: String },
    /// PostgreSQL did not become ready in time.
    NotReady { seconds: u64, log: String },
    /// PostgreSQL did not end in time.
    NotStopped { seconds: u64 },
    /// There are no binaries to fetch for this operating system and processor.
    NothingToFetch { system: String },
    /// The download failed.
    Download { url: String, reason: String },
    /// What was downloaded is not what was pinned.
    Checksum { url: String },
    /// The archive holds what it must not hold, or lacks what it must.
    Archive { reason: String },
    /// The fetched PostgreSQL does not run here; `reason` is what its program says.
    FetchedUnusable { folder: PathBuf, reason: String },
}

impl Error {
    /// Attaches the path an I/O error is about: `.map_err(Error::at(path))`.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_owned();
        move |source| Error::Folder { path, source }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Running { folder, process, port } => {
                write!(f, "another vitrine is running on {}: process {process}", folder.display())?;
                port.map_or(Ok(()), |port| write!(f, ", PostgreSQL on port {port}"))?;
                write!(f, "; stop it first, or choose another folder with --data-dir")
            }
            Error::OtherVersion { folder, made_by, this } => write!(
                f,
                "the data in {} was made by PostgreSQL {made_by}, this is PostgreSQL {this}: \
                 install PostgreSQL {made_by} to keep it, or start over with --fresh",
                folder.display()
            ),
            Error::Foreign { folder } => write!(
                f,
                "{} is not empty and was not made by Vitrine: choose another folder with --data-dir",
                folder.display()
            ),
            Error::OtherUser { folder, uid } => write!(
                f,
                "the data in {} belongs to another user (uid {uid}): run as that user, \
                 or choose another folder with --data-dir",
                folder.display()
            ),
            Error::Folder { path, source } => write_folder_error(f, path, source),
            Error::NoAccount => write!(
                f,
                "PostgreSQL does not run as root, and there is neither a user postgres nor a user \
                 nobody to run it as: start vitrine as a normal user"
            ),
            Error::Unreachable { folder, uid } => write!(
                f,
                "the user PostgreSQL runs as (uid {uid}) cannot enter {} nor any folder in its \
                 stead: choose one it can enter with --data-dir",
                folder.display()
            ),
            Error::Program { program, source } => {
                write!(f, "cannot run {}: {source}", program.display())
            }
            Error::Initdb { log } if tells_full_disk(log) => {
                write!(f, "the disk is full: a new database needs about 50 MB\n{log}")
            }
            Error::Initdb { log } => write!(f, "initdb could not make a database:\n{log}"),
            Error::Start { log } if tells_full_disk(log) => {
                write!(f, "PostgreSQL did not start because the disk is full:\n{log}")
            }
            Error::Start { log } => write!(f, "PostgreSQL did not start:\n{log}"),
            Error::NotReady { seconds, log } => {
                write!(f, "PostgreSQL was not ready after {seconds} seconds:\n{log}")
            }
            Error::NotStopped { seconds } => {
                write!(f, "PostgreSQL had not stopped after {seconds} seconds")
            }
            Error::NothingToFetch { system } => write!(
                f,
                "there is no PostgreSQL to fetch for {system}: install PostgreSQL 15 or newer"
            ),
            Error::Download { url, reason } => write!(f, "cannot fetch {url}: {reason}"),
            Error::Checksum { url } => write!(
                f,
                "what {url} answered is not the PostgreSQL that Vitrine knows: its checksum differs"
            ),
            Error::Archive { reason } => {
                write!(f, "the fetched PostgreSQL cannot be unpacked: {reason}")
            }
            Error::FetchedUnusable { folder, reason } => write!(
                f,
                "the PostgreSQL fetched into {} does not run on this machine ({reason}): install \
                 what it misses, or PostgreSQL 15 or newer, by the package manager",
                folder.display()
            ),
        }
    }
}

fn tells_full_disk(log: &str) -> bool {
    log.contains("No space left") || log.contains("Check free disk space")
}

fn write_folder_error(f: &mut fmt::Formatter<'_>, path: &Path, source: &io::Error) -> fmt::Result {
    let path = path.display();
    match source.kind() {
        io::ErrorKind::PermissionDenied => write!(
            f,
            "{path} cannot be used by this user (permission denied): choose another folder with \
             --data-dir"
        ),
        io::ErrorKind::ReadOnlyFilesystem => {
            write!(f, "{path} is on a read-only disk: choose another folder with --data-dir")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            write!(f, "the disk of {path} is full")
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            write!(f, "{path} is in the way, a file where a folder is needed")
        }
        _ => write!(f, "{path} cannot be used: {source}"),
    }
}
