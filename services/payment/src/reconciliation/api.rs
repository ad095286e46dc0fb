use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use problem::{Problem, Result, Violation};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use uuid::Uuid;
use web::{
    Json, Page, PageQuery, Path, Query,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{DifferenceKind, Reconciliation, store};
use crate::app::{App, CommonErrors, PAYMENTS, WriteErrors};

const MAX_DAYS: i64 = 92;

/// What is to be compared.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReconciliation {
    /// The connector.
    #[schema(example = "stripe")]
    connector: String,
    /// Charges that were made since.
    from: DateTime<Utc>,
    /// Charges that were made before; at most 92 days later, and not in the future.
    until: DateTime<Utc>,
}

impl NewReconciliation {
    fn check(&self, app: &App) -> Result<()> {
        let mut violations = Vec::new();
        if app.connectors.find(&self.connector).is_none() {
            violations.push(Violation::at("/connector", "unknown_connector", "is not configured"));
        }
        if self.until <= self.from || self.until - self.from > TimeDelta::days(MAX_DAYS) {
            let rule = "must be after `from`, by at most 92 days";
            violations.push(Violation::at("/until", "out_of_range", rule));
        }
        if self.until > Utc::now() {
            violations.push(Violation::at("/until", "out_of_range", "must not be in the future"));
        }
        if violations.is_empty() { Ok(()) } else { Err(Problem::invalid_all(violations)) }
    }
}

/// Start a reconciliation
///
/// Compares what a connector charged and gave back in a time with what was booked here. Runs by itself;
/// read it again to see how far it is. The same happens once a day for every connector.
#[utoipa::path(
    post, path = "/v1/payments/reconciliations", operation_id = "create_reconciliation",
    tag = PAYMENTS, security(("bearer" = ["payments:write"])),
    params(("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters")),
    request_body(content = NewReconciliation, example = json!({
        "connector": "sandbox", "from": "2026-11-01T00:00:00Z", "until": "2026-11-02T00:00:00Z"
    })),
    responses(
        (status = 202, body = Reconciliation, description = "It was begun",
         headers(("Location" = String, description = "Its address"))),
        CommonErrors, WriteErrors,
    )
)]
pub(crate) async fn create_reconciliation(
    State(app): State<App>,
    Allowed { caller, .. }: Allowed<scope::PaymentsWrite>,
    key: IdempotencyKey,
    Json(new): Json<NewReconciliation>,
) -> Result<Response> {
    new.check(&app)?;
    let caller = caller.subject.to_string();
    let mut transaction = app.db.begin().await?;
    let act = "create_reconciliation";
    let started = idempotency::start(&mut transaction, Some(&key), &caller, act, &new).await?;
    let record = match started {
        Started::Replay(response) => return Ok(response),
        Started::First(record) => record,
    };
    let job = store::insert(&mut *transaction, &new.connector, new.from, new.until).await?;
    let location = format!("/v1/payments/reconciliations/{}", job.id);
    let status = StatusCode::ACCEPTED;
    let response = record.finish(&mut transaction, status, Some(&location), &job).await?;
    transaction.commit().await?;
    Ok(response)
}

/// List reconciliations
///
/// Newest first.
#[utoipa::path(
    get, path = "/v1/payments/reconciliations", operation_id = "list_reconciliations",
    tag = PAYMENTS, security(("bearer" = ["payments:read"])), params(PageQuery),
    responses((status = 200, body = Page<Reconciliation>, description = "A page"), CommonErrors)
)]
pub(crate) async fn list_reconciliations(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Reconciliation>>> {
    let limit = page.limit()?;
    let after = page.after::<(DateTime<Utc>, Uuid)>()?;
    let jobs = store::list(&db, after, limit + 1).await?;
    Ok(Json(Page::from_rows(jobs, limit, |last| (last.created_at, last.id))))
}

/// Read a reconciliation
#[utoipa::path(
    get, path = "/v1/payments/reconciliations/{id}", operation_id = "get_reconciliation",
    tag = PAYMENTS, security(("bearer" = ["payments:read"])),
    params(("id" = Uuid, Path, description = "The reconciliation")),
    responses((status = 200, body = Reconciliation, description = "How far it is"), CommonErrors)
)]
pub(crate) async fn get_reconciliation(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Path(id): Path<Uuid>,
) -> Result<Json<Reconciliation>> {
    Ok(Json(store::find(&db, id).await?.ok_or_else(not_found)?))
}

/// Where a provider's books and ours say different things.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ReconciliationDifference {
    /// What is different.
    kind: DifferenceKind,
    /// The payment, if it is one of ours.
    payment_id: Option<Uuid>,
    /// The attempt, if it is one of ours.
    attempt_id: Option<Uuid>,
    /// The provider's id of the charge, where it makes one.
    provider_reference: Option<String>,
    /// Currency of the amounts.
    #[schema(example = "EUR")]
    currency: String,
    /// Minor units that we booked.
    ours: Option<i64>,
    /// Minor units that the provider says.
    theirs: Option<i64>,
    /// When it was found.
    found_at: DateTime<Utc>,
}

/// List the differences of a reconciliation
///
/// In the order in which they were found.
#[utoipa::path(
    get, path = "/v1/payments/reconciliations/{id}/differences",
    operation_id = "list_reconciliation_differences", tag = PAYMENTS,
    security(("bearer" = ["payments:read"])),
    params(("id" = Uuid, Path, description = "The reconciliation"), PageQuery),
    responses(
        (status = 200, body = Page<ReconciliationDifference>, description = "A page"),
        CommonErrors,
    )
)]
pub(crate) async fn list_differences(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ReconciliationDifference>>> {
    let limit = page.limit()?;
    let after = page.after::<i64>()?.unwrap_or(0);
    store::find(&db, id).await?.ok_or_else(not_found)?;
    let found = store::list_differences(&db, id, after, limit + 1).await?;
    let page = Page::from_rows(found, limit, |last| last.number);
    Ok(Json(page.map(|it| ReconciliationDifference {
        kind: it.kind,
        payment_id: it.payment_id,
        attempt_id: it.attempt_id,
        provider_reference: it.provider_reference,
        currency: it.currency,
        ours: it.ours,
        theirs: it.theirs,
        found_at: it.found_at,
    })))
}

fn not_found() -> Problem {
    Problem::not_found("reconciliation")
}
