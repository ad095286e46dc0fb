use chrono::{DateTime, Utc};
use problem::Result;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;

use crate::{
    account::{self, Account, AccountKind, Email, Profile},
    app::App,
    audit::{self, EventType, Fact},
    client_address::ClientAddress,
    config::RegistrationPolicy,
    mail::{self, Errand, Language, Mail},
    password::Password,
    text::refuse_if_any,
    throttle::attempt::Attempt,
};

/// A registration whose password is hashed; it may wait, sealed, for the proof of its address.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Registration {
    password_hash: String,
    profile: Profile,
}

/// What a registration led to.
pub(crate) enum Registered {
    /// There is an account. Its address is proved later.
    Account(Box<Account>),
    /// A mail goes to the address: with a link that opens the account, or saying that there is one.
    ProofSent,
}

/// 422 for what breaks a rule.
pub(crate) fn check(email: &Email, password: &Password, profile: &mut Profile) -> Result<()> {
    let mut violations = Vec::new();
    profile.check(&mut violations);
    refuse_if_any(violations)?;
    password.check_new("/password", email.as_str())
}

/// Where every registration sends a mail: 429 after too many to this address or from this place.
pub(crate) async fn throttle(
    app: &App,
    email: &Email,
    address: ClientAddress,
    now: DateTime<Utc>,
) -> Result<()> {
    match app.registration {
        RegistrationPolicy::Open => Ok(()),
        RegistrationPolicy::ProveEmail => {
            Attempt::mail(&app.vault, email, address).count(&app.db, now).await
        }
    }
}

/// Hashes the password, once and whether the address is taken or not; 503 when too many wait.
pub(crate) async fn prepare(
    app: &App,
    password: Password,
    profile: Profile,
) -> Result<Registration> {
    Ok(Registration { password_hash: app.hasher.hash(password).await?, profile })
}

/// Registers as the installation wants it. Where accounts are opened at once an address that has one is
/// 409 `email_taken`; where addresses are proved first nothing tells whether it has one.
pub(crate) async fn register(
    app: &App,
    transaction: &mut PgConnection,
    email: Email,
    registration: Registration,
    language: Language,
    now: DateTime<Utc>,
) -> Result<Registered> {
    let (registered, errand) = match app.registration {
        RegistrationPolicy::Open => {
            let account = open_account(&mut *transaction, &email, &registration, None).await?;
            (Registered::Account(Box::new(account)), Errand::VerifyEmail)
        }
        RegistrationPolicy::ProveEmail => (Registered::ProofSent, Errand::Register(registration)),
    };
    let mail = Mail { to: email, language, errand };
    mail::enqueue(app, transaction, &mail, now).await?;
    Ok(registered)
}

/// Makes the account; 409 `email_taken` if the address has one.
pub(crate) async fn open_account(
    transaction: &mut PgConnection,
    email: &Email,
    registration: &Registration,
    proved_at: Option<DateTime<Utc>>,
) -> Result<Account> {
    let Registration { password_hash, profile } = registration;
    let kind = AccountKind::Customer;
    let mut account =
        account::store::insert(&mut *transaction, kind, email, password_hash, profile).await?;
    let id = account.account_id;
    if let Some(now) = proved_at {
        account::store::set_email_verified(&mut *transaction, id, email, now).await?;
        account.email_verified_at = proved_at;
    }
    let fact = Fact::new(EventType::CustomerRegistered, id, json!({ "customer_id": id }));
    audit::record(transaction, fact.by_itself()).await?;
    Ok(account)
}
