//! Client libraries of others, as they come, complete every flow of OAuth and OpenID, and a whole cycle
//! of the management API: `tests/clients`.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

use load::System;
use serde_json::{Value, json};

const PASSWORD: &str = "a long enough passphrase";
/// Nobody listens there: the person's browser stops before.
const REDIRECT_URI: &str = "http://127.0.0.1:51004/callback";
const POST_LOGOUT_REDIRECT_URI: &str = "http://127.0.0.1:51004/signed-out";
/// The others are of Node.js.
const PYTHON_LIBRARIES: [&str; 2] = ["authlib", "akeneo-api-client"];
/// Without the prefix of ours: a service refuses variables that it does not know.
const REQUIRED: &str = "TEST_CLIENTS";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Whether a test must do without what `tests/clients/install` installs, which it says.
pub(crate) fn is_missing(what: &str) -> bool {
    if is_installed() {
        return false;
    }
    assert!(env::var(REQUIRED).is_err(), "{what} is not installed: tests/clients/install");
    let note = format!("{what} skipped, it is not installed: tests/clients/install\n");
    // Past the harness, which hides what a test prints that passes.
    io::stderr().write_all(note.as_bytes()).unwrap();
    true
}

/// The library that shifts the clock of a process.
pub(crate) fn libfaketime() -> PathBuf {
    let packages = repository().join("target/clients/python/lib");
    let python = fs::read_dir(packages).unwrap().next().unwrap().unwrap().path();
    python.join("site-packages/libfaketime/vendor/libfaketime/src/libfaketime.so.1")
}

/// Whether these very versions are installed.
fn is_installed() -> bool {
    let lists = [
        (
            "tests/clients/node/package-lock.json",
            "tests/clients/node/node_modules/package-lock.json",
        ),
        ("tests/clients/python/requirements.txt", "target/clients/python/requirements.txt"),
    ];
    let read = |path| fs::read(repository().join(path));
    lists
        .iter()
        .all(|(wanted, found)| read(found).is_ok_and(|found| found == read(wanted).unwrap()))
}

/// A customer, applications of each sort, and a connection, all for this library alone.
async fn prepare(system: &System, library: &str) -> Value {
    let staff = system.staff().await.unwrap();
    let create = async |path: &str, body: Value| {
        staff.post(path, body).await.unwrap().assert_status(201).json()
    };
    let application = async |kind: &str, more: Value| {
        let mut new = json!({
            "label": format!("{library} {kind}"),
            "redirect_uris": [REDIRECT_URI],
            "post_logout_redirect_uris": [POST_LOGOUT_REDIRECT_URI],
        });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        create("/v1/applications", new).await
    };
    let email = format!("{library}@example.com");
    create("/v1/customers", json!({ "email": email, "password": PASSWORD })).await;
    let connection = json!({ "label": library, "scopes": ["catalog:read", "catalog:write"] });
    json!({
        "issuer": system.url(),
        "email": email,
        "password": PASSWORD,
        "redirect_uri": REDIRECT_URI,
        "post_logout_redirect_uri": POST_LOGOUT_REDIRECT_URI,
        "browser": application("browser", json!({ "first_party": true })).await,
        "server": application("server", json!({ "first_party": true, "confidential": true })).await,
        "eddsa": application("eddsa",
            json!({ "first_party": true, "id_token_algorithm": "EdDSA" })).await,
        "partner": application("partner", json!({})).await,
        "connection": create("/v1/connections", connection).await,
    })
}

/// Runs the tests of a library on a system of its own.
async fn check(library: &str, access_token_algorithm: &'static str) {
    if is_missing(library) {
        return;
    }
    let algorithm = ("auth", "VITRINE_ACCESS_TOKEN_ALGORITHM", access_token_algorithm);
    let system = System::start_with(&[algorithm]).await.unwrap();
    let shop = prepare(&system, library).await;
    let mut command = command(library);
    command.env("SHOP", shop.to_string());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    println!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{library}: {}", output.status);
}

fn command(library: &str) -> Command {
    let scripts = repository().join("tests/clients");
    let mut command;
    if PYTHON_LIBRARIES.contains(&library) {
        command = Command::new(repository().join("target/clients/python/bin/python"));
        let module = format!("{}_test", library.replace('-', "_"));
        command.args(["-B", "-m", "unittest", "--verbose", &module]);
        command.current_dir(scripts.join("python"));
    } else {
        command = Command::new("node");
        command.args([
            "--test",
            "--test-reporter=spec",
            "--test-timeout=60000",
            &format!("{library}.test.js"),
        ]);
        command.current_dir(scripts.join("node"));
    }
    command
}

/// Its check of access tokens knows no EdDSA.
#[tokio::test]
async fn authlib_completes_every_flow() {
    check("authlib", "RS256").await;
}

#[tokio::test]
async fn openid_client_completes_every_flow() {
    check("openid-client", "EdDSA").await;
}

#[tokio::test]
async fn oauth4webapi_completes_every_flow() {
    check("oauth4webapi", "EdDSA").await;
}

#[tokio::test]
async fn akeneo_api_client_manages_a_catalog() {
    check("akeneo-api-client", "EdDSA").await;
}

#[tokio::test]
async fn node_akeneo_api_manages_a_catalog() {
    check("node-akeneo-api", "EdDSA").await;
}
