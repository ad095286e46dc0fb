//! The admin port: health and metrics, not for the outside.

use std::time::Duration;

use axum::{Router, extract::State, routing::get};
use http::StatusCode;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::Lifecycle;

/// Upper bounds of duration buckets, in seconds.
const BUCKETS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

const SUM_UP_EVERY: Duration = Duration::from_secs(5);

/// The process's metrics in Prometheus text format.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts recording, once per process, on the runtime that this is called on.
    pub fn install() -> anyhow::Result<Self> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)?
            .install_recorder()?;
        tokio::spawn(sum_up(handle.clone()));
        Ok(Self(handle))
    }
}

/// Single measurements are kept until somebody sums them up: without this their memory would grow
/// between two scrapes, without end if nobody scrapes.
async fn sum_up(metrics: PrometheusHandle) {
    loop {
        tokio::time::sleep(SUM_UP_EVERY).await;
        metrics.run_upkeep();
    }
}

/// `/livez` (the process runs), `/startupz` (it has started), `/readyz` (traffic is welcome: it never
/// asks another service) and `/metrics`.
pub fn admin_router(lifecycle: Lifecycle, metrics: Metrics) -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok" }))
        .route("/startupz", get(startupz))
        .route("/readyz", get(readyz))
        .with_state(lifecycle)
        .route("/metrics", get(|| async move { metrics.0.render() }))
}

async fn startupz(State(lifecycle): State<Lifecycle>) -> (StatusCode, &'static str) {
    if lifecycle.is_started() { (StatusCode::OK, "ok") } else { not_yet("starting") }
}

async fn readyz(State(lifecycle): State<Lifecycle>) -> (StatusCode, &'static str) {
    if lifecycle.is_ready() { (StatusCode::OK, "ok") } else { not_yet("not ready") }
}

fn not_yet(why: &'static str) -> (StatusCode, &'static str) {
    (StatusCode::SERVICE_UNAVAILABLE, why)
}
