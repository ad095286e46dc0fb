//! Where a folder can lie so that the user PostgreSQL runs as can reach it: root's own folders are
//! closed to it, so then another place is chosen and a link left where the folder was wanted.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf, absolute};

use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::error::{Error, Result};

/// Places for what must last: nothing tidies up there.
pub(crate) const LASTING: &[&str] = &["/var/lib", "/usr/local/var", "/var/tmp"];
/// Places for what may go.
pub(crate) const PASSING: &[&str] = &["/var/tmp", "/tmp"];

/// Others may pass through, not look in: the cluster inside belongs to another user than we are.
const PASSABLE: u32 = 0o711;

/// Makes the folder `wanted`, or finds it made, and returns where it really is: there, or, if
/// `account` cannot enter it there, under one of `shelters` with a link at `wanted`.
pub(crate) fn settle(
    wanted: &Path,
    account: Option<Account>,
    shelters: &[&str],
) -> Result<PathBuf> {
    let wanted = absolute(wanted).map_err(Error::at(wanted))?;
    if is_dangling(&wanted) {
        fs::remove_file(&wanted).map_err(Error::at(&wanted))?;
    }
    let mode = if account.is_some() { PASSABLE } else { 0o700 };
    make_folder(&wanted, mode).map_err(Error::at(&wanted))?;
    // Free of links: an earlier run may have left one, and only where it leads matters.
    let real = fs::canonicalize(&wanted).map_err(Error::at(&wanted))?;
    match account {
        Some(account) if !account.can_enter(&real) => shelter(&wanted, account, shelters),
        _ => Ok(real),
    }
}

/// Whether `path` is a link to what is no more.
pub(crate) fn is_dangling(path: &Path) -> bool {
    path.is_symlink() && !path.exists()
}

fn make_folder(path: &Path, mode: u32) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        // The umask may have taken bits away.
        made => made.and_then(|()| fs::set_permissions(path, Permissions::from_mode(mode))),
    }
}

fn shelter(wanted: &Path, account: Account, shelters: &[&str]) -> Result<PathBuf> {
    let name = format!("vitrine-{}", fingerprint(wanted));
    let chosen = shelters
        .iter()
        .map(|place| Path::new(place).join(&name))
        .find(|folder| make_folder(folder, PASSABLE).is_ok() && is_ours(folder, account))
        .ok_or_else(|| Error::Unreachable { folder: wanted.to_owned(), uid: account.uid })?;
    // A folder with something in it is not replaced.
    fs::remove_dir(wanted).map_err(|_| Error::Foreign { folder: wanted.to_owned() })?;
    symlink(&chosen, wanted).map_err(Error::at(wanted))?;
    tracing::info!(wanted = %wanted.display(), chosen = %chosen.display(), "data lies elsewhere: PostgreSQL's user cannot enter the wanted folder");
    Ok(chosen)
}

/// The places are open to everyone, and the name can be guessed: what somebody else put there is
/// not used.
fn is_ours(folder: &Path, account: Account) -> bool {
    let ourselves = rustix::process::geteuid().as_raw();
    let owned = fs::symlink_metadata(folder).is_ok_and(|it| it.is_dir() && it.uid() == ourselves);
    owned && account.can_enter(folder)
}

fn fingerprint(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
