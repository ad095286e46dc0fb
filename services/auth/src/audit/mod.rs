//! What happened to accounts, sessions, roles and connections: told to the other services by the outbox,
//! and kept for staff to read. Nothing personal and nothing secret is in either: people are ids, and what
//! somebody typed is a keyed digest.

pub(crate) mod api;
pub(crate) mod store;

use access::Caller;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use problem::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;
use vault::Vault;

use crate::{app::App, client_address::ClientAddress};

/// How long entries, and the facts told with them, are kept.
pub(crate) const KEEP: TimeDelta = TimeDelta::days(400);
/// Bytes of a digest that stands for what somebody typed.
const DIGEST_LENGTH: usize = 12;

/// What sort of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum EventType {
    #[serde(rename = "customer.registered")]
    CustomerRegistered,
    #[serde(rename = "customer.erased")]
    CustomerErased,
    #[serde(rename = "account.email_verified")]
    EmailVerified,
    #[serde(rename = "account.email_changed")]
    EmailChanged,
    #[serde(rename = "account.password_changed")]
    PasswordChanged,
    #[serde(rename = "account.password_reset")]
    PasswordReset,
    #[serde(rename = "totp.enabled")]
    TotpEnabled,
    #[serde(rename = "totp.disabled")]
    TotpDisabled,
    #[serde(rename = "session.opened")]
    SessionOpened,
    #[serde(rename = "session.login_failed")]
    LoginFailed,
    #[serde(rename = "session.revoked")]
    SessionRevoked,
    #[serde(rename = "session.reuse_detected")]
    ReuseDetected,
    #[serde(rename = "session.code_reuse_detected")]
    CodeReuseDetected,
    #[serde(rename = "role.created")]
    RoleCreated,
    #[serde(rename = "role.changed")]
    RoleChanged,
    #[serde(rename = "role.deleted")]
    RoleDeleted,
    #[serde(rename = "staff.created")]
    StaffCreated,
    #[serde(rename = "staff.changed")]
    StaffChanged,
    #[serde(rename = "staff.deleted")]
    StaffDeleted,
    #[serde(rename = "connection.created")]
    ConnectionCreated,
    #[serde(rename = "connection.changed")]
    ConnectionChanged,
    #[serde(rename = "connection.secret_rotated")]
    ConnectionSecretRotated,
    #[serde(rename = "connection.deleted")]
    ConnectionDeleted,
    #[serde(rename = "application.created")]
    ApplicationCreated,
    #[serde(rename = "application.changed")]
    ApplicationChanged,
    #[serde(rename = "application.secret_rotated")]
    ApplicationSecretRotated,
    #[serde(rename = "application.deleted")]
    ApplicationDeleted,
    #[serde(rename = "consent.given")]
    ConsentGiven,
    #[serde(rename = "consent.withdrawn")]
    ConsentWithdrawn,
    #[serde(rename = "signing_key.rotated")]
    SigningKeyRotated,
    #[serde(rename = "signing_key.withdrawn")]
    SigningKeyWithdrawn,
}

impl EventType {
    /// Its name in the outbox and in the log.
    pub(crate) fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(Value::String(name)) => name,
            _ => unreachable!("every type is written as its name"),
        }
    }
}

/// Something that happened.
pub(crate) struct Fact {
    pub(crate) kind: EventType,
    pub(crate) actor: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) subject: String,
    pub(crate) data: Value,
}

impl Fact {
    /// To whom or what it happened, and the state afterwards; nobody did it who has signed in.
    pub(crate) fn new(kind: EventType, subject: impl ToString, data: Value) -> Self {
        Self { kind, actor: None, client_id: None, subject: subject.to_string(), data }
    }

    /// Done by this caller.
    pub(crate) fn by(self, caller: &Caller) -> Self {
        let client_id = Some(caller.client_id.clone());
        Self { actor: Some(caller.subject.to_string()), client_id, ..self }
    }

    /// Done by whom it happened to.
    pub(crate) fn by_itself(self) -> Self {
        Self { actor: Some(self.subject.clone()), ..self }
    }

    /// Done by means of this client.
    pub(crate) fn through(self, client_id: &str) -> Self {
        Self { client_id: Some(client_id.to_owned()), ..self }
    }
}

/// Keeps the fact and tells it, if the caller's transaction commits.
pub(crate) async fn record(transaction: &mut PgConnection, fact: Fact) -> Result<()> {
    store::insert(&mut *transaction, Uuid::now_v7(), &fact, Utc::now()).await?;
    outbox::append(transaction, &fact.kind.name(), &fact.subject, &fact.data).await
}

/// Keeps and tells that a login failed: of this account, or where there is none of what was typed. The
/// same is done in both cases.
pub(crate) async fn record_failed_login(
    app: &App,
    account: Option<String>,
    typed: &str,
    address: ClientAddress,
    reason: &str,
) -> Result<()> {
    let login = digest(&app.vault, "audit login", typed);
    let place = digest(&app.vault, "audit place", &address.place().to_string());
    let data = json!({ "reason": reason, "login": login, "place": place });
    let subject = account.unwrap_or_else(|| format!("login:{login}"));
    let mut transaction = app.db.begin().await?;
    record(&mut transaction, Fact::new(EventType::LoginFailed, subject, data)).await?;
    Ok(transaction.commit().await?)
}

/// Tells two apart, and nobody who has only the log learns what it stands for.
fn digest(vault: &Vault, purpose: &str, text: &str) -> String {
    let digest = vault.digest(purpose, text);
    BASE64_URL_SAFE_NO_PAD.encode(&digest[..DIGEST_LENGTH])
}

/// Which entries are asked for.
#[derive(Default)]
pub(crate) struct Filter {
    pub(crate) kind: Option<EventType>,
    pub(crate) actor: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) until: Option<DateTime<Utc>>,
}
