use std::{
    thread::available_parallelism,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use futures::future::try_join_all;
use load::Samples;

use crate::{
    hash,
    server::{Customer, Server},
};

/// Logins at a time for each core: enough that a hash always waits, and no more than users accept.
const PER_CORE: usize = 4;
/// Between two looks at how long a refresh and a read take.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// Rounds of logins, each beside one of bare hashes: what else the machine does hits both.
const ROUNDS: u32 = 10;
/// Of the time of a run.
const ROUND_SHARE: u32 = 4;

/// Logins a second, and what others notice of them.
pub(crate) struct Rates {
    rounds: Vec<Round>,
    quiet: Latencies,
    storm: Latencies,
}

/// Logins and bare hashes, one after the other.
struct Round {
    logins: f64,
    /// Argon2id with the same parameters, a thread per core, and nothing else.
    bare: f64,
    /// Processor time of one hash, and of one login: `auth`, PostgreSQL, the client; in milliseconds.
    cpu_ms: Option<[f64; 4]>,
}

struct Latencies {
    refresh: Samples,
    read: Samples,
}

impl Rates {
    pub(crate) fn print(&self) {
        let of_all = |value: fn(&Round) -> f64| sorted(self.rounds.iter().map(value));
        let ratios = of_all(|round| round.logins / round.bare);
        println!("logins, a second; median of {ROUNDS} rounds");
        println!("  bare Argon2id loop            {:>9.1}", middle(&of_all(|round| round.bare)));
        println!(
            "  auth                          {:>9.1}  ratio {:.2} ({:.2} to {:.2})",
            middle(&of_all(|round| round.logins)),
            middle(&ratios),
            ratios[0],
            ratios[ratios.len() - 1],
        );
        let cpu: Vec<[f64; 4]> = self.rounds.iter().filter_map(|round| round.cpu_ms).collect();
        if !cpu.is_empty() {
            let part = |place: usize| middle(&sorted(cpu.iter().map(|parts| parts[place])));
            let shares =
                cpu.iter().map(|[hash, auth, database, client]| hash / (auth + database + client));
            println!(
                "  processor time of a hash      {:>9.1} ms, of a login {:.1} in auth, {:.1} in PostgreSQL, {:.1} in the client: ratio {:.2}",
                part(0),
                part(1),
                part(2),
                part(3),
                middle(&sorted(shares))
            );
        }
        for (name, latencies) in [("quiet", &self.quiet), ("in the storm", &self.storm)] {
            for (what, samples) in [("refresh", &latencies.refresh), ("read", &latencies.read)] {
                let (p50, p99) = (samples.percentile_ms(0.5), samples.percentile_ms(0.99));
                println!("  {what:<7} {name:<12}          p50 {p50:>6.1} ms, p99 {p99:>6.1} ms");
            }
        }
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn middle(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

/// Storms of logins, each beside a bare loop of hashes.
pub(crate) async fn measure(server: &Server, duration: Duration) -> Result<Rates> {
    let cores = available_parallelism()?.get();
    let mut customers = Vec::new();
    for number in 0..=cores * PER_CORE {
        customers.push(server.register(&format!("login-{number}")).await?);
    }
    let watcher = customers.pop().ok_or_else(|| anyhow!("nobody watches"))?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(measure_round(server, &customers, cores, duration / ROUND_SHARE).await?);
    }
    let quiet = watch(server, watcher.clone(), duration).await?;
    let watcher = server.log_in(&watcher.email).await?;
    let (_, storm) =
        tokio::try_join!(storm_of(server, &customers, duration), watch(server, watcher, duration))?;
    Ok(Rates { rounds, quiet, storm })
}

async fn measure_round(
    server: &Server,
    customers: &[Customer],
    cores: usize,
    duration: Duration,
) -> Result<Round> {
    let began = server.cpu_seconds();
    let bare = tokio::task::spawn_blocking(move || hash::on_all_cores(cores, duration)).await??;
    let hashed = server.cpu_seconds();
    let started = Instant::now();
    let count = f64::from(storm_of(server, customers, duration).await?);
    let logins = count / started.elapsed().as_secs_f64();
    let ended = server.cpu_seconds();
    let cpu_ms = began.zip(hashed).zip(ended).map(|((began, hashed), ended)| {
        let hashes = bare * duration.as_secs_f64();
        let spent = |place: usize| 1e3 * (ended[place] - hashed[place]) / count;
        [1e3 * (hashed[2] - began[2]) / hashes, spent(0), spent(1), spent(2)]
    });
    Ok(Round { logins, bare, cpu_ms })
}

/// How many logins there were.
async fn storm_of(server: &Server, customers: &[Customer], duration: Duration) -> Result<u32> {
    let logins = customers.iter().map(|customer| log_in_again(server, customer, duration));
    Ok(try_join_all(logins).await?.into_iter().sum())
}

async fn log_in_again(server: &Server, customer: &Customer, duration: Duration) -> Result<u32> {
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed() < duration {
        server.log_in(&customer.email).await?;
        count += 1;
    }
    Ok(count)
}

/// Somebody who signed in before and goes on working.
async fn watch(server: &Server, customer: Customer, duration: Duration) -> Result<Latencies> {
    let (mut refresh, mut read) = (Samples::default(), Samples::default());
    let (started, mut token) = (Instant::now(), customer.refresh_token);
    while started.elapsed() < duration {
        let sent = Instant::now();
        token = server.refresh(&token).await?;
        refresh.push(sent.elapsed());
        let sent = Instant::now();
        server.get_me(&customer.access_token).await?;
        read.push(sent.elapsed());
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
    Ok(Latencies { refresh: Samples::join([refresh]), read: Samples::join([read]) })
}
