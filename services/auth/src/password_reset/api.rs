use axum::extract::State;
use chrono::Utc;
use http::StatusCode;
use problem::Result;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Json;

use super::{complete, request};
use crate::{
    account::Email,
    app::App,
    client_address::ClientAddress,
    mail::Language,
    openapi::{BadInput, Throttled},
    password::Password,
};

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordReset {
    email: Email,
}

/// The token of the link in the mail, and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    #[schema(max_length = 64)]
    token: String,
    new_password: Password,
}

/// Ask for a mail that resets a password
///
/// The answer is the same, after the same time, whether there is such an account or not. Mail is in the
/// first language of `Accept-Language` that is English, German or French. 503 `mail_not_configured` where
/// no mail is sent.
#[utoipa::path(
    post,
    path = "/v1/password-resets",
    tag = "accounts",
    params(("Accept-Language" = Option<String>, Header, description = "Language of the mail")),
    request_body = PasswordReset,
    responses(
        (status = 202, description = "If there is an account, a mail is on its way"),
        BadInput,
        Throttled
    ),
    security(())
)]
pub(crate) async fn request_password_reset(
    State(app): State<App>,
    language: Language,
    address: ClientAddress,
    Json(wanted): Json<PasswordReset>,
) -> Result<StatusCode> {
    request(&app, wanted.email, language, address, Utc::now()).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Reset a password
///
/// With the token of the link in the mail, within 15 minutes, once. Ends every session of the account;
/// the owner is told by mail. A token that is not good is 422 with `unknown_token`.
#[utoipa::path(
    post,
    path = "/v1/password-resets/complete",
    tag = "accounts",
    request_body = NewPassword,
    responses((status = 204, description = "The new password is set"), BadInput, Throttled),
    security(())
)]
pub(crate) async fn complete_password_reset(
    State(app): State<App>,
    Json(new): Json<NewPassword>,
) -> Result<StatusCode> {
    complete(&app, &new.token, new.new_password, Utc::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
