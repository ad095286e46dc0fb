use std::{fmt, str::FromStr, sync::Arc};

use super::target::Target;

/// Hosts inside that may be called all the same, also without TLS: `erp.internal:8443, 127.0.0.1:9000`,
/// each with its port, an IPv6 address in brackets. Empty where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList(Arc<[String]>);

impl AllowList {
    /// Whether the target is named by the list.
    pub(super) fn has(&self, target: &Target) -> bool {
        self.0.contains(&target.host_and_port())
    }
}

/// A word is not `host:port`.
#[derive(Debug)]
pub struct BadEntry(String);

impl fmt::Display for BadEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not like erp.internal:8443", self.0)
    }
}

impl FromStr for AllowList {
    type Err = BadEntry;
    fn from_str(text: &str) -> Result<Self, BadEntry> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(parse_entry).collect::<Result<_, _>>().map(Self)
    }
}

/// Read as part of an address, so that both are written in one way.
fn parse_entry(word: &str) -> Result<String, BadEntry> {
    let bad = || BadEntry(word.to_owned());
    let has_port =
        word.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok_and(|it| it > 0));
    let target = Target::parse(&format!("http://{word}/")).map_err(|_| bad())?;
    if has_port && target.is_bare() { Ok(target.host_and_port()) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_host_and_port_are_allowed() {
        let list: AllowList = "127.0.0.1:9000, ERP.internal:443,[::1]:80".parse().unwrap();
        let has = |url: &str| list.has(&Target::parse(url).unwrap());
        for url in [
            "http://127.0.0.1:9000/hook?x=1",
            "https://127.0.0.1:9000/",
            "https://erp.INTERNAL/x",
            "http://[::1]/",
            "http://2130706433:9000/",
            "http://127.1:9000/",
        ] {
            assert!(has(url), "{url}");
        }
        for url in [
            "http://127.0.0.1:9001/",
            "http://127.0.0.2:9000/",
            "http://127.0.0.1/",
            "http://erp.internal/",
            "http://erp.internal.example:443/",
            "http://localhost:9000/",
            "http://127.0.0.1.:9001/",
        ] {
            assert!(!has(url), "{url}");
        }
        assert!(!"".parse::<AllowList>().unwrap().has(&Target::parse("http://a:1").unwrap()));
    }

    #[test]
    fn an_entry_is_a_host_and_a_port_and_nothing_else() {
        for bad in ["a", "a:", "a:x", "a:0", "http://a:1", "a:1/x", "u@a:1", "a:1 b:2", ":1"] {
            assert!(bad.parse::<AllowList>().is_err(), "{bad}");
        }
    }
}
