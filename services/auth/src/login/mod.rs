//! Signing in with e-mail address, password and, where it is on, a second factor.

pub(crate) mod api;
mod check;
mod open_session;

pub(crate) use check::{Checked, Typed, check};
use chrono::{DateTime, Utc};
pub(crate) use open_session::open_session;
use problem::Result;

use crate::{
    account::store::Credentials, app::App, client_address::ClientAddress, password::Password,
    session, throttle::attempt::Attempt,
};

/// Whether the password is this account's. `typed` names the account as the client did. 429 after too
/// many wrong ones.
pub(crate) async fn check_password(
    app: &App,
    account: &Credentials,
    typed: &str,
    password: Password,
    address: ClientAddress,
    now: DateTime<Utc>,
) -> Result<bool> {
    let id = account.account_id;
    let is_known = session::store::has_been_used_from(&app.db, id, address.0).await?;
    check_password_from(app, Some(account), is_known, typed, password, address, now).await
}

/// The same where it is known whether the account has been signed in to from that address; takes the same
/// steps and the same time when there is no such account.
async fn check_password_from(
    app: &App,
    account: Option<&Credentials>,
    is_known: bool,
    typed: &str,
    password: Password,
    address: ClientAddress,
    now: DateTime<Utc>,
) -> Result<bool> {
    let attempt = Attempt::new(&app.vault, typed, address, is_known);
    attempt.count(&app.db, now).await?;
    let hash = account.map(|account| account.password_hash.as_str());
    let outcome = app.hasher.verify(password, hash).await;
    if !matches!(outcome, Ok(false)) {
        attempt.forgive(&app.db).await?;
    }
    outcome
}
