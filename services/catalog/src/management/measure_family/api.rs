//! Requests about measure families, which are only read.

use axum::{extract::State, response::Response};
use web::Path;

use super::MeasureFamily;
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

/// Lists measure families, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/measure-families", operation_id = "list_measure_families", tag = "Measure families",
    params(ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_measure_families(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<MeasureFamily>(&app, "", &parameters).await
}

/// Reads a measure family.
#[utoipa::path(
    get, path = "/api/rest/v1/measure-families/{code}", operation_id = "get_measure_family", tag = "Measure families",
    params(("code" = String, Path, description = "Code of the measure family")),
    responses((status = 200, description = "The measure family", body = MeasureFamily), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_measure_family(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<MeasureFamily>(&app, "", &code).await
}
