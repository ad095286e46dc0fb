use axum::extract::State;
use chrono::{DateTime, Utc};
use http::StatusCode;
use problem::{Problem, Result};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Json, Page, PageQuery, Path, Query};

use super::store;
use crate::{
    account::account_id,
    app::App,
    audit::{self, EventType, Fact},
    me::Owner,
    openapi::{BadQuery, Missing, Refusals},
};

/// One device that is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    id: Uuid,
    #[schema(example = "storefront")]
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// Where it signed in from.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    created_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
    /// When it ends unless it is used.
    expires_at: DateTime<Utc>,
    /// Whether this request's token belongs to it.
    current: bool,
}

impl Session {
    pub(crate) fn new(row: store::Session, current: Option<Uuid>) -> Self {
        Self {
            id: row.session_id,
            client_id: row.client_id,
            user_agent: row.user_agent,
            address: row.address,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            current: current == Some(row.session_id),
        }
    }
}

/// My devices
///
/// The live sessions of the caller, newest first.
#[utoipa::path(
    get,
    path = "/v1/me/sessions",
    tag = "me",
    params(PageQuery),
    responses((status = 200, description = "A page", body = Page<Session>), BadQuery, Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn list_sessions(
    State(app): State<App>,
    Owner(caller): Owner,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Session>>> {
    let (limit, before) = (page.limit()?, page.after()?);
    let rows = store::list(&app.db, account_id(&caller)?, before, Utc::now(), limit + 1).await?;
    let page = Page::from_rows(rows, limit, |row| row.session_id);
    Ok(Json(page.map(|row| Session::new(row, caller.session_id))))
}

/// Sign a device out
///
/// Its refresh token is of no use from now on; its access token ends within 15 minutes.
#[utoipa::path(
    delete,
    path = "/v1/me/sessions/{id}",
    tag = "me",
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 204, description = "It has ended"), Missing, Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn delete_session(
    State(app): State<App>,
    Owner(caller): Owner,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    let account_id = account_id(&caller)?;
    if !store::revoke_own(&mut *transaction, account_id, id, Utc::now()).await? {
        return Err(Problem::not_found("session"));
    }
    let data = json!({ "session_id": id, "reason": "logout" });
    let fact = Fact::new(EventType::SessionRevoked, &caller.subject, data).by(&caller);
    audit::record(&mut transaction, fact).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
