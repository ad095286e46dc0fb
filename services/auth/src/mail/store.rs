use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

/// A mail whose turn it is.
#[derive(FromRow)]
pub(crate) struct Taken {
    pub(crate) mail_id: Uuid,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: DateTime<Utc>,
}

pub(crate) async fn insert(
    executor: impl PgExecutor<'_>,
    mail_id: Uuid,
    sealed: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("insert into mail (mail_id, sealed, created_at, due_at) values ($1, $2, $3, $3)")
        .bind(mail_id)
        .bind(sealed)
        .bind(now)
        .execute(executor)
        .await?;
    Ok(())
}

/// Takes one that is due. Unless it is deleted it is due again after a minute, then two, up to half an
/// hour: longer than any attempt takes.
pub(crate) async fn take(
    executor: impl PgExecutor<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Taken>> {
    Ok(sqlx::query_as(
        "update mail
         set attempts = attempts + 1,
             due_at = $1 + interval '1 minute' * least(power(2, attempts), 30)
         where mail_id = (
             select mail_id from mail where due_at <= $1
             order by due_at limit 1 for update skip locked
         )
         returning mail_id, sealed, created_at",
    )
    .bind(now)
    .fetch_optional(executor)
    .await?)
}

/// It was sent, or is given up.
pub(crate) async fn delete(executor: impl PgExecutor<'_>, mail_id: Uuid) -> Result<()> {
    sqlx::query("delete from mail where mail_id = $1").bind(mail_id).execute(executor).await?;
    Ok(())
}
