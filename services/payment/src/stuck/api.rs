use std::time::Duration;

use access::{Allowed, scope};
use axum::extract::State;
use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use types::Money;
use uuid::Uuid;
use web::{Json, Page, PageQuery, Query};

use super::store;
use crate::app::{CommonErrors, PAYMENTS};

const MAX_MINUTES: u64 = 366 * 24 * 60;

/// How old is too old.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StuckQuery {
    /// Only what has been open for longer; 15 if absent.
    #[param(minimum = 0, maximum = 527_040, default = 15)]
    minutes: Option<u64>,
}

/// An attempt or operation without an outcome.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct StuckPayment {
    /// The attempt or operation.
    id: Uuid,
    /// `attempt`, `capture`, `void` or `refund`.
    #[schema(example = "attempt")]
    kind: String,
    /// The payment it is of.
    payment_id: Uuid,
    /// The order that is paid.
    order_id: Uuid,
    /// Where the money is.
    #[schema(example = "stripe")]
    connector: String,
    /// The provider's id of the charge, where it makes one.
    provider_reference: Option<String>,
    /// What is known of it.
    #[schema(example = "unknown")]
    status: String,
    /// `amount_differs` if the provider charged another amount than was asked for.
    error: Option<String>,
    /// How much it is about.
    amount: Money,
    /// How often the provider was asked since its last state.
    checks: i32,
    /// When it is asked again.
    next_check_at: DateTime<Utc>,
    /// When it was begun.
    created_at: DateTime<Utc>,
}

/// List stuck payments
///
/// Attempts, captures, voids and refunds that have had no outcome for too long, oldest first. They are
/// asked about by themselves, at last every ten minutes; what stays here is for people.
#[utoipa::path(
    get, path = "/v1/payments/stuck", operation_id = "list_stuck_payments", tag = PAYMENTS,
    security(("bearer" = ["payments:read"])), params(StuckQuery, PageQuery),
    responses((status = 200, body = Page<StuckPayment>, description = "A page"), CommonErrors)
)]
pub(crate) async fn list_stuck(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Query(query): Query<StuckQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StuckPayment>>> {
    let minutes = query.minutes.unwrap_or(15);
    if minutes > MAX_MINUTES {
        let rule = "must be at most 527040, a year";
        return Err(Problem::invalid_parameter("minutes", "out_of_range", rule));
    }
    let (limit, after) = (page.limit()?, page.after::<(DateTime<Utc>, Uuid)>()?);
    let age = Duration::from_secs(minutes * 60);
    let stuck = store::list(&db, age, after, limit + 1).await?;
    let page = Page::from_rows(stuck, limit, |last| (last.created_at, last.id));
    Ok(Json(page.map(|stuck| StuckPayment {
        id: stuck.id,
        kind: stuck.kind,
        payment_id: stuck.payment_id,
        order_id: stuck.order_id,
        connector: stuck.connector,
        provider_reference: stuck.provider_reference,
        status: stuck.status,
        error: stuck.error,
        amount: Money::new(stuck.amount, stuck.currency),
        checks: stuck.checks,
        next_check_at: stuck.next_check_at,
        created_at: stuck.created_at,
    })))
}
