use axum::extract::State;
use chrono::{DateTime, Utc};
use http::StatusCode;
use problem::{Problem, Result};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use web::{Json, Page, PageQuery, Path, Query};

use super::store::{self, ConsentRow};
use crate::{
    account::account_id,
    app::App,
    audit::{self, EventType, Fact},
    client::ClientId,
    me::Owner,
    openapi::{BadQuery, Missing, Refusals},
    session,
};

/// What an application of others may know and do.
#[derive(Serialize, ToSchema)]
pub(crate) struct Consent {
    client_id: String,
    /// Of the application.
    #[schema(example = "Price watch")]
    label: String,
    #[schema(example = json!(["openid", "email"]))]
    scopes: Vec<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<ConsentRow> for Consent {
    fn from(row: ConsentRow) -> Self {
        let ConsentRow { client_id, label, scopes, created_at, updated_at } = row;
        Self { client_id, label, scopes, created_at, updated_at }
    }
}

/// Applications that I allowed something
#[utoipa::path(
    get,
    path = "/v1/me/consents",
    tag = "me",
    params(PageQuery),
    responses((status = 200, description = "A page", body = Page<Consent>), BadQuery, Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn list_consents(
    State(app): State<App>,
    Owner(caller): Owner,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Consent>>> {
    let (limit, after) = (page.limit()?, page.after::<ClientId>()?);
    let rows = store::list(&app.db, account_id(&caller)?, after.as_ref(), limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| row.client_id.clone()).map(Consent::from)))
}

/// Take a consent back
///
/// The application is signed out too: its refresh tokens end at once, its access tokens within 15
/// minutes.
#[utoipa::path(
    delete,
    path = "/v1/me/consents/{client_id}",
    tag = "me",
    params(("client_id" = ClientId, Path, description = "The application")),
    responses((status = 204, description = "It is taken back"), Missing, Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn delete_consent(
    State(app): State<App>,
    Owner(caller): Owner,
    Path(client_id): Path<ClientId>,
) -> Result<StatusCode> {
    let account_id = account_id(&caller)?;
    let mut transaction = app.db.begin().await?;
    if !store::take_back(&mut *transaction, account_id, &client_id).await? {
        return Err(Problem::not_found("consent"));
    }
    let client_id = client_id.as_str();
    session::store::revoke_of_client(&mut *transaction, account_id, client_id, Utc::now()).await?;
    let data = json!({ "client_id": client_id });
    let fact = Fact::new(EventType::ConsentWithdrawn, &caller.subject, data).by(&caller);
    audit::record(&mut transaction, fact).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
