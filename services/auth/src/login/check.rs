use chrono::{DateTime, Utc};
use problem::Result;

use super::{
    store::{self, LoginAccount},
    verify,
};
use crate::{
    account::{Email, store::Credentials},
    app::App,
    audit,
    client_address::ClientAddress,
    password::Password,
    session::Authentication,
    throttle::{
        self,
        attempt::{Attempt, MAX_TRIES, cleared_too_fast},
    },
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
    /// It is them. The attempt, if it still counts, is to be forgiven with what this leads to.
    SignedIn(Credentials, Authentication, Option<Attempt>),
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
    let (found, attempt) = find(app, &email, address, now).await?;
    let has_second_factor = found.as_ref().is_some_and(|found| found.has_second_factor);
    let account = found.map(|found| found.credentials);
    let is_right = verify(app, &attempt, account.as_ref(), typed.password).await?;
    let subject = account.as_ref().map(|it| it.kind.subject(it.account_id).to_string());
    let account = match account {
        Some(account) if is_right && !account.is_disabled => account,
        account => {
            let reason = match account {
                None => "unknown_account",
                Some(_) if is_right => "disabled",
                Some(_) => "wrong_password",
            };
            if is_right {
                attempt.forgive(&app.db).await?;
            }
            audit::record_failed_login(app, subject, &email, address, reason).await?;
            return Ok(Checked::Refused);
        }
    };
    let mut authentication = Authentication::password(now);
    if !has_second_factor {
        return Ok(Checked::SignedIn(account, authentication, Some(attempt)));
    }
    // Codes have attempts of their own.
    attempt.forgive(&app.db).await?;
    let Some(code) = typed.otp else { return Ok(Checked::SecondFactorRequired) };
    if !totp::verify(app, account.account_id, code, now).await? {
        audit::record_failed_login(app, subject, &email, address, "wrong_code").await?;
        return Ok(Checked::SecondFactorRefused);
    }
    authentication.methods.push("otp".to_owned());
    Ok(Checked::SignedIn(account, authentication, None))
}

/// The account, and the attempt, which is counted before the password is looked at; 429 if there were too
/// many.
async fn find(
    app: &App,
    email: &str,
    address: ClientAddress,
    now: DateTime<Utc>,
) -> Result<(Option<LoginAccount>, Attempt)> {
    let known = Attempt::new(&app.vault, email, address, true);
    let stranger = Attempt::new(&app.vault, email, address, false);
    let parsed = Email::parse(email).ok();
    for _ in 0..MAX_TRIES {
        let found =
            store::find_and_count(&app.db, parsed.as_ref(), address.0, &known, &stranger, now);
        let (found, added) = found.await?;
        if added.is_counted()? {
            let is_known = found.as_ref().is_some_and(|found| found.is_known);
            return Ok((found, if is_known { known } else { stranger }));
        }
        throttle::store::make(&app.db, &stranger.keys(), now).await?;
    }
    Err(cleared_too_fast())
}
