use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::PgConnection;

use super::{Errand, Letter, Mail, letter::Sort};
use crate::{
    account::{self, Account},
    app::App,
    one_time_token::{NewToken, Purpose, issue},
};

/// Writes the letter, and makes its link; `None` if there is nothing to say: a request for a link has
/// been queued whether there is such an account or not.
pub(super) async fn compose(
    app: &App,
    transaction: &mut PgConnection,
    mail: &Mail,
    now: DateTime<Utc>,
) -> Result<Option<Letter>> {
    let shop = &app.issuer;
    let account = account::store::find_by_email(&mut *transaction, &mail.to).await?;
    let new = |purpose, account_id| NewToken {
        purpose,
        account_id,
        email: &mail.to,
        language: mail.language,
        content: None,
    };
    let (sort, token) = match (&mail.errand, account) {
        (Errand::VerifyEmail, Some(account)) if needs_proof(&account) => {
            (Sort::VerifyEmail, new(Purpose::VerifyEmail, Some(account.account_id)))
        }
        (Errand::ResetPassword, Some(account)) if account.disabled_at.is_none() => {
            (Sort::ResetPassword, new(Purpose::ResetPassword, Some(account.account_id)))
        }
        (Errand::ChangeEmail { account_id }, None) => {
            let is_there = account::store::find(&mut *transaction, *account_id).await?.is_some();
            if !is_there {
                return Ok(None);
            }
            (Sort::ChangeEmail, new(Purpose::ChangeEmail, Some(*account_id)))
        }
        (Errand::Register(registration), None) => (
            Sort::Register,
            NewToken { content: Some(registration), ..new(Purpose::Register, None) },
        ),
        (Errand::VerifyEmail | Errand::ResetPassword, _) => return Ok(None),
        (errand, _) => return Ok(notice(errand).map(|sort| Letter::notice(sort, shop))),
    };
    let token = issue(app, transaction, &token, now).await?;
    Ok(Some(Letter::with_link(sort, shop, &token)))
}

fn needs_proof(account: &Account) -> bool {
    account.email_verified_at.is_none() && account.disabled_at.is_none()
}

/// What is said without a link.
fn notice(errand: &Errand) -> Option<Sort> {
    match errand {
        Errand::ChangeEmail { .. } | Errand::Register(_) => Some(Sort::AddressInUse),
        Errand::PasswordChanged => Some(Sort::PasswordChanged),
        Errand::EmailChanged => Some(Sort::EmailChanged),
        Errand::TotpEnabled => Some(Sort::TotpEnabled),
        Errand::TotpDisabled => Some(Sort::TotpDisabled),
        Errand::VerifyEmail | Errand::ResetPassword => None,
    }
}
