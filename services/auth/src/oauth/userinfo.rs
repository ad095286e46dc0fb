use access::Caller;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use problem::{Problem, Result};
use serde::Serialize;
use utoipa::ToSchema;
use web::Json;

use crate::{
    account::{self, Account, account_id},
    app::App,
    me::uses_our_application,
    openapi::Refusals,
    scopes::OPENID,
};

/// Who has signed in (OpenID Connect Core §5.1): as much of it as the token's scopes `email`, `phone` and
/// `profile` allow, or all for a login of our own.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserInfo {
    /// The subject of the token.
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<account::Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
}

/// Who has signed in
#[utoipa::path(
    get,
    path = "/oauth/userinfo",
    tag = "oauth",
    responses((status = 200, description = "The person", body = UserInfo), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn get_user_info(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    describe(&app, &headers).await
}

/// Who has signed in, by POST
///
/// The same (OpenID Connect Core §5.3.1).
#[utoipa::path(
    post,
    path = "/oauth/userinfo",
    tag = "oauth",
    responses((status = 200, description = "The person", body = UserInfo), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn get_user_info_by_post(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response> {
    describe(&app, &headers).await
}

async fn describe(app: &App, headers: &HeaderMap) -> Result<Response> {
    let token = access::bearer_token(headers)?
        .ok_or_else(|| Problem::unauthenticated("this needs an access token"))?;
    let caller = app.verify_any(token).await?;
    let account = account::store::find(&app.db, account_id(&caller)?).await?;
    let is_ours = uses_our_application(app, &caller).await?;
    let info = UserInfo::of(account.ok_or_else(account::gone)?, &caller, is_ours);
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(info)).into_response())
}

impl UserInfo {
    fn of(account: Account, caller: &Caller, is_ours: bool) -> Self {
        // Our own applications that sign people in by other ways than OpenID's see it all.
        let sees_all = is_ours && !caller.may(OPENID);
        let may_know = |scope: &str| caller.may(scope) || sees_all;
        let profile = account.profile;
        let names = [&profile.first_name, &profile.last_name];
        let name = names.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
        let knows_profile = may_know("profile");
        Self {
            sub: account.kind.subject(account.account_id).to_string(),
            email_verified: may_know("email").then_some(account.email_verified_at.is_some()),
            email: may_know("email").then_some(account.email),
            name: Some(name).filter(|name| knows_profile && !name.is_empty()),
            given_name: profile.first_name.filter(|_| knows_profile),
            family_name: profile.last_name.filter(|_| knows_profile),
            phone_number: profile.phone.filter(|_| may_know("phone")),
            updated_at: knows_profile.then(|| account.updated_at.timestamp()),
        }
    }
}
