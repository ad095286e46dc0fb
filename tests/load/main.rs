//! Measures the system under load on loopback, beside yardsticks on the same machine: a bare handler
//! that returns the same bytes, and the same SQL run by a plain database client. What counts are the
//! ratios; the absolute figures are those of this machine.
//!
//! Each scenario is run twice: closed, with as many requests as the connections can carry, for the
//! throughput; then open, at a fixed rate below it, for the latency as users meet it: a request's
//! time counts from the moment it was due, not from when a connection was free for it.

mod act;
mod capture;
mod nginx;
mod replay;
mod scenario;
mod summary;
mod tap;
mod yardstick;

use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use load::{
    Shop, System,
    engine::{Plan, run_closed, run_open},
};

use self::{
    capture::{Captured, capture},
    scenario::Scenario,
    summary::{Row, print},
};

/// Measures the system under load.
#[derive(Debug, Parser)]
struct Options {
    /// Seconds of each run.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: u64,
    /// Connections that send requests.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: u16,
    /// Rate of the open run, as a share of the closed run's throughput.
    #[arg(long, default_value_t = 0.5)]
    share: f64,
    /// Only the scenario whose name begins so, e.g. `checkout`.
    #[arg(long, value_name = "NAME", default_value = "")]
    only: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let plan = Plan {
        duration: Duration::from_secs(options.seconds),
        connections: usize::from(options.connections),
    };
    eprintln!("Starting the system.");
    let mut system = System::start().await?;
    Shop::open(&system).await?;
    let wanted = |scenario: &Scenario| scenario.name().starts_with(&options.only);
    let scenarios: Vec<Scenario> = Scenario::ALL.into_iter().filter(wanted).collect();
    eprintln!("Listening to what the services ask the database.");
    let captured = capture(&mut system, &scenarios).await?;
    let mut rows = Vec::new();
    for (scenario, captured) in scenarios.into_iter().zip(&captured) {
        eprintln!("{}", scenario.name());
        rows.push(measure(&system, scenario, captured, plan, options.share).await?);
    }
    if options.only.is_empty() {
        eprintln!("proxied path");
        rows.extend(nginx::compare(&system, plan).await?);
    }
    print(&rows);
    Ok(())
}

async fn measure(
    system: &System,
    scenario: Scenario,
    captured: &Captured,
    plan: Plan,
    share: f64,
) -> Result<Row> {
    let requests = scenario.requests(system, plan).await?;
    let body = scenario.sample(system, &requests).await?;
    let closed = run_closed(&system.url(), &requests, plan).await?;
    let requests = scenario.requests(system, plan).await?;
    let open = run_open(&system.url(), &requests, closed.per_second() * share, plan).await?;
    let handler = yardstick::bare_handler(body, plan).await?;
    let database = yardstick::plain_client(system, scenario, captured, plan).await?;
    Ok(Row {
        name: scenario.name(),
        closed,
        open: Some(open),
        handler: Some(handler),
        database: Some(database),
    })
}
