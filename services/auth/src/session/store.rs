use std::net::IpAddr;

use access::Subject;
use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgConnection, PgExecutor};
use uuid::Uuid;

use super::{Lifetimes, NewSession, RefreshToken};
use crate::{audit::Fact, secret::Token, throttle::attempt::Attempt};

/// A session as its owner sees it.
#[derive(FromRow)]
pub(crate) struct Session {
    pub(crate) session_id: Uuid,
    pub(crate) client_id: String,
    pub(crate) user_agent: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) last_used_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// A session to be.
pub(crate) struct Opening<'a> {
    pub(crate) session_id: Uuid,
    pub(crate) session: &'a NewSession<'a>,
    /// Its first token.
    pub(crate) token: &'a Token,
    /// What is told of it.
    pub(crate) fact: Option<&'a Fact>,
    pub(crate) now: DateTime<Utc>,
}

/// Writes the session, its first token and what is told of it, and forgives the attempt: one statement,
/// since every login makes it.
pub(crate) async fn insert(executor: impl PgExecutor<'_>, opening: Opening<'_>) -> Result<()> {
    let Opening { session_id, session, token, fact, now } = opening;
    let lifetimes = Lifetimes::of(&session.subject);
    let account_id = match session.subject {
        Subject::Customer(id) | Subject::Staff(id) => Some(id),
        Subject::Anonymous(_) | Subject::Client(_) => None,
    };
    sqlx::query(
        "with opened as (
             insert into session
                 (session_id, client_id, subject, account_id, scopes, authenticated_at, methods,
                  user_agent, address, created_at, last_used_at, expires_at, ends_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9::inet, $10, $10, $11, $12)
         ), noted as (
             insert into audit_entry (entry_id, type, actor, client_id, subject, data, occurred_at)
             select $15, $16, $17, $18, $19, $20, $10 where $16 is not null
         ), told as (
             insert into outbox (event_id, type, subject, data, traceparent)
             select $21, $16, $19, $20, $22 where $16 is not null
         ), guessed as (
             -- One plan for any number of keys: none is made anew for each.
             select key from throttle where key = any (array(select unnest($23::bytea[])))
             order by key for update
         ), forgiven as (
             update throttle set level = greatest(level - 1, 0)
             from guessed where throttle.key = guessed.key
         )
         insert into refresh_token (token_id, token_hash, session_id, created_at)
         values ($13, $14, $1, $10)",
    )
    .bind(session_id)
    .bind(&session.client.client_id)
    .bind(session.subject.to_string())
    .bind(account_id)
    .bind(&session.asked)
    .bind(session.authentication.at)
    .bind(&session.authentication.methods)
    .bind(&session.device.user_agent)
    .bind(session.device.address.0.to_string())
    .bind(now)
    .bind(now + lifetimes.idle)
    .bind(now + lifetimes.absolute)
    .bind(token.id)
    .bind(token.hash())
    .bind(Uuid::now_v7())
    .bind(fact.map(|fact| fact.kind.name()))
    .bind(fact.and_then(|fact| fact.actor.as_deref()))
    .bind(fact.and_then(|fact| fact.client_id.as_deref()))
    .bind(fact.map(|fact| &fact.subject))
    .bind(fact.map(|fact| &fact.data))
    .bind(Uuid::now_v7())
    .bind(web::trace::current().map(|context| context.to_string()))
    .bind(session.forgiving.map(Attempt::keys).unwrap_or_default())
    .execute(executor)
    .await?;
    Ok(())
}

async fn insert_token(
    executor: impl PgExecutor<'_>,
    token: &Token,
    session_id: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into refresh_token (token_id, token_hash, session_id, created_at)
         values ($1, $2, $3, $4)",
    )
    .bind(token.id)
    .bind(token.hash())
    .bind(session_id)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(())
}

/// A token of an account that is disabled counts as revoked.
pub(crate) async fn find_token(
    executor: impl PgExecutor<'_>,
    token: &Token,
) -> Result<Option<RefreshToken>> {
    Ok(sqlx::query_as(
        "select session.session_id, session.client_id, session.subject, session.scopes,
             session.authenticated_at, session.methods, refresh_token.created_at, session.expires_at, session.ends_at,
             session.revoked_at is not null or account.disabled_at is not null as is_revoked,
             refresh_token.rotated_at, successor.rotated_at is not null as successor_used,
             refresh_token.answer
         from refresh_token
         join session on session.session_id = refresh_token.session_id
         left join account on account.account_id = session.account_id
         left join refresh_token as successor
             on successor.token_id = refresh_token.successor_id
         where refresh_token.token_id = $1 and refresh_token.token_hash = $2",
    )
    .bind(token.id)
    .bind(token.hash())
    .fetch_optional(executor)
    .await?)
}

/// An exchange of a token for its successor.
pub(crate) struct Rotation<'a> {
    pub(crate) token: &'a Token,
    pub(crate) successor: &'a Token,
    pub(crate) answer: &'a [u8],
    pub(crate) session_id: Uuid,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) now: DateTime<Utc>,
}

/// Exchanges the token if nobody did before; whether it did.
pub(crate) async fn rotate(transaction: &mut PgConnection, rotation: Rotation<'_>) -> Result<bool> {
    let taken = sqlx::query(
        "update refresh_token set rotated_at = $2, successor_id = $3, answer = $4
         where token_id = $1 and rotated_at is null",
    )
    .bind(rotation.token.id)
    .bind(rotation.now)
    .bind(rotation.successor.id)
    .bind(rotation.answer)
    .execute(&mut *transaction)
    .await?;
    if taken.rows_affected() == 0 {
        return Ok(false);
    }
    let Rotation { successor, session_id, now, .. } = rotation;
    insert_token(&mut *transaction, successor, session_id, now).await?;
    sqlx::query("update session set last_used_at = $2, expires_at = $3 where session_id = $1")
        .bind(session_id)
        .bind(now)
        .bind(rotation.expires_at)
        .execute(transaction)
        .await?;
    Ok(true)
}

/// Ends the session; whether it was live.
pub(crate) async fn revoke(
    executor: impl PgExecutor<'_>,
    session_id: Uuid,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "update session set revoked_at = $3, revoked_reason = $2
         where session_id = $1 and revoked_at is null",
    )
    .bind(session_id)
    .bind(reason)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends the live session if it is this account's; whether it was.
pub(crate) async fn revoke_own(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    session_id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "update session set revoked_at = $3, revoked_reason = 'logout'
         where session_id = $2 and account_id = $1 and revoked_at is null and expires_at > $3",
    )
    .bind(account_id)
    .bind(session_id)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends every live session of the account with this client.
pub(crate) async fn revoke_of_client(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update session set revoked_at = $3, revoked_reason = 'consent_withdrawn'
         where account_id = $1 and client_id = $2 and revoked_at is null and expires_at > $3",
    )
    .bind(account_id)
    .bind(client_id)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(())
}

/// Ends every live session of the account, except this one, and signs its browsers out.
pub(crate) async fn revoke_others(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    keep: Option<Uuid>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "with browsers as (delete from browser_session where account_id = $1)
         update session set revoked_at = $4, revoked_reason = $3
         where account_id = $1 and session_id is distinct from $2
             and revoked_at is null and expires_at > $4",
    )
    .bind(account_id)
    .bind(keep)
    .bind(reason)
    .bind(now)
    .execute(executor)
    .await?;
    Ok(())
}

/// Whether it has neither ended nor been ended.
pub(crate) async fn is_live(
    executor: impl PgExecutor<'_>,
    session_id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select exists (
             select from session left join account on account.account_id = session.account_id
             where session_id = $1 and revoked_at is null and expires_at > $2
                 and disabled_at is null
         )",
    )
    .bind(session_id)
    .bind(now)
    .fetch_one(executor)
    .await?)
}

/// Whether the account has signed in from this address before.
pub(crate) async fn has_been_used_from(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    address: IpAddr,
) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select exists (select from session where account_id = $1 and address = $2::inet)",
    )
    .bind(account_id)
    .bind(address.to_string())
    .fetch_one(executor)
    .await?)
}

/// The account's live sessions, newest first.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    account_id: Uuid,
    before: Option<Uuid>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Session>> {
    Ok(sqlx::query_as(
        "select session_id, client_id, user_agent, host(address) as address, created_at,
             last_used_at, expires_at
         from session
         where account_id = $1 and ($2::uuid is null or session_id < $2)
             and revoked_at is null and expires_at > $3
         order by session_id desc limit $4",
    )
    .bind(account_id)
    .bind(before)
    .bind(now)
    .bind(limit)
    .fetch_all(executor)
    .await?)
}

/// Forgets up to `limit` answers of exchanges before this time.
pub(crate) async fn forget_answers(
    executor: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64> {
    let done = sqlx::query(
        "update refresh_token set answer = null where token_id in (
             select token_id from refresh_token where answer is not null and rotated_at < $1
             order by rotated_at limit $2
         )",
    )
    .bind(before)
    .bind(limit)
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
