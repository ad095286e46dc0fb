//! What other services hear of the catalog.

use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use contracts::event::{Event, FeedQuery};
use problem::{ProblemBody, Result};
use sqlx::PgPool;
use web::Query;

/// Events of the catalog
///
/// Facts about product pages in the default channel and locale, oldest first; none is ever skipped.
#[utoipa::path(
    get,
    path = "/internal/feed",
    operation_id = "read_feed",
    tag = "internal",
    params(FeedQuery),
    responses(
        (status = 200, description = "The next events, none if there were none in time", body = Vec<Event>,
         content_type = "application/cloudevents-batch+json"),
        (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The scope is missing", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A parameter breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["internal"]))
)]
pub(super) async fn read_feed(
    _: Allowed<scope::Internal>,
    State(db): State<PgPool>,
    Query(query): Query<FeedQuery>,
) -> Result<Response> {
    outbox::serve_feed(&db, "/catalog", &query).await
}
