use std::net::IpAddr;

use reqwest::Url;
use url::Host;

use super::{Refusal, address::is_public};

/// An address of the web that somebody named.
#[derive(Debug, Clone)]
pub(super) struct Target(Url);

impl Target {
    /// Reads an absolute `https` or `http` address without credentials and fragment.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let url = Url::parse(text)
            .map_err(|_| Refusal::Malformed("must be an address like https://erp.example/hook"))?;
        if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
            return Err(Refusal::Malformed("must begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Malformed("must not hold a user name or password"));
        }
        if url.fragment().is_some() {
            return Err(Refusal::Malformed("must not hold a fragment"));
        }
        Ok(Self(url))
    }

    /// What can be said of a target that is not allowed by name before its name is looked up.
    pub(super) fn check_guarded(&self) -> Result<(), Refusal> {
        if self.0.scheme() != "https" {
            return Err(Refusal::Malformed("must begin with https://"));
        }
        match self.address() {
            Some(address) if !is_public(address) => Err(Refusal::NotPublic),
            _ => Ok(()),
        }
    }

    /// Its host, if that is a name.
    pub(super) fn name(&self) -> Option<&str> {
        self.0.domain()
    }

    fn address(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    /// `host:port`, the port also where it is the usual one.
    pub(super) fn host_and_port(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        format!("{host}:{}", self.0.port_or_known_default().unwrap_or_default())
    }

    /// Whether there is nothing but a host and a port.
    pub(super) fn is_bare(&self) -> bool {
        self.0.path() == "/" && self.0.query().is_none()
    }

    pub(super) fn into_url(self) -> Url {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(text: &str) -> Option<Refusal> {
        Target::parse(text).and_then(|target| target.check_guarded()).err()
    }

    #[test]
    fn only_https_without_credentials_is_called() {
        assert_eq!(refusal("https://erp.example/hook?tenant=1"), None);
        for bad in [
            "",
            "erp.example",
            "/hook",
            "http://erp.example/",
            "ftp://erp.example/",
            "https://ada@erp.example/",
            "https://ada:x@erp.example/",
            "https://:x@erp.example/",
            "https://erp.example/#x",
            "https://",
            "file:///etc/passwd",
            "data:text/plain,x",
        ] {
            assert!(matches!(refusal(bad), Some(Refusal::Malformed(_))), "{bad}");
        }
    }

    #[test]
    fn no_spelling_of_an_address_inside_is_called() {
        for inside in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://127.0.0.1./",
            "https://0/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://１２７.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
        ] {
            assert_eq!(refusal(inside), Some(Refusal::NotPublic), "{inside}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".*") {
            refusal(&text);
        }

        #[test]
        fn every_address_of_loopback_is_refused_in_every_notation(low in 0_u32..0x0100_0000) {
            let address = std::net::Ipv4Addr::from(0x7f00_0000 | low);
            let number = u32::from(address);
            for host in [address.to_string(), number.to_string(), format!("{number:#x}"),
                         format!("[{}]", address.to_ipv6_mapped())] {
                prop_assert_eq!(refusal(&format!("https://{host}/")), Some(Refusal::NotPublic));
            }
        }
    }
}
