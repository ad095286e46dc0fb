//! The parts of a page: each with a deadline, a circuit, and a memory if it is public.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::time::timeout;

use super::ask::{Refusal, Visitor};

/// How a part of a page came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PartStatus {
    /// It is what the service says now.
    Ok,
    /// The service did not answer in time, or has no such thing; the part is null.
    Missing,
    /// The service did not answer in time; this is what it said at most 15 minutes ago.
    Stale,
}

/// How a part of a page came to be, and how long that took.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub(crate) struct PartReport {
    status: PartStatus,
    /// Milliseconds.
    took_ms: u64,
}

/// Every part of a page by name.
pub(crate) type Parts = BTreeMap<&'static str, PartReport>;

/// Raw JSON of a part; null where it is missing.
pub(crate) type PartBody = Option<Arc<RawValue>>;

/// A part that was asked for.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) body: PartBody,
    pub(super) report: PartReport,
}

/// A part's name and how it is treated.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    /// Its name in the page's `parts`.
    pub(super) name: &'static str,
    /// Name of its circuit; unique among all pages.
    pub(super) circuit: &'static str,
    /// Whether everybody sees the same, so that it may be shown again when the service is down.
    pub(super) is_public: bool,
}

impl Visitor {
    /// The part that the page cannot do without. Fails with what the service said.
    pub(super) async fn require<F>(&self, plan: Plan, work: F) -> Result<Part, Refusal>
    where
        F: Future<Output = Result<Box<RawValue>, Refusal>>,
    {
        let started = Instant::now();
        let key = self.memory_key(plan);
        match work.await {
            Ok(body) => Ok(self.fresh(plan, key, body.into(), started).await),
            Err(refusal) if refusal.is_outage() => {
                let part = self.recall_part(plan, key, started).await;
                if part.body.is_some() { Ok(part) } else { Err(refusal) }
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// A part that the page can do without.
    pub(super) async fn try_for<F>(&self, plan: Plan, work: F) -> Part
    where
        F: Future<Output = Result<Box<RawValue>, Refusal>>,
    {
        let started = Instant::now();
        let key = self.memory_key(plan);
        let circuit = self.app.gateway.memory.circuit(plan.circuit);
        if !circuit.admits(started) {
            return self.recall_part(plan, key, started).await;
        }
        match timeout(self.part_patience(), work).await {
            Ok(Ok(body)) => {
                circuit.succeeded();
                self.fresh(plan, key, body.into(), started).await
            }
            Ok(Err(refusal)) if !refusal.is_outage() => {
                circuit.succeeded();
                Part::new(plan, None, PartStatus::Missing, started)
            }
            Ok(Err(_)) | Err(_) => {
                if circuit.failed(Instant::now()) {
                    tracing::warn!(part = plan.circuit, "this part is left out for a while");
                }
                self.recall_part(plan, key, started).await
            }
        }
    }

    /// How long the part that a page cannot do without may take.
    pub(super) fn patience(&self) -> Duration {
        self.app.gateway.config.page_timeout
    }

    /// How long any other part may take.
    pub(super) fn part_patience(&self) -> Duration {
        self.app.gateway.config.page_part_timeout
    }

    fn memory_key(&self, plan: Plan) -> Option<String> {
        let context = self.in_context(self.key());
        plan.is_public.then(|| format!("{} {context} {}", plan.circuit, self.language()))
    }

    async fn fresh(
        &self,
        plan: Plan,
        key: Option<String>,
        body: Arc<RawValue>,
        started: Instant,
    ) -> Part {
        if let Some(key) = key {
            self.app.gateway.memory.remember(key, body.clone()).await;
        }
        Part::new(plan, Some(body), PartStatus::Ok, started)
    }

    async fn recall_part(&self, plan: Plan, key: Option<String>, started: Instant) -> Part {
        let body = match key {
            Some(key) => self.app.gateway.memory.recall(&key).await,
            None => None,
        };
        let status = if body.is_some() { PartStatus::Stale } else { PartStatus::Missing };
        Part::new(plan, body, status, started)
    }
}

impl Part {
    /// A part that came with another one.
    pub(super) fn at_hand(plan: Plan, with: &Self, body: Option<Box<RawValue>>) -> Self {
        let status = if body.is_some() { with.report.status } else { PartStatus::Missing };
        let report = PartReport { status, took_ms: 0 };
        Self { name: plan.name, body: body.map(Into::into), report }
    }

    fn new(plan: Plan, body: PartBody, status: PartStatus, started: Instant) -> Self {
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Self { name: plan.name, body, report: PartReport { status, took_ms } }
    }
}

/// The reports of these parts.
pub(super) fn reports<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Parts {
    parts.into_iter().map(|part| (part.name, part.report)).collect()
}

/// A whole page. Pages that show what only one person may see are not kept by anybody.
pub(crate) struct Page<T> {
    pub(super) content: T,
    pub(super) is_public: bool,
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let cache = if self.is_public { "no-cache" } else { "private, no-store" };
        let mut response = web::Json(self.content).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        response
    }
}
