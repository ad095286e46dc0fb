//! The command line, as a user meets it before anything runs.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::process::{Command, Output};

fn vitrine(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vitrine")).args(arguments).output().unwrap()
}

/// What it says on standard error when it ends with this code, which is never a panic.
#[track_caller]
fn refusal(arguments: &[&str], code: i32) -> String {
    let output = vitrine(arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

#[test]
fn help_names_every_option_and_task() {
    let output = vitrine(&["--help"]);
    let text = String::from_utf8_lossy(&output.stdout);
    for word in [
        "--data-dir",
        "--listen",
        "--fresh",
        "--no-demo",
        "--fetch-postgres",
        "import",
        "setup-database",
    ] {
        assert!(text.contains(word), "{word} is missing: {text}");
    }
}

#[test]
fn an_unknown_option_is_refused() {
    assert!(refusal(&["--frsh"], 2).contains("--fresh"));
}

#[test]
fn an_import_needs_a_mapping_that_exists() {
    let text = refusal(&["import", "products.csv", "--profile", "nonsense"], 1);
    assert!(text.contains("icecat") && text.contains("magento"), "{text}");
}

#[test]
fn an_import_needs_an_installation() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let text = refusal(&["import", file, "--profile", "magento", "--data-dir", "/nowhere"], 1);
    assert!(text.contains("no installation was started in /nowhere"), "{text}");
}

#[test]
fn a_database_is_set_up_only_where_one_is_named() {
    let text = refusal(&["setup-database"], 1);
    assert!(text.contains("VITRINE_DATABASE_URL"), "{text}");
}
