use std::sync::Arc;

use access::{Allowed, Verifier, scope};
use axum::{
    Router,
    extract::{FromRef, State},
    response::Response,
};
use contracts::event::{Event, FeedQuery};
use problem::Result;
use sqlx::PgPool;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Limits, Query, openapi::BearerAuth};

use crate::{
    address, akeneo,
    client_address::TrustedProxies,
    connection, customer, login, me, oauth,
    openapi::{BadQuery, ClientAuth, Refusals},
    password::Hasher,
    role, session, signing_key,
    signing_key::{KeyRing, Schedule},
    staff,
    vault::Vault,
};

/// Largest body in bytes.
const MAX_BODY: usize = 64 * 1024;

/// What the routes work with.
#[derive(Clone, FromRef)]
pub struct App {
    pub(crate) db: PgPool,
    pub(crate) verifier: Verifier,
    pub(crate) issuer: Arc<str>,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) keys: KeyRing,
    pub(crate) schedule: Schedule,
    pub(crate) vault: Vault,
    pub(crate) hasher: Hasher,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vitrine auth",
        description = "Signs people and machines in: customers, staff, roles, connections, tokens.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    // Named by responses and query parameters, which do not bring their schemas along.
    components(schemas(oauth::OauthErrorBody, crate::client::ClientId)),
    modifiers(&BearerAuth, &ClientAuth),
    tags(
        (name = "oauth", description = "Tokens"),
        (name = "metadata", description = "What clients need to know about this server"),
        (name = "accounts", description = "Registration and login"),
        (name = "me", description = "One's own account"),
        (name = "staff", description = "Staff and their roles"),
        (name = "connections", description = "API clients of other systems"),
        (name = "internal", description = "Between services")
    )
)]
struct Api;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(oauth::token::create_token))
        .routes(routes!(oauth::revoke::revoke_token))
        .routes(routes!(oauth::introspect::introspect_token))
        .routes(routes!(oauth::userinfo::get_user_info))
        .routes(routes!(oauth::metadata::get_oauth_metadata))
        .routes(routes!(oauth::metadata::get_openid_metadata))
        .routes(routes!(signing_key::api::get_key_set))
        .routes(routes!(signing_key::api::list_signing_keys, signing_key::api::rotate_signing_keys))
        .routes(routes!(signing_key::api::delete_signing_key))
        .routes(routes!(akeneo::api::create_token))
        .routes(routes!(customer::api::create_customer))
        .routes(routes!(login::api::log_in))
        .routes(routes!(me::api::get_me, me::api::update_me, me::api::delete_me))
        .routes(routes!(me::password::change_password))
        .routes(routes!(me::export::export_me))
        .routes(routes!(address::api::list_addresses, address::api::create_address))
        .routes(routes!(
            address::api::get_address,
            address::api::update_address,
            address::api::delete_address
        ))
        .routes(routes!(session::api::list_sessions))
        .routes(routes!(session::api::delete_session))
        .routes(routes!(staff::setup::set_up))
        .routes(routes!(staff::api::list_staff, staff::api::create_staff))
        .routes(routes!(staff::api::get_staff, staff::api::update_staff, staff::api::delete_staff))
        .routes(routes!(role::api::list_roles, role::api::create_role))
        .routes(routes!(role::api::get_role, role::api::update_role, role::api::delete_role))
        .routes(routes!(connection::api::list_connections, connection::api::create_connection))
        .routes(routes!(
            connection::api::get_connection,
            connection::api::update_connection,
            connection::api::delete_connection
        ))
        .routes(routes!(connection::api::rotate_connection_secret))
        .routes(routes!(read_feed))
}

/// The service's API.
pub fn router(app: App) -> Router {
    let (router, _) = routes().split_for_parts();
    let limits = Limits { body_bytes: MAX_BODY, ..Limits::default() };
    web::with_layers(router.with_state(app), "auth", limits)
}

/// The service's OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

/// What happened to customers and sessions
///
/// `customer.registered`, `customer.erased`, `session.reuse_detected`; no personal data.
#[utoipa::path(
    get,
    path = "/internal/feed",
    tag = "internal",
    params(FeedQuery),
    responses((status = 200, description = "A batch of events", body = Vec<Event>,
        content_type = "application/cloudevents-batch+json"), BadQuery, Refusals),
    security(("bearer" = ["internal"]))
)]
async fn read_feed(
    State(app): State<App>,
    _: Allowed<scope::Internal>,
    Query(query): Query<FeedQuery>,
) -> Result<Response> {
    outbox::serve_feed(&app.db, "/auth", &query).await
}
