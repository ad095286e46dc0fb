//! Rules on random catalogs, through the API alone. `SEED=<number>` repeats what failed.

mod bulk;
mod condition;
mod delivery;
mod evaluate;
mod exchange;
mod filter;
mod import;
mod measurement;
mod merge;
mod value;
mod world;

use fastrand::Rng;

/// A seed of its own for each run, which is told.
fn start() -> Rng {
    let seed =
        std::env::var("SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("SEED={seed}");
    Rng::with_seed(seed)
}
