//! Signing in with e-mail address, password and, where it is on, a second factor.

pub(crate) mod api;
mod check;
mod store;

pub(crate) use check::{Checked, Typed, check};
use chrono::{DateTime, Utc};
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
    let attempt = Attempt::new(&app.vault, typed, address, is_known);
    attempt.count(&app.db, now).await?;
    let is_right = verify(app, &attempt, Some(account), password).await?;
    if is_right {
        attempt.forgive(&app.db).await?;
    }
    Ok(is_right)
}

/// Whether the password is this account's; takes the same steps and the same time when there is no such
/// account. The attempt has been counted, and is to be forgiven if it was right.
async fn verify(
    app: &App,
    attempt: &Attempt,
    account: Option<&Credentials>,
    password: Password,
) -> Result<bool> {
    let hash = account.map(|account| account.password_hash.as_str());
    let outcome = app.hasher.verify(password, hash).await;
    if outcome.is_err() {
        attempt.forgive(&app.db).await?;
    }
    outcome
}
