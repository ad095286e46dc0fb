//! The folder around one private cluster: our mark on it, the lock, the password, the log.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::account::{Account, choose_account};
use crate::error::{Error, Result};
use crate::pause::pause;
use crate::pid_file::{PidFile, is_alive};
use crate::place::{is_dangling, settle};

/// The longest socket path every system takes has 103 bytes.
const SOCKET_FOLDER_LIMIT: usize = 103 - "/.s.PGSQL.65535".len();
/// The file by which we know a folder as ours, and what it tells whoever opens it.
const MARK: &str = "vitrine-postgres.txt";
const MARK_TEXT: &str = "The private PostgreSQL of Vitrine. `cluster` holds the data, `password` \
the password of its superuser vitrine, `postgres.log` what it has to say.\n";

/// How long a server may take to end that was killed, or whose owner was.
pub(crate) const LOCK_PATIENCE: Duration = Duration::from_secs(20);
const LOCK_POLL: Duration = Duration::from_millis(50);

/// A folder of ours, known to be reachable by the user PostgreSQL runs as.
#[derive(Debug)]
pub(crate) struct Folder {
    /// Where it was asked for: the folder itself or a link to it.
    wanted: PathBuf,
    /// Where it is.
    pub(crate) path: PathBuf,
    pub(crate) account: Option<Account>,
}

impl Folder {
    /// Makes the folder, or opens it if it is ours; one that holds anything else is refused.
    pub(crate) fn open(wanted: &Path, shelters: &[&str]) -> Result<Folder> {
        let account = choose_account(&wanted.join("cluster"))?;
        let path = settle(wanted, account, shelters)?;
        let folder = Folder { wanted: wanted.to_owned(), path, account };
        if !folder.is_marked() {
            folder.demand_empty()?;
            let mark = folder.path.join(MARK);
            fs::write(&mark, MARK_TEXT).map_err(Error::at(&mark))?;
        }
        Ok(folder)
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.path.join("cluster")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.path.join("socket")
    }

    /// The same if its path is short enough; where it is not, TCP has to do.
    pub(crate) fn usable_socket(&self) -> Option<PathBuf> {
        Some(self.socket()).filter(|path| path.as_os_str().len() <= SOCKET_FOLDER_LIMIT)
    }

    fn password_file(&self) -> PathBuf {
        self.path.join("password")
    }

    fn is_marked(&self) -> bool {
        self.path.join(MARK).is_file()
    }

    fn demand_empty(&self) -> Result<()> {
        let mut entries = fs::read_dir(&self.path).map_err(Error::at(&self.path))?;
        let foreign = || Error::Foreign { folder: self.path.clone() };
        entries.next().map_or(Ok(()), |_| Err(foreign()))
    }

    /// Takes the folder's lock for as long as the returned file, or a copy of it in any process,
    /// is open. A server that is just ending, or what is left of a killed one, is waited for, at most
    /// `patience`; a living one is [`Error::Running`].
    pub(crate) fn lock(&self, patience: Duration) -> Result<File> {
        let path = self.path.join("lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).mode(0o600);
        let mut file = options.open(&path).map_err(Error::at(&path))?;
        let deadline = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(source)) => return Err(Error::at(&path)(source)),
                Err(TryLockError::WouldBlock) => self.wait_for_holder(&mut file, deadline)?,
            }
        }
        write_holder(&mut file).map_err(Error::at(&path))?;
        Ok(file)
    }

    fn wait_for_holder(&self, file: &mut File, deadline: Instant) -> Result<()> {
        let holder = read_holder(file).filter(|&process| is_alive(process));
        let server = PidFile::read(&self.cluster());
        let is_ending =
            server.as_ref().is_some_and(|it| it.status == "stopping" || !is_alive(it.process));
        if (holder.is_some() && !is_ending) || Instant::now() >= deadline {
            let process = holder.or(server.as_ref().map(|it| it.process)).unwrap_or_default();
            let port = server.and_then(|it| it.port);
            return Err(Error::Running { folder: self.path.clone(), process, port });
        }
        if holder.is_none() {
            // Its guard ends it too, unless that was killed as well.
            server.inspect(PidFile::interrupt);
        }
        pause(LOCK_POLL);
        Ok(())
    }

    /// Keeps the superuser's password, readable by us alone.
    pub(crate) fn save_password(&self, password: &str) -> Result<()> {
        write_secret(&self.password_file(), password)
    }

    pub(crate) fn read_password(&self) -> Result<String> {
        let path = self.password_file();
        fs::read_to_string(&path).map(|it| it.trim().to_owned()).map_err(Error::at(&path))
    }

    /// Deletes the folder and what leads to it.
    pub(crate) fn remove(&self) -> Result<()> {
        fs::remove_dir_all(&self.path).map_err(Error::at(&self.path))?;
        if self.wanted.is_symlink() {
            fs::remove_file(&self.wanted).map_err(Error::at(&self.wanted))?;
        }
        Ok(())
    }
}

/// Deletes a cluster of ours with all its data, wherever it really lies; no folder is no error.
///
/// # Errors
/// [`Error::Running`] while a server uses it, [`Error::Foreign`] if it was not made by us.
pub fn remove(data_dir: &Path) -> Result<()> {
    remove_within(data_dir, LOCK_PATIENCE)
}

pub(crate) fn remove_within(data_dir: &Path, patience: Duration) -> Result<()> {
    if is_dangling(data_dir) {
        return fs::remove_file(data_dir).map_err(Error::at(data_dir));
    }
    let Ok(path) = fs::canonicalize(data_dir) else { return Ok(()) };
    let folder = Folder { wanted: data_dir.to_owned(), path, account: None };
    if !folder.is_marked() {
        folder.demand_empty()?;
    }
    let _lock = folder.lock(patience)?;
    folder.remove()
}

/// Writes a file that nobody else can read, replacing an older one.
pub(crate) fn write_secret(path: &Path, secret: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    let mut file = fs::remove_file(path)
        .or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })
        .and_then(|()| options.write(true).create_new(true).mode(0o600).open(path))
        .map_err(Error::at(path))?;
    file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::at(path))
}

fn write_holder(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

fn read_holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
