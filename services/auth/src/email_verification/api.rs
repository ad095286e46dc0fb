use axum::extract::State;
use chrono::Utc;
use http::StatusCode;
use problem::{ProblemBody, Result};
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
};

/// Whose address is to be proved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailVerification {
    email: Email,
}

/// The token of the link in the mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailProof {
    #[schema(max_length = 64)]
    token: String,
}

/// Ask for a mail that proves the address
///
/// The answer is the same, after the same time, whether there is such an account or not, and whether it
/// needs the proof or not. Mail is in the first language of `Accept-Language` that is English, German or
/// French. 503 `mail_not_configured` where no mail is sent.
#[utoipa::path(
    post,
    path = "/v1/email-verifications",
    tag = "accounts",
    params(("Accept-Language" = Option<String>, Header, description = "Language of the mail")),
    request_body = EmailVerification,
    responses(
        (status = 202, description = "If there is an account that needs it, a mail is on its way"),
        BadInput,
        Throttled
    ),
    security(())
)]
pub(crate) async fn request_email_verification(
    State(app): State<App>,
    language: Language,
    address: ClientAddress,
    Json(wanted): Json<EmailVerification>,
) -> Result<StatusCode> {
    request(&app, wanted.email, language, address, Utc::now()).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Prove the address
///
/// With the token of the link in a mail: of an account, of a registration that waits for it, or of a
/// change of address. A token that is unknown, used or older than 24 hours is 422 with `unknown_token`.
#[utoipa::path(
    post,
    path = "/v1/email-verifications/complete",
    tag = "accounts",
    request_body = EmailProof,
    responses(
        (status = 204, description = "It is proved, and what waited for it is done"),
        (status = 409, description = "`email_taken`: the address got another account meanwhile",
            body = ProblemBody, content_type = "application/problem+json"),
        BadInput
    ),
    security(())
)]
pub(crate) async fn complete_email_verification(
    State(app): State<App>,
    Json(proof): Json<EmailProof>,
) -> Result<StatusCode> {
    complete(&app, &proof.token, Utc::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
