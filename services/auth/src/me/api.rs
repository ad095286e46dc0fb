use axum::{extract::State, response::IntoResponse};
use http::{StatusCode, header};
use problem::{Kind, Problem, Result};
use serde_json::Value;
use web::{IfMatch, Json, etag};

use crate::{
    account::{self, Account, AccountKind, Profile, account_id, api::Person, gone},
    app::App,
    customer::erase::erase,
    me::{Delegate, Owner},
    openapi::{BadInput, Refusals, Stale},
    text::refuse_if_any,
};

/// My profile
#[utoipa::path(
    get,
    path = "/v1/me",
    tag = "me",
    responses((status = 200, description = "The caller", body = Person,
        headers(("ETag" = String, description = "Version of the profile"))), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn get_me(
    State(app): State<App>,
    Delegate(caller): Delegate,
) -> Result<impl IntoResponse> {
    let account = account::store::find(&app.db, account_id(&caller)?).await?;
    Ok(answer(account.ok_or_else(gone)?))
}

/// Change my profile
///
/// A JSON merge patch (RFC 7396): fields that are absent stay, null removes.
#[utoipa::path(
    patch,
    path = "/v1/me",
    tag = "me",
    params(("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = Profile,
    responses((status = 200, description = "The changed profile", body = Person), BadInput, Refusals,
        Stale),
    security(("bearer" = []))
)]
pub(crate) async fn update_me(
    State(app): State<App>,
    Delegate(caller): Delegate,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<impl IntoResponse> {
    let mut transaction = app.db.begin().await?;
    let account = account::store::lock(&mut *transaction, account_id(&caller)?).await?;
    let account = account.ok_or_else(gone)?;
    if_match.check(account.version)?;
    let mut profile = web::merge_patch::apply(&account.profile, patch)?;
    let mut violations = Vec::new();
    profile.check(&mut violations);
    refuse_if_any(violations)?;
    let account =
        account::store::update_profile(&mut *transaction, account.account_id, &profile).await?;
    transaction.commit().await?;
    Ok(answer(account))
}

/// Erase my account
///
/// Removes name, e-mail address, address book and sessions for good. Orders keep their sums. Staff
/// cannot erase themselves: another member of staff deletes them.
#[utoipa::path(
    delete,
    path = "/v1/me",
    tag = "me",
    params(("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses((status = 204, description = "Nothing is left"), Refusals, Stale),
    security(("bearer" = []))
)]
pub(crate) async fn delete_me(
    State(app): State<App>,
    Owner(caller): Owner,
    if_match: IfMatch,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    let account = account::store::lock(&mut *transaction, account_id(&caller)?).await?;
    let account = account.ok_or_else(gone)?;
    if account.kind == AccountKind::Staff {
        let detail = "another member of staff must delete this account";
        return Err(Problem::new(Kind::Forbidden, "customer_required", detail));
    }
    if_match.check(account.version)?;
    erase(&mut transaction, &caller, &app.vault, &account).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(account: Account) -> impl IntoResponse {
    ([(header::ETAG, etag(account.version))], Json(Person::from(account)))
}
