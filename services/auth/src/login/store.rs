use std::net::IpAddr;

use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{AssertSqlSafe, FromRow, PgPool, Row};

use crate::{
    account::{Email, store::Credentials},
    throttle::{
        attempt::Attempt,
        store::{AT_EASE, Added, COUNT},
    },
};

/// An account that somebody signs in to.
#[derive(FromRow)]
pub(super) struct LoginAccount {
    #[sqlx(flatten)]
    pub(super) credentials: Credentials,
    /// Whether it has been signed in to from there before.
    pub(super) is_known: bool,
    /// Whether a code is asked for.
    pub(super) has_second_factor: bool,
}

/// Finds the account and counts the attempt, in one statement, since every login makes it: that of
/// somebody `known` if the account has been signed in to from this address before, else of a `stranger`.
pub(super) async fn find_and_count(
    db: &PgPool,
    email: Option<&Email>,
    address: IpAddr,
    known: &Attempt,
    stranger: &Attempt,
    now: DateTime<Utc>,
) -> Result<(Option<LoginAccount>, Added)> {
    let sql = format!(
        "with {AT_EASE}, found as materialized (
             select account_id, kind, email, password_hash,
                 disabled_at is not null as is_disabled,
                 exists (
                     select from session
                     where session.account_id = account.account_id and address = $6::inet
                 ) as is_known,
                 exists (
                     select from totp
                     where totp.account_id = account.account_id and confirmed_at is not null
                 ) as has_second_factor
             from account where email = $5
         ), wanted as materialized (
             select * from unnest($2, $3, $4) as bucket (key, capacity, leak_seconds)
             where key = any ($7) or not exists (select from found where is_known)
         ), {COUNT}
         select is_there, wait_seconds, found.*
         from outcome cross join at_ease left join found on true"
    );
    let buckets = || stranger.buckets().iter();
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(now)
        .bind(buckets().map(|bucket| &bucket.key).collect::<Vec<_>>())
        .bind(buckets().map(|bucket| bucket.rule.capacity).collect::<Vec<_>>())
        .bind(buckets().map(|bucket| bucket.rule.leak_seconds).collect::<Vec<_>>())
        .bind(email)
        .bind(address.to_string())
        .bind(known.keys())
        .fetch_one(db)
        .await?;
    let is_found = row.try_get::<Option<bool>, _>("is_known")?.is_some();
    let account = is_found.then(|| LoginAccount::from_row(&row)).transpose()?;
    Ok((account, Added::from_row(&row)?))
}
