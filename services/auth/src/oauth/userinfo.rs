use access::Caller;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use problem::Result;
use serde::Serialize;
use utoipa::ToSchema;
use web::Json;

use crate::{
    account::{self, Account, account_id},
    app::App,
    openapi::Refusals,
};

/// Who has signed in (OpenID Connect Core §5.1).
#[derive(Serialize, ToSchema)]
pub(crate) struct UserInfo {
    /// The subject of the token.
    sub: String,
    email: account::Email,
    email_verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// Seconds since 1970.
    updated_at: i64,
}

/// Who has signed in
#[utoipa::path(
    get,
    path = "/oauth/userinfo",
    tag = "oauth",
    responses((status = 200, description = "The person", body = UserInfo), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn get_user_info(State(app): State<App>, caller: Caller) -> Result<Response> {
    let account = account::store::find(&app.db, account_id(&caller)?).await?;
    let info = UserInfo::from(account.ok_or_else(account::gone)?);
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(info)).into_response())
}

impl From<Account> for UserInfo {
    fn from(account: Account) -> Self {
        Self {
            sub: account.kind.subject(account.account_id).to_string(),
            email: account.email,
            email_verified: account.email_verified_at.is_some(),
            given_name: account.profile.first_name,
            family_name: account.profile.last_name,
            phone_number: account.profile.phone,
            updated_at: account.updated_at.timestamp(),
        }
    }
}
