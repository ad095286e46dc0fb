//! Every command of the README works, and so do those that the one-command run suggests.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::Path,
    process::{Command, Output},
};

use load::{binary, scratch_folder};
use serde_json::Value;

use crate::one_command::Run;

fn repository_file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

/// The shell blocks of the README.
fn blocks() -> Vec<String> {
    let readme = repository_file("README.md");
    readme
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().trim().to_owned())
        .collect()
}

#[track_caller]
fn text(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    text
}

/// Runs lines of shell; what the last one printed must be JSON and no problem.
#[track_caller]
fn paste(lines: &str) -> Value {
    let output = Command::new("bash").args(["-euo", "pipefail", "-c", lines]).output().unwrap();
    let printed = text(&output);
    let json: Value =
        serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{lines}: {printed}"));
    assert!(json["code"].is_null(), "{lines}: {printed}");
    json
}

/// Runs `vitrine` in the folder of a running installation.
fn vitrine(folder: &Path, arguments: &str) -> Output {
    Command::new(binary("vitrine").unwrap())
        .args(arguments.split_whitespace())
        .args(["--data-dir", "data"])
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Three products as the mapping `icecat` reads them, and a graded query for them.
fn write_sample(folder: &Path) {
    let mut file = fs::File::create(folder.join("products.jsonl.gz")).unwrap();
    let lines = (1..=3).map(|n| {
        format!(
            r#"{{"id":"{n}","name":"PN-{n}","title":"Cable {n} m","ean":["4006381333931"],"supplier":"Acme","price":{n}99,"attr_n_length":{n}.0,"attr_t_colour":"Black"}}"#
        )
    });
    file.write_all(lines.collect::<Vec<_>>().join("\n").as_bytes()).unwrap();
    fs::write(folder.join("derived_types.json.gz"), r#"{"1":"cable"}"#).unwrap();
    let set = folder.join("sets/cables");
    fs::create_dir_all(&set).unwrap();
    fs::write(set.join("queries.tsv"), "c1\tcable 2 m\n").unwrap();
    fs::write(set.join("queries.typo.tsv"), "c1\tcabel 2 m\n").unwrap();
    fs::write(set.join("qrels.tsv"), "c1\t2\t1\n").unwrap();
}

/// A shop that sells two products together, and a question about it.
fn write_small_shop(folder: &Path) {
    let shop = folder.join("shops/corner");
    fs::create_dir_all(&shop).unwrap();
    let write = |name: &str, text: &str| {
        let file = fs::File::create(shop.join(name)).unwrap();
        let mut file = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        file.write_all(text.as_bytes()).unwrap();
        file.finish().unwrap();
    };
    let orders: Vec<String> = (1..=3)
        .flat_map(|order| ["cup", "saucer"].map(|sku| (order, sku)))
        .map(|(order, sku)| format!("2026-11-0{order} 10:00:00,ann,o{order},{sku}"))
        .collect();
    write("train.csv.gz", &format!("ts,user,basket,item\n{}\n", orders.join("\n")));
    let question = r#"{"user":null,"context":["cup"],"exclude":["cup"],"targets":["saucer"]}"#;
    write("heldout_cart.jsonl.gz", question);
}

/// A command that measures: its binary, arguments for a short run, and what that prints among others.
fn measurement(block: &str) -> Option<(&'static str, &'static str, &'static str)> {
    match block {
        "cargo run --release -p load" => Some(("load", "--seconds 1 --connections 2", "checkout")),
        "cargo run --release -p load --bin auth-load" => {
            Some(("auth-load", "--seconds 1 --history 1000", "past sessions"))
        }
        "cargo run --release -p load --bin catalog-load" => Some((
            "catalog-load",
            "--products 200 --attributes 100 --families 2 --categories 20 --reads 2",
            "completeness",
        )),
        "cargo run --release -p load --bin checkout-load" => {
            Some(("checkout-load", "--seconds 1 --connections 4 --carts 200", "invariants hold"))
        }
        "cargo run --release -p load --bin foretell" => Some((
            "foretell",
            "--data shops",
            "cart                           1    1.0000   1.0000   1.000   1.000",
        )),
        "cargo run --release -p load --bin recommend-load" => Some((
            "recommend-load",
            "--products 200 --orders 200 --seconds 1 --connections 2",
            "bought-together",
        )),
        "cargo run --release -p load --bin relevance" => Some((
            "relevance",
            "--sets sets --products products.jsonl.gz",
            "cables, mistyped                   1   1.000   1.000    0.0%",
        )),
        _ => None,
    }
}

/// Every `VITRINE_…` that a text names in quotes of this sort.
fn variables(text: &str, quote: char) -> BTreeSet<String> {
    text.split(quote)
        .filter(|word| word.strip_prefix("VITRINE_").is_some_and(|rest| !rest.is_empty()))
        .filter(|word| {
            word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_readme_lists_every_variable_and_no_other() {
    let listed = variables(&repository_file("README.md"), '`');
    let sources = [
        "crates/web/src/config.rs",
        "crates/contracts/src/peer.rs",
        "crates/contracts/src/payment.rs",
        "services/vitrine/src/run/settings.rs",
        "services/auth/src/config.rs",
        "services/auth/src/mail/mailer.rs",
        "services/catalog/src/config.rs",
        "services/order/src/config.rs",
        "services/payment/src/config.rs",
        "services/recommendation/src/config.rs",
        "services/events/src/config.rs",
        "services/gateway/src/config.rs",
        "services/vitrine/src/run/database.rs",
        "services/vitrine/src/installation.rs",
    ];
    let code = |name| repository_file(name).split("#[cfg(test)]").next().unwrap().to_owned();
    let read: BTreeSet<String> =
        sources.into_iter().flat_map(|name| variables(&code(name), '"')).collect();
    assert_eq!(listed, read);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_readme_works() {
    let folder = scratch_folder("readme").unwrap();
    let run = Run::start(&folder, &[]).await;
    write_sample(&folder);
    write_small_shop(&folder);
    for block in blocks() {
        let here = block
            .replace("http://127.0.0.1:8080", &run.url())
            .replace(".vitrine/", &format!("{}/data/", folder.display()));
        if block == "cargo run --release" {
            // It is running: `Run::start`.
        } else if block == "cargo test --workspace" {
            assert!(repository_file(".ci/run").contains("cargo test --workspace"));
        } else if block.contains("curl") {
            paste(&here);
        } else if let Some(arguments) = block.strip_prefix("cargo run --release -- import") {
            let first = text(&vitrine(&folder, &format!("import {arguments}")));
            assert!(first.contains("created    3"), "{first}");
            let second = text(&vitrine(&folder, &format!("import {arguments}")));
            assert!(second.contains("unchanged  3"), "{second}");
        } else if let Some(test) = block.strip_prefix("cargo test --workspace -- --ignored ") {
            let mut list = Command::new(std::env::current_exe().unwrap());
            let listed = text(&list.args(["--list", "--ignored", test]).output().unwrap());
            assert!(listed.contains(": test"), "{test} is no test");
        } else if block.contains("setup-database") {
            // Every journey starts its services so: `System::start`.
            assert!(block.contains("-p auth"));
        } else if let Some((name, arguments, prints)) = measurement(&block) {
            let tool = Command::new(binary(name).unwrap())
                .args(arguments.split_whitespace())
                .current_dir(&folder)
                .output()
                .unwrap();
            let printed = text(&tool);
            assert!(printed.contains(prints), "{printed}");
        } else {
            panic!("no test runs this: {block}");
        }
    }
    for command in run.suggestions() {
        paste(&command);
    }
    run.stop().await;
    fs::remove_dir_all(folder).unwrap();
}
