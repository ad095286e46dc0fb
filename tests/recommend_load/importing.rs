//! How fast history comes in, beside PostgreSQL's own way to copy the same rows into such a table.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use load::{Client, System, cpu};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::history::Shop;

/// Interactions that are sent at once.
const EVENTS: usize = 50_000;

/// Sends all history of the shop to the service's own door.
pub(crate) async fn measure(system: &mut System, shop: &Shop) -> Result<()> {
    let lines: Vec<String> = shop.history().map(|line| line.to_string()).collect();
    let bodies: Vec<String> = lines.chunks(EVENTS).map(|part| part.join("\n")).collect();
    let staff =
        Client::new(system.service_url("recommendation")).bearer(system.staff().await?.token());
    let service = system.process("recommendation").id();
    let before = Spent::until_now(system, service)?;
    let started = Instant::now();
    for body in &bodies {
        let answer = staff.post_lines("/v1/interactions/import", body).await?;
        ensure!(answer.status == 200, "{} {}", answer.status, answer.text);
        ensure!(answer.json()["rejected"] == 0, "{}", answer.text);
    }
    let per_second = lines.len() as f64 / started.elapsed().as_secs_f64();
    let after = Spent::until_now(system, service)?;
    let copied = copy(system).await?;
    println!(
        "{} interactions imported: {per_second:.0} a second, {:.2} of a copy ({copied:.0}); each took \
         {:.1} microseconds of the service and {:.1} of PostgreSQL",
        lines.len(),
        per_second / copied,
        (after.service - before.service) * 1e6 / lines.len() as f64,
        (after.postgres - before.postgres) * 1e6 / lines.len() as f64,
    );
    Ok(())
}

/// Seconds of processor.
struct Spent {
    service: f64,
    postgres: f64,
}

impl Spent {
    fn until_now(system: &System, service: u32) -> Result<Self> {
        let missing = "the system does not tell what processes took";
        let [postgres, ..] = system.cpu_seconds().context(missing)?;
        Ok(Self { service: cpu::of_process(service).context(missing)?, postgres })
    }
}

/// Rows a second that PostgreSQL copies into a table like the one they are in, with its indexes.
async fn copy(system: &System) -> Result<f64> {
    let mut db = PgConnection::connect(&system.superuser_url()).await?;
    let file = std::env::temp_dir().join(format!("vitrine-interactions-{}", std::process::id()));
    let file = file.display();
    db.execute("create table copied (like recommendation.interaction including all)").await?;
    let written =
        AssertSqlSafe(format!("copy (select * from recommendation.interaction) to '{file}'"));
    let rows = db.execute(written).await?.rows_affected();
    let started = Instant::now();
    db.execute(AssertSqlSafe(format!("copy copied from '{file}'"))).await?;
    let took = started.elapsed().as_secs_f64();
    db.execute("drop table copied").await?;
    std::fs::remove_file(file.to_string())?;
    Ok(rows as f64 / took)
}
