//! Unpacks the archive of a fetched PostgreSQL. Its checksum has been verified; it is read with
//! suspicion all the same.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use tar::{Archive, Entry, EntryType};

use crate::error::{Error, Result};

/// The folder every entry of the archive lies in.
const ROOT: &str = "package";
/// Unpacked, the archive is about 60 to 90 MB.
const LIMIT_BYTES: u64 = 800 * 1024 * 1024;

/// A link the archive cannot hold itself: `target` shall lead to `source`.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// Unpacks `archive` so that its contents are at `home`: whole, or not at all.
pub(crate) fn unpack(archive: &Path, home: &Path) -> Result<()> {
    let aside = home.with_extension(format!("new-{}", std::process::id()));
    let unpacked = unpack_into(archive, &aside).and_then(|()| put_in_place(&aside, home));
    let _ = fs::remove_dir_all(&aside);
    unpacked
}

fn put_in_place(aside: &Path, home: &Path) -> Result<()> {
    // What does not run was found there, else nobody would unpack.
    let _ = fs::remove_dir_all(home);
    fs::rename(aside, home).map_err(Error::at(home))
}

fn unpack_into(archive: &Path, folder: &Path) -> Result<()> {
    make_folder(folder)?;
    let file = File::open(archive).map_err(Error::at(archive))?;
    let mut length = 0;
    for entry in Archive::new(GzDecoder::new(file)).entries().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        length += entry.size();
        if length > LIMIT_BYTES {
            return Err(Error::Archive {
                reason: format!("it unpacks to over {LIMIT_BYTES} bytes"),
            });
        }
        unpack_entry(entry, folder)?;
    }
    make_links(folder)
}

fn unpack_entry(mut entry: Entry<'_, GzDecoder<File>>, folder: &Path) -> Result<()> {
    let path = entry.path().map_err(unreadable)?.into_owned();
    let kind = entry.header().entry_type();
    if matches!(kind, EntryType::XGlobalHeader | EntryType::Directory) {
        return Ok(());
    }
    let inside = path.strip_prefix(ROOT).ok().filter(|inside| is_plain(inside));
    let Some(inside) = inside.filter(|_| kind.is_file()) else {
        return Err(Error::Archive { reason: format!("it holds {}", path.display()) });
    };
    let target = folder.join(inside);
    make_parents(folder, inside)?;
    entry.unpack(&target).map(drop).map_err(Error::at(&target))
}

/// Whether a path stays below where it begins.
fn is_plain(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

fn make_parents(folder: &Path, inside: &Path) -> Result<()> {
    let parents: Vec<&Path> = inside.ancestors().skip(1).collect();
    let missing = parents.iter().rev().map(|it| folder.join(it)).filter(|it| !it.is_dir());
    missing.into_iter().try_for_each(|it| make_folder(&it))
}

/// A folder everyone may read, whatever the umask: where we are root, PostgreSQL's user has to.
fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir(path)
        .and_then(|()| fs::set_permissions(path, Permissions::from_mode(0o755)))
        .map_err(Error::at(path))
}

fn make_links(folder: &Path) -> Result<()> {
    let list = folder.join("native/pg-symlinks.json");
    if !list.exists() {
        return Ok(());
    }
    let text = fs::read(&list).map_err(Error::at(&list))?;
    let links: Vec<Link> =
        serde_json::from_slice(&text).map_err(|error| unreadable(error.into()))?;
    links.iter().try_for_each(|link| make_link(folder, link))
}

fn make_link(folder: &Path, link: &Link) -> Result<()> {
    let Link { source, target } = link;
    if !is_plain(source) || !is_plain(target) {
        return Err(Error::Archive { reason: format!("it links to {}", source.display()) });
    }
    make_parents(folder, target)?;
    let ups: PathBuf = target.components().skip(1).map(|_| "..").collect();
    let path = folder.join(target);
    symlink(ups.join(source), &path).map_err(Error::at(&path))
}

fn unreadable(error: io::Error) -> Error {
    Error::Archive { reason: error.to_string() }
}
