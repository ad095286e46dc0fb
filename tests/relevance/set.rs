//! Graded queries, as files.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
};

use anyhow::{Context, Result, ensure};

/// Queries with the gain of each product that was judged.
pub(crate) struct Set {
    pub name: String,
    pub queries: Vec<Query>,
}

/// A query.
pub(crate) struct Query {
    pub text: String,
    /// Gain by sku, from 0 to 1.
    pub gains: HashMap<String, f64>,
}

impl Set {
    /// Every set below a folder, in order of their names, each as it is and with mistakes.
    pub(crate) fn read_all(folder: &Path) -> Result<Vec<Self>> {
        let entries = fs::read_dir(folder)
            .with_context(|| format!("no sets in {}; --sets names a folder", folder.display()))?;
        let mut folders = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.join("qrels.tsv").is_file() {
                folders.push(path);
            }
        }
        folders.sort();
        ensure!(!folders.is_empty(), "{} holds no folder with qrels.tsv", folder.display());
        let mut sets = Vec::new();
        for folder in folders {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sets.push(Self::read(&folder, "queries.tsv", name.clone())?);
            sets.push(Self::read(&folder, "queries.typo.tsv", format!("{name}, mistyped"))?);
        }
        Ok(sets)
    }

    /// Queries for which no product was found good say nothing and are left out.
    fn read(folder: &Path, queries: &str, name: String) -> Result<Self> {
        let mut gains: BTreeMap<String, HashMap<String, f64>> = BTreeMap::new();
        for line in rows(&folder.join("qrels.tsv"))? {
            let [query, product, gain] = line.as_slice() else {
                anyhow::bail!("{name}: a line of qrels.tsv needs query, product and gain")
            };
            let gain: f64 = gain.parse().with_context(|| format!("{name}: the gain {gain}"))?;
            gains.entry(query.clone()).or_default().insert(product.clone(), gain);
        }
        let mut set = Self { name, queries: Vec::new() };
        for line in rows(&folder.join(queries))? {
            let [id, text] = line.as_slice() else {
                anyhow::bail!("{}: a line of {queries} needs id and text", set.name)
            };
            let judged = gains.get(id).filter(|gains| gains.values().any(|gain| *gain > 0.0));
            if let Some(gains) = judged {
                set.queries.push(Query { text: text.clone(), gains: gains.clone() });
            }
        }
        Ok(set)
    }
}

fn rows(path: &Path) -> Result<Vec<Vec<String>>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Ok(lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}
