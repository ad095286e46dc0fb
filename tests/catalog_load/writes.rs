use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use load::{Samples, System};
use sqlx::{AssertSqlSafe, Executor, PgConnection};

use crate::{
    Options,
    catalog::{Catalog, LINES},
    connect,
};

/// Well before an access token ends.
const RENEW_AFTER: Duration = Duration::from_secs(600);
/// Products that are changed after all are made.
const CHANGED: u64 = 20_000;

/// How long the shop's documents may take to follow.
const FOLLOW_TIMEOUT: Duration = Duration::from_secs(3600);

/// Products a second.
pub(crate) struct Rates {
    created: Rate,
    changed: Rate,
    /// The same rows with their indexes, by `COPY`.
    copied: f64,
}

pub(crate) struct Rate {
    products: u64,
    took: Duration,
    /// Of a request.
    times: Samples,
    /// Seconds of processor: of PostgreSQL, of the services, of the client.
    processor: Option<[f64; 3]>,
    /// From the last answer until the shop shows all that it should.
    followed: Duration,
}

impl Rates {
    pub(crate) fn print(&self) {
        println!("bulk PATCH in requests of {LINES} lines, products a second");
        for (name, rate) in [("created", &self.created), ("changed", &self.changed)] {
            let per_second = rate.products as f64 / rate.took.as_secs_f64();
            println!(
                "  {name:<24} {per_second:>9.0}  p50 {:.0} ms, p99 {:.0} ms a request; {:.2} of COPY",
                rate.times.percentile_ms(0.5),
                rate.times.percentile_ms(0.99),
                per_second / self.copied
            );
            if let Some(seconds) = rate.processor {
                let [postgres, services, client] =
                    seconds.map(|seconds| 1000.0 * seconds / rate.products.max(1) as f64);
                println!(
                    "    processor, ms a product: PostgreSQL {postgres:.2}, services {services:.2}, client {client:.2}"
                );
            }
            println!("    the shop had followed {:.1} s later", rate.followed.as_secs_f64());
        }
        println!("  COPY of the same rows    {:>9.0}", self.copied);
    }
}

/// Makes all products, then changes the values of some.
pub(crate) async fn measure(
    system: &System,
    catalog: &Catalog,
    options: &Options,
) -> Result<Rates> {
    let created = create(system, catalog, options).await?;
    let changed = write(system, catalog, options, options.products.min(CHANGED), 1).await?;
    Ok(Rates { created, changed, copied: copy(system, options.products).await? })
}

/// Makes all products.
pub(crate) async fn create(system: &System, catalog: &Catalog, options: &Options) -> Result<Rate> {
    write(system, catalog, options, options.products, 0).await
}

async fn write(
    system: &System,
    catalog: &Catalog,
    options: &Options,
    products: u64,
    round: u64,
) -> Result<Rate> {
    let before = system.cpu_seconds();
    let (started, next) = (Instant::now(), AtomicU64::new(0));
    let workers = (0..options.connections.max(1)).map(|_| async {
        let (mut client, mut since) = (system.staff().await?, Instant::now());
        let mut times = Samples::default();
        loop {
            let first = next.fetch_add(LINES as u64, Ordering::Relaxed);
            if first >= products {
                return anyhow::Ok(times);
            }
            if since.elapsed() > RENEW_AFTER {
                (client, since) = (system.staff().await?, Instant::now());
            }
            let lines = catalog.products(first..(first + LINES as u64).min(products), round);
            let sent = Instant::now();
            client.upsert("products", &lines).await?;
            times.push(sent.elapsed());
        }
    });
    let times = Samples::join(try_join_all(workers).await?);
    let took = started.elapsed();
    let spent = |(after, before): ([f64; 3], [f64; 3])| {
        std::array::from_fn(|part| after[part] - before[part])
    };
    let processor = system.cpu_seconds().zip(before).map(spent);
    let followed = follow(system).await?;
    Ok(Rate { products, took, times, processor, followed })
}

/// Waits until the documents of all changes are written.
async fn follow(system: &System) -> Result<Duration> {
    let (started, mut connection) = (Instant::now(), connect(system).await?);
    while sqlx::query_scalar("select exists (select from projection_task)")
        .fetch_one(&mut connection)
        .await?
    {
        ensure!(started.elapsed() < FOLLOW_TIMEOUT, "the shop does not follow");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(started.elapsed())
}

/// Rows a second of `product` and its categories into tables like them.
async fn copy(system: &System, products: u64) -> Result<f64> {
    let mut connection = connect(system).await?;
    let mut spent = Duration::ZERO;
    for table in ["product", "product_category"] {
        let like = format!("copy_of_{table}");
        for sql in [
            format!("drop table if exists {like}"),
            format!("create table {like} (like {table} including all)"),
        ] {
            connection.execute(AssertSqlSafe(sql)).await?;
        }
        let rows = read_rows(&mut connection, table).await?;
        let started = Instant::now();
        let mut copy =
            connection.copy_in_raw(&format!("copy {like} from stdin (format binary)")).await?;
        for chunk in rows.chunks(1024 * 1024) {
            copy.send(chunk).await?;
        }
        copy.finish().await?;
        spent += started.elapsed();
        connection.execute(AssertSqlSafe(format!("drop table {like}"))).await?;
    }
    Ok(products as f64 / spent.as_secs_f64())
}

async fn read_rows(connection: &mut PgConnection, table: &str) -> Result<Vec<u8>> {
    use futures::TryStreamExt;
    let mut rows = Vec::new();
    let mut stream =
        connection.copy_out_raw(&format!("copy {table} to stdout (format binary)")).await?;
    while let Some(chunk) = stream.try_next().await? {
        rows.extend_from_slice(&chunk);
    }
    Ok(rows)
}
