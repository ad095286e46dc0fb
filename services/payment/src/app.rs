//! The service's state and the list of all its routes.

use access::{Allowed, Verifier, scope};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, State},
    response::Response,
};
use contracts::event::{Event, FeedQuery};
use problem::{ProblemBody, Result};
use sqlx::PgPool;
use types::Region;
use utoipa::OpenApi as _;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt as _},
    routes,
};
use uuid::Uuid;
use web::{Query, openapi::BearerAuth};

use crate::{
    attempt,
    connector::{Connectors, Sandbox, sandbox},
    ledger, operation, payment, reconciliation,
    routing::{self, Routing},
    stuck, webhook,
};

/// Tag of every public operation.
pub(crate) const PAYMENTS: &str = "payments";
/// Largest body of a request, in bytes; 500 skus of 255 characters fit.
const MAX_BODY_BYTES: usize = 512 * 1024;
/// Largest webhook, in bytes: Stripe's hold whole objects.
const MAX_WEBHOOK_BYTES: usize = 512 * 1024;

/// What handlers need; cheap to clone.
#[derive(Clone, FromRef)]
pub struct App {
    /// The schema.
    pub db: PgPool,
    /// Checks access tokens.
    pub verifier: Verifier,
    /// The region whose payments these are; their ids say it.
    pub region: Option<Region>,
    /// The providers; the first is the default.
    pub connectors: Connectors,
    /// The sandbox, where a connector is one.
    pub sandbox: Option<Sandbox>,
    /// Which connector an attempt goes to.
    pub routing: Routing,
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Vitrine payment",
        description = "Payment intents, attempts, captures, refunds and the ledger.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    modifiers(&BearerAuth),
    tags((name = PAYMENTS, description = "Payments as Stripe names things: an intent is confirmed \
        with a means of payment, captured and refunded.")),
)]
struct Api;

/// What every operation may answer.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "documents answers only")]
pub(crate) enum CommonErrors {
    /// No valid access token.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// The token lacks the scope.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// A field or parameter breaks a rule; `errors` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
    /// The database does not answer for now; `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// What every write may answer besides.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "documents answers only")]
pub(crate) enum WriteErrors {
    /// Not JSON, or no `Idempotency-Key`.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// The state does not allow it, or the same request is running; `code` says which.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// The body is larger than 512 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// The body is not JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(ProblemBody),
}

impl App {
    /// An id of this region.
    pub(crate) fn new_id(&self) -> Uuid {
        let id = Uuid::now_v7();
        self.region.map_or(id, |region| region.mark(id))
    }
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(payment::api::create_payment, payment::api::list_payments))
        .routes(routes!(payment::api::get_payment))
        .routes(routes!(attempt::api::confirm_payment))
        .routes(routes!(attempt::api::list_attempts))
        .routes(routes!(routing::api::list_connectors))
        .routes(routes!(routing::api::get_routing, routing::api::put_routing))
        .routes(routes!(routing::api::list_routing_versions))
        .routes(routes!(operation::api::capture_payment))
        .routes(routes!(operation::api::cancel_payment))
        .routes(routes!(operation::api::create_refund, operation::api::list_refunds))
        .routes(routes!(ledger::api::list_ledger))
        .routes(routes!(stuck::api::list_stuck))
        .routes(routes!(
            reconciliation::api::create_reconciliation,
            reconciliation::api::list_reconciliations
        ))
        .routes(routes!(reconciliation::api::get_reconciliation))
        .routes(routes!(reconciliation::api::list_differences))
        .routes(routes!(sandbox::api::show_sandbox_action, sandbox::api::complete_sandbox_action))
        .routes(
            routes!(webhook::api::receive_webhook).layer(DefaultBodyLimit::max(MAX_WEBHOOK_BYTES)),
        )
        .routes(routes!(feed))
}

/// The service's routes with the layers around them.
pub fn router(app: App) -> Router {
    let (router, _) = routes().split_for_parts();
    let limits = web::Limits { body_bytes: MAX_BODY_BYTES, ..web::Limits::default() };
    web::with_layers(router.with_state(app), "payment", limits)
}

/// The service's OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

/// Read the feed of payment events
///
/// `payment.changed` with the whole payment after each change.
#[utoipa::path(
    get, path = "/internal/feed", operation_id = "payment_feed", tag = "internal",
    security(("bearer" = ["internal"])),
    params(FeedQuery),
    responses(
        (status = 200, body = Vec<Event>, content_type = "application/cloudevents-batch+json",
         description = "A batch, oldest first; empty if nothing came within `timeout`"),
        CommonErrors,
    )
)]
async fn feed(
    State(db): State<PgPool>,
    _: Allowed<scope::Internal>,
    Query(query): Query<FeedQuery>,
) -> Result<Response> {
    outbox::serve_feed(&db, "/payment", &query).await
}
