//! How requests went, per route: the same metric as every service records, by handles made once.

use std::time::Duration;

use http::StatusCode;
use metrics::{Histogram, histogram};

use crate::routes::ROUTES;

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The durations of all routes; the last entry is for paths that are not public.
pub(crate) struct Meters(Vec<[Histogram; 5]>);

impl Meters {
    pub(crate) fn new() -> Self {
        let routes = ROUTES.iter().map(|route| route.prefix).chain(["unmatched"]);
        Self(routes.map(|route| CLASSES.map(|status| duration_of(route, status))).collect())
    }

    /// Records one request; `route` is the place in the list of routes.
    pub(crate) fn record(&self, route: Option<usize>, status: StatusCode, elapsed: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.0[route.unwrap_or(ROUTES.len())][class].record(elapsed.as_secs_f64());
    }
}

fn duration_of(route: &'static str, status: &'static str) -> Histogram {
    histogram!(
        "http_request_duration_seconds",
        "service" => "gateway",
        "route" => route,
        "status" => status,
    )
}
