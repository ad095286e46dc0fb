use chrono::{DateTime, Utc};
use problem::Result;
use serde_json::json;

use crate::{
    account,
    app::App,
    audit::{self, EventType, Fact},
    mail::{self, Errand, Mail},
    one_time_token::{self, Purpose, unknown},
    password::Password,
    secret::Token,
    session,
};

/// Sets a new password by the link of a mail, once. Ends every session of the account: whoever knew the
/// old password is out. A second factor stays. 422 `unknown_token` if the link is not good (any more).
pub(crate) async fn complete(
    app: &App,
    token: &str,
    new_password: Password,
    now: DateTime<Utc>,
) -> Result<()> {
    let token = Token::parse(token).ok_or_else(unknown)?;
    let purpose = Purpose::ResetPassword;
    // Before the hash, which costs: a guessed token costs nothing.
    let found = one_time_token::store::find(&app.db, &token, purpose, now).await?;
    let email = found.ok_or_else(unknown)?.email;
    new_password.check_new("/new_password", email.as_str())?;
    let hash = app.hasher.hash(new_password).await?;
    let mut transaction = app.db.begin().await?;
    let used = one_time_token::store::use_up(&mut *transaction, &token, &[purpose], now).await?;
    let token = used.ok_or_else(unknown)?;
    let id = token.account_id()?;
    account::store::set_password_hash(&mut *transaction, id, &hash).await?;
    account::store::set_email_verified(&mut *transaction, id, &email, now).await?;
    one_time_token::store::void_all(&mut *transaction, id, now).await?;
    session::store::revoke_others(&mut *transaction, id, None, "password_reset", now).await?;
    let account = account::store::find(&mut *transaction, id).await?.ok_or_else(unknown)?;
    let subject = account.kind.subject(id);
    let fact = Fact::new(EventType::PasswordReset, subject, json!({ "account_id": id }));
    audit::record(&mut transaction, fact).await?;
    let notice = Mail { to: email, language: token.language, errand: Errand::PasswordChanged };
    mail::enqueue(app, &mut transaction, &notice, now).await?;
    Ok(transaction.commit().await?)
}
