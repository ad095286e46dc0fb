use std::time::Instant;

use access::{Allowed, Caller, scope};
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode};
use problem::{Problem, Result, Violation};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use types::{ProductId, Sku};
use web::{
    Json,
    idempotency::{IdempotencyKey, Started, start},
    openapi::Failures,
};

use super::{
    Interaction, Kind, Line, MAX_KEY_LENGTH, Paces,
    import::{ImportReport, import},
    robot, store,
};

const MAX_ITEMS: usize = 500;

/// What somebody did.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInteractions {
    /// In the order it happened.
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<NewInteraction>,
}

/// One deed with one product. Who did it is taken from the token.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInteraction {
    /// What was done.
    #[serde(rename = "type")]
    kind: Kind,
    /// The product page.
    product_id: Option<ProductId>,
    /// The product, if not by `product_id`.
    sku: Option<Sku>,
    /// The visit, an id that the shop made up and nobody can guess.
    #[schema(min_length = 1, max_length = 128)]
    session: Option<String>,
    /// When, if not now; a time to come is taken as now.
    at: Option<DateTime<Utc>>,
}

/// How many were taken.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Accepted {
    /// Those that were taken.
    accepted: usize,
    /// Those that were left out: a robot's, and what one visitor sent beyond the bound.
    ignored: usize,
}

/// Tell what a shopper did.
///
/// Views, clicks, things put into the cart. Who did it is the token's customer or anonymous shopper;
/// without a token only the session counts. Needs no scope. Interactions with an `at` may be sent
/// again without being counted twice. Takes effect within seconds.
///
/// Left out is what comes from a robot by its `User-Agent`, and what one visitor sends beyond 1,000 at
/// once and five a second. Who looks at more than 60 products within a minute, or 1,000 within a day,
/// is no person either: what they did that day is kept, and says nothing about products. All without
/// token and session count as one visitor, once a day and product.
#[utoipa::path(
    post, path = "/v1/interactions", operation_id = "record_interactions", tag = "Interactions",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewInteractions, example = json!({
        "items": [{ "type": "view", "sku": "MUG-BLUE-S", "session": "0b9f3c1e" }]
    })),
    responses((status = 202, body = Accepted), Failures),
    security((), ("bearer" = []))
)]
pub(crate) async fn record_interactions(
    caller: Option<Caller>,
    State(db): State<PgPool>,
    State(paces): State<Paces>,
    headers: HeaderMap,
    key: Option<IdempotencyKey>,
    Json(body): Json<NewInteractions>,
) -> Result<Response> {
    let mut interactions = check(&body, caller.as_ref(), Utc::now())?;
    let sender = caller.map_or_else(|| "nobody".to_owned(), |one| one.subject.to_string());
    let mut transaction = db.begin().await?;
    let record =
        match start(&mut transaction, key.as_ref(), &sender, "record_interactions", &body).await? {
            Started::First(record) => record,
            Started::Replay(answer) => return Ok(answer),
        };
    // After the replay: what is sent again was admitted before.
    let (sent, is_robot, now) = (interactions.len(), robot::is_robot(&headers), Instant::now());
    interactions.retain(|one| {
        let visitor = one.customer.as_ref().or(one.session.as_ref());
        !is_robot && visitor.is_none_or(|visitor| paces.admit(visitor, now))
    });
    store::insert(&mut *transaction, &interactions).await?;
    let accepted = interactions.len();
    let answer = Accepted { accepted, ignored: sent - accepted };
    let answer = record.finish(&mut transaction, StatusCode::ACCEPTED, None, &answer).await?;
    transaction.commit().await?;
    Ok(answer)
}

fn check(
    body: &NewInteractions,
    caller: Option<&Caller>,
    now: DateTime<Utc>,
) -> Result<Vec<Interaction>> {
    if !(1..=MAX_ITEMS).contains(&body.items.len()) {
        let rule = format!("must have 1 to {MAX_ITEMS} entries");
        return Err(Problem::invalid("/items", "out_of_range", rule));
    }
    let customer = caller.filter(|one| one.is_shopper()).map(|one| one.subject.to_string());
    let violations: Vec<Violation> =
        (0..).zip(&body.items).filter_map(|(index, item)| broken_rule(index, item)).collect();
    if !violations.is_empty() {
        return Err(Problem::invalid_all(violations));
    }
    // A microsecond apart, so that the order is kept.
    let moments = (0..).map(|index| now + TimeDelta::microseconds(index));
    Ok(body
        .items
        .iter()
        .zip(moments)
        .map(|(item, moment)| Interaction {
            kind: item.kind,
            at: item.at.map_or(moment, |at| at.min(moment)),
            sku: item.sku.clone(),
            product_id: item.product_id,
            customer: customer.clone(),
            session: item.session.clone(),
            order: None,
            quantity: 1,
        })
        .collect())
}

fn broken_rule(index: usize, item: &NewInteraction) -> Option<Violation> {
    let at = |field: &str| format!("/items/{index}/{field}");
    if item.sku.is_none() && item.product_id.is_none() {
        return Some(Violation::at(at("sku"), "required", "sku or product_id must be given"));
    }
    if item.at.is_some_and(|time| time < DateTime::UNIX_EPOCH) {
        return Some(Violation::at(at("at"), "out_of_range", "must not be before 1970"));
    }
    let session = item.session.as_deref()?;
    let fits = (1..=MAX_KEY_LENGTH).contains(&session.chars().count());
    let rule = "must be 1 to 128 characters, none of them control";
    (!fits || session.chars().any(char::is_control))
        .then(|| Violation::at(at("session"), "invalid_value", rule))
}

/// Import history.
///
/// NDJSON, one interaction per line (a line may also hold an array of them), at most 100,000
/// interactions or 64 MB per request. Lines that break a rule are left out and reported; the others
/// are kept. A line that was imported before changes nothing, so a file may be sent again as a whole.
/// Products need not be known yet.
#[utoipa::path(
    post, path = "/v1/interactions/import", operation_id = "import_interactions",
    tag = "Interactions",
    request_body(content = Line, content_type = "application/x-ndjson", example = json!({
        "type": "purchase", "customer": "17850", "order": "536365", "sku": "MUG-BLUE-S",
        "quantity": 2, "at": "2026-11-23T10:15:00Z"
    })),
    responses((status = 200, body = ImportReport), (
        status = 413, body = problem::ProblemBody, content_type = "application/problem+json",
        description = "Too many lines or bytes; what came before them was imported."
    ), Failures),
    security(("bearer" = ["recommendations:write"]))
)]
pub(crate) async fn import_interactions(
    _: Allowed<scope::RecommendationsWrite>,
    State(db): State<PgPool>,
    body: Body,
) -> Result<Response> {
    let report = import(&db, body.into_data_stream(), Utc::now()).await?;
    Ok(Json(report).into_response())
}
