use access::{Allowed, scope};
use axum::{extract::State, response::IntoResponse};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use problem::{Problem, ProblemBody, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Json, Path};

use super::{Secret, generate_recovery_codes, hash_recovery_code, store, verify};
use crate::{
    account::{self, account_id, gone},
    app::App,
    audit::{self, EventType, Fact},
    client_address::ClientAddress,
    login::check_password,
    mail::{self, Errand, Language, Mail},
    me::Owner,
    openapi::{BadInput, Missing, Refusals, Throttled},
    password::Password,
    scopes::check_within_own,
    session, staff,
    throttle::attempt::Attempt,
};

/// Whether a second factor is asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpState {
    enabled: bool,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled_at: Option<DateTime<Utc>>,
    /// Recovery codes that were not used yet.
    recovery_codes_left: i64,
}

impl TotpState {
    pub(crate) fn of(factor: Option<store::Factor>) -> Self {
        let enabled_at = factor.as_ref().and_then(|factor| factor.confirmed_at);
        Self {
            enabled: enabled_at.is_some(),
            enabled_at,
            recovery_codes_left: factor.map_or(0, |factor| factor.recovery_codes),
        }
    }
}

/// To set up a second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTotp {
    current_password: Password,
}

/// What the authenticator app is told.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpSecret {
    /// The secret in base 32, to be typed.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The same as an address, to be shown as a QR code.
    otpauth_uri: String,
}

/// A code of the app, or for turning the factor off a recovery code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotpCode {
    #[schema(max_length = 40, example = "123456")]
    code: String,
}

/// Recovery codes, which are shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Each stands in for a code of the app once.
    #[schema(example = json!(["7k3m-0qzd-x4te-9hva"]))]
    recovery_codes: Vec<String>,
}

/// My second factor
#[utoipa::path(
    get,
    path = "/v1/me/totp",
    tag = "me",
    responses((status = 200, description = "Whether it is on", body = TotpState), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn get_totp(
    State(app): State<App>,
    Owner(caller): Owner,
) -> Result<Json<TotpState>> {
    Ok(Json(TotpState::of(store::find(&app.db, account_id(&caller)?).await?)))
}

/// Set up a second factor
///
/// Tell the answer to an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds), then confirm with
/// its first code; until then nothing changes. A wrong password is 422 `wrong_password`, and counts like a
/// failed login.
#[utoipa::path(
    post,
    path = "/v1/me/totp",
    tag = "me",
    request_body = NewTotp,
    responses(
        (status = 200, description = "The secret for the app", body = TotpSecret),
        (status = 409, description = "`totp_enabled`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput, Refusals, Throttled
    ),
    security(("bearer" = []))
)]
pub(crate) async fn create_totp(
    State(app): State<App>,
    Owner(caller): Owner,
    address: ClientAddress,
    Json(new): Json<NewTotp>,
) -> Result<impl IntoResponse> {
    let id = account_id(&caller)?;
    let now = Utc::now();
    let current = new.current_password;
    current.check_length("/current_password")?;
    let account = account::store::find_credentials_by_id(&app.db, id).await?.ok_or_else(gone)?;
    let email = account.email.as_str();
    if !check_password(&app, &account, email, current, address, now).await? {
        let rule = "is not the current password";
        return Err(Problem::invalid("/current_password", "wrong_password", rule));
    }
    let secret = Secret::generate();
    if !store::upsert_pending(&app.db, id, &secret.seal(&app.vault, id), now).await? {
        return Err(enabled());
    }
    let (secret, otpauth_uri) = secret.introduce(&app.issuer, email)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(TotpSecret { secret, otpauth_uri })))
}

/// Turn my second factor on
///
/// With the first code of the app; the owner is told by mail. Every other session of the account ends:
/// they were opened without it. The recovery codes are in this answer and nowhere else. A wrong code is
/// 422 `wrong_code`, and 429 after five.
#[utoipa::path(
    post,
    path = "/v1/me/totp/confirm",
    tag = "me",
    request_body = TotpCode,
    responses(
        (status = 200, description = "It is on", body = RecoveryCodes),
        (status = 409, description = "`totp_enabled`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput, Missing, Refusals, Throttled
    ),
    security(("bearer" = []))
)]
pub(crate) async fn confirm_totp(
    State(app): State<App>,
    Owner(caller): Owner,
    language: Language,
    Json(typed): Json<TotpCode>,
) -> Result<impl IntoResponse> {
    let id = account_id(&caller)?;
    let now = Utc::now();
    let account = account::store::find(&app.db, id).await?.ok_or_else(gone)?;
    let factor = store::find(&app.db, id).await?.ok_or_else(missing)?;
    if factor.is_confirmed() {
        return Err(enabled());
    }
    let attempt = Attempt::second_factor(&app.vault, id);
    attempt.count(&app.db, now).await?;
    let secret = Secret::open(&app.vault, id, &factor.secret)?;
    let step = secret.step_of(typed.code.trim(), now)?.ok_or_else(wrong_code)?;
    attempt.forgive(&app.db).await?;
    let recovery_codes = generate_recovery_codes();
    let hashes: Vec<_> =
        recovery_codes.iter().map(|code| hash_recovery_code(&app.vault, id, code)).collect();
    let mut transaction = app.db.begin().await?;
    if !store::confirm(&mut *transaction, id, &factor.secret, step, now).await? {
        return Err(enabled());
    }
    store::insert_recovery_codes(&mut *transaction, id, &hashes).await?;
    let keep = caller.session_id;
    session::store::revoke_others(&mut *transaction, id, keep, "totp_enabled", now).await?;
    let fact = Fact::new(EventType::TotpEnabled, &caller.subject, json!({ "account_id": id }));
    audit::record(&mut transaction, fact.by(&caller)).await?;
    let notice = Mail { to: account.email, language, errand: Errand::TotpEnabled };
    mail::enqueue(&app, &mut transaction, &notice, now).await?;
    transaction.commit().await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(RecoveryCodes { recovery_codes })))
}

/// Turn my second factor off
///
/// With a code of the app or a recovery code; the owner is told by mail. A POST with a body, because
/// codes have no place in an address. A wrong code is 422 `wrong_code`, and 429 after five.
#[utoipa::path(
    post,
    path = "/v1/me/totp/disable",
    tag = "me",
    request_body = TotpCode,
    responses((status = 204, description = "It is off"), BadInput, Missing, Refusals, Throttled),
    security(("bearer" = []))
)]
pub(crate) async fn disable_totp(
    State(app): State<App>,
    Owner(caller): Owner,
    language: Language,
    Json(typed): Json<TotpCode>,
) -> Result<StatusCode> {
    let id = account_id(&caller)?;
    let now = Utc::now();
    let account = account::store::find(&app.db, id).await?.ok_or_else(gone)?;
    if !store::is_confirmed(&app.db, id).await? {
        return Err(missing());
    }
    if !verify(&app, id, &typed.code, now).await? {
        return Err(wrong_code());
    }
    let mut transaction = app.db.begin().await?;
    store::delete(&mut *transaction, id).await?;
    let fact = Fact::new(EventType::TotpDisabled, &caller.subject, json!({ "account_id": id }));
    audit::record(&mut transaction, fact.by(&caller)).await?;
    let notice = Mail { to: account.email, language, errand: Errand::TotpDisabled };
    mail::enqueue(&app, &mut transaction, &notice, now).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Turn the second factor of a member of staff off
///
/// For who has lost both the app and the recovery codes; the owner is told by mail. Your token must carry
/// all their scopes.
#[utoipa::path(
    delete,
    path = "/v1/staff/{id}/totp",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The member of staff")),
    responses((status = 204, description = "It is off"), Missing, Refusals),
    security(("bearer" = ["staff:write"]))
)]
pub(crate) async fn delete_staff_totp(
    State(app): State<App>,
    allowed: Allowed<scope::StaffWrite>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    let row = staff::store::find(&mut *transaction, id).await?;
    let row = row.ok_or_else(|| Problem::not_found("member of staff"))?;
    check_within_own(&allowed.caller, &row.scopes)?;
    if !store::delete(&mut *transaction, id).await? {
        return Err(missing());
    }
    let subject = row.account.kind.subject(id);
    let fact = Fact::new(EventType::TotpDisabled, subject, json!({ "account_id": id }));
    audit::record(&mut transaction, fact.by(&allowed.caller)).await?;
    let language = Language::default();
    let notice = Mail { to: row.account.email, language, errand: Errand::TotpDisabled };
    mail::enqueue(&app, &mut transaction, &notice, Utc::now()).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn missing() -> Problem {
    Problem::not_found("second factor")
}

fn enabled() -> Problem {
    Problem::conflict("totp_enabled", "the second factor is on; turn it off to set up another")
}

fn wrong_code() -> Problem {
    Problem::invalid("/code", "wrong_code", "is not a code that can still be used")
}
