//! The folder of everything that is kept: database, media, search index, secrets.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use web::Secret;

use crate::client::Connection;

/// Counts incompatible changes of the folder's layout.
const FORMAT: u32 = 1;
const MARK: &str = "vitrine.json";
const SECRETS: &str = "secrets.json";
const CONNECTION: &str = "connection.json";
const DEMO: &str = "demo-loaded";
const POSTGRES: &str = "postgres";

#[derive(Serialize, Deserialize)]
struct Mark {
    format: u32,
}

/// The folder, known to be ours and writable.
pub(super) struct DataDir {
    path: PathBuf,
}

/// What the parts of an installation know each other by; made on the first start.
#[derive(Serialize, Deserialize)]
pub(super) struct Secrets {
    database_password: String,
    client_secret: String,
    master_key: String,
    admin_password: String,
}

/// The first member of staff.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) email: &'static str,
    pub(crate) password: String,
}

impl DataDir {
    /// Opens or makes the folder; `fresh` empties it first, if it is ours.
    pub(super) fn open(path: &Path, fresh: bool) -> Result<Self> {
        let cannot_write = || format!("cannot write to the folder {}", path.display());
        fs::create_dir_all(path).with_context(cannot_write)?;
        // Absolute, because PostgreSQL runs in another folder.
        let path = path.canonicalize().with_context(cannot_write)?;
        let folder = Self { path };
        folder.check_mark()?;
        if fresh {
            folder.clear()?;
        }
        folder.write(MARK, &Mark { format: FORMAT }).with_context(cannot_write)?;
        Ok(folder)
    }

    fn check_mark(&self) -> Result<()> {
        let path = self.path.display();
        match self.read::<Mark>(MARK)? {
            Some(Mark { format }) if format <= FORMAT => Ok(()),
            Some(Mark { format }) => bail!(
                "the folder {path} was made by a newer Vitrine (format {format}, this one knows {FORMAT}); \
                 use that version, or another folder with --data-dir"
            ),
            None if fs::read_dir(&self.path)?.next().is_none() => Ok(()),
            None => bail!(
                "the folder {path} holds other files and was not made by Vitrine; \
                 choose another with --data-dir"
            ),
        }
    }

    fn clear(&self) -> Result<()> {
        postgres::remove(&self.postgres())?;
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }
                .with_context(|| format!("cannot delete {}", path.display()))?;
        }
        Ok(())
    }

    /// Folder of the private PostgreSQL.
    pub(super) fn postgres(&self) -> PathBuf {
        self.path.join(POSTGRES)
    }

    /// Folder of a downloaded PostgreSQL.
    pub(super) fn fetched(&self) -> PathBuf {
        self.path.join("fetched")
    }

    /// Folder of media files.
    pub(super) fn media(&self) -> PathBuf {
        self.path.join("media")
    }

    /// Folder that mails are written to.
    pub(super) fn mail(&self) -> PathBuf {
        self.path.join("mail")
    }

    /// Folder of the search index.
    pub(super) fn index(&self) -> PathBuf {
        self.path.join("index")
    }

    /// Whether the demo shop was loaded to its end.
    pub(super) fn has_demo(&self) -> bool {
        self.path.join(DEMO).exists()
    }

    /// Notes that the demo shop was loaded to its end.
    pub(super) fn set_demo(&self) -> Result<()> {
        self.write(DEMO, &true)
    }

    /// The secrets of this installation.
    pub(super) fn secrets(&self) -> Result<Secrets> {
        if let Some(secrets) = self.read(SECRETS)? {
            return Ok(secrets);
        }
        let secrets = Secrets {
            database_password: random_hex()?,
            client_secret: random_hex()?,
            master_key: BASE64_STANDARD.encode(random_bytes()?),
            admin_password: random_hex()?[..20].to_owned(),
        };
        self.write(SECRETS, &secrets)?;
        Ok(secrets)
    }

    /// Where `vitrine import` finds the running installation and an account.
    pub(super) fn save_connection(&self, url: &str, secrets: &Secrets) -> Result<()> {
        let Admin { email, password } = secrets.admin();
        let connection = Connection { url: url.to_owned(), email: email.to_owned(), password };
        self.write(CONNECTION, &connection)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(bytes) => {
                let value = serde_json::from_slice(&bytes)
                    .with_context(|| format!("the file {} is damaged", path.display()))?;
                Ok(Some(value))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Writes a file that only its owner can read, whole or not at all.
    fn write(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let path = self.path.join(name);
        let draft = self.path.join(format!("{name}.new"));
        let write = || -> std::io::Result<()> {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&draft)?;
            file.write_all(&serde_json::to_vec_pretty(value)?)?;
            file.sync_all()?;
            fs::rename(&draft, &path)
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Reads the connection that a run left in its folder.
pub(crate) fn read_connection(data_dir: &Path) -> Result<Option<Connection>> {
    DataDir { path: data_dir.to_owned() }.read(CONNECTION)
}

impl Secrets {
    /// Password of every service's database role.
    pub(super) fn database_password(&self) -> &str {
        &self.database_password
    }

    /// Secret that this service signs in to the others with: each has its own, made from one.
    pub(super) fn client_secret(&self, service: &str) -> Secret {
        let bytes =
            Sha256::new().chain_update(&self.client_secret).chain_update(service).finalize();
        Secret::new(hex(&bytes))
    }

    /// Key that `auth` encrypts its signing keys with.
    pub(super) fn master_key(&self) -> Secret {
        Secret::new(&self.master_key)
    }

    /// Key that `events` encrypts secrets of webhooks with, made from the other.
    pub(super) fn events_master_key(&self) -> Secret {
        let bytes = Sha256::new().chain_update(&self.master_key).chain_update("events").finalize();
        Secret::new(BASE64_STANDARD.encode(bytes))
    }

    /// The first member of staff.
    pub(super) fn admin(&self) -> Admin {
        Admin { email: "admin@vitrine.example", password: self.admin_password.clone() }
    }
}

fn random_bytes() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).context("the system has no random numbers")?;
    Ok(bytes)
}

fn random_hex() -> Result<String> {
    random_bytes().map(|bytes| hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("vitrine-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        path
    }

    #[test]
    fn secrets_stay_the_same_and_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let path = folder("secrets");
        let first = DataDir::open(&path, false).unwrap().secrets().unwrap();
        let second = DataDir::open(&path, false).unwrap().secrets().unwrap();
        let secret = |secrets: &Secrets, name| secrets.client_secret(name).expose().to_owned();
        assert_eq!(secret(&first, "order"), secret(&second, "order"));
        assert_ne!(secret(&first, "order"), secret(&first, "payment"));
        let mode = fs::metadata(path.join(SECRETS)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_folder_with_other_files_is_refused_and_left_alone() {
        let path = folder("foreign");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("letter.txt"), "dear").unwrap();
        let Err(error) = DataDir::open(&path, true) else { panic!("it must be refused") };
        assert!(error.to_string().contains("was not made by Vitrine"), "{error}");
        assert!(path.join("letter.txt").exists());
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_folder_of_a_newer_version_is_refused() {
        let path = folder("newer");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join(MARK), r#"{"format": 99}"#).unwrap();
        let Err(error) = DataDir::open(&path, false) else { panic!("it must be refused") };
        assert!(error.to_string().contains("newer Vitrine"), "{error}");
        fs::remove_dir_all(path).unwrap();
    }
}
