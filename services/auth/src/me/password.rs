use axum::extract::State;
use chrono::Utc;
use http::StatusCode;
use problem::{Problem, Result};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use web::Json;

use crate::{
    account::{self, account_id, gone},
    app::App,
    audit::{self, EventType, Fact},
    client_address::ClientAddress,
    login::check_password,
    mail::{self, Errand, Language, Mail},
    me::Owner,
    one_time_token,
    openapi::{BadInput, Refusals, Throttled},
    password::Password,
    session,
};

/// The old and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    current_password: Password,
    new_password: Password,
}

/// Change my password
///
/// Ends every other session of the account; the owner is told by mail. A wrong current password is 422 `wrong_password`, and
/// counts like a failed login.
#[utoipa::path(
    post,
    path = "/v1/me/password",
    tag = "me",
    request_body = PasswordChange,
    responses((status = 204, description = "It is changed"), BadInput, Refusals, Throttled),
    security(("bearer" = []))
)]
pub(crate) async fn change_password(
    State(app): State<App>,
    Owner(caller): Owner,
    address: ClientAddress,
    language: Language,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode> {
    let id = account_id(&caller)?;
    let now = Utc::now();
    change.current_password.check_length("/current_password")?;
    let account = account::store::find_credentials_by_id(&app.db, id).await?.ok_or_else(gone)?;
    let email = account.email.as_str();
    change.new_password.check_new("/new_password", email)?;
    let current = change.current_password;
    if !check_password(&app, &account, email, current, address, now).await? {
        let rule = "is not the current password";
        return Err(Problem::invalid("/current_password", "wrong_password", rule));
    }
    let hash = app.hasher.hash(change.new_password).await?;
    let mut transaction = app.db.begin().await?;
    account::store::set_password_hash(&mut *transaction, id, &hash).await?;
    one_time_token::store::void_all(&mut *transaction, id, now).await?;
    let keep = caller.session_id;
    session::store::revoke_others(&mut *transaction, id, keep, "password_changed", now).await?;
    let fact = Fact::new(EventType::PasswordChanged, &caller.subject, json!({ "account_id": id }));
    audit::record(&mut transaction, fact.by(&caller)).await?;
    let notice = Mail { to: account.email, language, errand: Errand::PasswordChanged };
    mail::enqueue(&app, &mut transaction, &notice, now).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
