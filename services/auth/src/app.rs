use std::sync::Arc;

use access::{Allowed, Caller, Verifier, scope};
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
use vault::Vault;
use web::{Limits, Query, openapi::BearerAuth};

use crate::{
    address, akeneo, application, audit, authorization,
    client::Storefront,
    client_address::TrustedProxies,
    config::{RegistrationPolicy, StaffTotp},
    connection, consent, customer, email_verification, login,
    mail::Mailer,
    me, oauth,
    openapi::{BadQuery, ClientAuth, Refusals},
    pages,
    password::Hasher,
    password_reset, role, session, signing_key,
    signing_key::{KeyRing, Schedule},
    staff, totp,
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
    pub(crate) storefront: Storefront,
    pub(crate) mailer: Mailer,
    pub(crate) registration: RegistrationPolicy,
    pub(crate) staff_totp: StaffTotp,
}

impl App {
    /// Whom tokens are for that say who somebody is and allow nothing.
    pub(crate) fn userinfo_audience(&self) -> String {
        format!("{}/oauth/userinfo", self.issuer)
    }

    /// Checks an access token of this issuer, for whichever of our audiences.
    pub(crate) async fn verify_any(&self, token: &str) -> Result<Caller> {
        match self.verifier.verify(token).await {
            Ok(caller) => Ok(caller),
            Err(_) => self.verifier.for_audience(&self.userinfo_audience()).verify(token).await,
        }
    }
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
        (name = "pages", description = "Hosted pages of the sign-in, for browsers"),
        (name = "accounts", description = "Registration and login"),
        (name = "me", description = "One's own account"),
        (name = "staff", description = "Staff and their roles"),
        (name = "connections", description = "API clients of other systems, and applications that people sign in with"),
        (name = "internal", description = "Between services")
    )
)]
struct Api;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(authorization::api::authorize, authorization::api::authorize_by_form))
        .routes(routes!(pages::sign_in::sign_in))
        .routes(routes!(pages::consent::give_consent))
        .routes(routes!(pages::register::show_registration, pages::register::register_by_form))
        .routes(routes!(pages::forgotten::show_forgotten, pages::forgotten::send_link))
        .routes(routes!(pages::forgotten::show_new_password, pages::forgotten::set_new_password))
        .routes(routes!(pages::verify_email::show_verification, pages::verify_email::verify_email))
        .routes(routes!(pages::sign_out::show_sign_out, pages::sign_out::sign_out))
        .routes(routes!(oauth::token::create_token))
        .routes(routes!(oauth::revoke::revoke_token))
        .routes(routes!(oauth::introspect::introspect_token))
        .routes(routes!(oauth::userinfo::get_user_info, oauth::userinfo::get_user_info_by_post))
        .routes(routes!(oauth::metadata::get_oauth_metadata))
        .routes(routes!(oauth::metadata::get_openid_metadata))
        .routes(routes!(signing_key::api::get_key_set))
        .routes(routes!(signing_key::api::list_signing_keys, signing_key::api::rotate_signing_keys))
        .routes(routes!(signing_key::api::delete_signing_key))
        .routes(routes!(akeneo::api::create_token))
        .routes(routes!(customer::api::create_customer))
        .routes(routes!(email_verification::api::request_email_verification))
        .routes(routes!(email_verification::api::complete_email_verification))
        .routes(routes!(password_reset::api::request_password_reset))
        .routes(routes!(password_reset::api::complete_password_reset))
        .routes(routes!(login::api::log_in))
        .routes(routes!(me::api::get_me, me::api::update_me, me::api::delete_me))
        .routes(routes!(me::password::change_password))
        .routes(routes!(me::email::change_email))
        .routes(routes!(totp::api::get_totp, totp::api::create_totp))
        .routes(routes!(totp::api::confirm_totp))
        .routes(routes!(totp::api::disable_totp))
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
        .routes(routes!(consent::api::list_consents))
        .routes(routes!(consent::api::delete_consent))
        .routes(routes!(staff::api::list_staff, staff::api::create_staff))
        .routes(routes!(staff::api::get_staff, staff::api::update_staff, staff::api::delete_staff))
        .routes(routes!(totp::api::delete_staff_totp))
        .routes(routes!(role::api::list_roles, role::api::create_role))
        .routes(routes!(role::api::get_role, role::api::update_role, role::api::delete_role))
        .routes(routes!(audit::api::list_audit))
        .routes(routes!(connection::api::list_connections, connection::api::create_connection))
        .routes(routes!(
            connection::api::get_connection,
            connection::api::update_connection,
            connection::api::delete_connection
        ))
        .routes(routes!(connection::api::rotate_connection_secret))
        .routes(routes!(application::api::list_applications, application::api::create_application))
        .routes(routes!(
            application::api::get_application,
            application::api::update_application,
            application::api::delete_application
        ))
        .routes(routes!(application::api::rotate_application_secret))
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

/// What happened
///
/// To customers, accounts, sessions, staff, roles and connections: the types of `GET /v1/audit`, of the last
/// 400 days. No personal data.
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
