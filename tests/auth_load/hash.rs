use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use argon2::{Argon2, Block, Params};

use crate::server::PASSWORD;

const SALT: &[u8; 16] = b"a salt of sixtee";

/// Hashes a second of Argon2id with the parameters of `auth`, a thread per core and nothing else. Each
/// thread keeps its memory from hash to hash, as those of `auth` do.
pub(crate) fn on_all_cores(cores: usize, duration: Duration) -> Result<f64> {
    let started = Instant::now();
    let counts: Vec<Result<u32>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(|| hash_again(duration))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err(anyhow!("a thread failed"))))
            .collect()
    });
    let count: u32 = counts.into_iter().collect::<Result<Vec<u32>>>()?.into_iter().sum();
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}

fn hash_again(duration: Duration) -> Result<u32> {
    let argon2 = Argon2::default();
    let mut memory = vec![Block::new(); Params::default().block_count()];
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed() < duration {
        argon2
            .hash_password_into_with_memory(PASSWORD.as_bytes(), SALT, &mut output, &mut memory)
            .map_err(|error| anyhow!("hashing failed: {error}"))
            .context("a bare hash")?;
        count += 1;
    }
    Ok(count)
}
