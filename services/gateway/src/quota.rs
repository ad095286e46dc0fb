//! How much one client may ask for: a token bucket for each, told in `RateLimit` headers
//! (draft-ietf-httpapi-ratelimit-headers).

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::RateLimit;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// The map is split so that workers seldom wait for each other.
const SHARDS: usize = 16;
/// Clients remembered per shard; what is beyond shares one bucket per shard.
const CLIENTS_PER_SHARD: usize = 4096;
/// Looking through all clients of a shard takes time that not every request shall cost.
const CLEAN_AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// Stands for the clients that are not remembered.
const OTHERS: u64 = 0;

/// How fast a bucket fills, and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The policy's name in headers.
    name: &'static str,
    interval: Duration,
    burst: u32,
}

/// The buckets of all clients of one sort.
pub(crate) struct Quotas {
    started: Instant,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    /// Per client (its hash) the time, since the start, at which its bucket is full again (the
    /// "theoretical arrival time" of GCRA).
    full_at: HashMap<u64, Duration>,
    /// When clients with a full bucket were last forgotten.
    cleaned_at: Duration,
}

/// What is left to a client after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    pace: Pace,
    remaining: u32,
    full_after: Duration,
    /// Set if the request is one too many: when the next one may come.
    pub(crate) retry_after: Option<Duration>,
}

impl Pace {
    /// `None` if there is no limit.
    pub(crate) fn new(name: &'static str, limit: RateLimit) -> Option<Self> {
        let interval = Duration::from_secs(1).checked_div(limit.per_second)?;
        Some(Self { name, interval, burst: limit.burst.max(1) })
    }

    /// The new time at which the bucket is full, and what is left.
    fn spend(self, full_at: Duration, now: Duration) -> (Duration, Quota) {
        let capacity = self.interval * self.burst;
        let debt = full_at - now + self.interval;
        if debt > capacity {
            let (full_after, retry_after) = (full_at - now, Some(debt - capacity));
            return (full_at, Quota { pace: self, remaining: 0, full_after, retry_after });
        }
        let remaining = ((capacity - debt).as_nanos() / self.interval.as_nanos().max(1)) as u32;
        (now + debt, Quota { pace: self, remaining, full_after: debt, retry_after: None })
    }
}

impl Quotas {
    pub(crate) fn new(now: Instant) -> Self {
        Self { started: now, hasher: RandomState::new(), shards: Default::default() }
    }

    /// Takes one request out of the client's bucket.
    pub(crate) fn take(&self, client: impl Hash, pace: Pace, now: Instant) -> Quota {
        let client = self.hasher.hash_one(client);
        let now = now.saturating_duration_since(self.started);
        let shard = &self.shards[client as usize % SHARDS];
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = shard.full_at(client, now);
        let (new_full_at, quota) = pace.spend((*full_at).max(now), now);
        *full_at = new_full_at;
        quota
    }
}

impl Quota {
    /// Tells the client; what it was told of another quota stays.
    pub(crate) fn describe(&self, headers: &mut HeaderMap) {
        let Pace { name, interval, burst } = self.pace;
        let seconds = self.full_after.as_secs() + 1;
        let window_seconds = (interval * burst).as_secs_f64().ceil().max(1.0);
        let limit = format!("\"{name}\";r={};t={seconds}", self.remaining);
        let policy = format!("\"{name}\";q={burst};w={window_seconds:.0}");
        for (header, text) in [(RATE_LIMIT, limit), (RATE_LIMIT_POLICY, policy)] {
            headers.append(header, HeaderValue::try_from(text).expect("this is header text"));
        }
    }
}

impl Shard {
    /// The client's bucket, or the one of all others if there are too many clients.
    fn full_at(&mut self, client: u64, now: Duration) -> &mut Duration {
        let is_full = |shard: &Self| shard.full_at.len() >= CLIENTS_PER_SHARD;
        if is_full(self) && now.saturating_sub(self.cleaned_at) > CLEAN_AT_MOST_EVERY {
            self.cleaned_at = now;
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        let is_known = !is_full(self) || self.full_at.contains_key(&client);
        self.full_at.entry(if is_known { client } else { OTHERS }).or_default()
    }
}

/// One customer of an IPv6 provider has a whole /64.
pub(crate) fn network_of(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(per_second: u32, burst: u32) -> Pace {
        Pace::new("default", RateLimit { per_second, burst }).unwrap()
    }

    #[test]
    fn a_burst_is_allowed_and_then_the_long_run_rate() {
        let now = Instant::now();
        let (quotas, pace) = (Quotas::new(now), pace(10, 3));
        let left: Vec<u32> = (0..3).map(|_| quotas.take("erp", pace, now).remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = quotas.take("erp", pace, now);
        assert_eq!(refused.retry_after, Some(Duration::from_millis(100)));
        assert_eq!(quotas.take("crm", pace, now).retry_after, None);
        let later = now + Duration::from_millis(100);
        assert_eq!(quotas.take("erp", pace, later).retry_after, None);
        assert!(quotas.take("erp", pace, later).retry_after.is_some());
    }

    #[test]
    fn one_provider_network_is_one_client() {
        let network = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::2"));
        assert_eq!(network("::ffff:10.0.0.1"), network("10.0.0.1"));
        assert_ne!(network("10.0.0.1"), network("10.0.0.2"));
    }

    #[test]
    fn memory_does_not_grow_with_the_number_of_clients() {
        let now = Instant::now();
        let quotas = Quotas::new(now);
        for number in 0..200_000_u32 {
            quotas.take(number, pace(1, 1), now);
        }
        let clients: usize =
            quotas.shards.iter().map(|shard| shard.lock().unwrap().full_at.len()).sum();
        assert!(clients <= SHARDS * (CLIENTS_PER_SHARD + 1));
    }

    #[test]
    fn no_rate_is_no_limit() {
        assert_eq!(Pace::new("default", RateLimit { per_second: 0, burst: 1 }), None);
    }

    #[test]
    fn the_headers_name_the_same_policy_and_stand_beside_others() {
        let now = Instant::now();
        let mut headers = HeaderMap::new();
        Quotas::new(now).take("erp", pace(10, 20), now).describe(&mut headers);
        assert_eq!(headers["ratelimit"], "\"default\";r=19;t=1");
        assert_eq!(headers["ratelimit-policy"], "\"default\";q=20;w=2");
        Quotas::new(now).take("erp", pace(1, 1), now).describe(&mut headers);
        assert_eq!(headers.get_all("ratelimit").iter().count(), 2);
    }
}
