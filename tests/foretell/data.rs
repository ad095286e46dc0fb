//! What happened, and what happened next, as files.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Value, json};

/// A shop.
pub(crate) struct Dataset {
    pub name: String,
    pub products: Vec<Product>,
    /// Interactions as lines of an import.
    pub events: Vec<String>,
    pub tasks: Vec<Task>,
}

/// A product of it.
pub(crate) struct Product {
    pub sku: String,
    pub name: String,
    pub price: Option<String>,
}

/// Questions of one sort.
pub(crate) struct Task {
    pub name: String,
    pub questions: Vec<Question>,
}

/// What is known, and what is to be found.
#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    pub user: Option<String>,
    pub context: Vec<String>,
    pub exclude: Vec<String>,
    pub targets: Vec<String>,
}

/// A line of `train.csv.gz`: of a shop that sells, or of clicks.
#[derive(Debug, Deserialize)]
struct Row {
    ts: String,
    item: String,
    user: Option<String>,
    basket: Option<String>,
    session: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Described {
    item: String,
    description: String,
    price: String,
}

impl Dataset {
    /// Every shop below a folder, in order of their names.
    pub(crate) fn read_all(folder: &Path) -> Result<Vec<Self>> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(folder)
            .with_context(|| format!("no data in {}; --data names a folder", folder.display()))?
        {
            let path = entry?.path();
            if path.join("train.csv.gz").is_file() {
                folders.push(path);
            }
        }
        folders.sort();
        ensure!(!folders.is_empty(), "{} holds no folder with train.csv.gz", folder.display());
        folders.iter().map(|folder| Self::read(folder)).collect()
    }

    fn read(folder: &Path) -> Result<Self> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let rows: Vec<Row> = read_csv(&folder.join("train.csv.gz"))?;
        let mut products: BTreeMap<String, Product> = BTreeMap::new();
        for row in &rows {
            let sku = row.item.clone();
            let product = || Product { name: format!("Item {sku}"), sku: sku.clone(), price: None };
            products.entry(row.item.clone()).or_insert_with(product);
        }
        let described = folder.join("items.csv.gz");
        if described.is_file() {
            for Described { item, description, price } in read_csv(&described)? {
                let name = Some(description.trim()).filter(|name| !name.is_empty());
                let name = name.map_or_else(|| format!("Item {item}"), str::to_owned);
                let price = price.parse::<f64>().ok().filter(|price| *price > 0.0);
                let price = price.map(|price| format!("{price:.2}"));
                products.insert(item.clone(), Product { sku: item, name, price });
            }
        }
        Ok(Self {
            name,
            products: products.into_values().collect(),
            events: rows.into_iter().map(|row| row.into_line().to_string()).collect(),
            tasks: Task::read_all(folder)?,
        })
    }
}

impl Row {
    fn into_line(self) -> Value {
        let present = |value: Option<String>| value.filter(|value| !value.is_empty());
        let mut line = json!({ "sku": self.item, "at": self.ts });
        match present(self.session) {
            Some(session) => {
                line["type"] = json!("view");
                line["session"] = json!(session);
            }
            None => {
                line["type"] = json!("purchase");
                line["order"] = json!(self.basket);
                if let Some(user) = present(self.user) {
                    line["customer"] = json!(user);
                }
            }
        }
        line
    }
}

impl Task {
    fn read_all(folder: &Path) -> Result<Vec<Self>> {
        let mut tasks = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let name =
                file.strip_prefix("heldout_").and_then(|name| name.strip_suffix(".jsonl.gz"));
            if let Some(name) = name {
                let questions = open(&path)?
                    .lines()
                    .map(|line| Ok(serde_json::from_str(&line?)?))
                    .collect::<Result<_>>()
                    .with_context(|| file.clone())?;
                tasks.push(Self { name: name.to_owned(), questions });
            }
        }
        tasks.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tasks)
    }
}

/// The best of other methods at each task, by `<data>/<task>`: its name and NDCG@20.
pub(crate) fn read_baselines(folder: &Path) -> Result<BTreeMap<String, (String, f64)>> {
    let path = folder.join("baselines_A.json");
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let all: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_slice(&fs::read(&path)?)?;
    let best = |methods: BTreeMap<String, Value>| {
        let scores = methods
            .into_iter()
            .map(|(name, score)| (name, score["ndcg@20"].as_f64().unwrap_or_default()));
        scores.max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let named = all
        .into_iter()
        .filter_map(|(key, methods)| Some((key.strip_prefix("A/")?.to_owned(), best(methods)?)));
    Ok(named.collect())
}

fn open(path: &Path) -> Result<impl BufRead + use<>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(BufReader::new(GzDecoder::new(file)))
}

fn read_csv<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>> {
    let rows = csv::Reader::from_reader(open(path)?).into_deserialize().collect::<Result<_, _>>();
    rows.with_context(|| format!("cannot read {}", path.display()))
}
