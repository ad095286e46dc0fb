//! Who is on the other side of a connection.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::network::Networks;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The client of a request, as far as we believe what we are told.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// Its address.
    pub(crate) address: IpAddr,
    /// The same as header text.
    pub(crate) address_text: HeaderValue,
    /// `http` or `https`, as the client spoke it.
    pub(crate) scheme: HeaderValue,
}

impl Client {
    /// Whoever is connected.
    pub(crate) fn of_connection(peer: SocketAddr) -> Self {
        Self::of_address(peer.ip().to_canonical(), HeaderValue::from_static("http"))
    }

    fn of_address(address: IpAddr, scheme: HeaderValue) -> Self {
        let address_text =
            HeaderValue::from_str(&address.to_string()).expect("an address is header text");
        Self { address, address_text, scheme }
    }

    /// If the connected peer is a balancer we trust, the client it names: the last address of
    /// `X-Forwarded-For` that is not itself a trusted one.
    pub(crate) fn behind(&self, trusted: &Networks, headers: &HeaderMap) -> Option<Self> {
        if trusted.is_empty() || !trusted.contain(self.address) {
            return None;
        }
        let named = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let mut addresses: Vec<IpAddr> = Vec::new();
        for text in named.flat_map(|value| value.split(',')) {
            addresses.push(text.trim().parse().ok()?);
        }
        let address = addresses.iter().rev().find(|address| !trusted.contain(**address));
        let address = *address.or(addresses.first())?;
        let https = headers.get(FORWARDED_PROTO).is_some_and(|value| value == "https");
        let scheme = HeaderValue::from_static(if https { "https" } else { "http" });
        Some(Self::of_address(address.to_canonical(), scheme))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(peer: &str, forwarded_for: &str) -> Option<String> {
        let trusted = "10.0.0.0/8".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, forwarded_for.parse().unwrap());
        let client = Client::of_connection(peer.parse().unwrap()).behind(&trusted, &headers)?;
        Some(client.address.to_string())
    }

    #[test]
    fn a_trusted_balancer_names_the_client() {
        assert_eq!(named("10.0.0.1:1", "1.2.3.4").as_deref(), Some("1.2.3.4"));
    }

    #[test]
    fn what_a_client_claims_of_itself_is_not_believed() {
        assert_eq!(named("8.8.8.8:1", "1.2.3.4"), None);
        assert_eq!(named("10.0.0.1:1", "1.2.3.4, 5.6.7.8, 10.9.9.9").as_deref(), Some("5.6.7.8"));
        assert_eq!(named("10.0.0.1:1", "nonsense"), None);
    }
}
