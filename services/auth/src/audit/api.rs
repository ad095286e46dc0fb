use access::{Allowed, scope};
use axum::extract::State;
use chrono::{DateTime, Utc};
use problem::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Json, Page, PageQuery, Query};

use super::{EventType, Filter, store};
use crate::{
    app::App,
    openapi::{BadQuery, Refusals},
};

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    id: Uuid,
    #[serde(rename = "type")]
    #[schema(example = "role.changed")]
    kind: String,
    /// The `sub` of who did it; absent where nobody has signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    /// The client that it was done with.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// The `sub` of whom it happened to, the code of a role, or the id of a connection.
    subject: String,
    /// What else is known, by type.
    data: Value,
    occurred_at: DateTime<Utc>,
}

impl From<store::Row> for AuditEntry {
    fn from(row: store::Row) -> Self {
        Self {
            id: row.entry_id,
            kind: row.kind,
            actor: row.actor,
            client_id: row.client_id,
            subject: row.subject,
            data: row.data,
            occurred_at: row.occurred_at,
        }
    }
}

/// Which entries.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Only of this sort.
    #[serde(rename = "type")]
    #[param(inline)]
    kind: Option<EventType>,
    /// Only what was done by this `sub`.
    #[param(max_length = 255, example = "staff:0197a3b0-0000-7000-8000-000000000000")]
    actor: Option<String>,
    /// Only what happened to this `sub`, role or connection.
    #[param(max_length = 255)]
    subject: Option<String>,
    /// Only what was done with this client.
    #[param(max_length = 255)]
    client_id: Option<String>,
    /// Only at this time or later.
    after: Option<DateTime<Utc>>,
    /// Only before this time.
    before: Option<DateTime<Utc>>,
}

/// What happened
///
/// Registrations, logins and failed ones, revocations, changes of passwords, second factors, staff, roles
/// and connections of the last 400 days, newest first. People are ids; what somebody typed who could not
/// sign in, and where they were, are digests that only tell whether two are the same.
#[utoipa::path(
    get,
    path = "/v1/audit",
    tag = "staff",
    params(AuditQuery, PageQuery),
    responses((status = 200, description = "A page", body = Page<AuditEntry>), BadQuery, Refusals),
    security(("bearer" = ["staff:read"]))
)]
pub(crate) async fn list_audit(
    State(app): State<App>,
    _: Allowed<scope::StaffRead>,
    Query(query): Query<AuditQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>> {
    let (limit, before) = (page.limit()?, page.after()?);
    let filter = Filter {
        kind: query.kind,
        actor: query.actor,
        subject: query.subject,
        client_id: query.client_id,
        from: query.after,
        until: query.before,
    };
    let rows = store::list(&app.db, &filter, before, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| row.entry_id).map(AuditEntry::from)))
}
