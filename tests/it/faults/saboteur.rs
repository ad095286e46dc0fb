//! Kills processes, one after the other, and starts them again.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::Duration,
};

use fastrand::Rng;
use load::System;

const POSTGRES: &str = "postgres";

/// Who is killed; the parts of the system that a purchase needs, and who tells of it.
const VICTIMS: [&str; 7] = ["order", "payment", POSTGRES, "catalog", "auth", "gateway", "events"];

/// How often each was killed; killing goes on until it is ended.
#[derive(Default)]
pub(super) struct Sabotage {
    kills: RefCell<BTreeMap<&'static str, usize>>,
    is_over: Cell<bool>,
}

impl Sabotage {
    /// Kills everyone in turn, in an order that is chance.
    pub(super) async fn run(&self, system: &mut System, rng: &mut Rng) {
        let mut next = Vec::new();
        loop {
            pause(rng, 500..2500).await;
            if self.is_over.get() {
                return;
            }
            if next.is_empty() {
                next = VICTIMS.to_vec();
                rng.shuffle(&mut next);
            }
            let victim = next.pop().expect("it was filled");
            *self.kills.borrow_mut().entry(victim).or_default() += 1;
            kill(system, victim).await;
            pause(rng, 0..1500).await;
            revive(system, victim).await;
        }
    }

    pub(super) fn end(&self) {
        self.is_over.set(true);
    }

    pub(super) fn has_hit_everyone(&self) -> bool {
        self.kills.borrow().len() == VICTIMS.len()
    }

    pub(super) fn kills(&self) -> BTreeMap<&'static str, usize> {
        self.kills.borrow().clone()
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
