//! The service's facts, for others.

use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use contracts::event::{Event, FeedQuery};
use problem::Result;
use sqlx::PgPool;
use web::Query;

use crate::answer::Failures;

/// Facts about orders.
///
/// CloudEvents batch of what happened after a position, waiting for the next if asked to. Types:
/// `order.placed`, `order.confirmed`, `order.cancelled`, `order.expired`, `order.shipped`,
/// `order.returned`, `order.refunded`.
#[utoipa::path(
    get, path = "/internal/feed", operation_id = "read_order_feed", tag = "Internal",
    params(FeedQuery),
    responses(
        (status = 200, description = "The facts, oldest first.", body = Vec<Event>, content_type = "application/cloudevents-batch+json"),
        Failures
    ),
    security(("bearer" = ["internal"]))
)]
pub(crate) async fn read_order_feed(
    _: Allowed<scope::Internal>,
    State(db): State<PgPool>,
    Query(query): Query<FeedQuery>,
) -> Result<Response> {
    outbox::serve_feed(&db, "/order", &query).await
}
