use std::time::Duration;

use contracts::event::Event;
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use super::{Delivery, Status};
use crate::change::store::Row;

/// An event to be queued.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) event_id: Uuid,
    pub(crate) position: i64,
    pub(crate) subject: String,
}

impl From<&Event> for Queued {
    fn from(event: &Event) -> Self {
        let subject = event.subject.clone();
        Self { event_id: event.id, position: event.position(), subject }
    }
}

/// What becomes of a delivery that is over already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    No,
    /// It begins anew.
    Yes,
}

/// A delivery that this process may try, alone, until its lease ends.
#[derive(Debug, FromRow)]
pub(crate) struct Claim {
    pub(crate) webhook_id: Uuid,
    pub(crate) url: String,
    pub(crate) secret: Vec<u8>,
    /// As long as it signs too.
    pub(crate) old_secret: Option<Vec<u8>>,
    /// This one included. Tells this lease from later ones.
    pub(crate) tries: i32,
    #[sqlx(flatten)]
    pub(crate) event: Row,
}

/// Queues events for a webhook; none of them is due yet.
pub(crate) async fn insert(
    db: impl PgExecutor<'_>,
    webhook_id: Uuid,
    queued: &[Queued],
    again: Again,
) -> Result<()> {
    sqlx::query(
        "insert into delivery (webhook_id, event_id, position, subject)
         select $1, event_id, position, subject
         from unnest($2::uuid[], $3::bigint[], $4::text[]) as queued (event_id, position, subject)
         on conflict (webhook_id, event_id) do update
         set status = 'pending', tries = 0, delivered_at = null
         where $5 and delivery.status <> 'pending'",
    )
    .bind(webhook_id)
    .bind(queued.iter().map(|it| it.event_id).collect::<Vec<_>>())
    .bind(queued.iter().map(|it| it.position).collect::<Vec<_>>())
    .bind(queued.iter().map(|it| it.subject.as_str()).collect::<Vec<_>>())
    .bind(again == Again::Yes)
    .execute(db)
    .await?;
    Ok(())
}

/// Makes the earliest pending event of each of these subjects due, if it is not. The webhook is held: what
/// is queued or ends meanwhile would be overlooked.
pub(crate) async fn release(
    db: impl PgExecutor<'_>,
    webhook_id: Uuid,
    subjects: &[&str],
) -> Result<()> {
    sqlx::query(
        "update delivery set due_at = now()
         from (select distinct on (subject) event_id from delivery
               where webhook_id = $1 and subject = any($2) and status = 'pending'
               order by subject, position) as first
         where delivery.webhook_id = $1 and delivery.event_id = first.event_id and due_at is null",
    )
    .bind(webhook_id)
    .bind(subjects)
    .execute(db)
    .await?;
    Ok(())
}

/// Takes what is due, the longest first: of each enabled webhook so many that no more than `at_a_time` of
/// it are being tried.
pub(crate) async fn claim(
    db: impl PgExecutor<'_>,
    at_a_time: i64,
    lease: Duration,
) -> Result<Vec<Claim>> {
    let claims = sqlx::query_as(
        "with due as (
             select found.* from webhook, lateral (
                 select webhook_id, event_id from delivery
                 where delivery.webhook_id = webhook.webhook_id and due_at <= now()
                   and (leased_until is null or leased_until <= now())
                 order by due_at
                 limit greatest(0, $1 - (select count(*) from delivery as busy
                                         where busy.webhook_id = webhook.webhook_id
                                           and busy.leased_until > now()))
                 for update skip locked) as found
             where webhook.status = 'enabled'
               and (webhook.paused_until is null or webhook.paused_until <= now())
         )
         update delivery
         set tries = tries + 1, tried_at = now(), leased_until = now() + make_interval(secs => $2)
         from due join webhook using (webhook_id) join outbox using (event_id)
         where delivery.webhook_id = due.webhook_id and delivery.event_id = due.event_id
         returning outbox.*, delivery.webhook_id, delivery.tries, webhook.url, webhook.secret,
                   case when webhook.old_secret_until > now() then webhook.old_secret end
                       as old_secret",
    )
    .bind(at_a_time)
    .bind(lease.as_secs_f64());
    Ok(claims.fetch_all(db).await?)
}

/// Keeps a lease for longer, if it is still held.
pub(crate) async fn renew(db: impl PgExecutor<'_>, claim: &Claim, lease: Duration) -> Result<()> {
    sqlx::query(
        "update delivery set leased_until = now() + make_interval(secs => $4)
         where webhook_id = $1 and event_id = $2 and tries = $3 and leased_until is not null",
    )
    .bind(claim.webhook_id)
    .bind(claim.event.event_id)
    .bind(claim.tries)
    .bind(lease.as_secs_f64())
    .execute(db)
    .await?;
    Ok(())
}

/// How a try ended, as it is kept.
#[derive(Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<&'a str>,
}

impl Ended<'_> {
    fn status(&self) -> Option<i16> {
        self.status.and_then(|status| i16::try_from(status).ok())
    }
}

/// Ends a lease and the delivery with it. False if another process has it by now.
pub(crate) async fn finish(
    db: impl PgExecutor<'_>,
    claim: &Claim,
    status: Status,
    ended: &Ended<'_>,
) -> Result<bool> {
    let done = sqlx::query(
        "update delivery set status = $4, due_at = null, leased_until = null, last_status = $5,
                last_error = $6, delivered_at = case $4 when 'delivered' then now() end
         where webhook_id = $1 and event_id = $2 and tries = $3 and leased_until is not null",
    )
    .bind(claim.webhook_id)
    .bind(claim.event.event_id)
    .bind(claim.tries)
    .bind(status.as_str())
    .bind(ended.status())
    .bind(ended.error)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a lease; the next try comes after this time, or up to a tenth later, so that many that failed
/// together do not come together again. False if another process has it by now.
pub(crate) async fn postpone(
    db: impl PgExecutor<'_>,
    claim: &Claim,
    wait: Duration,
    ended: &Ended<'_>,
) -> Result<bool> {
    let done = sqlx::query(
        "update delivery set leased_until = null, last_status = $5, last_error = $6,
                due_at = now() + make_interval(secs => $4 * (1 + random() / 10))
         where webhook_id = $1 and event_id = $2 and tries = $3 and leased_until is not null",
    )
    .bind(claim.webhook_id)
    .bind(claim.event.event_id)
    .bind(claim.tries)
    .bind(wait.as_secs_f64())
    .bind(ended.status())
    .bind(ended.error)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deliveries of a webhook, the newest events first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    webhook_id: Uuid,
    status: Option<Status>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let deliveries = sqlx::query_as(
        "select delivery.*, outbox.type from delivery join outbox using (event_id)
         where webhook_id = $1 and ($2::text is null or status = $2)
           and ($3::bigint is null or delivery.position < $3)
         order by delivery.position desc limit $4 + 1",
    )
    .bind(webhook_id)
    .bind(status.map(Status::as_str))
    .bind(before)
    .bind(limit);
    Ok(deliveries.fetch_all(db).await?)
}

pub(crate) async fn find(
    db: impl PgExecutor<'_>,
    webhook_id: Uuid,
    event_id: Uuid,
) -> Result<Option<Delivery>> {
    let delivery = sqlx::query_as(
        "select delivery.*, outbox.type from delivery join outbox using (event_id)
         where webhook_id = $1 and event_id = $2",
    );
    Ok(delivery.bind(webhook_id).bind(event_id).fetch_optional(db).await?)
}

/// Makes a delivery begin anew, at once. False if it is being tried, or waits for an earlier event of its
/// subject.
pub(crate) async fn begin_anew(
    db: impl PgExecutor<'_>,
    webhook_id: Uuid,
    event_id: Uuid,
) -> Result<bool> {
    let begun = sqlx::query(
        "update delivery set status = 'pending', tries = 0, due_at = now(), leased_until = null,
                delivered_at = null
         where webhook_id = $1 and event_id = $2
           and (status <> 'pending' or due_at is not null)
           and (leased_until is null or leased_until <= now())",
    );
    let begun = begun.bind(webhook_id).bind(event_id).execute(db).await?;
    Ok(begun.rows_affected() == 1)
}

/// Makes all that waits for its next try begin anew, at once.
pub(crate) async fn wake(db: impl PgExecutor<'_>, webhook_id: Uuid) -> Result<()> {
    sqlx::query(
        "update delivery set due_at = now(), tries = 0
         where webhook_id = $1 and due_at is not null
           and (leased_until is null or leased_until <= now())",
    )
    .bind(webhook_id)
    .execute(db)
    .await?;
    Ok(())
}

/// How much is to be sent.
#[derive(Debug, FromRow)]
pub(crate) struct Backlog {
    /// Deliveries that enabled webhooks wait for.
    pub(crate) pending: i64,
    /// How long the one that is due for longest has been, in seconds.
    pub(crate) overdue_seconds: f64,
}

pub(crate) async fn backlog(db: impl PgExecutor<'_>) -> Result<Backlog> {
    let backlog = sqlx::query_as(
        "select count(*) as pending,
                coalesce(greatest(0, extract(epoch from now() - min(due_at))), 0)::float8
                    as overdue_seconds
         from delivery join webhook using (webhook_id)
         where delivery.status = 'pending' and webhook.status = 'enabled'",
    );
    Ok(backlog.fetch_one(db).await?)
}
