use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use web::{IfMatch, Json, Page, PageQuery, Query, with_etag};

use super::{
    Rule, check,
    store::{self, StoredRouting},
};
use crate::app::{App, CommonErrors, PAYMENTS, WriteErrors};

/// The rules of routing.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRouting {
    /// In the order in which they are asked; the first that holds decides.
    #[schema(max_items = 100)]
    rules: Vec<Rule>,
}

/// A version of the rules of routing.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RoutingRules {
    /// Counts the versions; 0 if no rules were ever written.
    version: i64,
    /// In the order in which they are asked.
    rules: Vec<Rule>,
    /// Who wrote them.
    changed_by: Option<String>,
    /// When.
    changed_at: Option<DateTime<Utc>>,
}

impl From<StoredRouting> for RoutingRules {
    fn from(stored: StoredRouting) -> Self {
        Self {
            version: stored.version,
            rules: stored.rules.0,
            changed_by: Some(stored.changed_by),
            changed_at: Some(stored.created_at),
        }
    }
}

/// A connector of this service.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ConnectorStatus {
    /// Its name in rules and requests.
    #[schema(example = "sandbox")]
    name: String,
    /// `sandbox` or `stripe`.
    #[schema(example = "sandbox")]
    kind: &'static str,
    /// Whether it answered lately, as the replica that answers here sees it.
    is_healthy: bool,
}

/// List the connectors
///
/// In the order of the configuration: the first is asked where neither the request nor a rule says
/// another.
#[utoipa::path(
    get, path = "/v1/payments/connectors", operation_id = "list_connectors", tag = PAYMENTS,
    security(("bearer" = ["payments:read"])),
    responses(
        (status = 200, body = Vec<ConnectorStatus>, description = "All of them"), CommonErrors,
    )
)]
pub(crate) async fn list_connectors(
    State(app): State<App>,
    _: Allowed<scope::PaymentsRead>,
) -> Json<Vec<ConnectorStatus>> {
    let status = app.connectors.iter().map(|connector| ConnectorStatus {
        name: connector.name().to_owned(),
        kind: connector.kind(),
        is_healthy: connector.is_healthy(),
    });
    Json(status.collect())
}

/// Read the routing rules
///
/// They say which connector an attempt goes to. The `ETag` is for `If-Match` when they are replaced.
#[utoipa::path(
    get, path = "/v1/payments/routing", operation_id = "get_routing", tag = PAYMENTS,
    security(("bearer" = ["payments:read"])),
    responses(
        (status = 200, body = RoutingRules, description = "The rules that hold",
         headers(("ETag" = String, description = "Their version"))),
        CommonErrors,
    )
)]
pub(crate) async fn get_routing(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
) -> Result<Response> {
    let rules = match store::last(&db).await? {
        Some(stored) => stored.into(),
        None => RoutingRules { version: 0, rules: Vec::new(), changed_by: None, changed_at: None },
    };
    Ok(with_etag(rules.version, rules))
}

/// Replace the routing rules
///
/// Writes the next version; every replica follows it within a second. The first rule that holds names
/// the connectors with their weights: one is drawn, always the same for a payment, and the others stand
/// in for it where it certainly charged nothing. Earlier versions stay readable. `If-Match` is required,
/// with the `ETag` of the rules that were read (`"0"` for the first), so that nobody overwrites what he
/// has not seen.
#[utoipa::path(
    put, path = "/v1/payments/routing", operation_id = "put_routing", tag = PAYMENTS,
    security(("bearer" = ["payments:write"])),
    params(("If-Match" = String, Header, description = "The `ETag` that was read")),
    request_body(content = NewRouting, example = json!({ "rules": [{
        "name": "cards in the euro area",
        "when": { "countries": ["DE", "FR"], "currencies": ["EUR"], "methods": ["card"] },
        "connectors": [{ "connector": "sandbox", "weight": 1 }]
    }] })),
    responses(
        (status = 200, body = RoutingRules, description = "The rules that hold now",
         headers(("ETag" = String, description = "Their version"))),
        (status = 412, body = problem::ProblemBody, content_type = "application/problem+json",
         description = "The rules were changed since"),
        (status = 428, body = problem::ProblemBody, content_type = "application/problem+json",
         description = "`If-Match` is missing"),
        CommonErrors, WriteErrors,
    )
)]
pub(crate) async fn put_routing(
    State(app): State<App>,
    Allowed { caller, .. }: Allowed<scope::PaymentsWrite>,
    if_match: IfMatch,
    Json(new): Json<NewRouting>,
) -> Result<Response> {
    check(&new.rules, &app.connectors)?;
    let before = store::last(&app.db).await?.map_or(0, |stored| stored.version);
    if_match.required()?.check(before)?;
    let caller = caller.subject.to_string();
    let stored = store::insert(&app.db, before + 1, &new.rules, &caller).await?;
    let stored = stored.ok_or_else(|| {
        Problem::conflict("routing_changed", "somebody else changed the rules at the same time")
    })?;
    app.routing.forget();
    let rules = RoutingRules::from(stored);
    Ok(with_etag(rules.version, rules))
}

/// List the versions of the routing rules
///
/// Newest first.
#[utoipa::path(
    get, path = "/v1/payments/routing/versions", operation_id = "list_routing_versions",
    tag = PAYMENTS, security(("bearer" = ["payments:read"])), params(PageQuery),
    responses((status = 200, body = Page<RoutingRules>, description = "A page"), CommonErrors)
)]
pub(crate) async fn list_routing_versions(
    State(db): State<PgPool>,
    _: Allowed<scope::PaymentsRead>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RoutingRules>>> {
    let limit = page.limit()?;
    let versions = store::list(&db, page.after::<i64>()?, limit + 1).await?;
    Ok(Json(Page::from_rows(versions, limit, |last| last.version).map(RoutingRules::from)))
}
