//! What handlers share, and the flat list of all routes.

use std::time::Duration;

use access::Verifier;
use axum::{Router, extract::FromRef};
use sqlx::PgPool;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use vault::Vault;
use web::{Lifecycle, Limits, openapi::BearerAuth, with_layers};

use crate::{
    change::{
        Log,
        api::{self as change, MAX_WAIT},
    },
    delivery::{api as delivery, send::Sender},
    egress::Egress,
    webhook::api as webhook,
};

/// What handlers share.
#[derive(Clone, FromRef)]
pub struct App {
    /// The service's schema.
    pub db: PgPool,
    /// Checks access tokens.
    pub verifier: Verifier,
    pub(crate) log: Log,
    /// Sends webhooks, those by hand too.
    pub(crate) sender: Sender,
}

impl App {
    /// On the sender's database and with these keys; looks for new events as long as there is an app.
    pub fn start(verifier: Verifier, sender: Sender, lifecycle: Lifecycle) -> Self {
        let db = sender.db.clone();
        let log = Log::open(db.clone(), lifecycle);
        Self { db, verifier, log, sender }
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.sender.vault
    }

    pub(crate) fn egress(&self) -> &Egress {
        &self.sender.egress
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vitrine events",
        description = "What happened in all services, for the systems around: to be asked for, and sent.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&BearerAuth)
)]
struct Api;

/// The service's routes with their layers.
pub fn router(app: App) -> Router {
    let (routes, _) = routes().with_state(app).split_for_parts();
    // Whoever waits for changes does so longer than others work.
    let request = Duration::from_millis(MAX_WAIT) + Duration::from_secs(10);
    with_layers(routes, "events", Limits { request, ..Limits::default() })
}

/// The service's OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(change::list_changes))
        .routes(routes!(change::list_event_types))
        .routes(routes!(webhook::list_webhooks, webhook::create_webhook))
        .routes(routes!(webhook::find_webhook, webhook::update_webhook, webhook::delete_webhook))
        .routes(routes!(webhook::rotate_webhook_secret))
        .routes(routes!(delivery::test_webhook))
        .routes(routes!(delivery::replay_events))
        .routes(routes!(delivery::list_deliveries))
        .routes(routes!(delivery::retry_delivery))
}
