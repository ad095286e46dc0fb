use axum::{extract::State, response::Response};
use chrono::Utc;
use http::StatusCode;
use problem::{ProblemBody, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Json,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{
    register::{self, Registered, register},
    registrant,
};
use crate::{
    account::{Email, Profile, api::Person},
    app::App,
    client_address::ClientAddress,
    mail::Language,
    openapi::{BadInput, Throttled},
    password::Password,
};

/// A registration.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCustomer {
    email: Email,
    password: Password,
    #[schema(max_length = 100, example = "Ada")]
    first_name: Option<String>,
    #[schema(max_length = 100, example = "Lovelace")]
    last_name: Option<String>,
    #[schema(max_length = 40)]
    phone: Option<String>,
}

/// What makes two registrations the same; without the password itself.
#[derive(Serialize)]
struct Fingerprint<'a> {
    email: &'a Email,
    profile: &'a Profile,
    password_digest: Vec<u8>,
}

/// A registration that waits for the proof of its address.
#[derive(Serialize, ToSchema)]
pub(crate) struct PendingRegistration {
    /// Always `prove_email`: open the link in the mail, or `POST /v1/email-verifications/complete`.
    #[schema(example = "prove_email")]
    next: &'static str,
}

/// Register
///
/// Passwords have 8 to 256 characters of any kind and are not among the common ones. Where accounts are
/// opened at once (`VITRINE_REGISTRATION=open`), an address that has an account gets 409 `email_taken`: it
/// is said openly, because a shop that answered otherwise would leave its customers guessing. Where nobody
/// may be told (`prove_email`), the answer is 202 for every address, and a mail goes there: with a link
/// that opens the account, or saying that there is one.
#[utoipa::path(
    post,
    path = "/v1/customers",
    tag = "accounts",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe"),
        ("Accept-Language" = Option<String>, Header, description = "Language of the mail")
    ),
    request_body = NewCustomer,
    responses(
        (status = 201, description = "The new customer", body = Person),
        (status = 202, description = "A mail is on its way", body = PendingRegistration),
        (status = 409, description = "`email_taken`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput,
        Throttled
    ),
    security(())
)]
pub(crate) async fn create_customer(
    State(app): State<App>,
    key: Option<IdempotencyKey>,
    language: Language,
    address: ClientAddress,
    Json(new): Json<NewCustomer>,
) -> Result<Response> {
    let NewCustomer { email, password, first_name, last_name, phone } = new;
    let mut profile = Profile { first_name, last_name, phone };
    register::check(&email, &password, &mut profile)?;
    let now = Utc::now();
    register::throttle(&app, &email, address, now).await?;
    let fingerprint = Fingerprint {
        email: &email,
        profile: &profile,
        password_digest: app.vault.digest("registration", password.expose()),
    };
    let registration = register::prepare(&app, password, profile.clone()).await?;
    let caller = registrant(&app.vault, &email);
    let mut transaction = app.db.begin().await?;
    let started = idempotency::start(
        &mut transaction,
        key.as_ref(),
        &caller,
        "create_customer",
        &fingerprint,
    );
    let record = match started.await? {
        Started::Replay(response) => return Ok(response),
        Started::First(record) => record,
    };
    let email = email.clone();
    let registered = register(&app, &mut transaction, email, registration, language, now).await?;
    let response = match registered {
        Registered::Account(account) => {
            let person = Person::from(*account);
            record.finish(&mut transaction, StatusCode::CREATED, Some("/v1/me"), &person).await?
        }
        Registered::ProofSent => {
            let pending = PendingRegistration { next: "prove_email" };
            record.finish(&mut transaction, StatusCode::ACCEPTED, None, &pending).await?
        }
    };
    transaction.commit().await?;
    Ok(response)
}
