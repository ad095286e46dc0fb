use chrono::{DateTime, Utc};
use problem::Result;

use super::check_password_from;
use crate::{
    account::{self, Email, store::Credentials},
    app::App,
    audit,
    client_address::ClientAddress,
    password::Password,
    session::Authentication,
    totp,
};

/// What somebody typed to sign in.
pub(crate) struct Typed<'a> {
    /// As it was typed, an address or not.
    pub(crate) email: &'a str,
    pub(crate) password: Password,
    /// A code of the second factor, or a recovery code.
    pub(crate) otp: Option<&'a str>,
}

/// What became of it.
pub(crate) enum Checked {
    /// It is them.
    SignedIn(Credentials, Authentication),
    /// The password is right, and a code is needed besides.
    SecondFactorRequired,
    /// The password is right, and the code is not, or was used before.
    SecondFactorRefused,
    /// There is no such account, it is disabled, or the password is wrong: nobody is told which.
    Refused,
}

/// Whether somebody may sign in. 429 after too many wrong passwords or codes.
pub(crate) async fn check(
    app: &App,
    typed: Typed<'_>,
    address: ClientAddress,
    now: DateTime<Utc>,
) -> Result<Checked> {
    let email = typed.email.trim().to_lowercase();
    let found = match Email::parse(&email) {
        Ok(email) => account::store::find_for_login(&app.db, &email, address.0).await?,
        Err(_) => None,
    };
    let is_known = found.as_ref().is_some_and(|found| found.is_known);
    let has_second_factor = found.as_ref().is_some_and(|found| found.has_second_factor);
    let account = found.map(|found| found.credentials);
    let password = typed.password;
    let is_right =
        check_password_from(app, account.as_ref(), is_known, &email, password, address, now)
            .await?;
    let subject = account.as_ref().map(|it| it.kind.subject(it.account_id).to_string());
    let account = match account {
        Some(account) if is_right && !account.is_disabled => account,
        account => {
            let reason = match account {
                None => "unknown_account",
                Some(_) if is_right => "disabled",
                Some(_) => "wrong_password",
            };
            audit::record_failed_login(app, subject, &email, address, reason).await?;
            return Ok(Checked::Refused);
        }
    };
    let mut authentication = Authentication::password(now);
    if has_second_factor {
        let Some(code) = typed.otp else { return Ok(Checked::SecondFactorRequired) };
        if !totp::verify(app, account.account_id, code, now).await? {
            audit::record_failed_login(app, subject, &email, address, "wrong_code").await?;
            return Ok(Checked::SecondFactorRefused);
        }
        authentication.methods.push("otp".to_owned());
    }
    Ok(Checked::SignedIn(account, authentication))
}
