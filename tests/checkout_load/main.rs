//! Measures checkout: how many a second, how long they take at a fixed rate, what a line costs in carts of
//! any size, and a rush for a few units; with one replica of `order` and with two, on a PostgreSQL that
//! keeps what it acknowledged. Afterwards the books of all services must be right.

mod carts;

use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Parser;
use load::{
    System,
    engine::{Outcome, Plan, Requests, run_closed, run_open},
    invariants::{ALWAYS, AT_REST, broken},
    statements,
};
use sqlx::{Connection, PgConnection};

use self::carts::Carts;

/// Lines of the carts that another is added to.
const CART_SIZES: [usize; 3] = [1, 10, 100];
/// What everybody wants in the rush, and how many want it.
const HOT_UNITS: i64 = 200;
const HOT_BUYERS: usize = 800;
/// How long the last orders and events may take to come to rest.
const REST_TIMEOUT: Duration = Duration::from_secs(60);

/// Measures checkout.
#[derive(Debug, Parser)]
struct Options {
    /// Seconds of each run.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: u64,
    /// Connections that send requests.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: u16,
    /// Rate of the open run, as a share of the closed run's throughput.
    #[arg(long, default_value_t = 0.7)]
    share: f64,
    /// Carts that are ready for each run of checkouts, per second.
    #[arg(long, default_value_t = 800)]
    carts: usize,
    /// Only tells which statements of PostgreSQL a checkout consists of, so many of the costliest. Needs
    /// the extension `pg_stat_statements`.
    #[arg(long)]
    statements: Option<i64>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let plan = Plan {
        duration: Duration::from_secs(options.seconds),
        connections: usize::from(options.connections),
    };
    if let Some(limit) = options.statements {
        return tell_statements(plan, &options, limit).await;
    }
    for replicas in [1, 2] {
        measure(replicas, plan, &options).await?;
    }
    Ok(())
}

async fn tell_statements(plan: Plan, options: &Options, limit: i64) -> Result<()> {
    let mut system = System::start_durable(&[]).await?;
    statements::count(&mut system).await?;
    let carts = Carts::open(&system).await?;
    let count = options.carts * usize::try_from(options.seconds)?;
    let checkouts = carts.checkouts(count).await?;
    statements::reset(&system).await?;
    let outcome = run_closed(&system.url(), &checkouts, plan).await?;
    statements::print(&system, "a checkout", outcome.count(), limit).await
}

async fn measure(replicas: usize, plan: Plan, options: &Options) -> Result<()> {
    let mut system = System::start_durable(&[]).await?;
    for _ in 1..replicas {
        system.add_replica("order").await?;
    }
    let carts = Carts::open(&system).await?;
    println!("replicas of order: {replicas}");
    let commits = carts::bare_commits(&system, plan).await?;
    println!("  bare commits: {commits:.0}/s");
    let count = options.carts * usize::try_from(options.seconds)?;
    carts.checkouts(plan.connections * 4).await?.run(&system, plan, None).await?;
    let before = system.cpu_seconds();
    let closed = carts.checkouts(count).await?.run(&system, plan, None).await?;
    print("checkout, as fast as can be", &closed);
    println!("  checkouts per bare commit: {:.3}", closed.per_second() / commits);
    if let Some((before, after)) = before.zip(system.cpu_seconds()) {
        let took: Vec<f64> =
            after.iter().zip(before).map(|(after, before)| after - before).collect();
        let all: f64 = took.iter().sum();
        let share = |part: f64| 100.0 * part / all.max(1e-9);
        println!(
            "  processor: PostgreSQL {:.0} %, services {:.0} %, client {:.0} %",
            share(took[0]),
            share(took[1]),
            share(took[2])
        );
    }
    let rate = closed.per_second() * options.share;
    let open = carts.checkouts(count).await?.run(&system, plan, Some(rate)).await?;
    print(&format!("checkout, {rate:.0} due a second"), &open);
    for lines in CART_SIZES {
        let adding = carts.adding_to(lines).await?;
        let outcome = run_closed(&system.url(), &adding, Plan { connections: 4, ..plan }).await?;
        print(&format!("a line into a cart of {lines}"), &outcome);
    }
    rush(&system, &carts, plan).await?;
    check_books(&system).await
}

/// Many buyers, few units: exactly these are sold.
async fn rush(system: &System, carts: &Carts, plan: Plan) -> Result<()> {
    carts.stock(1_000_000).await?;
    let all = carts.rush(plan.connections * 100).await?.run(system, plan, None).await?;
    print("checkout, everybody of one sku", &all);
    let sold_before = carts.sold().await?;
    carts.stock(sold_before + HOT_UNITS).await?;
    let plan = Plan { duration: Duration::from_secs(60), ..plan };
    let outcome = carts.rush(HOT_BUYERS).await?.run(system, plan, None).await?;
    let sold = carts.sold().await? - sold_before;
    println!(
        "  {HOT_BUYERS} buyers of {HOT_UNITS} units: {sold} sold, {} refused, {:.0} answers/s",
        outcome.failures,
        outcome.per_second() * HOT_BUYERS as f64 / HOT_UNITS as f64
    );
    ensure!(sold == HOT_UNITS, "{sold} units were sold instead of {HOT_UNITS}");
    Ok(())
}

async fn check_books(system: &System) -> Result<()> {
    let started = std::time::Instant::now();
    loop {
        let open = broken(system, AT_REST).await?;
        if open.is_empty() {
            break;
        }
        ensure!(started.elapsed() < REST_TIMEOUT, "it never ends: {}", open.join("\n"));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let wrong = broken(system, ALWAYS).await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut db = PgConnection::connect(&system.superuser_url()).await?;
    let orders: i64 =
        sqlx::query_scalar("select count(*) from orders.customer_order").fetch_one(&mut db).await?;
    println!("  {} invariants hold over {orders} orders", ALWAYS.len() + AT_REST.len());
    Ok(())
}

fn print(what: &str, outcome: &Outcome) {
    println!(
        "  {what}: {:.0}/s, {} failed, p50 {:.1} ms, p99 {:.1} ms",
        outcome.per_second(),
        outcome.failures,
        outcome.percentile(0.5).as_secs_f64() * 1e3,
        outcome.percentile(0.99).as_secs_f64() * 1e3
    );
}

trait Run {
    /// As fast as can be, or with so many due a second.
    async fn run(&self, system: &System, plan: Plan, rate: Option<f64>) -> Result<Outcome>;
}

impl Run for Requests {
    async fn run(&self, system: &System, plan: Plan, rate: Option<f64>) -> Result<Outcome> {
        match rate {
            None => run_closed(&system.url(), self, plan).await,
            Some(rate) => run_open(&system.url(), self, rate, plan).await,
        }
    }
}
