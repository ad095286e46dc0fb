//! The gateway's configuration.

use std::{fmt, str::FromStr, time::Duration};

use anyhow::Result;
use types::{Region, RegionError};
use web::{Env, ServerConfig};

use crate::{cors::AllowedOrigins, network::Networks, routes::Service};

/// The public address where nothing else is said.
pub const DEFAULT_PUBLIC_URL: &str = "http://127.0.0.1:8080";

/// Everything the gateway is told by its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens and how it ends (`VITRINE_LISTEN`, default `127.0.0.1:8080`).
    pub server: ServerConfig,
    /// `VITRINE_PUBLIC_URL`: the address that clients use, named in `/openapi.json`.
    pub public_url: String,
    /// Where the services are.
    pub upstreams: Upstreams,
    /// `VITRINE_GATEWAY_THREADS`: worker threads; 0, the default, is one per core.
    pub threads: usize,
    /// `VITRINE_TRUSTED_PROXIES`: networks such as `10.0.0.0/8, ::1` of the balancers in front, whose
    /// `X-Forwarded-For` and `X-Forwarded-Proto` are believed. None by default.
    pub trusted_proxies: Networks,
    /// `VITRINE_CORS_ORIGINS`: origins such as `https://shop.example` whose web pages may call from a
    /// browser, with commas, or `*`. None by default.
    pub cors_origins: AllowedOrigins,
    /// `VITRINE_ISSUER`: the issuer of the tokens that name a connection; the public address.
    pub issuer: String,
    /// How much one client address may ask for.
    pub rate_limit: RateLimit,
    /// `VITRINE_CONNECTION_RATE_LIMIT_PER_SECOND`: requests a second of one connection (an API client of
    /// another system) that has no limit of its own (100000); 0 is no limit.
    pub connection_rate_limit: u32,
    /// `VITRINE_MAX_CONNECTIONS`: client connections served at a time (10000); more wait in the
    /// kernel's queue.
    pub max_connections: usize,
    /// `VITRINE_MAX_IN_FLIGHT`: requests that one service works on for us at a time (512); more get 503.
    pub max_in_flight: usize,
    /// What ordinary requests may take.
    pub ordinary: Limits,
    /// What bulk writes, uploads and exports may take.
    pub bulk: Limits,
    /// What imports may take that are one long upload.
    pub import: Limits,
    /// `VITRINE_PAGE_TIMEOUT_MS`: how long a page waits for the part it cannot do without (5000).
    pub page_timeout: Duration,
    /// `VITRINE_PAGE_PART_TIMEOUT_MS`: how long a page waits for any other part (400).
    pub page_part_timeout: Duration,
}

/// How much one client address may ask for.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    /// `VITRINE_RATE_LIMIT_PER_SECOND`: requests a second in the long run (100000); 0 is no limit.
    pub per_second: u32,
    /// `VITRINE_RATE_LIMIT_BURST`: requests at once after a pause (100000).
    pub burst: u32,
}

/// What requests of one class may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// `VITRINE_BODY_BYTES` (1 MiB), `VITRINE_BULK_BODY_BYTES` (256 MiB), `VITRINE_IMPORT_BODY_BYTES`
    /// (2 GiB): largest request body.
    pub body_bytes: u64,
    /// `VITRINE_UPSTREAM_TIMEOUT_MS` (10000), `VITRINE_BULK_TIMEOUT_MS` (60000),
    /// `VITRINE_IMPORT_TIMEOUT_MS` (3600000): the service must begin to answer within this time.
    pub patience: Duration,
}

/// Where the services are; each value is one address or several with commas. An address is
/// `http://host:port`; a host name stands for all its addresses and is looked up again and again.
#[derive(Debug, Clone)]
pub struct Upstreams {
    /// `VITRINE_AUTH_URL` (`http://127.0.0.1:8081`).
    pub auth: Origins,
    /// `VITRINE_CATALOG_URL` (`http://127.0.0.1:8082`).
    pub catalog: Origins,
    /// `VITRINE_ORDER_URL` (`http://127.0.0.1:8083`).
    pub order: Origins,
    /// `VITRINE_PAYMENT_URL` (`http://127.0.0.1:8084`).
    pub payment: Origins,
    /// `VITRINE_PAYMENT_CELLS`: the payment service of each region, as
    /// `eu=http://payment-eu:8084 us=http://payment-us:8084`; with them `payment` is not used.
    pub payment_cells: Cells,
    /// `VITRINE_RECOMMENDATION_URL` (`http://127.0.0.1:8085`).
    pub recommendation: Origins,
    /// `VITRINE_EVENTS_URL` (`http://127.0.0.1:8086`).
    pub events: Origins,
}

impl Config {
    /// Reads the variables.
    pub fn from_env(env: &mut Env) -> Result<Self> {
        let public_url = env.or("VITRINE_PUBLIC_URL", DEFAULT_PUBLIC_URL.to_owned())?;
        Ok(Self {
            server: ServerConfig::from_env(env, 8080, 9080)?,
            issuer: env.or("VITRINE_ISSUER", public_url.clone())?,
            public_url,
            upstreams: Upstreams::from_env(env)?,
            threads: env.or("VITRINE_GATEWAY_THREADS", 0)?,
            trusted_proxies: env.or("VITRINE_TRUSTED_PROXIES", Networks::default())?,
            cors_origins: env.or("VITRINE_CORS_ORIGINS", AllowedOrigins::None)?,
            rate_limit: RateLimit {
                per_second: env.or("VITRINE_RATE_LIMIT_PER_SECOND", 100_000)?,
                burst: env.or("VITRINE_RATE_LIMIT_BURST", 100_000)?,
            },
            connection_rate_limit: env.or("VITRINE_CONNECTION_RATE_LIMIT_PER_SECOND", 100_000)?,
            max_connections: env.or("VITRINE_MAX_CONNECTIONS", 10_000)?,
            max_in_flight: env.or("VITRINE_MAX_IN_FLIGHT", 512)?,
            ordinary: Limits {
                body_bytes: env.or("VITRINE_BODY_BYTES", 1024 * 1024)?,
                patience: milliseconds(env, "VITRINE_UPSTREAM_TIMEOUT_MS", 10_000)?,
            },
            bulk: Limits {
                body_bytes: env.or("VITRINE_BULK_BODY_BYTES", 256 * 1024 * 1024)?,
                patience: milliseconds(env, "VITRINE_BULK_TIMEOUT_MS", 60_000)?,
            },
            import: Limits {
                body_bytes: env.or("VITRINE_IMPORT_BODY_BYTES", 2 * 1024 * 1024 * 1024)?,
                patience: milliseconds(env, "VITRINE_IMPORT_TIMEOUT_MS", 3_600_000)?,
            },
            page_timeout: milliseconds(env, "VITRINE_PAGE_TIMEOUT_MS", 5_000)?,
            page_part_timeout: milliseconds(env, "VITRINE_PAGE_PART_TIMEOUT_MS", 400)?,
        })
    }

    /// Where `auth` publishes its keys: at the first of its addresses.
    pub(crate) fn auth_url(&self) -> String {
        let [origin, ..] = &self.upstreams.auth.0[..] else { return String::new() };
        let Origin { host, port } = origin;
        if host.contains(':') {
            format!("http://[{host}]:{port}")
        } else {
            format!("http://{origin}")
        }
    }

    /// How many worker threads there are to be.
    pub(crate) fn worker_count(&self) -> usize {
        if self.threads > 0 {
            return self.threads;
        }
        std::thread::available_parallelism().map_or(1, usize::from)
    }
}

fn milliseconds(env: &mut Env, name: &str, default: u64) -> Result<Duration> {
    env.or(name, default).map(Duration::from_millis)
}

impl Upstreams {
    fn from_env(env: &mut Env) -> Result<Self> {
        let mut origins = |name: &str, port: u16| {
            env.or(name, Origins(vec![Origin { host: "127.0.0.1".to_owned(), port }]))
        };
        Ok(Self {
            auth: origins("VITRINE_AUTH_URL", 8081)?,
            catalog: origins("VITRINE_CATALOG_URL", 8082)?,
            order: origins("VITRINE_ORDER_URL", 8083)?,
            payment: origins("VITRINE_PAYMENT_URL", 8084)?,
            recommendation: origins("VITRINE_RECOMMENDATION_URL", 8085)?,
            events: origins("VITRINE_EVENTS_URL", 8086)?,
            payment_cells: env.or("VITRINE_PAYMENT_CELLS", Cells::default())?,
        })
    }

    /// Where this service is.
    pub(crate) fn of(&self, service: Service) -> &Origins {
        match service {
            Service::Auth => &self.auth,
            Service::Catalog => &self.catalog,
            Service::Order => &self.order,
            Service::Payment => &self.payment,
            Service::Recommendation => &self.recommendation,
            Service::Events => &self.events,
        }
    }
}

/// The payment service of each region, in the order in which they are configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells(pub Vec<(Region, Origins)>);

impl FromStr for Cells {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut cells: Vec<(Region, Origins)> = Vec::new();
        for word in text.split_whitespace() {
            let (region, origins) =
                word.split_once('=').ok_or_else(|| format!("{word:?} has no ="))?;
            let region: Region = region.parse().map_err(|error: RegionError| error.to_string())?;
            if cells.iter().any(|(other, _)| *other == region) {
                return Err(format!("{region} comes twice"));
            }
            cells.push((region, origins.parse()?));
        }
        Ok(Self(cells))
    }
}

/// One or more addresses of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins(pub Vec<Origin>);

/// One address of a service, `http://host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// A name or an IP address (IPv6 without brackets).
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

impl FromStr for Origins {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Origin {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let problem = || format!("{text:?} is not an address like http://127.0.0.1:8081");
        let uri: http::Uri = text.parse().map_err(|_| problem())?;
        if uri.scheme_str() != Some("http") || !matches!(uri.path(), "" | "/") {
            return Err(problem());
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(problem)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { host, port: uri.port_u16().unwrap_or(80) })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_may_have_several_addresses() {
        let origins: Origins =
            "http://10.0.0.1:8082, http://catalog:8082/,http://[::1]".parse().unwrap();
        let text: Vec<String> = origins.0.iter().map(ToString::to_string).collect();
        assert_eq!(text, ["10.0.0.1:8082", "catalog:8082", "::1:80"]);
    }

    #[test]
    fn an_address_is_plain_http_without_a_path() {
        for bad in
            ["", "catalog:8082", "https://catalog", "http://catalog/v1", "http://a,,http://b"]
        {
            assert!(bad.parse::<Origins>().is_err(), "{bad}");
        }
    }
}
