//! Every statement about the provider's own tables.

use std::{ops::Range, time::Duration};

use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgExecutor};
use types::{CurrencyCode, Money};
use uuid::Uuid;

use super::script::Script;
use crate::connector::{ChargeRequest, ChargeStatus, Listed};

/// A charge in the provider's books.
#[derive(Debug, Clone, FromRow)]
pub(super) struct SandboxCharge {
    pub(super) charge_id: Uuid,
    pub(super) token: String,
    pub(super) amount: i64,
    #[sqlx(try_from = "String")]
    currency: CurrencyCode,
    pub(super) status: ChargeStatus,
    pub(super) decline_code: Option<String>,
    amount_captured: i64,
    pub(super) amount_released: i64,
    amount_refunded: i64,
    pub(super) return_url: Option<String>,
}

impl SandboxCharge {
    /// An amount in the charge's currency.
    pub(super) fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency.clone())
    }

    /// The charge as a list shows it.
    pub(super) fn to_listed(&self) -> Listed {
        Listed {
            position: self.charge_id.to_string(),
            attempt_id: Some(self.charge_id),
            reference: None,
            captured: self.money(self.amount_captured),
            refunded: self.amount_refunded,
        }
    }
}

/// Writes a charge and plans its webhook; nothing if the id is known.
pub(super) async fn insert(
    executor: impl PgExecutor<'_>,
    request: &ChargeRequest,
    status: ChargeStatus,
    script: Script<'_>,
) -> Result<Option<SandboxCharge>> {
    let charge = sqlx::query_as(
        "with made as (
             insert into sandbox_charge (charge_id, token, amount, currency, captures_now, status,
                                         decline_code, return_url, amount_captured)
             values ($1, $2, $3, $4, $5, $6, $7, $8, case when $6 = 'captured' then $3 else 0 end)
             on conflict (charge_id) do nothing returning *
         ), planned as (
             insert into sandbox_event (event_id, charge_id, copies, due_at)
             select $9, charge_id, $10, now() from made where $10 > 0
         )
         select * from made",
    )
    .bind(request.id)
    .bind(&request.token)
    .bind(request.amount.amount)
    .bind(request.amount.currency.as_str())
    .bind(request.captures_now)
    .bind(status)
    .bind(script.decline_code())
    .bind(&request.return_url)
    .bind(Uuid::now_v7())
    .bind(script.webhook_copies())
    .fetch_optional(executor)
    .await?;
    Ok(charge)
}

pub(super) async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<SandboxCharge>> {
    let charge = sqlx::query_as("select * from sandbox_charge where charge_id = $1")
        .bind(id)
        .fetch_optional(executor)
        .await?;
    Ok(charge)
}

/// Charges that were made in a time, by their ids, after one of them.
pub(super) async fn list(
    executor: impl PgExecutor<'_>,
    times: &Range<DateTime<Utc>>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<SandboxCharge>> {
    let charges = sqlx::query_as(
        "select * from sandbox_charge
         where created_at >= $1 and created_at < $2 and ($3::uuid is null or charge_id > $3)
         order by charge_id limit $4",
    )
    .bind(times.start)
    .bind(times.end)
    .bind(after)
    .bind(limit)
    .fetch_all(executor)
    .await?;
    Ok(charges)
}

/// The charge, which is there.
pub(super) async fn get(executor: impl PgExecutor<'_>, id: Uuid) -> Result<SandboxCharge> {
    let charge = sqlx::query_as("select * from sandbox_charge where charge_id = $1")
        .bind(id)
        .fetch_one(executor)
        .await?;
    Ok(charge)
}

/// The charge, which is there; nobody else changes it until the transaction ends.
pub(super) async fn lock(executor: impl PgExecutor<'_>, id: Uuid) -> Result<SandboxCharge> {
    let charge = sqlx::query_as("select * from sandbox_charge where charge_id = $1 for update")
        .bind(id)
        .fetch_one(executor)
        .await?;
    Ok(charge)
}

/// Keeps an id that has no charge from ever getting one.
pub(super) async fn refuse(executor: impl PgExecutor<'_>, id: Uuid) -> Result<()> {
    sqlx::query(
        "insert into sandbox_charge (charge_id, token, amount, currency, captures_now, status)
         values ($1, '', 0, 'XTS', false, 'canceled') on conflict (charge_id) do nothing",
    )
    .bind(id)
    .execute(executor)
    .await?;
    Ok(())
}

/// Gives up what is not taken.
pub(super) async fn release(executor: impl PgExecutor<'_>, id: Uuid) -> Result<()> {
    sqlx::query(
        "update sandbox_charge
         set amount_released = case when status = 'authorized' then amount - amount_captured
                                    else 0 end,
             status = case when amount_captured > 0 then 'captured' else 'canceled' end
         where charge_id = $1 and status in ('requires_action', 'pending', 'authorized')",
    )
    .bind(id)
    .execute(executor)
    .await?;
    Ok(())
}

/// Charges what was waiting in state `from`; `false` if it was not.
pub(super) async fn approve(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    from: ChargeStatus,
) -> Result<bool> {
    let updated = sqlx::query(
        "update sandbox_charge
         set status = case when captures_now then 'captured' else 'authorized' end,
             amount_captured = case when captures_now then amount else 0 end
         where charge_id = $1 and status = $2",
    )
    .bind(id)
    .bind(from)
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Refuses what waited for the customer.
pub(super) async fn decline(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    decline_code: &str,
) -> Result<bool> {
    let updated = sqlx::query(
        "update sandbox_charge set status = 'declined', decline_code = $2
         where charge_id = $1 and status = 'requires_action'",
    )
    .bind(id)
    .bind(decline_code)
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Takes a part of what is set aside; `false` if there is less.
pub(super) async fn capture(executor: impl PgExecutor<'_>, id: Uuid, amount: i64) -> Result<bool> {
    let updated = sqlx::query(
        "update sandbox_charge
         set amount_captured = amount_captured + $2,
             status = case when amount_captured + $2 = amount then 'captured' else status end
         where charge_id = $1 and status = 'authorized'
           and amount_captured + amount_released + $2 <= amount",
    )
    .bind(id)
    .bind(amount)
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Gives a part of what was taken back; `false` if there is less.
pub(super) async fn refund(executor: impl PgExecutor<'_>, id: Uuid, amount: i64) -> Result<bool> {
    let updated = sqlx::query(
        "update sandbox_charge set amount_refunded = amount_refunded + $2
         where charge_id = $1 and amount_refunded + $2 <= amount_captured",
    )
    .bind(id)
    .bind(amount)
    .execute(executor)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Whether an operation was accepted, if it was done before.
pub(super) async fn find_operation(
    executor: impl PgExecutor<'_>,
    id: Uuid,
) -> Result<Option<bool>> {
    let is_accepted =
        sqlx::query_scalar("select is_accepted from sandbox_operation where operation_id = $1")
            .bind(id)
            .fetch_optional(executor)
            .await?;
    Ok(is_accepted)
}

/// Remembers an operation: id, charge, kind, amount and whether it was accepted.
pub(super) async fn insert_operation(
    executor: impl PgExecutor<'_>,
    (id, charge_id, kind, amount, is_accepted): (Uuid, Uuid, &str, i64, bool),
) -> Result<()> {
    sqlx::query(
        "insert into sandbox_operation (operation_id, charge_id, kind, amount, is_accepted)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(charge_id)
    .bind(kind)
    .bind(amount)
    .bind(is_accepted)
    .execute(executor)
    .await?;
    Ok(())
}

/// A webhook to be sent.
#[derive(Debug, Clone, FromRow)]
pub(super) struct SandboxEvent {
    pub(super) event_id: Uuid,
    pub(super) charge_id: Uuid,
    pub(super) copies: i32,
}

/// Leases a webhook that is due; one that is never accepted is given up after `max_tries`.
pub(super) async fn claim_event(
    executor: impl PgExecutor<'_>,
    retry_after: Duration,
    max_tries: i32,
) -> Result<Option<SandboxEvent>> {
    let event = sqlx::query_as(
        "update sandbox_event
         set tries = tries + 1, due_at = now() + make_interval(secs => $1) * (tries + 1)
         where event_id = (
             select event_id from sandbox_event
             where delivered_at is null and due_at <= now() and tries < $2
             order by due_at limit 1 for update skip locked)
         returning event_id, charge_id, copies",
    )
    .bind(retry_after.as_secs_f64())
    .bind(max_tries)
    .fetch_optional(executor)
    .await?;
    Ok(event)
}

pub(super) async fn mark_delivered(executor: impl PgExecutor<'_>, id: Uuid) -> Result<()> {
    sqlx::query("update sandbox_event set delivered_at = now() where event_id = $1")
        .bind(id)
        .execute(executor)
        .await?;
    Ok(())
}
