use chrono::{DateTime, Utc};
use problem::Result;

use crate::{
    account::Email,
    app::App,
    client_address::ClientAddress,
    mail::{self, Errand, Language, Mail},
    throttle::attempt::Attempt,
};

/// Sends the link again, if there is an account that needs it. Does the same, in the same time, if there
/// is none. 429 after too many mails to this address or from this place.
pub(crate) async fn request(
    app: &App,
    email: Email,
    language: Language,
    address: ClientAddress,
    now: DateTime<Utc>,
) -> Result<()> {
    app.mailer.require()?;
    Attempt::mail(&app.vault, &email, address).count(&app.db, now).await?;
    let mail = Mail { to: email, language, errand: Errand::VerifyEmail };
    let mut transaction = app.db.begin().await?;
    mail::enqueue(app, &mut transaction, &mail, now).await?;
    Ok(transaction.commit().await?)
}
