use axum::{extract::State, response::Response};
use http::StatusCode;
use problem::{ProblemBody, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{
    Json,
    idempotency::{self, IdempotencyKey, Started},
};

use super::registrant;
use crate::{
    account::{self, AccountKind, Email, Profile, api::Person},
    app::App,
    openapi::{BadInput, Throttled},
    password::Password,
    text::refuse_if_any,
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

/// Register
///
/// Passwords have 8 to 256 characters of any kind and are not among the common ones. An address that
/// has an account gets 409 `email_taken`: it is said openly, because a shop that answered otherwise
/// would leave its customers guessing; whoever must not be told apart registers by an e-mail proof in
/// front of this.
#[utoipa::path(
    post,
    path = "/v1/customers",
    tag = "accounts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = NewCustomer,
    responses(
        (status = 201, description = "The new customer", body = Person),
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
    Json(new): Json<NewCustomer>,
) -> Result<Response> {
    let NewCustomer { email, password, first_name, last_name, phone } = new;
    let mut profile = Profile { first_name, last_name, phone };
    let mut violations = Vec::new();
    profile.check(&mut violations);
    refuse_if_any(violations)?;
    password.check_new("/password", email.as_str())?;
    let fingerprint = Fingerprint {
        email: &email,
        profile: &profile,
        password_digest: app.vault.digest("registration", password.expose()),
    };
    let hash = app.hasher.hash(password).await?;
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
    let kind = AccountKind::Customer;
    let account = account::store::insert(&mut *transaction, kind, &email, &hash, &profile).await?;
    let id = account.account_id.to_string();
    let fact = json!({ "customer_id": id });
    outbox::append(&mut transaction, "customer.registered", &id, &fact).await?;
    let person = Person::from(account);
    let response =
        record.finish(&mut transaction, StatusCode::CREATED, Some("/v1/me"), &person).await?;
    transaction.commit().await?;
    Ok(response)
}
