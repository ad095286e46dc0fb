use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use load::{Client, Samples, System};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Options,
    catalog::{CHANNELS, Catalog, LOCALES, attribute_code, option_code},
    connect,
};

/// Products of a page.
const LIMIT: u64 = 100;
const LIST: &str = "/api/rest/v1/products-uuid?pagination_type=search_after&limit=100";

/// Times of reads.
pub(crate) struct Times {
    /// By what is read; none of what takes the service too long.
    reads: Vec<(String, Option<Samples>, usize)>,
    /// How many products a change of a family's rules concerned, and until when all were scored anew.
    scored: (i64, Duration),
}

impl Times {
    pub(crate) fn print(&self) {
        println!("reads, one at a time");
        for (name, samples, items) in &self.reads {
            let Some(samples) = samples else {
                println!("  {name:<44} refused: it takes too long");
                continue;
            };
            let (p50, p95) = (samples.percentile_ms(0.5), samples.percentile_ms(0.95));
            println!("  {name:<44} p50 {p50:>8.1} ms, p95 {p95:>8.1} ms  ({items} products)");
        }
        let (products, duration) = self.scored;
        println!("  {products} products scored anew in the background after {duration:.1?}");
    }
}

pub(crate) async fn measure(
    system: &System,
    catalog: &Catalog,
    options: &Options,
) -> Result<Times> {
    let staff = system.staff().await?;
    let mut times = Vec::new();
    for (name, path) in pages(system, options).await?.into_iter().chain(filters()) {
        let (samples, items) = read(&staff, &name, &path, options.reads.max(1)).await?;
        times.push((name, samples, items));
    }
    let saves = save_and_read(&staff, catalog, options).await?;
    times.push(("save a product, read its completeness".to_owned(), Some(saves), 1));
    let change = Instant::now();
    let products = change_rules(system, &staff).await?;
    let name = "complete, right after a family requires less";
    let (samples, items) = read(&staff, name, &complete().1, 1).await?;
    times.push((name.to_owned(), samples, items));
    while count_unscored(system).await? > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(Times { reads: times, scored: (products, change.elapsed()) })
}

/// A family requires one attribute less; answers how many products that concerns.
async fn change_rules(system: &System, staff: &Client) -> Result<i64> {
    let path = "/api/rest/v1/families/f1";
    let mut family = staff.get(path).await?.json();
    let requirements = family["attribute_requirements"].take();
    let mut less = requirements.clone();
    for (channel, attributes) in requirements.as_object().context("a family has requirements")? {
        let attributes = attributes.as_array().context("a channel has a list of attributes")?;
        let codes = attributes.iter().filter_map(Value::as_str).filter(|code| *code != "sku");
        let last = codes.max().context("more than the identifier is required")?;
        less[channel] = attributes.iter().filter(|code| **code != last).cloned().collect();
    }
    let answer = staff.patch(path, json!({ "attribute_requirements": less })).await?;
    ensure!(answer.status == 204, "{}", answer.text);
    count_unscored(system).await
}

/// Products whose scores follow other rules than those of today.
async fn count_unscored(system: &System) -> Result<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from product p join family f on f.code = p.family
         where p.scored_rules <> f.rules_version",
    );
    Ok(count.fetch_one(&mut connect(system).await?).await?)
}

async fn read(
    staff: &Client,
    name: &str,
    path: &str,
    reads: usize,
) -> Result<(Option<Samples>, usize)> {
    let (mut samples, mut items) = (Samples::default(), 0);
    for _ in 0..reads {
        let sent = Instant::now();
        let answer = staff.get(path).await?;
        samples.push(sent.elapsed());
        if answer.status == 503 && answer.text.contains("too_slow") {
            return Ok((None, 0));
        }
        ensure!(answer.status == 200, "{name}: {} {}", answer.status, answer.text);
        items = answer.json()["_embedded"]["items"].as_array().map_or(0, Vec::len);
    }
    Ok((Some(Samples::join([samples])), items))
}

/// The first page and the ten-thousandth, or the last if there are fewer.
async fn pages(system: &System, options: &Options) -> Result<Vec<(String, String)>> {
    let far = (options.products / LIMIT).clamp(1, 10_000) - 1;
    let mut connection = connect(system).await?;
    let before: Option<Uuid> = match far {
        0 => None,
        _ => Some(
            sqlx::query_scalar("select id from product order by id offset $1 limit 1")
                .bind(i64::try_from(far * LIMIT - 1)?)
                .fetch_one(&mut connection)
                .await?,
        ),
    };
    let cursor = before.map(|id| format!("&search_after={id}")).unwrap_or_default();
    let complete = "&with_completenesses=true";
    Ok(vec![
        ("first page".to_owned(), LIST.to_owned()),
        (format!("page {}", far + 1), format!("{LIST}{cursor}")),
        ("first page with completenesses".to_owned(), format!("{LIST}{complete}")),
        (format!("page {} with completenesses", far + 1), format!("{LIST}{cursor}{complete}")),
    ])
}

fn search(property: &str, condition: Value) -> (String, String) {
    let text = json!({ property: [condition] }).to_string();
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    (text, format!("{LIST}&search={encoded}"))
}

fn complete() -> (String, String) {
    search("completeness", json!({ "operator": "=", "value": 100, "scope": CHANNELS[0] }))
}

/// Searches on values and properties: many products, some, and few.
fn filters() -> impl Iterator<Item = (String, String)> {
    let value = |number: usize, operator: &str, value: Value| {
        search(&attribute_code(number), json!({ "operator": operator, "value": value }))
    };
    let sorted = |(name, path): (String, String), number: usize| {
        let sort = format!("-{}", attribute_code(number));
        (format!("{name} by {sort}"), format!("{path}&sort={sort}"))
    };
    [
        value(0, ">", json!("2500")),
        value(0, ">", json!("4995")),
        value(1, "IN", json!([option_code(3)])),
        value(2, "CONTAINS", json!("steel lamp")),
        value(2, "=", json!("steel lamp")),
        value(12, "BETWEEN", json!(["2026-03-01", "2026-03-02"])),
        value(14, ">", json!({ "amount": "4.995", "unit": "KILOGRAM" })),
        value(18, ">", json!({ "amount": "4995", "currency": "EUR" })),
        value(10, "NOT EMPTY", Value::Null),
        search("family", json!({ "operator": "IN", "value": ["f1"] })),
        sorted(search("family", json!({ "operator": "IN", "value": ["f1"] })), 20),
        sorted(value(2, "CONTAINS", json!("steel lamp")), 0),
        search("categories", json!({ "operator": "IN CHILDREN", "value": ["c1"] })),
        complete(),
        search("completeness", json!({ "operator": "<", "value": 50, "scope": CHANNELS[0] })),
        search("completeness", json!({ "operator": "<", "value": 100, "scope": CHANNELS[0] })),
        search(
            "quality_score",
            json!({ "operator": "IN", "value": ["A"], "scope": CHANNELS[0], "locale": LOCALES[0] }),
        ),
    ]
    .into_iter()
}

/// Other values, and the next answer has the completeness that follows.
async fn save_and_read(client: &Client, catalog: &Catalog, options: &Options) -> Result<Samples> {
    let mut samples = Samples::default();
    for number in 0..(options.reads as u64).min(options.products) {
        let product = catalog.product(number, 2);
        let identifier = product["identifier"].as_str().context("a product has an identifier")?;
        let path = format!("/api/rest/v1/products/{identifier}");
        let sent = Instant::now();
        let answer = client.patch(&path, product.clone()).await?;
        ensure!(matches!(answer.status, 201 | 204), "{}", answer.text);
        let answer = client.get(&format!("{path}?with_completenesses=true")).await?;
        samples.push(sent.elapsed());
        ensure!(answer.json()["completenesses"][0]["data"].is_u64(), "{}", answer.text);
    }
    ensure!(samples.count() > 0 || options.products == 0, "nothing was saved");
    Ok(Samples::join([samples]))
}
