//! Measures how relevant search results are: asks a shop the queries of graded sets and compares what
//! comes first with the grades.
//!
//! A set is a folder of tab-separated files: `queries.tsv` (id, text), `queries.typo.tsv` (the same with
//! mistakes) and `qrels.tsv` (query, product, gain from 0 to 1). Products are named by sku.

mod score;
mod set;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use load::{Client, Process, binary, free_port, scratch_folder};

use self::{
    score::{Score, Summary},
    set::Set,
};

/// Results that are looked at.
const DEPTH: usize = 50;
/// How long the shop may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// How long it may take to index what was imported.
const READY_TIMEOUT: Duration = Duration::from_secs(300);
/// How long it may take to end.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// Measures the relevance of search results.
#[derive(Debug, Parser)]
struct Options {
    /// Folder of the sets, each a folder.
    #[arg(long, default_value = "../shared/data/search", value_name = "FOLDER")]
    sets: PathBuf,
    /// Products that are searched, brought into a shop of their own.
    #[arg(long, default_value = "../shared/data/icecat/products.jsonl.gz", value_name = "FILE")]
    products: PathBuf,
    /// How the file's columns become attributes, as `vitrine import` takes it.
    #[arg(long, default_value = "icecat", value_name = "MAPPING")]
    profile: String,
    /// A running shop that has the products, instead of one of their own.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let sets = Set::read_all(&options.sets)?;
    match &options.url {
        Some(url) => measure(&Client::new(url.clone()), &sets).await,
        None => measure_in_own_shop(&options, &sets).await,
    }
}

async fn measure(client: &Client, sets: &[Set]) -> Result<()> {
    println!("{:<28} {:>7} {:>7} {:>7} {:>7}", "", "queries", "NDCG@10", "MRR", "nothing");
    for set in sets {
        let mut summary = Summary::default();
        for query in &set.queries {
            summary.add(&Score::of(&search(client, &query.text).await?, &query.gains));
        }
        println!("{:<28} {summary}", set.name);
    }
    Ok(())
}

/// Skus of the results, best first.
async fn search(client: &Client, text: &str) -> Result<Vec<String>> {
    let q: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let answer = client.get(&format!("/v1/products?limit={DEPTH}&q={q}")).await?;
    ensure!(answer.status == 200, "{text}: {} {}", answer.status, answer.text);
    let items = answer.json()["items"].as_array().cloned().unwrap_or_default();
    Ok(items.iter().filter_map(|item| Some(item["sku"].as_str()?.to_owned())).collect())
}

/// In a shop that is empty at first, and ends after it: it takes its PostgreSQL with it.
async fn measure_in_own_shop(options: &Options, sets: &[Set]) -> Result<()> {
    let products = options.products.canonicalize().with_context(|| {
        format!("no products in {}; --products names a file", options.products.display())
    })?;
    let folder = scratch_folder("relevance")?;
    let data = folder.join("data").display().to_string();
    let address = free_port()?.to_string();
    let arguments = ["--no-demo", "--data-dir", &data, "--listen", &address, "--log", "error"];
    eprintln!("Starting a shop.");
    let mut shop = Process::start("vitrine", &arguments, &[], &folder)?;
    let client = Client::new(format!("http://{address}"));
    let measured = async {
        wait_until_started(&mut shop, &folder.join("data/connection.json")).await?;
        import(&products, &options.profile, &data, &folder).await?;
        wait_until_indexed(&client).await?;
        measure(&client, sets).await
    };
    let measured = measured.await;
    shop.signal("TERM")?;
    shop.wait(STOP_TIMEOUT).await?;
    measured
}

/// Waits until the shop has written where it is found.
async fn wait_until_started(shop: &mut Process, connection: &Path) -> Result<()> {
    let start = Instant::now();
    while !connection.is_file() {
        shop.check()?;
        ensure!(start.elapsed() < START_TIMEOUT, "the shop did not start: {}", shop.output());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

async fn import(products: &Path, profile: &str, data: &str, folder: &Path) -> Result<()> {
    let status = tokio::process::Command::new(binary("vitrine")?)
        .arg("import")
        .arg(products)
        .args(["--profile", profile, "--data-dir", data])
        .current_dir(folder)
        .status()
        .await?;
    ensure!(status.success(), "the import failed");
    Ok(())
}

/// Waits until the number of products that are found stands still.
async fn wait_until_indexed(client: &Client) -> Result<()> {
    let start = Instant::now();
    let mut before = None;
    while start.elapsed() < READY_TIMEOUT {
        let total = client.get("/v1/products?limit=1").await?.json()["total"].as_u64();
        if total.is_some_and(|total| total > 0) && total == before {
            return Ok(());
        }
        before = total;
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    bail!("the products were not indexed in time")
}
