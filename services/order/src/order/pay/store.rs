use problem::{Problem, Result, ResultExt};
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use super::PaymentMethod;

/// A customer's wish to pay.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Attempt {
    pub(crate) number: i32,
    pub(crate) connector: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) return_url: Option<String>,
}

impl Attempt {
    /// What a checkout begins with.
    pub(crate) fn first(method: Option<&PaymentMethod>) -> Self {
        Self {
            number: 1,
            connector: method.and_then(|method| method.connector.clone()),
            token: method.map(|method| method.token.clone()),
            method: method.and_then(|method| method.method.clone()),
            return_url: method.and_then(|method| method.return_url.clone()),
        }
    }
}

/// Writes the wish down; 409 if one is open.
pub(crate) async fn insert(
    db: impl PgExecutor<'_>,
    order_id: Uuid,
    number: i32,
    key: &str,
    method: &PaymentMethod,
) -> Result<()> {
    sqlx::query(
        "insert into payment_attempt (order_id, number, key, connector, token, return_url, method)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(order_id)
    .bind(number)
    .bind(key)
    .bind(&method.connector)
    .bind(&method.token)
    .bind(&method.return_url)
    .bind(&method.method)
    .execute(db)
    .await
    .on_constraint("payment_attempt_open_key", || {
        Problem::conflict("payment_in_progress", "a payment of this order is under way")
            .retry_after(2)
    })?;
    Ok(())
}

pub(crate) async fn find_open(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<Option<Attempt>> {
    let attempt = sqlx::query_as("select * from payment_attempt where order_id = $1 and open")
        .bind(order_id)
        .fetch_optional(db)
        .await?;
    Ok(attempt)
}

/// How many attempts there were, and whether one of them was made under this key.
pub(crate) async fn count(
    db: impl PgExecutor<'_>,
    order_id: Uuid,
    key: &str,
) -> Result<(i64, bool)> {
    let counted = sqlx::query_as(
        "select count(*), coalesce(bool_or(key = $2), false)
         from payment_attempt where order_id = $1",
    )
    .bind(order_id)
    .bind(key)
    .fetch_one(db)
    .await?;
    Ok(counted)
}

/// The open attempt, if any, has its answer; its token is forgotten.
pub(crate) async fn close(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<bool> {
    let closed = sqlx::query(
        "update payment_attempt set open = false, token = null where order_id = $1 and open",
    )
    .bind(order_id)
    .execute(db)
    .await?;
    Ok(closed.rows_affected() == 1)
}
