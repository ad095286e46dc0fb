//! How requests went, per route: the same metric as every service records, by handles made once.

use std::{sync::OnceLock, time::Duration};

use http::StatusCode;
use metrics::{Histogram, histogram};

use crate::routes::ROUTES;

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The durations of all routes; the last entry is for paths that are not public. A handle is made
/// when it is first needed, for then the process's recorder is surely installed.
pub(crate) struct Meters(Vec<[OnceLock<Histogram>; CLASSES.len()]>);

impl Meters {
    pub(crate) fn new() -> Self {
        Self((0..=ROUTES.len()).map(|_| Default::default()).collect())
    }

    /// Records one request; `route` is the place in the list of routes.
    pub(crate) fn record(&self, route: Option<usize>, status: StatusCode, elapsed: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        let index = route.unwrap_or(ROUTES.len());
        let make = || {
            let prefix = ROUTES.get(index).map_or("unmatched", |route| route.prefix);
            duration_of(prefix, CLASSES[class])
        };
        self.0[index][class].get_or_init(make).record(elapsed.as_secs_f64());
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
