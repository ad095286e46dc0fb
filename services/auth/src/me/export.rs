use axum::{extract::State, response::IntoResponse};
use chrono::{DateTime, Utc};
use http::header;
use problem::Result;
use serde::Serialize;
use utoipa::ToSchema;
use web::Json;

use crate::{
    account::{self, account_id, api::Person, gone},
    address::{self, api::Address},
    app::App,
    audit::{self, api::AuditEntry},
    me::Owner,
    openapi::Refusals,
    session::{self, api::Session},
    totp::{self, api::TotpState},
};

/// Newest sessions in an export.
const MAX_SESSIONS: i64 = 1000;
/// Newest entries of the log in an export.
const MAX_ENTRIES: i64 = 1000;

/// Everything this service keeps about a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct Export {
    exported_at: DateTime<Utc>,
    account: Person,
    addresses: Vec<Address>,
    /// Live sessions, newest first, at most 1000.
    sessions: Vec<Session>,
    second_factor: TotpState,
    /// What the caller did and what happened to the account, newest first, at most 1000.
    audit: Vec<AuditEntry>,
}

/// My data
///
/// Everything that is kept here about the caller, as a file (GDPR article 20). Orders are with the
/// orders: `GET /v1/orders`.
#[utoipa::path(
    get,
    path = "/v1/me/export",
    tag = "me",
    responses((status = 200, description = "The data", body = Export), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn export_me(
    State(app): State<App>,
    Owner(caller): Owner,
) -> Result<impl IntoResponse> {
    let id = account_id(&caller)?;
    let now = Utc::now();
    let account = account::store::find(&app.db, id).await?.ok_or_else(gone)?;
    let limit = address::MAX_PER_CUSTOMER;
    let addresses = address::store::list(&app.db, id, None, limit).await?;
    let sessions = session::store::list(&app.db, id, None, now, MAX_SESSIONS).await?;
    let factor = totp::store::find(&app.db, id).await?;
    let sub = caller.subject.to_string();
    let entries = audit::store::list_of_person(&app.db, &sub, MAX_ENTRIES).await?;
    let export = Export {
        exported_at: now,
        account: account.into(),
        addresses: addresses.into_iter().map(Address::from).collect(),
        sessions: sessions.into_iter().map(|row| Session::new(row, caller.session_id)).collect(),
        second_factor: TotpState::of(factor),
        audit: entries.into_iter().map(AuditEntry::from).collect(),
    };
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""),
    ];
    Ok((headers, Json(export)))
}
