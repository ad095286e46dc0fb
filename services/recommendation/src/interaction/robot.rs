//! Whose deeds are taken: not those of robots that say so, and of one visitor not without bound. Robots that
//! pass as people are told by their pace, where interactions are learned from (see `knowledge`).

use std::{sync::Arc, time::Instant};

use http::{HeaderMap, header};
use moka::sync::Cache;
use parking_lot::Mutex;

/// Interactions of one visitor that are taken at once, and per second after that.
const BURST: f64 = 1_000.0;
const PER_SECOND: f64 = 5.0;
/// Visitors whose pace is remembered.
const VISITORS: u64 = 100_000;

/// How crawlers, monitors, and programs that fetch previews call themselves. Tools that also forward what
/// shoppers do (curl, HTTP libraries) are not among them.
const ROBOTS: [&str; 14] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "headless",
    "lighthouse",
    "pagespeed",
    "preview",
    "pingdom",
    "uptime",
    "statuscake",
    "facebookexternalhit",
    "mediapartners",
    "archive.org",
];
/// A telephone.
const NO_ROBOT: &str = "cubot";

/// Whether the sender calls itself a robot.
pub(super) fn is_robot(headers: &HeaderMap) -> bool {
    let Some(agent) = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()) else {
        return false;
    };
    let agent = agent.to_ascii_lowercase().replace(NO_ROBOT, "");
    ROBOTS.iter().any(|name| agent.contains(name))
}

/// How much each visitor may still send; known to this replica alone.
#[derive(Clone)]
pub(crate) struct Paces(Cache<String, Arc<Mutex<Pace>>>);

struct Pace {
    left: f64,
    at: Instant,
}

impl Default for Paces {
    fn default() -> Self {
        Self(Cache::new(VISITORS))
    }
}

impl Paces {
    /// Whether another interaction of the visitor is taken now.
    pub(super) fn admit(&self, visitor: &str, now: Instant) -> bool {
        let pace = match self.0.get(visitor) {
            Some(pace) => pace,
            None => self
                .0
                .get_with_by_ref(visitor, || Arc::new(Mutex::new(Pace { left: BURST, at: now }))),
        };
        pace.lock().take(now)
    }
}

impl Pace {
    fn take(&mut self, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + since * PER_SECOND).min(BURST);
        self.at = now;
        let is_taken = self.left >= 1.0;
        if is_taken {
            self.left -= 1.0;
        }
        is_taken
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn robots_say_so_and_people_and_forwarding_tools_do_not() {
        let is_robot = |agent: &'static str| {
            is_robot(&HeaderMap::from_iter([(header::USER_AGENT, agent.parse().unwrap())]))
        };
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; Yahoo! Slurp)",
            "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0 Safari/537.36",
            "Baiduspider+(+http://www.baidu.com/search/spider.htm)",
        ] {
            assert!(is_robot(agent), "{agent}");
        }
        for agent in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0",
            "Mozilla/5.0 (Linux; Android 10; CUBOT P40) AppleWebKit/537.36 Chrome/120.0 Mobile",
            "curl/8.5.0",
            "",
        ] {
            assert!(!is_robot(agent), "{agent}");
        }
        assert!(!super::is_robot(&HeaderMap::new()));
    }

    #[test]
    fn a_visitor_sends_a_thousand_at_once_and_then_five_a_second() {
        let (paces, start) = (Paces::default(), Instant::now());
        let count = |visitor, now| (0..2_000).filter(|_| paces.admit(visitor, now)).count();
        assert_eq!((count("a", start), count("b", start)), (1_000, 1_000));
        assert_eq!(count("a", start + Duration::from_secs(2)), 10);
    }
}
