use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
    vec::IntoIter,
};

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use load::{Client, Samples, System};
use sqlx::{AssertSqlSafe, Executor, PgConnection};

use crate::{
    Options,
    catalog::{Catalog, LINES},
    connect,
};

/// Products whose lines are written before they are sent: it is the system that is measured. A token lasts
/// for as many.
const WAVE: usize = 20_000;
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
    let (mut took, mut times) = (Duration::ZERO, Vec::new());
    let mut processor = Some([0.0; 3]);
    for first in (0..products).step_by(WAVE) {
        let until = products.min(first + WAVE as u64);
        let requests = (first..until)
            .step_by(LINES)
            .map(|first| catalog.lines(first..until.min(first + LINES as u64), round));
        let requests = Mutex::new(requests.collect::<Vec<_>>().into_iter());
        let clients = (0..options.connections.max(1)).map(|_| system.staff());
        let clients = try_join_all(clients).await?;
        let (before, started) = (system.cpu_seconds(), Instant::now());
        let sent = clients.iter().map(|client| send(client, &requests));
        times.extend(try_join_all(sent).await?);
        took += started.elapsed();
        let spent = system.cpu_seconds().zip(before);
        processor = processor.zip(spent).map(|(sum, (after, before))| {
            std::array::from_fn(|part| sum[part] + after[part] - before[part])
        });
    }
    let followed = follow(system).await?;
    Ok(Rate { products, took, times: Samples::join(times), processor, followed })
}

/// Sends requests for as long as there are any.
async fn send(client: &Client, requests: &Mutex<IntoIter<String>>) -> Result<Samples> {
    let mut times = Samples::default();
    loop {
        let next = requests.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some(lines) = next else { return Ok(times) };
        let sent = Instant::now();
        client.upsert_lines("products", lines).await?;
        times.push(sent.elapsed());
    }
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
