//! Finds the replicas behind a service's names, again and again: containers come and go.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::lookup_host, time::timeout};

use crate::{config::Origin, replica::Replica, upstream::Upstream};

const EVERY: Duration = Duration::from_secs(3);
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// Follows the names for as long as the gateway runs. Plain addresses need no following.
pub(crate) async fn keep_resolving(upstream: Arc<Upstream>) {
    let is_address = |origin: &Origin| origin.host.parse::<std::net::IpAddr>().is_ok();
    if upstream.origins.iter().all(is_address) {
        return;
    }
    loop {
        tokio::time::sleep(EVERY).await;
        upstream.resolve().await;
    }
}

impl Upstream {
    /// Looks all names up. Replicas that stay keep their connections; a name that cannot be looked up
    /// keeps the replicas we know.
    pub(crate) async fn resolve(&self) {
        let known = self.replicas.load_full();
        let known_addresses = || known.iter().map(|replica| replica.address);
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for origin in &self.origins {
            let lookup = lookup_host((origin.host.as_str(), origin.port));
            if let Ok(Ok(found)) = timeout(LOOKUP_TIMEOUT, lookup).await {
                addresses.extend(found);
            } else {
                tracing::warn!(service = self.name, %origin, "this address cannot be looked up");
                addresses.extend(known_addresses());
            }
        }
        addresses.sort_unstable();
        addresses.dedup();
        if known_addresses().eq(addresses.iter().copied()) {
            return;
        }
        tracing::info!(service = self.name, ?addresses, "replicas");
        let replica = |address: SocketAddr| {
            let same = known.iter().find(|replica| replica.address == address);
            same.cloned().unwrap_or_else(|| Replica::new(address, self.workers))
        };
        self.replicas.store(Arc::new(addresses.into_iter().map(replica).collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(origins: &str) -> Upstream {
        Upstream::new("catalog", &origins.parse().unwrap(), 1, 1)
    }

    #[tokio::test]
    async fn a_replica_that_stays_is_not_replaced() {
        let upstream = upstream("http://127.0.0.1:2,http://127.0.0.1:1,http://127.0.0.1:1");
        upstream.resolve().await;
        let before = upstream.replicas.load_full();
        assert_eq!(before.iter().map(|r| r.address.port()).collect::<Vec<_>>(), [1, 2]);
        upstream.resolve().await;
        assert!(Arc::ptr_eq(&before[0], &upstream.replicas.load()[0]));
    }

    #[tokio::test]
    async fn a_name_that_cannot_be_looked_up_takes_nothing_away() {
        let upstream = upstream("http://nowhere.invalid:1,http://127.0.0.1:1");
        upstream.resolve().await;
        assert_eq!(upstream.replicas.load().len(), 1);
    }
}
