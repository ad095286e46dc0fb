//! Measures how well recommendations foretell what people do: brings what happened in a shop up to a
//! day into a running system, asks it over HTTP for lists, and compares these with what happened next.
//!
//! The data are folders, each a shop: `train.csv.gz` (what happened), `items.csv.gz` (products, if they
//! are described) and `heldout_<task>.jsonl.gz` (questions, one a line: `user`, `context`, `exclude`,
//! and the `targets` to be found); beside them `baselines_A.json` with what other methods reach.

mod data;
mod score;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use load::{Client, Shop, System};
use serde_json::{Value, json};

use self::{
    data::{Dataset, Question, Task},
    score::Score,
};

/// Results that are looked at.
const DEPTH: usize = 20;
/// The longest list that is asked for.
const LONGEST: usize = 200;
/// Products that are written at once.
const PRODUCTS: usize = 100;
/// Interactions that are sent at once.
const EVENTS: usize = 50_000;
/// How long the recommendation service may take to hear of all products.
const PRODUCTS_TIMEOUT: Duration = Duration::from_secs(600);

/// Measures how well recommendations foretell what people do.
#[derive(Debug, Parser)]
struct Options {
    /// Folder of the shops, each a folder.
    #[arg(long, default_value = "../shared/data/recsys", value_name = "FOLDER")]
    data: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let baselines = data::read_baselines(&options.data)?;
    for dataset in Dataset::read_all(&options.data)? {
        measure(&dataset, &baselines).await.with_context(|| dataset.name.clone())?;
    }
    Ok(())
}

async fn measure(dataset: &Dataset, baselines: &BTreeMap<String, (String, f64)>) -> Result<()> {
    eprintln!("{}: starting a system and filling its catalog.", dataset.name);
    let mut system = System::start().await?;
    let staff = system.staff().await?;
    Shop::open(&system).await?;
    sell(&staff, dataset).await?;
    let learned = learn(&staff, dataset).await?;
    let (_, memory) = system.process("recommendation").memory()?;
    println!(
        "{}: {} interactions, sent in {:.1} s, trained in {:.1} s; at most {memory} MB",
        dataset.name,
        dataset.events.len(),
        learned.sent.as_secs_f64(),
        learned.trained.as_secs_f64(),
    );
    println!(
        "{:<22} {:>9} {:>9} {:>8} {:>7} {:>7} {:>8}  best of others (NDCG@20)",
        "", "questions", "recall@20", "NDCG@20", "HR@10", "MRR@20", "p50 ms"
    );
    for task in &dataset.tasks {
        let mut score = Score::default();
        if task.name == "cold_items" {
            foretell_cold(&staff, task, &mut score).await?;
            let mut likeness = Score::default();
            foretell_by_likeness(&staff, task, &mut likeness).await?;
            println!("{:<22} {likeness}", "(by likeness alone)");
        } else {
            for question in &task.questions {
                let path = path(&task.name, question)?;
                let started = Instant::now();
                let list = ask(&staff, &path).await?;
                let violation = question.exclude.iter().find(|sku| list.contains(sku));
                ensure!(violation.is_none(), "{path}: {violation:?} is excluded");
                score.add(&list, &question.targets, DEPTH);
                score.took.push(started.elapsed());
            }
        }
        let key = format!("{}/{}", dataset.name, task.name);
        let other = baselines.get(&key).map(|(name, ndcg)| format!("{ndcg:.4} {name}"));
        println!("{:<22} {score}  {}", task.name, other.unwrap_or_default());
    }
    Ok(())
}

/// Writes the products, and waits until the recommendation service knows them.
async fn sell(staff: &Client, dataset: &Dataset) -> Result<()> {
    let text = |text: &str| json!([{ "locale": "en_US", "scope": null, "data": text }]);
    for products in dataset.products.chunks(PRODUCTS) {
        let lines: Vec<Value> = products
            .iter()
            .map(|product| {
                let mut values = json!({ "name": text(&product.name) });
                if let Some(price) = &product.price {
                    let price = json!([{ "amount": price, "currency": "EUR" }]);
                    values["price"] = json!([{ "locale": null, "scope": null, "data": price }]);
                }
                json!({ "identifier": product.sku, "family": "drinkware",
                        "categories": ["kitchen"], "values": values })
            })
            .collect();
        staff.upsert("products", &lines).await?;
    }
    let started = Instant::now();
    for product in dataset.products.iter().rev().step_by(PRODUCTS) {
        let path = format!("/v1/recommendations/similar?product={}&limit=1", product.sku);
        while staff.get(&path).await?.status != 200 {
            ensure!(started.elapsed() < PRODUCTS_TIMEOUT, "{} is not known", product.sku);
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    Ok(())
}

struct Learned {
    sent: Duration,
    trained: Duration,
}

/// Sends what happened, and has a model trained on it.
async fn learn(staff: &Client, dataset: &Dataset) -> Result<Learned> {
    let started = Instant::now();
    for events in dataset.events.chunks(EVENTS) {
        let answer = staff.post_lines("/v1/interactions/import", &events.join("\n")).await?;
        ensure!(answer.status == 200, "{} {}", answer.status, answer.text);
        ensure!(answer.json()["rejected"] == 0, "{}", answer.text);
    }
    let sent = started.elapsed();
    let model = train(staff).await?;
    ensure!(model["active"] == true, "the model was not activated: {model}");
    let trained = Duration::from_millis(model["took_ms"].as_u64().unwrap_or_default());
    Ok(Learned { sent, trained })
}

async fn train(staff: &Client) -> Result<Value> {
    let answer = staff.post("/v1/recommendations/models", json!(null)).await?;
    ensure!(answer.status == 201, "{} {}", answer.status, answer.text);
    Ok(answer.json())
}

fn path(task: &str, question: &Question) -> Result<String> {
    let context = question.context.join(",");
    let user = question.user.as_deref().unwrap_or_default();
    Ok(match task {
        "cart" => format!("cart?products={context}&limit={DEPTH}"),
        "fbt_item" => format!("bought-together?product={context}&limit={DEPTH}"),
        "next_basket" => format!("for-you?customer={user}&limit={DEPTH}"),
        "next_basket_novel" => format!("for-you?customer={user}&new=true&limit={DEPTH}"),
        "next_item" => {
            let latest_first: Vec<&str> =
                question.context.iter().rev().map(String::as_str).collect();
            format!("session?products={}&limit={DEPTH}", latest_first.join(","))
        }
        _ => anyhow::bail!("nobody knows how to ask for {task}"),
    })
}

/// Skus of a list, best first.
async fn ask(client: &Client, path: &str) -> Result<Vec<String>> {
    let answer = client.get(&format!("/v1/recommendations/{path}")).await?;
    ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.text);
    let items = answer.json()["items"].as_array().cloned().unwrap_or_default();
    Ok(items.iter().filter_map(|item| Some(item["sku"].as_str()?.to_owned())).collect())
}

/// Of products that nobody has bought yet, which goes with a basket?
async fn foretell_cold(client: &Client, task: &Task, score: &mut Score) -> Result<()> {
    let cold = all_targets(task);
    for question in &task.questions {
        let context = question.context.join(",");
        let path = format!("cart?products={context}&newcomers=true&limit={LONGEST}");
        let started = Instant::now();
        let mut list = ask(client, &path).await?;
        score.took.push(started.elapsed());
        list.retain(|sku| cold.contains(sku));
        score.add(&list, &question.targets, DEPTH);
    }
    Ok(())
}

fn all_targets(task: &Task) -> BTreeSet<&String> {
    task.questions.iter().flat_map(|one| &one.targets).collect()
}

/// The same, each as near to a basket as to the product of it that it is most similar to: what is to be
/// beaten.
async fn foretell_by_likeness(client: &Client, task: &Task, score: &mut Score) -> Result<()> {
    let mut similar: HashMap<&String, HashMap<String, f64>> = HashMap::new();
    for sku in all_targets(task) {
        let path = format!("/v1/recommendations/similar?product={sku}&limit={LONGEST}");
        let answer = client.get(&path).await?;
        ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.text);
        let items = answer.json()["items"].as_array().cloned().unwrap_or_default();
        let near = items
            .iter()
            .filter_map(|item| Some((item["sku"].as_str()?.to_owned(), item["score"].as_f64()?)));
        similar.insert(sku, near.collect());
    }
    for question in &task.questions {
        let mut ranked: Vec<(f64, &String)> = similar
            .iter()
            .map(|(sku, near)| {
                let nearness = question.context.iter().filter_map(|other| near.get(other));
                (nearness.copied().fold(0.0, f64::max), *sku)
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let list: Vec<String> = ranked.into_iter().map(|(_, sku)| sku.clone()).collect();
        score.add(&list, &question.targets, DEPTH);
    }
    Ok(())
}
