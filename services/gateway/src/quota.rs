//! How much one client may ask for: a token bucket per address, told in `RateLimit` headers
//! (draft-ietf-httpapi-ratelimit-headers).

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
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
const OTHERS: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// The buckets of all clients.
pub(crate) struct Quotas {
    interval: Duration,
    burst: u32,
    policy: HeaderValue,
    started: Instant,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    /// Per client the time, since the start, at which its bucket is full again (the "theoretical
    /// arrival time" of GCRA).
    full_at: HashMap<IpAddr, Duration>,
    /// When clients with a full bucket were last forgotten.
    cleaned_at: Duration,
}

/// What is left to a client after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    remaining: u32,
    full_after: Duration,
    /// Set if the request is one too many: when the next one may come.
    pub(crate) retry_after: Option<Duration>,
}

impl Quotas {
    /// `None` if there is no limit.
    pub(crate) fn new(limit: RateLimit, now: Instant) -> Option<Self> {
        let interval = Duration::from_secs(1).checked_div(limit.per_second)?;
        let burst = limit.burst.max(1);
        let window_seconds = (interval * burst).as_secs_f64().ceil().max(1.0);
        let policy = format!("\"default\";q={burst};w={window_seconds:.0}");
        Some(Self {
            interval,
            burst,
            policy: HeaderValue::from_str(&policy).expect("numbers are header text"),
            started: now,
            hasher: RandomState::new(),
            shards: Default::default(),
        })
    }

    /// Takes one request out of the client's bucket.
    pub(crate) fn take(&self, client: IpAddr, now: Instant) -> Quota {
        let key = network_of(client);
        let shard = self.hasher.hash_one(key) as usize % SHARDS;
        let now = now.saturating_duration_since(self.started);
        let mut shard = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = shard.full_at(key, now);
        let (new_full_at, quota) = self.spend((*full_at).max(now), now);
        *full_at = new_full_at;
        quota
    }

    /// The new time at which the bucket is full, and what is left.
    fn spend(&self, full_at: Duration, now: Duration) -> (Duration, Quota) {
        let capacity = self.interval * self.burst;
        let debt = full_at - now + self.interval;
        if debt > capacity {
            let quota = Quota {
                remaining: 0,
                full_after: full_at - now,
                retry_after: Some(debt - capacity),
            };
            return (full_at, quota);
        }
        let remaining = ((capacity - debt).as_nanos() / self.interval.as_nanos().max(1)) as u32;
        (now + debt, Quota { remaining, full_after: debt, retry_after: None })
    }

    /// Tells the client its quota.
    pub(crate) fn describe(&self, quota: Quota, headers: &mut HeaderMap) {
        let seconds = quota.full_after.as_secs() + 1;
        let text = format!("\"default\";r={};t={seconds}", quota.remaining);
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(RATE_LIMIT, value);
        }
        headers.insert(RATE_LIMIT_POLICY, self.policy.clone());
    }
}

impl Shard {
    /// The client's bucket, or the one of all others if there are too many clients.
    fn full_at(&mut self, client: IpAddr, now: Duration) -> &mut Duration {
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
fn network_of(client: IpAddr) -> IpAddr {
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

    fn quotas(per_second: u32, burst: u32, now: Instant) -> Quotas {
        Quotas::new(RateLimit { per_second, burst }, now).unwrap()
    }

    #[test]
    fn a_burst_is_allowed_and_then_the_long_run_rate() {
        let now = Instant::now();
        let quotas = quotas(10, 3, now);
        let client = IpAddr::from([10, 0, 0, 1]);
        let left: Vec<u32> = (0..3).map(|_| quotas.take(client, now).remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        assert_eq!(quotas.take(client, now).retry_after, Some(Duration::from_millis(100)));
        assert_eq!(quotas.take([10, 0, 0, 2].into(), now).retry_after, None);
        let later = now + Duration::from_millis(100);
        assert_eq!(quotas.take(client, later).retry_after, None);
        assert!(quotas.take(client, later).retry_after.is_some());
    }

    #[test]
    fn one_provider_network_is_one_client() {
        let now = Instant::now();
        let quotas = quotas(1, 1, now);
        assert_eq!(quotas.take("2001:db8::1".parse().unwrap(), now).retry_after, None);
        assert!(quotas.take("2001:db8::2".parse().unwrap(), now).retry_after.is_some());
        assert_eq!(quotas.take("2001:db8:0:1::2".parse().unwrap(), now).retry_after, None);
    }

    #[test]
    fn memory_does_not_grow_with_the_number_of_clients() {
        let now = Instant::now();
        let quotas = quotas(1, 1, now);
        for number in 0..200_000_u32 {
            quotas.take(IpAddr::from(number.to_be_bytes()), now);
        }
        let clients: usize =
            quotas.shards.iter().map(|shard| shard.lock().unwrap().full_at.len()).sum();
        assert!(clients <= SHARDS * (CLIENTS_PER_SHARD + 1));
    }

    #[test]
    fn no_rate_is_no_limit() {
        assert!(Quotas::new(RateLimit { per_second: 0, burst: 1 }, Instant::now()).is_none());
    }

    #[test]
    fn the_headers_name_the_same_policy() {
        let now = Instant::now();
        let quotas = quotas(10, 20, now);
        let mut headers = HeaderMap::new();
        quotas.describe(quotas.take([10, 0, 0, 1].into(), now), &mut headers);
        assert_eq!(headers["ratelimit"], "\"default\";r=19;t=1");
        assert_eq!(headers["ratelimit-policy"], "\"default\";q=20;w=2");
    }
}
