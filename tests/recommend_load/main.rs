//! Measures how fast recommendations are: a shop of many products and a year of orders and visits in the
//! recommendation service, which is held to one core and asked as much as it answers, beside a bare
//! handler on that core that returns the same bytes. Who asks is held to another core.

mod history;
mod importing;

use std::{process::Command, thread, time::Duration};

use anyhow::{Context, Result, ensure};
use axum::{Router, routing::any};
use bytes::Bytes;
use clap::Parser;
use load::{
    Client, System,
    engine::{Outcome, Plan, Requests, Spec, run_closed},
};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use self::history::Shop;

/// Where the service runs, and who asks it.
const SERVICE_CORE: &str = "0";
const CLIENT_CORE: &str = "1";
/// Different requests of each sort.
const REQUESTS: usize = 10_000;

/// Measures how fast recommendations are.
#[derive(Debug, Parser)]
struct Options {
    /// Products of the shop.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    products: u32,
    /// Orders, of four lines on average; there are as many visits.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(100..=500_000))]
    orders: u32,
    /// Seconds of each run.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: u64,
    /// Connections that send requests.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: u16,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let plan = Plan {
        duration: Duration::from_secs(options.seconds),
        connections: usize::from(options.connections),
    };
    let shop = Shop { products: options.products, orders: options.orders };
    eprintln!("Starting a system and filling the recommendation service.");
    // As on a machine of one core.
    let mut system = System::start_with(&[("recommendation", "TOKIO_WORKER_THREADS", "1")]).await?;
    hold_to_core(SERVICE_CORE, system.process("recommendation").id())?;
    hold_to_core(CLIENT_CORE, std::process::id())?;
    sell(&system, &shop).await?;
    importing::measure(&mut system, &shop).await?;
    train(&system, &shop).await?;
    println!(
        "{:<16} {:>9} {:>6} {:>8} {:>8} {:>11}",
        "surface", "req/s", "failed", "p50 ms", "p99 ms", "of handler"
    );
    let url = system.service_url("recommendation");
    for (surface, question) in shop.questions() {
        let list = (0..REQUESTS)
            .map(|n| Spec::get(format!("{question}{}&limit=10", shop.asked(surface, n))));
        let requests = Requests { list: list.collect(), repeat: true };
        let body = Client::new(url.clone()).get(&requests.list[0].path).await?.text;
        // What is asked for the first time is added up; here it is what is kept that counts.
        run_closed(&url, &requests, plan).await?;
        let outcome = run_closed(&url, &requests, plan).await?;
        let handler = bare_handler(body.into(), plan).await?;
        println!(
            "{surface:<16} {:>9.0} {:>6} {:>8.3} {:>8.3} {:>11.2}",
            outcome.per_second(),
            outcome.failures,
            outcome.percentile(0.5).as_secs_f64() * 1e3,
            outcome.percentile(0.99).as_secs_f64() * 1e3,
            outcome.per_second() / handler.per_second()
        );
    }
    let (now, most) = system.process("recommendation").memory()?;
    println!("memory of the service: {now} MB, at most {most} MB");
    Ok(())
}

/// Products as the catalog's feed would have told of them: what is measured comes after.
async fn sell(system: &System, shop: &Shop) -> Result<()> {
    let mut db = PgConnection::connect(&system.superuser_url()).await?;
    for statement in shop.products_as_sql() {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut db).await?;
    }
    Ok(())
}

async fn train(system: &System, shop: &Shop) -> Result<()> {
    let staff = system.staff().await?;
    let answer = staff.post("/v1/recommendations/models", json!(null)).await?;
    ensure!(answer.status == 201, "{} {}", answer.status, answer.text);
    let model: Value = answer.json();
    ensure!(model["products"] == shop.products, "not all products are known: {model}");
    println!("model trained in {} ms on {} baskets", model["took_ms"], model["baskets"]);
    Ok(())
}

/// All threads of a process run only on this core from now on.
fn hold_to_core(core: &str, process: u32) -> Result<()> {
    taskset(&["--all-tasks", "--cpu-list", "--pid", core, &process.to_string()])
}

fn hold_this_thread_to_core(core: &str) -> Result<()> {
    // It points to `<process>/task/<thread>`.
    let thread = std::fs::read_link("/proc/thread-self")?;
    let thread = thread.file_name().context("the system tells no thread")?.to_string_lossy();
    taskset(&["--cpu-list", "--pid", core, &thread])
}

fn taskset(arguments: &[&str]) -> Result<()> {
    let output = Command::new("taskset")
        .args(arguments)
        .output()
        .context("taskset of util-linux holds processes to cores")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// A handler on one thread that returns these bytes and does nothing else.
async fn bare_handler(body: Bytes, plan: Plan) -> Result<Outcome> {
    let app = Router::new().fallback(any(move || {
        let body = body.clone();
        async move { ([("content-type", "application/json")], body) }
    }));
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = thread::spawn(move || {
        hold_this_thread_to_core(SERVICE_CORE)?;
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            tokio::select! {
                result = axum::serve(listener, app) => Ok(result?),
                _ = stopped => anyhow::Ok(()),
            }
        })
    });
    let requests = Requests { list: vec![Spec::get("/".to_owned())], repeat: true };
    let outcome = run_closed(&url, &requests, plan).await;
    drop(stop);
    server.join().map_err(|_| anyhow::anyhow!("the bare handler panicked"))??;
    outcome
}
