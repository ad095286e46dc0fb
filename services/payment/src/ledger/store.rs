//! Every statement about the table `posting`.

use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgConnection, PgExecutor};
use types::{CurrencyCode, Money};
use uuid::Uuid;

use super::Entry;

#[derive(Debug, FromRow)]
pub(crate) struct Posting {
    pub(crate) posting_id: i64,
    pub(crate) entry_id: Uuid,
    pub(crate) kind: String,
    pub(crate) account: String,
    amount: i64,
    #[sqlx(try_from = "String")]
    currency: CurrencyCode,
    pub(crate) posted_at: DateTime<Utc>,
}

impl Posting {
    pub(crate) fn amount(&self) -> Money {
        Money::new(self.amount, self.currency.clone())
    }
}

/// Books both sides of an entry.
pub(crate) async fn append(connection: &mut PgConnection, entry: &Entry) -> Result<()> {
    sqlx::query(
        "insert into posting (payment_id, entry_id, kind, account, amount, currency)
         values ($1, $2, $3, $4, $6, $7), ($1, $2, $3, $5, -$6, $7)",
    )
    .bind(entry.payment_id)
    .bind(entry.entry_id)
    .bind(entry.kind)
    .bind(&entry.debit)
    .bind(&entry.credit)
    .bind(entry.amount.amount)
    .bind(entry.amount.currency.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// Postings of a payment, oldest first, after a position.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    payment_id: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<Posting>> {
    let postings = sqlx::query_as(
        "select posting_id, entry_id, kind, account, amount, currency, posted_at from posting
         where payment_id = $1 and posting_id > $2 order by posting_id limit $3",
    )
    .bind(payment_id)
    .bind(after)
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(postings)
}
