use std::time::Duration;

use problem::{Problem, Result};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::{DisabledReason, MAX_WEBHOOKS, NewWebhook, Webhook};

pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Webhook>> {
    let webhooks = sqlx::query_as(
        "select * from webhook where $1::uuid is null or webhook_id > $1
         order by webhook_id limit $2 + 1",
    );
    Ok(webhooks.bind(after).bind(limit).fetch_all(db).await?)
}

pub(crate) async fn find(db: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Webhook>> {
    let webhook = sqlx::query_as("select * from webhook where webhook_id = $1");
    Ok(webhook.bind(id).fetch_optional(db).await?)
}

/// Nobody else changes it or queues anything for it before the transaction ends.
pub(crate) async fn lock(db: &mut PgConnection, id: Uuid) -> Result<Option<Webhook>> {
    let webhook = sqlx::query_as("select * from webhook where webhook_id = $1 for update");
    Ok(webhook.bind(id).fetch_optional(db).await?)
}

/// The same for all that are enabled.
pub(crate) async fn lock_enabled(db: &mut PgConnection) -> Result<Vec<Webhook>> {
    let webhooks = sqlx::query_as(
        "select * from webhook where status = 'enabled' order by webhook_id for update",
    );
    Ok(webhooks.fetch_all(db).await?)
}

/// Nobody queues anything for it before the transaction ends; others may hold it in the same way.
pub(crate) async fn hold(db: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query("select from webhook where webhook_id = $1 for share").bind(id).execute(db).await?;
    Ok(())
}

/// Inserts a webhook; 409 if there are too many.
pub(crate) async fn insert(
    db: &mut PgConnection,
    id: Uuid,
    new: &NewWebhook,
    sealed_secret: &[u8],
) -> Result<Webhook> {
    // One after the other, or two could both be the last that is allowed.
    sqlx::query("lock table webhook in share row exclusive mode").execute(&mut *db).await?;
    let count: i64 = sqlx::query_scalar("select count(*) from webhook").fetch_one(&mut *db).await?;
    if count >= MAX_WEBHOOKS {
        let detail = format!("there are {MAX_WEBHOOKS} webhooks already; delete one first");
        return Err(Problem::conflict("too_many_webhooks", detail));
    }
    let webhook = sqlx::query_as(
        "insert into webhook (webhook_id, url, types, description, status, disabled_reason,
                              disabled_at, secret)
         values ($1, $2, $3, $4, $5, case $5 when 'disabled' then $6 end,
                 case $5 when 'disabled' then now() end, $7)
         returning *",
    );
    let webhook = webhook
        .bind(id)
        .bind(&new.url)
        .bind(&new.types)
        .bind(&new.description)
        .bind(new.status.as_str())
        .bind(DisabledReason::ByHand.as_str())
        .bind(sealed_secret);
    Ok(webhook.fetch_one(db).await?)
}

/// Enabling it ends any pause; disabling it keeps an earlier reason.
pub(crate) async fn update(
    db: impl PgExecutor<'_>,
    id: Uuid,
    fields: &NewWebhook,
) -> Result<Webhook> {
    let webhook = sqlx::query_as(
        "update webhook set url = $2, types = $3, description = $4, status = $5,
                disabled_reason = case $5 when 'disabled' then coalesce(disabled_reason, $6) end,
                disabled_at = case $5 when 'disabled' then coalesce(disabled_at, now()) end,
                paused_until = null, version = version + 1, updated_at = now()
         where webhook_id = $1 returning *",
    )
    .bind(id)
    .bind(&fields.url)
    .bind(&fields.types)
    .bind(&fields.description)
    .bind(fields.status.as_str())
    .bind(DisabledReason::ByHand.as_str());
    Ok(webhook.fetch_one(db).await?)
}

/// Gives it another secret; the one of now signs too for so long.
pub(crate) async fn replace_secret(
    db: impl PgExecutor<'_>,
    id: Uuid,
    sealed_secret: &[u8],
    overlap: Duration,
) -> Result<Webhook> {
    let webhook = sqlx::query_as(
        "update webhook set secret = $2, old_secret = secret,
                old_secret_until = now() + make_interval(secs => $3),
                version = version + 1, updated_at = now()
         where webhook_id = $1 returning *",
    )
    .bind(id)
    .bind(sealed_secret)
    .bind(overlap.as_secs_f64());
    Ok(webhook.fetch_one(db).await?)
}

/// Its sealed secret, and the one before as long as that signs too.
pub(crate) async fn sealed_secrets(
    db: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<(Vec<u8>, Option<Vec<u8>>)>> {
    let secrets = sqlx::query_as(
        "select secret, case when old_secret_until > now() then old_secret end
         from webhook where webhook_id = $1",
    );
    Ok(secrets.bind(id).fetch_optional(db).await?)
}

pub(crate) async fn disable(
    db: impl PgExecutor<'_>,
    id: Uuid,
    reason: DisabledReason,
) -> Result<()> {
    sqlx::query(
        "update webhook set status = 'disabled', disabled_reason = $2, disabled_at = now(),
                version = version + 1, updated_at = now()
         where webhook_id = $1 and status = 'enabled'",
    )
    .bind(id)
    .bind(reason.as_str())
    .execute(db)
    .await?;
    Ok(())
}

/// Nothing is sent to it for so long.
pub(crate) async fn pause(db: impl PgExecutor<'_>, id: Uuid, pause: Duration) -> Result<()> {
    sqlx::query(
        "update webhook
         set paused_until = greatest(paused_until, now() + make_interval(secs => $2))
         where webhook_id = $1",
    )
    .bind(id)
    .bind(pause.as_secs_f64())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn delete(db: impl PgExecutor<'_>, id: Uuid) -> Result<()> {
    sqlx::query("delete from webhook where webhook_id = $1").bind(id).execute(db).await?;
    Ok(())
}
