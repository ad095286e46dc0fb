//! Kills processes, one after the other, and starts them again.

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use fastrand::Rng;
use load::System;

const POSTGRES: &str = "postgres";

/// Who is killed; the parts of the system that a purchase needs.
pub(super) const VICTIMS: [&str; 6] = ["order", "payment", POSTGRES, "catalog", "auth", "gateway"];

/// Kills as long as `goes_on`, everyone in turn and in an order that is chance. Returns how often each
/// was killed.
pub(super) async fn sabotage(
    system: &mut System,
    rng: &mut Rng,
    goes_on: &Cell<bool>,
) -> BTreeMap<&'static str, usize> {
    let mut kills = BTreeMap::new();
    let mut next = Vec::new();
    loop {
        pause(rng, 500..2500).await;
        if !goes_on.get() {
            return kills;
        }
        if next.is_empty() {
            next = VICTIMS.to_vec();
            rng.shuffle(&mut next);
        }
        let victim = next.pop().expect("it was filled");
        *kills.entry(victim).or_default() += 1;
        kill(system, victim).await;
        pause(rng, 0..1500).await;
        revive(system, victim).await;
    }
}

async fn pause(rng: &mut Rng, milliseconds: std::ops::Range<u64>) {
    tokio::time::sleep(Duration::from_millis(rng.u64(milliseconds))).await;
}

async fn kill(system: &mut System, victim: &'static str) {
    match victim {
        POSTGRES => system.kill_database().await.unwrap(),
        service => system.kill(service),
    }
}

/// Nobody else may have ended meanwhile.
async fn revive(system: &mut System, victim: &'static str) {
    match victim {
        POSTGRES => system.revive_database().await.unwrap(),
        service => system.revive(service).await.unwrap(),
    }
}
