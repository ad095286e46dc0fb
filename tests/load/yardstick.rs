//! What the system is compared with, on the same machine in the same run: a bare handler, and a plain
//! database client that runs the same SQL.
//!
//! What a service runs for a request is captured and replayed (see [`crate::capture`]). The catalog's
//! parts are served from memory and from the search index, so that nothing can be captured of them: in
//! their place stands the SQL that a service without either would run over the table of documents. For
//! recommendations, which come from a model in memory, nothing stands in.

use anyhow::{Context, Result};
use axum::{Router, routing::any};
use bytes::Bytes;
use load::{
    System,
    engine::{Outcome, Plan, Requests, Spec, run_closed},
};
use tokio::net::TcpListener;

use crate::{
    act::Step,
    capture::Captured,
    replay::{Replayed, replay},
    scenario::Scenario,
};

/// A product by its slug.
const PRODUCT: &str = "
    select card::text, detail::text from product_document
    where channel = 'ecommerce' and locale = 'en_US' and slug = $1";
/// The products that have a variant of this colour, newest first.
const PAGE: &str = "
    select card::text from product_document
    where channel = 'ecommerce' and locale = 'en_US' and exists (
        select from json_array_elements(detail->'variants') variant
        where variant->'options'->>'color' = $1)
    order by detail->>'created' desc, root_id limit 20";
/// How many they are.
const TOTAL: &str = "
    select count(*) from product_document
    where channel = 'ecommerce' and locale = 'en_US' and exists (
        select from json_array_elements(detail->'variants') variant
        where variant->'options'->>'color' = $1)";
/// The colours there are: a facet leaves its own filter aside.
const COLORS: &str = "
    select variant->'options'->>'color' as color, count(distinct root_id)
    from product_document, json_array_elements(detail->'variants') variant
    where channel = 'ecommerce' and locale = 'en_US' and variant->'options'->>'color' is not null
    group by color";
/// The sizes of the products that have a variant of this colour.
const SIZES: &str = "
    select variant->'options'->>'size' as size, count(distinct root_id)
    from product_document, json_array_elements(detail->'variants') variant
    where channel = 'ecommerce' and locale = 'en_US' and exists (
        select from json_array_elements(detail->'variants') other
        where other->'options'->>'color' = $1)
      and variant->'options'->>'size' is not null
    group by size";

/// A handler that returns these bytes and does nothing else.
pub(crate) async fn bare_handler(body: Bytes, plan: Plan) -> Result<Outcome> {
    let app = Router::new().fallback(any(move || {
        let body = body.clone();
        async move { ([("content-type", "application/json")], body) }
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let requests = Requests { list: vec![Spec::get("/".to_owned())], repeat: true };
    let outcome = run_closed(&url, &requests, plan).await;
    server.abort();
    outcome
}

/// The scenario's data, read and written by a plain database client with prepared statements.
pub(crate) async fn plain_client(
    system: &System,
    scenario: Scenario,
    captured: &Captured,
    plan: Plan,
) -> Result<Replayed> {
    let requests = scenario.requests(system, plan).await?;
    let mut acts = captured.acts(system, &requests.list).await?;
    for (act, spec) in acts.iter_mut().zip(&requests.list) {
        act.steps.splice(0..0, from_memory(scenario, spec)?);
    }
    replay(system, acts, requests.repeat, plan).await
}

/// The SQL in place of what is served from memory, with the rows that it finds in the tool's shop.
fn from_memory(scenario: Scenario, spec: &Spec) -> Result<Vec<Step>> {
    let step = |sql, texts: &[&str], rows| Step::new("catalog", sql, texts, rows);
    Ok(match scenario {
        Scenario::Product | Scenario::ProductPage => {
            let (_, slug) = spec.path.rsplit_once('/').context("the path ends with the slug")?;
            vec![step(PRODUCT, &[slug], 1)]
        }
        Scenario::List => {
            let (_, rest) = spec.path.split_once("[color]=").context("the list is filtered")?;
            let color = &[rest.split('&').next().unwrap_or_default()][..];
            vec![
                step(PAGE, color, 1),
                step(TOTAL, color, 1),
                step(COLORS, &[], 2),
                step(SIZES, color, 2),
            ]
        }
        Scenario::AddToCart | Scenario::Checkout => Vec::new(),
    })
}
