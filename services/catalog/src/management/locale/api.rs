//! Requests about locales.

use axum::{extract::State, response::Response};
use web::Path;

use super::Locale;
use crate::{
    App,
    management::{
        access::Reader,
        error::Result,
        hal::{HalPage, ListParameters, Parameters},
        openapi::ReadRefusals,
        resource,
    },
};

/// Lists locales, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/locales", operation_id = "list_locales", tag = "Locales",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_locales(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<Locale>(&app, "", &parameters).await
}

/// Reads a locale.
#[utoipa::path(
    get, path = "/api/rest/v1/locales/{code}", operation_id = "get_locale", tag = "Locales",
    params(("code" = String, Path, description = "Code of the locale")),
    responses((status = 200, description = "The locale", body = Locale), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_locale(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<Locale>(&app, "", &code).await
}
