//! Requests about currencies.

use axum::{extract::State, response::Response};
use web::Path;

use super::Currency;
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

/// Lists currencies, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/currencies", operation_id = "list_currencies", tag = "Currencies",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_currencies(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<Currency>(&app, "", &parameters).await
}

/// Reads a currency.
#[utoipa::path(
    get, path = "/api/rest/v1/currencies/{code}", operation_id = "get_currency", tag = "Currencies",
    params(("code" = String, Path, description = "Code of the currency")),
    responses((status = 200, description = "The currency", body = Currency), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_currency(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<Currency>(&app, "", &code).await
}
