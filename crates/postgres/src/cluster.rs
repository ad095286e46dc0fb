//! Makes the cluster: `initdb` in a folder aside, then one rename, so that a killed run leaves
//! nothing half done.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::find::Installation;
use crate::folder::{Folder, write_secret};
use crate::guard::prepare;
use crate::log::last_lines;
use crate::server::SUPERUSER;
use crate::settings::Profile;

/// The major version that made `cluster`; `None` if there is no cluster, or none we may read.
pub(crate) fn made_by(cluster: &Path) -> Option<String> {
    fs::read_to_string(cluster.join("PG_VERSION")).ok().map(|it| it.trim().to_owned())
}

/// Whether there is a cluster. The empty folder a guard leaves of a throwaway one is none.
pub(crate) fn is_there(cluster: &Path) -> bool {
    fs::remove_dir(cluster).is_err() && cluster.exists()
}

/// Refuses a cluster that another major version made: the files would not be understood.
pub(crate) fn demand_version(folder: &Folder, installation: &Installation) -> Result<()> {
    let this = installation.version.major;
    match made_by(&folder.cluster()) {
        Some(made_by) if made_by == this.to_string() => Ok(()),
        Some(made_by) => Err(Error::OtherVersion { folder: folder.path.clone(), made_by, this }),
        None => Err(Error::Foreign { folder: folder.cluster() }),
    }
}

/// Makes the cluster of `folder` with a new random password. `lock` is lent to `initdb`, which may
/// outlive us.
pub(crate) fn make_cluster(
    folder: &Folder,
    installation: &Installation,
    profile: Profile,
    lock: &File,
) -> Result<()> {
    let password = random_password()?;
    let aside = folder.path.join("cluster.new");
    let password_file = folder.path.join("password.new");
    write_secret(&password_file, &password)?;
    folder.account.map_or(Ok(()), |account| account.own(&password_file))?;
    let made = locales(installation).iter().find_map(|locale| {
        let mut command = Command::new(installation.bin.join("initdb"));
        command.arg("--pgdata").arg(&aside).arg("--pwfile").arg(&password_file);
        command.args(["--username", SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8"]);
        command.args(*locale).arg("--no-instructions");
        if profile == Profile::Throwaway {
            command.arg("--no-sync");
        }
        match make_empty(&aside, folder).and_then(|()| run_initdb(command, folder, lock)) {
            Err(Error::Initdb { log }) if log.contains("locale") => None,
            result => Some(result),
        }
    });
    let made = made.unwrap_or_else(|| {
        Err(Error::Initdb { log: "it knows none of the locales C.UTF-8, en_US.UTF-8 and C".into() })
    });
    fs::remove_file(&password_file).map_err(Error::at(&password_file))?;
    if made.is_err() {
        let _ = fs::remove_dir_all(&aside);
    }
    made?;
    folder.save_password(&password)?;
    put_in_place(&aside, folder)
}

/// Text in order of its code points, the same on every machine, and upper and lower case of every
/// script: PostgreSQL 17 has that built in, before it depends on what the system offers.
fn locales(installation: &Installation) -> &'static [&'static [&'static str]] {
    match installation.version.major {
        17.. => &[&["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]],
        _ => &[
            &["--locale=C", "--lc-ctype=C.UTF-8"],
            &["--locale=C", "--lc-ctype=en_US.UTF-8"],
            &["--locale=C"],
        ],
    }
}

fn make_empty(path: &Path, folder: &Folder) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Error::at(path)(error));
        }
        _ => DirBuilder::new().mode(0o700).create(path).map_err(Error::at(path))?,
    }
    folder.account.map_or(Ok(()), |account| account.own(path))
}

fn run_initdb(mut command: Command, folder: &Folder, lock: &File) -> Result<()> {
    prepare(&mut command, folder);
    // A Ctrl-C reaches us alone; the lock on its input keeps the next run away until it is done.
    command.process_group(0).stdin(lock.try_clone().map_err(Error::at(&folder.path))?);
    let program = command.get_program().into();
    let output = command.output().map_err(|source| Error::Program { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    let log = [output.stdout, output.stderr].concat();
    Err(Error::Initdb { log: last_lines(&String::from_utf8_lossy(&log)) })
}

fn put_in_place(aside: &Path, folder: &Folder) -> Result<()> {
    fs::rename(aside, folder.cluster()).map_err(Error::at(aside))?;
    let synced = File::open(&folder.path).and_then(|it| it.sync_all());
    synced.map_err(Error::at(&folder.path))
}

/// 256 random bits in letters and digits, so that it needs no escaping in a URL.
fn random_password() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::Folder {
        path: "the system's source of randomness".into(),
        source: io::Error::other(error.to_string()),
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
