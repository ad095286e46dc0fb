//! Mail to people: queued in the transaction that it tells of, written and sent in the background, so
//! that a crash loses none and a slow mail server slows nobody.
//!
//! What is queued is an errand, not a text. The link in a mail is made when the mail is sent: it is as
//! fresh as the mail, and none waits in the database. A request for a link queues the same errand
//! whether there is such an account or not, so its answer and its time tell nothing.

mod compose;
mod deliver;
mod language;
mod letter;
mod mailer;
pub(crate) mod store;

use chrono::{DateTime, Utc};
pub use deliver::deliver_due;
pub(crate) use deliver::deliver_for_ever;
pub(crate) use language::Language;
pub(crate) use letter::Letter;
pub use mailer::MailConfig;
pub(crate) use mailer::Mailer;
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{account::Email, app::App, customer::register::Registration};

/// A mail to be written.
#[derive(Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) to: Email,
    pub(crate) language: Language,
    pub(crate) errand: Errand,
}

/// What a mail is about.
#[derive(Serialize, Deserialize)]
pub(crate) enum Errand {
    /// Proves that the account's owner reads mail there, if there is an account that needs it.
    VerifyEmail,
    /// Proves that the account's owner reads mail at a new address.
    ChangeEmail { account_id: Uuid },
    /// Completes a registration, or says that there is an account already.
    Register(Registration),
    /// Resets the password of the account, if there is one.
    ResetPassword,
    /// Says that the password was changed.
    PasswordChanged,
    /// Says, to the old address, that another took its place.
    EmailChanged,
    /// Says that codes are asked for from now on.
    TotpEnabled,
    /// Says that codes are asked for no longer.
    TotpDisabled,
}

/// Queues a mail; it is sent if the transaction commits. Without a way to send there is no queue either,
/// as the start of the service said.
pub(crate) async fn enqueue(
    app: &App,
    transaction: &mut PgConnection,
    mail: &Mail,
    now: DateTime<Utc>,
) -> Result<()> {
    if !app.mailer.sends() {
        return Ok(());
    }
    let id = Uuid::now_v7();
    let plain = serde_json::to_vec(mail).map_err(Problem::internal)?;
    store::insert(transaction, id, &app.vault.seal(id.as_bytes(), &plain), now).await
}
