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

/// Unpacked, an archive is about 60 to 90 MB.
const LIMIT_BYTES: u64 = 800 * 1024 * 1024;

/// A symbolic link to be made.
struct Link {
    /// Where, inside the folder.
    path: PathBuf,
    /// Where it leads, as the link says it.
    target: PathBuf,
}

/// A link that npm's archives cannot hold themselves: `target` shall lead to `source`.
#[derive(Deserialize)]
struct ListedLink {
    source: PathBuf,
    target: PathBuf,
}

/// Unpacks what lies in the folder `root` of `archive` so that it is at `home`: whole, or not at all.
pub(crate) fn unpack(archive: &Path, root: &str, home: &Path) -> Result<()> {
    let mut aside = home.as_os_str().to_owned();
    aside.push(format!(".new-{}", std::process::id()));
    let aside = PathBuf::from(aside);
    let unpacked = unpack_into(archive, root, &aside).and_then(|()| put_in_place(&aside, home));
    let _ = fs::remove_dir_all(&aside);
    unpacked
}

fn put_in_place(aside: &Path, home: &Path) -> Result<()> {
    // What does not run was found there, else nobody would unpack.
    let _ = fs::remove_dir_all(home);
    fs::rename(aside, home).map_err(Error::at(home))
}

fn unpack_into(archive: &Path, root: &str, folder: &Path) -> Result<()> {
    make_folder(folder)?;
    let file = File::open(archive).map_err(Error::at(archive))?;
    let mut length = 0;
    let mut links = Vec::new();
    for entry in Archive::new(GzDecoder::new(file)).entries().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        length += entry.size();
        if length > LIMIT_BYTES {
            return Err(Error::Archive {
                reason: format!("it unpacks to over {LIMIT_BYTES} bytes"),
            });
        }
        links.extend(unpack_entry(entry, root, folder)?);
    }
    links.extend(listed_links(folder)?);
    make_links(&links, folder)
}

/// Unpacks an entry, or returns the symbolic link that it is: links come last, so that nothing is
/// written through one.
fn unpack_entry(
    mut entry: Entry<'_, GzDecoder<File>>,
    root: &str,
    folder: &Path,
) -> Result<Option<Link>> {
    let path = entry.path().map_err(unreadable)?.into_owned();
    let refused = || Error::Archive { reason: format!("it holds {}", path.display()) };
    let inside =
        |path: &Path| path.strip_prefix(root).ok().filter(|it| is_plain(it)).map(Path::to_owned);
    let kind = entry.header().entry_type();
    if matches!(kind, EntryType::XGlobalHeader | EntryType::Directory) || is_apple_double(&path) {
        return Ok(None);
    }
    let place = inside(&path).ok_or_else(refused)?;
    let leads_to = entry.link_name().map_err(unreadable)?.map(|it| it.into_owned());
    match (kind, leads_to) {
        (EntryType::Symlink, Some(target)) => return Ok(Some(Link { path: place, target })),
        (EntryType::Link, Some(original)) => {
            let original = folder.join(inside(&original).ok_or_else(refused)?);
            make_parents(folder, &place)?;
            fs::hard_link(&original, folder.join(&place)).map_err(Error::at(&original))?;
        }
        (EntryType::Regular | EntryType::Continuous, _) => {
            let target = folder.join(&place);
            make_parents(folder, &place)?;
            entry.unpack(&target).map(drop).map_err(Error::at(&target))?;
        }
        _ => return Err(refused()),
    }
    Ok(None)
}

/// Whether this is what macOS's tar writes beside a file that has extended attributes.
fn is_apple_double(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"._"))
}

/// Whether a path stays below where it begins.
fn is_plain(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

fn make_parents(folder: &Path, inside: &Path) -> Result<()> {
    // A link in the way is none: nothing is made on its other side.
    let is_folder = |path: &PathBuf| path.symlink_metadata().is_ok_and(|it| it.is_dir());
    let parents: Vec<&Path> = inside.ancestors().skip(1).collect();
    let missing = parents.iter().rev().map(|it| folder.join(it)).filter(|it| !is_folder(it));
    missing.into_iter().try_for_each(|it| make_folder(&it))
}

/// A folder everyone may read, whatever the umask: where we are root, PostgreSQL's user has to.
fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir(path)
        .and_then(|()| fs::set_permissions(path, Permissions::from_mode(0o755)))
        .map_err(Error::at(path))
}

fn listed_links(folder: &Path) -> Result<Vec<Link>> {
    let list = folder.join("native/pg-symlinks.json");
    if !list.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read(&list).map_err(Error::at(&list))?;
    let links: Vec<ListedLink> =
        serde_json::from_slice(&text).map_err(|error| unreadable(error.into()))?;
    let relative = |ListedLink { source, target }: ListedLink| {
        let ups: PathBuf = target.components().skip(1).map(|_| "..").collect();
        Link { target: ups.join(source), path: target }
    };
    Ok(links.into_iter().map(relative).collect())
}

/// Makes the links, then demands of each that it leads to something inside: one may lead to the next.
fn make_links(links: &[Link], folder: &Path) -> Result<()> {
    let refused =
        |link: &Link| Error::Archive { reason: format!("it links to {}", link.target.display()) };
    for link in links {
        if !is_plain(&link.path) {
            return Err(refused(link));
        }
        make_parents(folder, &link.path)?;
        let path = folder.join(&link.path);
        symlink(&link.target, &path).map_err(Error::at(&path))?;
    }
    let folder = fs::canonicalize(folder).map_err(Error::at(folder))?;
    let leads_inside = |link: &Link| {
        let end = fs::canonicalize(folder.join(&link.path));
        end.is_ok_and(|end| end.starts_with(&folder))
    };
    links.iter().find(|link| !leads_inside(link)).map_or(Ok(()), |link| Err(refused(link)))
}

fn unreadable(error: io::Error) -> Error {
    Error::Archive { reason: error.to_string() }
}
