use access::{Allowed, scope};
use axum::extract::State;
use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use serde::Serialize;
use sqlx::PgPool;
use types::Money;
use uuid::Uuid;
use web::{Json, Page, PageQuery, Path, Query};

use super::store;
use crate::{
    app::{CommonErrors, PAYMENTS},
    payment,
};

/// One side of an entry of the ledger.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct LedgerPosting {
    /// What both sides have in common: the attempt or operation that moved the money.
    entry_id: Uuid,
    /// `capture` or `refund`.
    #[schema(example = "capture")]
    kind: String,
    /// `connector:<name>` is what a provider owes us, `sales` what was sold for.
    #[schema(example = "sales")]
    account: String,
    /// Positive is a debit, negative a credit; the sides of an entry sum to zero.
    amount: Money,
    /// When it was booked.
    posted_at: DateTime<Utc>,
}

/// Read the ledger of a payment
///
/// Double entry, append-only, oldest first: the postings sum to zero.
#[utoipa::path(
    get, path = "/v1/payments/{id}/ledger", operation_id = "list_ledger", tag = PAYMENTS,
    security(("bearer" = ["payments:read"])),
    params(("id" = Uuid, Path, description = "The payment"), PageQuery),
    responses((status = 200, body = Page<LedgerPosting>, description = "A page"), CommonErrors)
)]
pub(crate) async fn list_ledger(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<LedgerPosting>>> {
    let limit = page.limit()?;
    let after = page.after::<i64>()?.unwrap_or(0);
    payment::store::find(&db, id).await?.ok_or_else(|| Problem::not_found("payment"))?;
    let postings = store::list(&db, id, after, limit + 1).await?;
    let page = Page::from_rows(postings, limit, |last| last.posting_id);
    Ok(Json(page.map(|posting| LedgerPosting {
        amount: posting.amount(),
        entry_id: posting.entry_id,
        kind: posting.kind,
        account: posting.account,
        posted_at: posting.posted_at,
    })))
}
