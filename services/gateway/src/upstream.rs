//! A service behind the gateway: its replicas, which of them is asked, and how much at a time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use arc_swap::ArcSwap;

use crate::{
    budget::RetryBudget,
    config::{Origin, Origins},
    replica::Replica,
};

/// A service, by whatever replicas it has now.
pub(crate) struct Upstream {
    pub(crate) name: &'static str,
    pub(crate) budget: RetryBudget,
    pub(crate) origins: Vec<Origin>,
    pub(crate) replicas: ArcSwap<Vec<Arc<Replica>>>,
    pub(crate) workers: usize,
    in_flight: AtomicUsize,
    max_in_flight: usize,
}

/// One request's place at a service; given back when dropped.
pub(crate) struct Slot(Arc<Upstream>);

impl Upstream {
    pub(crate) fn new(
        name: &'static str,
        origins: &Origins,
        max_in_flight: usize,
        workers: usize,
    ) -> Self {
        Self {
            name,
            budget: RetryBudget::new(Instant::now()),
            origins: origins.0.clone(),
            replicas: ArcSwap::default(),
            workers,
            in_flight: AtomicUsize::new(0),
            max_in_flight,
        }
    }

    /// A place for one more request, unless the service has enough to do: what would only wait is
    /// refused at once, so that what is accepted stays fast.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Slot> {
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let slot = Slot(self.clone());
        (before < self.max_in_flight).then_some(slot)
    }

    /// The less busy of two replicas picked at random, of those that answer. One that is about to end is
    /// asked only if there is no other, and `avoid` only if there is not even such a one.
    pub(crate) fn pick(&self, avoid: Option<&Arc<Replica>>, now: Instant) -> Option<Arc<Replica>> {
        let replicas = self.replicas.load();
        let count = replicas.len();
        if count <= 1 {
            return replicas.first().filter(|only| only.circuit.admits(now)).cloned();
        }
        let (one, other) = two_of(count);
        let (first, second) = if replicas[one].load() <= replicas[other].load() {
            (one, other)
        } else {
            (other, one)
        };
        let rest = (0..count).filter(|index| *index != first && *index != second);
        let order = [first, second].into_iter().chain(rest).map(|index| &replicas[index]);
        let reluctance = |replica: &Arc<Replica>| match avoid {
            Some(avoid) if Arc::ptr_eq(avoid, replica) => 2,
            _ => u8::from(replica.is_leaving(now)),
        };
        let admits = |replica: &&Arc<Replica>| replica.circuit.admits(now);
        let of_rank = |rank| order.clone().filter(move |replica| reluctance(replica) == rank);
        (0..=2).find_map(|rank| of_rank(rank).find(admits)).cloned()
    }

    /// Whether there is another replica to ask.
    pub(crate) fn has_others(&self) -> bool {
        self.replicas.load().len() > 1
    }
}

fn two_of(count: usize) -> (usize, usize) {
    let one = fastrand::usize(..count);
    let other = fastrand::usize(..count - 1);
    (one, if other >= one { other + 1 } else { other })
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(replicas: usize, max_in_flight: usize) -> Arc<Upstream> {
        let upstream = Upstream::new("catalog", &Origins(Vec::new()), max_in_flight, 1);
        let replicas =
            (0..replicas).map(|port| Replica::new(([127, 0, 0, 1], port as u16).into(), 1));
        upstream.replicas.store(Arc::new(replicas.collect()));
        Arc::new(upstream)
    }

    #[test]
    fn more_than_the_allowed_number_in_flight_is_refused() {
        let upstream = upstream(1, 2);
        let slots = [upstream.enter(), upstream.enter()];
        assert!(slots.iter().all(Option::is_some) && upstream.enter().is_none());
        drop(slots);
        assert!(upstream.enter().is_some());
    }

    #[test]
    fn a_replica_that_is_down_is_not_picked() {
        let (upstream, now) = (upstream(3, 1), Instant::now());
        let replicas = upstream.replicas.load();
        replicas[0].circuit.broke(now);
        replicas[2].circuit.broke(now);
        for _ in 0..50 {
            assert!(Arc::ptr_eq(&upstream.pick(None, now).unwrap(), &replicas[1]));
        }
        replicas[1].circuit.broke(now);
        assert!(upstream.pick(None, now).is_none());
    }

    #[test]
    fn a_second_try_goes_elsewhere_if_there_is_an_elsewhere() {
        let (upstream, now) = (upstream(2, 1), Instant::now());
        let replicas = upstream.replicas.load();
        for _ in 0..50 {
            assert!(Arc::ptr_eq(&upstream.pick(Some(&replicas[0]), now).unwrap(), &replicas[1]));
        }
        replicas[1].circuit.broke(now);
        assert!(Arc::ptr_eq(&upstream.pick(Some(&replicas[0]), now).unwrap(), &replicas[0]));
    }
}
