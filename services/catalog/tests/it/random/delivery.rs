//! Lists of the delivery side against a naive evaluation over the documents.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use fastrand::Rng;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::shop::{NewProduct, Shop, mug, skus, stored};

const PRODUCTS: usize = 60;
const REQUESTS: usize = 150;
const COLORS: [&str; 4] = ["red", "blue", "green", "purple"];
const BRANDS: [&str; 2] = ["acme", "nordlicht"];
const MATERIALS: [&str; 2] = ["stoneware", "cork"];
const FLAGS: [&str; 2] = ["true", "false"];
/// Attributes with texts, and with numbers.
const TEXTS: [(&str, &[&str]); 4] = [
    ("color", &COLORS),
    ("brand", &BRANDS),
    ("materials", &MATERIALS),
    ("dishwasher_safe", &FLAGS),
];
const NUMBERS: [(&str, u64); 3] = [("capacity", 5), ("weight", 3), ("price", 1000)];
const SORTS: [&str; 5] = ["price", "-price", "name", "-name", "newest"];

/// What lists may ask of a page.
struct Document {
    id: Uuid,
    sku: String,
    name: String,
    created: DateTime<Utc>,
    categories: BTreeSet<String>,
    texts: BTreeMap<String, BTreeSet<String>>,
    numbers: BTreeMap<String, Vec<f64>>,
}

/// A filter by one attribute, and what passes it.
enum Wanted {
    Texts(BTreeSet<&'static str>),
    Range(Option<u64>, Option<u64>),
}

fn chosen<'a>(rng: &mut Rng, all: &[&'a str]) -> &'a str {
    all[rng.usize(..all.len())]
}

fn product(rng: &mut Rng, n: usize) -> NewProduct {
    let name = format!("{} {} mug", chosen(rng, &["Blue", "tall", "Zebra"]), rng.u8(..9));
    let mut product = mug(&format!("MUG-{n}"), &name).categories(match rng.u8(..4) {
        0 => &["kettles"],
        1 => &["kitchen"],
        2 => &["mugs", "kettles"],
        _ => &["mugs"],
    });
    for (attribute, data) in [
        ("color", json!(chosen(rng, &COLORS[..3]))),
        ("brand", json!(chosen(rng, &BRANDS))),
        ("materials", json!(MATERIALS[rng.usize(..2)..])),
        ("dishwasher_safe", json!(rng.bool())),
        ("capacity", json!(rng.u8(..5))),
        ("weight", json!({"amount": (rng.u32(..3) * 1000).to_string(), "unit": "GRAM"})),
        ("price", json!([{"amount": rng.u8(..4).to_string(), "currency": "EUR"}])),
    ] {
        if rng.u8(..4) > 0 {
            product = product.value(attribute, data);
        }
    }
    if rng.u8(..8) == 0 { product.disabled() } else { product }
}

async fn fill(shop: &Shop, rng: &mut Rng) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for n in 0..PRODUCTS {
        let product = product(rng, n);
        ids.push(product.id);
        shop.write(&product).await;
    }
    for n in 0..4 {
        let name = json!([{"locale": "en_US", "scope": null, "data": format!("Shirt {n}")}]);
        let code = format!("shirt-{n}");
        let model = shop.put_model(&code, json!({"name": name, "brand": stored("acme")})).await;
        ids.push(model);
        for size in ["s", "m"] {
            let variant = mug(&format!("{code}-{size}"), "").of(model).value("size", size);
            let variant = variant.value("color", chosen(rng, &COLORS[..3]));
            shop.write(&variant.euros(&rng.u8(1..4).to_string())).await;
        }
    }
    shop.settle().await;
    ids
}

impl Document {
    fn of(page: &Value) -> Self {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let variants = list(&page["variants"]);
        let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut numbers: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let own = variants.iter().flat_map(|variant| list(&variant["attributes"]));
        for entry in list(&page["attributes"]).into_iter().chain(own) {
            let code = entry["code"].as_str().unwrap().to_owned();
            match &entry["value"] {
                Value::String(text) => drop(texts.entry(code).or_default().insert(text.clone())),
                Value::Bool(flag) => drop(texts.entry(code).or_default().insert(flag.to_string())),
                Value::Number(number) => {
                    numbers.entry(code).or_default().push(number.as_f64().unwrap());
                }
                values => {
                    let values = list(values).into_iter();
                    let values = values.map(|value| value.as_str().unwrap().to_owned());
                    texts.entry(code).or_default().extend(values);
                }
            }
        }
        for variant in &variants {
            for (axis, code) in variant["options"].as_object().into_iter().flatten() {
                let code = code.as_str().unwrap().to_owned();
                texts.entry(axis.clone()).or_default().insert(code);
            }
            if let Some(amount) = variant["price"]["amount"].as_f64() {
                numbers.entry("price".to_owned()).or_default().push(amount);
            }
        }
        let categories = list(&page["categories"]).into_iter().flat_map(|category| {
            let path = list(&category["path"]);
            path.iter().map(|step| step["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        });
        let text = |name: &str| page[name].as_str().unwrap().to_owned();
        Self {
            id: text("id").parse().unwrap(),
            sku: text("sku"),
            name: text("name").to_lowercase(),
            created: text("created").parse().unwrap(),
            categories: categories.collect(),
            texts,
            numbers,
        }
    }

    fn passes(&self, attribute: &str, wanted: &Wanted) -> bool {
        match wanted {
            Wanted::Texts(wanted) => self
                .texts
                .get(attribute)
                .is_some_and(|texts| texts.iter().any(|text| wanted.contains(text.as_str()))),
            Wanted::Range(from, to) => {
                let is_within = |number: &&f64| {
                    from.is_none_or(|from| **number >= from as f64)
                        && to.is_none_or(|to| **number <= to as f64)
                };
                self.numbers
                    .get(attribute)
                    .is_some_and(|numbers| numbers.iter().any(|number| is_within(&number)))
            }
        }
    }

    /// Everything of the catalog that a list sorts by, as text that sorts so; the id decides ties.
    fn key(&self, sort: &str) -> (f64, String) {
        let prices = self.numbers.get("price");
        let lowest = prices.map(|prices| prices.iter().copied().fold(f64::INFINITY, f64::min));
        match sort {
            "price" => (lowest.unwrap_or(f64::INFINITY), String::new()),
            "-price" => (lowest.map_or(f64::INFINITY, |price| -price), String::new()),
            _ => (0.0, self.name.clone()),
        }
    }
}

/// The pages that pass every filter but that of one attribute.
fn passing<'d>(
    documents: &'d [Document],
    category: Option<&str>,
    filters: &BTreeMap<&str, Wanted>,
    aside: Option<&str>,
) -> Vec<&'d Document> {
    let is_in = |document: &&Document| {
        category.is_none_or(|category| document.categories.contains(category))
            && filters.iter().all(|(attribute, wanted)| {
                aside == Some(attribute) || document.passes(attribute, wanted)
            })
    };
    documents.iter().filter(is_in).collect()
}

fn sorted<'d>(mut documents: Vec<&'d Document>, sort: &str) -> Vec<&'d str> {
    documents.sort_by(|one, other| {
        let keys = match sort {
            "newest" => other.created.cmp(&one.created),
            "-name" => other.name.cmp(&one.name),
            _ => one.key(sort).partial_cmp(&other.key(sort)).unwrap(),
        };
        keys.then_with(|| one.id.cmp(&other.id))
    });
    documents.into_iter().map(|document| document.sku.as_str()).collect()
}

/// The facet as the answer has it; null where no page has the attribute.
fn facet(documents: &[&Document], attribute: &str, own: Option<&Wanted>) -> Value {
    if NUMBERS.iter().any(|(name, _)| *name == attribute) {
        let numbers = documents.iter().filter_map(|document| document.numbers.get(attribute));
        let numbers: Vec<f64> = numbers.flatten().copied().collect();
        let least = numbers.iter().copied().reduce(f64::min);
        let most = numbers.iter().copied().reduce(f64::max);
        return least.zip(most).map_or(Value::Null, |(min, max)| json!({"min": min, "max": max}));
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    if let Some(Wanted::Texts(texts)) = own {
        counts.extend(texts.iter().map(|text| (*text, 0)));
    }
    for document in documents {
        for text in document.texts.get(attribute).into_iter().flatten() {
            *counts.entry(text).or_default() += 1;
        }
    }
    if counts.is_empty() { Value::Null } else { json!(counts) }
}

fn answered(list: &Value, attribute: &str) -> Value {
    let facets = list["facets"].as_array().unwrap();
    let Some(facet) = facets.iter().find(|facet| facet["attribute"] == attribute) else {
        return Value::Null;
    };
    match facet["values"].as_array() {
        None => facet["range"].clone(),
        Some(values) => values
            .iter()
            .map(|value| (value["value"].as_str().unwrap().to_owned(), value["count"].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

fn filters(rng: &mut Rng) -> BTreeMap<&'static str, Wanted> {
    let mut filters = BTreeMap::new();
    for (attribute, values) in TEXTS {
        if rng.u8(..4) == 0 {
            let wanted = [chosen(rng, values), chosen(rng, values)].into();
            filters.insert(attribute, Wanted::Texts(wanted));
        }
    }
    for (attribute, step) in NUMBERS {
        if rng.u8(..5) == 0 {
            let from = rng.u64(..4) * step / 2;
            let (from, to) = (Some(from).filter(|_| rng.bool()), from + step * rng.u64(..3));
            filters.insert(
                attribute,
                Wanted::Range(from, Some(to).filter(|_| from.is_none() || rng.bool())),
            );
        }
    }
    filters
}

fn parameter((attribute, wanted): (&&str, &Wanted)) -> String {
    let text = |end: &Option<u64>| end.map(|end| end.to_string()).unwrap_or_default();
    let value = match wanted {
        Wanted::Texts(texts) => texts.iter().copied().collect::<Vec<_>>().join(","),
        Wanted::Range(from, to) => format!("{}..{}", text(from), text(to)),
    };
    format!("&filter[{attribute}]={value}")
}

#[tokio::test]
async fn filters_facets_sorts_and_cursors_equal_a_naive_evaluation() {
    let mut rng = super::start();
    let shop = Shop::open().await;
    let mut documents = Vec::new();
    for id in fill(&shop, &mut rng).await {
        let answer = shop.answer(&format!("/v1/products/{id}")).await;
        if answer.status.is_success() {
            documents.push(Document::of(&answer.json()));
        }
    }
    assert!(documents.len() > PRODUCTS / 2);
    let asked = ["color", "brand", "materials", "dishwasher_safe", "capacity", "weight", "price"];
    for _ in 0..REQUESTS {
        let filters = filters(&mut rng);
        let sort = chosen(&mut rng, &SORTS);
        let category = ["kitchen", "mugs", "kettles", "clothes"].get(rng.usize(..8)).copied();
        let limit = rng.usize(1..20);
        let mut query = format!("sort={sort}&facets={}", asked.join(","));
        query.extend(category.map(|category| format!("&category={category}")));
        query.extend(filters.iter().map(parameter));
        let expected = sorted(passing(&documents, category, &filters, None), sort);

        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let list = shop.get(&format!("/v1/products?{query}&limit={limit}{cursor}")).await;
            assert_eq!(list["total"], expected.len(), "{query}");
            for attribute in asked {
                let others = passing(&documents, category, &filters, Some(attribute));
                let expected = facet(&others, attribute, filters.get(attribute));
                assert_eq!(answered(&list, attribute), expected, "{attribute} of {query}");
            }
            walked.extend(skus(&list));
            match list["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(walked, expected, "{query}");
    }
}
