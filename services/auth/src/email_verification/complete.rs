use chrono::{DateTime, Utc};
use problem::Result;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    account,
    app::App,
    audit::{self, EventType, Fact},
    customer::register::open_account,
    mail::{self, Errand, Mail},
    one_time_token::{self, OneTimeToken, Purpose, unknown},
    secret::Token,
};

/// What a link did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proved {
    /// The address of an account is known to be its owner's.
    Verified,
    /// The account has a new address.
    Changed,
    /// There is a new account.
    Registered,
}

/// Does what the link in a mail promised, once. 422 `unknown_token` if it is not good (any more), 409
/// `email_taken` if the address got another account meanwhile.
pub(crate) async fn complete(app: &App, token: &str, now: DateTime<Utc>) -> Result<Proved> {
    let token = Token::parse(token).ok_or_else(unknown)?;
    let mut transaction = app.db.begin().await?;
    let found =
        one_time_token::store::use_up(&mut *transaction, &token, Purpose::PROOFS, now).await?;
    let token = found.ok_or_else(unknown)?;
    let proved = match token.purpose {
        Purpose::ChangeEmail => change(app, &mut transaction, &token, now).await?,
        Purpose::Register => {
            let registration = token.registration(app)?;
            open_account(&mut transaction, &token.email, &registration, Some(now)).await?;
            Proved::Registered
        }
        Purpose::VerifyEmail | Purpose::ResetPassword => {
            verify(&mut transaction, &token, now).await?
        }
    };
    transaction.commit().await?;
    Ok(proved)
}

async fn verify(
    transaction: &mut PgConnection,
    token: &OneTimeToken,
    now: DateTime<Utc>,
) -> Result<Proved> {
    let id = token.account_id()?;
    let is_still_its =
        account::store::set_email_verified(&mut *transaction, id, &token.email, now).await?;
    if !is_still_its {
        return Err(unknown());
    }
    tell(transaction, EventType::EmailVerified, id).await?;
    Ok(Proved::Verified)
}

/// The old address is told, and links that were sent to it end.
async fn change(
    app: &App,
    transaction: &mut PgConnection,
    token: &OneTimeToken,
    now: DateTime<Utc>,
) -> Result<Proved> {
    let id = token.account_id()?;
    let account = account::store::lock(&mut *transaction, id).await?.ok_or_else(unknown)?;
    account::store::set_email(&mut *transaction, id, &token.email, now).await?;
    one_time_token::store::void_all(&mut *transaction, id, now).await?;
    let notice = Mail { to: account.email, language: token.language, errand: Errand::EmailChanged };
    mail::enqueue(app, &mut *transaction, &notice, now).await?;
    tell(transaction, EventType::EmailChanged, id).await?;
    Ok(Proved::Changed)
}

async fn tell(transaction: &mut PgConnection, kind: EventType, account_id: Uuid) -> Result<()> {
    let account = account::store::find(&mut *transaction, account_id).await?.ok_or_else(unknown)?;
    let subject = account.kind.subject(account_id);
    audit::record(transaction, Fact::new(kind, subject, json!({ "account_id": account_id }))).await
}
