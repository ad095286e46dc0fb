use std::{
    thread::available_parallelism,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use futures::future::try_join_all;
use load::Samples;

use crate::server::{Customer, PASSWORD, Server};

/// Logins at a time for each core: enough that a hash always waits, and no more than users accept.
const PER_CORE: usize = 4;
/// Between two looks at how long a refresh and a read take.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// Logins a second, and what others notice of them.
pub(crate) struct Rates {
    logins: f64,
    /// Argon2id with the same parameters, a thread per core, and nothing else.
    bare: f64,
    quiet: Latencies,
    storm: Latencies,
}

struct Latencies {
    refresh: Samples,
    read: Samples,
}

impl Rates {
    pub(crate) fn print(&self) {
        println!("logins, a second");
        println!("  bare Argon2id loop            {:>9.1}", self.bare);
        println!(
            "  auth                          {:>9.1}  ratio {:.2}",
            self.logins,
            self.logins / self.bare
        );
        for (name, latencies) in [("quiet", &self.quiet), ("in the storm", &self.storm)] {
            for (what, samples) in [("refresh", &latencies.refresh), ("read", &latencies.read)] {
                let (p50, p99) = (samples.percentile_ms(0.5), samples.percentile_ms(0.99));
                println!("  {what:<7} {name:<12}          p50 {p50:>6.1} ms, p99 {p99:>6.1} ms");
            }
        }
    }
}

/// A storm of logins, beside a bare loop of hashes before it.
pub(crate) async fn measure(server: &Server, duration: Duration) -> Result<Rates> {
    let cores = available_parallelism()?.get();
    let mut customers = Vec::new();
    for number in 0..=cores * PER_CORE {
        customers.push(server.register(&format!("login-{number}")).await?);
    }
    let watcher = customers.pop().ok_or_else(|| anyhow!("nobody watches"))?;
    let bare = tokio::task::spawn_blocking(move || hash_on_all_cores(cores, duration)).await??;
    let quiet = watch(server, watcher.clone(), duration).await?;
    let started = Instant::now();
    let counts = storm_of(server, &customers, duration).await?;
    let logins = f64::from(counts) / started.elapsed().as_secs_f64();
    let watcher = server.log_in(&watcher.email).await?;
    let (_, storm) =
        tokio::try_join!(storm_of(server, &customers, duration), watch(server, watcher, duration))?;
    Ok(Rates { logins, bare, quiet, storm })
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

/// Hashes a second.
fn hash_on_all_cores(cores: usize, duration: Duration) -> Result<f64> {
    let hash = Argon2::default()
        .hash_password(PASSWORD.as_bytes())
        .map_err(|error| anyhow!("hashing failed: {error}"))?
        .to_string();
    let started = Instant::now();
    let counts: Vec<Result<u32>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..cores).map(|_| scope.spawn(|| verify_again(&hash, duration))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err(anyhow!("a thread failed"))))
            .collect()
    });
    let count: u32 = counts.into_iter().collect::<Result<Vec<u32>>>()?.into_iter().sum();
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}

fn verify_again(hash: &str, duration: Duration) -> Result<u32> {
    let hash = PasswordHash::new(hash).map_err(|error| anyhow!("a bad hash: {error}"))?;
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed() < duration {
        Argon2::default()
            .verify_password(PASSWORD.as_bytes(), &hash)
            .map_err(|error| anyhow!("verifying failed: {error}"))?;
        count += 1;
    }
    Ok(count)
}
