//! Calls to addresses that clients name. Whoever may name one must not reach what only we can reach, so
//! an address is checked when it is named and again at each call, after it was looked up: the connection
//! goes to the very addresses that were checked, redirects are not followed, and no proxy is asked.

mod address;
mod allow;
mod target;

use std::{error::Error, fmt, net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use http::{HeaderMap, StatusCode};
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use tokio::time::timeout;

pub use self::allow::AllowList;
use self::{address::is_public, target::Target};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(3);
/// So much of an answer's body is read, so that the connection can be used again.
const MAX_ANSWER_BYTES: usize = 16 * 1024;
const ANSWER_BODY_TIMEOUT: Duration = Duration::from_secs(1);
/// Connections kept for the next call, for each host.
const IDLE_CONNECTIONS: usize = 4;

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is no address, or not one of a sort that is called.
    Malformed(&'static str),
    /// Its name stands for nothing, for now.
    Unknown,
    /// It is inside, or of no use to anybody.
    NotPublic,
}

impl Refusal {
    /// A stable code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Malformed(_) => "invalid_value",
            Self::Unknown => "unknown_host",
            Self::NotPublic => "address_not_allowed",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(rule) => rule,
            Self::Unknown => "the host's name cannot be resolved",
            Self::NotPublic => "the host is not on the public internet",
        })
    }
}

impl Error for Refusal {}

/// Why there was no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Refusal),
    /// Nobody there, or they hung up.
    NoConnection,
    TooSlow,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::NoConnection => f.write_str("there was no connection, or it broke"),
            Self::TooSlow => f.write_str("there was no answer in time"),
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

/// The client for such calls; cheap to clone.
#[derive(Clone)]
pub(crate) struct Egress {
    allow: AllowList,
    /// Connects to public addresses only, and by TLS only.
    guarded: Client,
    /// For hosts of the list alone.
    trusting: Client,
}

impl Egress {
    /// `limit`: a call must be over within this time.
    pub(crate) fn new(allow: AllowList, limit: Duration) -> Result<Self> {
        let builder = || {
            Client::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(limit)
                .redirect(Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(IDLE_CONNECTIONS)
                .user_agent("Vitrine")
        };
        let guarded = builder().https_only(true).dns_resolver(PublicOnly).build();
        let trusting = builder().build();
        let context = "no client for calls to the outside";
        Ok(Self { allow, guarded: guarded.context(context)?, trusting: trusting.context(context)? })
    }

    /// Whether the address may be called now.
    pub(crate) async fn check(&self, url: &str) -> Result<(), Refusal> {
        let target = Target::parse(url)?;
        if self.allow.has(&target) {
            return Ok(());
        }
        target.check_guarded()?;
        match target.name() {
            Some(name) => look_up(name).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// POST of these bytes of JSON.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let target = Target::parse(url).map_err(Failure::Refused)?;
        let client = if self.allow.has(&target) {
            &self.trusting
        } else {
            // Of a host that is an address already nothing is looked up.
            target.check_guarded().map_err(Failure::Refused)?;
            &self.guarded
        };
        let request = client.post(target.into_url()).headers(headers).body(body);
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut left = MAX_ANSWER_BYTES;
        let rest = async {
            while let Ok(Some(chunk)) = response.chunk().await {
                left = left.saturating_sub(chunk.len());
                if left == 0 {
                    break;
                }
            }
        };
        // The status has said everything: a body that does not end changes nothing.
        let _ = timeout(ANSWER_BODY_TIMEOUT, rest).await;
        Ok(Answer { status, headers })
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            return Failure::Refused(*refusal);
        }
        cause = error.source();
    }
    if error.is_timeout() { Failure::TooSlow } else { Failure::NoConnection }
}

/// Finds the addresses of a name; none if any of them is not public.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let addresses = look_up(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

async fn look_up(name: &str) -> Result<Vec<SocketAddr>, Refusal> {
    let found = timeout(LOOKUP_TIMEOUT, tokio::net::lookup_host((name, 0))).await;
    let Ok(Ok(addresses)) = found else { return Err(Refusal::Unknown) };
    let addresses: Vec<SocketAddr> = addresses.collect();
    if addresses.is_empty() {
        return Err(Refusal::Unknown);
    }
    if !addresses.iter().all(|address| is_public(address.ip())) {
        return Err(Refusal::NotPublic);
    }
    Ok(addresses)
}
