//! Which address a request came from, through proxies that we trust and no others.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use http::{HeaderMap, request::Parts};
use problem::Problem;

/// Networks whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone)]
pub struct TrustedProxies(Arc<[Network]>);

#[derive(Debug, Clone, Copy)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl TrustedProxies {
    /// This machine alone.
    pub fn loopback() -> Self {
        "127.0.0.0/8,::1/128".parse().expect("these are networks")
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(|part| Network::parse(part.trim())).collect::<Result<_, _>>().map(Self)
    }
}

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let malformed =
            || format!("{text} is not a network such as 10.0.0.0/8 (VITRINE_TRUSTED_PROXIES)");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().map_err(|_| malformed())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| malformed())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        if prefix <= bits { Ok(Self { address, prefix }) } else { Err(malformed()) }
    }

    fn contains(&self, address: IpAddr) -> bool {
        let same_bits = |ours: u128, theirs: u128, length: u32| {
            self.prefix == 0 || (ours ^ theirs) >> (length - self.prefix) == 0
        };
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                same_bits(u32::from(ours).into(), u32::from(theirs).into(), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => same_bits(ours.into(), theirs.into(), 128),
            _ => false,
        }
    }
}

/// Where a request came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl ClientAddress {
    /// What is counted as one place: an IPv6 customer has a whole /64.
    pub(crate) fn place(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from(u128::from(address) & (u128::MAX << 64)))
            }
        }
    }
}

impl<State> FromRequestParts<State> for ClientAddress
where
    TrustedProxies: FromRef<State>,
    State: Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        // A request without a connection was made inside this process.
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V6(Ipv6Addr::LOCALHOST), |info| info.0.ip().to_canonical());
        Ok(Self(find_client(peer, &parts.headers, &TrustedProxies::from_ref(state))))
    }
}

/// Walks back along `X-Forwarded-For` from our peer as long as the hop is trusted.
fn find_client(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut client = peer;
    for hop in hops.iter().rev() {
        if !proxies.contains(client) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded_for: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded_for.parse().unwrap());
        let proxies = "127.0.0.0/8,10.0.0.0/8".parse().unwrap();
        find_client(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn a_header_is_believed_only_from_a_trusted_proxy() {
        assert_eq!(client("127.0.0.1", "203.0.113.9"), "203.0.113.9");
        assert_eq!(client("203.0.113.7", "198.51.100.1"), "203.0.113.7");
        assert_eq!(client("10.1.2.3", "198.51.100.1, 203.0.113.9, 10.0.0.4"), "203.0.113.9");
        assert_eq!(client("127.0.0.1", "not an address"), "127.0.0.1");
    }
}
