//! The user PostgreSQL runs as: ourselves, or an unprivileged one where we are root, because
//! PostgreSQL refuses to run as root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// A user to step down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Who owns a cluster and runs its programs; `None` is ourselves.
///
/// As root that is the owner of the existing cluster, else `postgres`, else `nobody` (`initdb`
/// needs a user with a passwd entry).
pub(crate) fn choose_account(cluster: &Path) -> Result<Option<Account>> {
    let ourselves = rustix::process::geteuid();
    let owner = fs::metadata(cluster).ok().map(|it| Account { uid: it.uid(), gid: it.gid() });
    match owner {
        Some(owner) if !ourselves.is_root() && owner.uid != ourselves.as_raw() => {
            Err(Error::OtherUser { folder: cluster.to_owned(), uid: owner.uid })
        }
        _ if !ourselves.is_root() => Ok(None),
        Some(owner) if owner.uid != 0 => Ok(Some(owner)),
        _ => unprivileged_account().map(Some),
    }
}

/// The user root steps down to.
pub(crate) fn unprivileged_account() -> Result<Account> {
    ["postgres", "nobody"].into_iter().find_map(look_up).ok_or(Error::NoAccount)
}

/// Asks `id`, which knows every source of users (files, directory services), unlike /etc/passwd.
fn look_up(name: &str) -> Option<Account> {
    let number = |flag| {
        let answer = Command::new("id").args([flag, name]).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(answer.stdout).ok()?.trim().parse::<u32>().ok()
    };
    let account = Account { uid: number("-u")?, gid: number("-g")? };
    (account.uid != 0).then_some(account)
}

impl Account {
    /// Makes `command` run as this user.
    pub(crate) fn apply(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives a file or folder to this user.
    pub(crate) fn own(self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid)).map_err(Error::at(path))
    }

    /// Whether this user can work in `folder`: asked by trying, since access lists and mounts
    /// decide as well as modes.
    pub(crate) fn can_enter(self, folder: &Path) -> bool {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "cd -- \"$1\"", "sh"]).arg(folder).current_dir("/");
        self.apply(&mut command);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}
