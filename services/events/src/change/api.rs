use std::time::Duration;

use access::{Allowed, scope};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contracts::event::{BATCH_CONTENT_TYPE, Event};
use problem::{Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Json, Query, openapi::Failures};

use super::{
    After, Log,
    log::Wanted,
    public::{self, EventType},
};

const DEFAULT_LIMIT: i64 = 100;
const MAX_LIMIT: i64 = 1000;
/// Longest wait, in milliseconds.
pub(crate) const MAX_WAIT: u64 = 30_000;
/// Types and patterns named at a time.
pub(crate) const MAX_PATTERNS: usize = 50;

/// Which changes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangeQuery {
    /// Only what came after: the `sequence` of the last event that was handled, or what `Next-After` said.
    /// `latest` begins with what is yet to come. Absent: with the oldest event that is kept.
    #[param(example = "4711")]
    after: Option<String>,
    /// Only these types, with commas: names as `order.confirmed`, `order.*` for all below. Absent: all.
    #[param(example = "order.*,payment.changed")]
    types: Option<String>,
    /// How long to wait for an event when there is none, in milliseconds.
    #[param(maximum = 30000, default = 0)]
    timeout: Option<u64>,
    /// Events per answer.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<i64>,
}

impl ChangeQuery {
    fn wanted(&self) -> Result<Wanted> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            let rule = format!("must be within 1 and {MAX_LIMIT}");
            return Err(Problem::invalid_parameter("limit", "out_of_range", rule));
        }
        let timeout = self.timeout.unwrap_or(0);
        if timeout > MAX_WAIT {
            let rule = format!("must be at most {MAX_WAIT}");
            return Err(Problem::invalid_parameter("timeout", "out_of_range", rule));
        }
        Ok(Wanted {
            after: After::parse(self.after.as_deref())?,
            types: self.types()?,
            limit,
            wait: Duration::from_millis(timeout),
        })
    }

    fn types(&self) -> Result<Vec<&'static str>> {
        let Some(text) = &self.types else { return Ok(public::expand::<&str>(&[])) };
        let patterns: Vec<&str> = text.split(',').map(str::trim).collect();
        if patterns.len() > MAX_PATTERNS {
            let rule = format!("must name at most {MAX_PATTERNS}");
            return Err(Problem::invalid_parameter("types", "too_many", rule));
        }
        if let Some(unknown) = patterns.iter().find(|pattern| !public::is_known(pattern)) {
            let rule = format!("there is no type {unknown}; GET /v1/changes/types lists all");
            return Err(Problem::invalid_parameter("types", "unknown", rule));
        }
        Ok(public::expand(&patterns))
    }
}

/// What happened.
///
/// The public facts of all services as CloudEvents 1.0, oldest first, in one order that never changes:
/// nothing is skipped, nothing comes twice. Handle the batch, keep the header `Next-After`, and ask again
/// with it as `after`; `[]` is the end for now, which `timeout` waits at. Events of one subject come in the
/// order in which they happened. Their `data` is the state after the event and holds nothing personal: the
/// scope `events:read` covers all types, which `GET /v1/changes/types` lists.
///
/// Events are kept for 90 days (`VITRINE_EVENT_DAYS`). A position from before is 410 `position_gone`: then
/// read the state anew, after asking for `after=latest`.
#[utoipa::path(
    get, path = "/v1/changes", operation_id = "list_changes", tag = "Changes",
    params(ChangeQuery),
    responses(
        (status = 200, description = "A batch, which may be empty.", body = Vec<Event>,
            content_type = "application/cloudevents-batch+json",
            headers(("Next-After" = String, description = "Give it as `after` to go on."))),
        (status = 410, description = "`position_gone`: events after this position are not kept any more; \
            `oldest_after` is the first position that can be asked for.", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many wait already.", body = ProblemBody,
            content_type = "application/problem+json"),
        Failures
    ),
    security(("bearer" = ["events:read"]))
)]
pub(crate) async fn list_changes(
    _: Allowed<scope::EventsRead>,
    State(log): State<Log>,
    Query(query): Query<ChangeQuery>,
) -> Result<Response> {
    let batch = log.read(&query.wanted()?).await?;
    let body = serde_json::to_vec(&batch.events).map_err(Problem::internal)?;
    let headers = [
        ("content-type", BATCH_CONTENT_TYPE.to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("next-after", batch.next.to_string()),
    ];
    Ok((headers, body).into_response())
}

/// All types of events.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventTypes {
    items: &'static [EventType],
}

/// List the types of events.
#[utoipa::path(
    get, path = "/v1/changes/types", operation_id = "list_event_types", tag = "Changes",
    responses((status = 200, description = "All of them.", body = EventTypes), Failures),
    security(("bearer" = ["events:read"]))
)]
pub(crate) async fn list_event_types(_: Allowed<scope::EventsRead>) -> Json<EventTypes> {
    Json(EventTypes { items: public::TYPES })
}
