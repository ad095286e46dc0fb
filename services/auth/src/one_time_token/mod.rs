//! Links in mails: whoever opens one reads mail at the address that it was sent to.

pub(crate) mod store;

use anyhow::anyhow;
use chrono::{DateTime, TimeDelta, Utc};
use problem::{Problem, Result};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::{
    account::Email, app::App, customer::register::Registration, mail::Language, secret::Token,
};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(crate) enum Purpose {
    VerifyEmail,
    ChangeEmail,
    Register,
    ResetPassword,
}

impl Purpose {
    /// What the page that proves an address takes.
    pub(crate) const PROOFS: &[Self] = &[Self::VerifyEmail, Self::ChangeEmail, Self::Register];

    fn lifetime(self) -> TimeDelta {
        match self {
            Self::VerifyEmail | Self::ChangeEmail | Self::Register => TimeDelta::hours(24),
            Self::ResetPassword => TimeDelta::minutes(15),
        }
    }
}

/// A link to be.
pub(crate) struct NewToken<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) account_id: Option<Uuid>,
    pub(crate) email: &'a Email,
    pub(crate) language: Language,
    pub(crate) content: Option<&'a Registration>,
}

/// A link that is good, or was until it was used up just now.
#[derive(FromRow)]
pub(crate) struct OneTimeToken {
    token_id: Uuid,
    pub(crate) purpose: Purpose,
    account_id: Option<Uuid>,
    pub(crate) email: Email,
    pub(crate) language: Language,
    content: Option<Vec<u8>>,
}

/// Makes the token of a link.
pub(crate) async fn issue(
    app: &App,
    transaction: &mut PgConnection,
    new: &NewToken<'_>,
    now: DateTime<Utc>,
) -> Result<Token> {
    let token = Token::generate();
    let content = match new.content {
        Some(registration) => {
            let plain = serde_json::to_vec(registration).map_err(Problem::internal)?;
            Some(app.vault.seal(token.id.as_bytes(), &plain))
        }
        None => None,
    };
    store::insert(transaction, &token, new, content, now + new.purpose.lifetime()).await?;
    Ok(token)
}

impl OneTimeToken {
    /// Of every purpose but a registration.
    pub(crate) fn account_id(&self) -> Result<Uuid> {
        self.account_id.ok_or_else(|| Problem::internal(anyhow!("a link without an account")))
    }

    /// What a link that completes a registration carries.
    pub(crate) fn registration(&self, app: &App) -> Result<Registration> {
        let sealed = self.content.as_deref().unwrap_or_default();
        let plain = app.vault.open(self.token_id.as_bytes(), sealed);
        let plain = plain.ok_or_else(|| Problem::internal(anyhow!("a link does not open")))?;
        serde_json::from_slice(&plain).map_err(Problem::internal)
    }
}

/// 422: the link is none of ours, was used, is too old, or the account has moved on.
pub(crate) fn unknown() -> Problem {
    Problem::invalid("/token", "unknown_token", "is not a link that can still be used")
}
