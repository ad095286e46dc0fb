use axum::extract::State;
use chrono::Utc;
use http::StatusCode;
use problem::{Problem, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Json;

use crate::{
    account::{self, Email, account_id, gone},
    app::App,
    client_address::ClientAddress,
    login::check_password,
    mail::{self, Errand, Language, Mail},
    me::Owner,
    openapi::{BadInput, Refusals, Throttled},
    password::Password,
    throttle::attempt::Attempt,
};

/// The new address and the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailChange {
    new_email: Email,
    current_password: Password,
}

/// Change my e-mail address
///
/// Takes effect with the link that is sent to the new address (`POST
/// /v1/email-verifications/complete`); the old one is told then. An address that has an account already
/// gets a mail that says so, and the answer here is the same. A wrong password is 422 `wrong_password`,
/// and counts like a failed login. 503 `mail_not_configured` where no mail is sent.
#[utoipa::path(
    post,
    path = "/v1/me/email",
    tag = "me",
    params(("Accept-Language" = Option<String>, Header, description = "Language of the mail")),
    request_body = EmailChange,
    responses((status = 202, description = "A mail is on its way"), BadInput, Refusals, Throttled),
    security(("bearer" = []))
)]
pub(crate) async fn change_email(
    State(app): State<App>,
    Owner(caller): Owner,
    address: ClientAddress,
    language: Language,
    Json(change): Json<EmailChange>,
) -> Result<StatusCode> {
    let id = account_id(&caller)?;
    let now = Utc::now();
    app.mailer.require()?;
    change.current_password.check_length("/current_password")?;
    let account = account::store::find_credentials_by_id(&app.db, id).await?.ok_or_else(gone)?;
    let current = change.current_password;
    let email = account.email.as_str();
    if !check_password(&app, &account, email, current, address, now).await? {
        let rule = "is not the current password";
        return Err(Problem::invalid("/current_password", "wrong_password", rule));
    }
    Attempt::mail(&app.vault, &change.new_email, address).count(&app.db, now).await?;
    let errand = Errand::ChangeEmail { account_id: id };
    let mail = Mail { to: change.new_email, language, errand };
    let mut transaction = app.db.begin().await?;
    mail::enqueue(&app, &mut transaction, &mail, now).await?;
    transaction.commit().await?;
    Ok(StatusCode::ACCEPTED)
}
