//! Requests about measurement families: plain arrays, not pages.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use web::{IfMatch, Json, Path};

use super::{MeasurementFamily, store};
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::Array,
        bulk::Form,
        error::Result,
        openapi::{BulkAnswerLine, BulkParameters, ReadRefusals, WriteRefusals},
        resource,
    },
};

/// Lists all measurement families.
#[utoipa::path(
    get, path = "/api/rest/v1/measurement-families", operation_id = "list_measurement_families",
    tag = "Measurement families",
    responses((status = 200, description = "All of them", body = Vec<MeasurementFamily>), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_measurement_families(_: Reader, State(app): State<App>) -> Result<Response> {
    let mut connection = app.db.acquire().await?;
    Ok(Json(store::find_all(&mut connection).await?).into_response())
}

/// Changes or creates up to 100 measurement families; one answer per item, in order.
#[utoipa::path(
    patch, path = "/api/rest/v1/measurement-families", operation_id = "update_measurement_families",
    tag = "Measurement families",
    params(BulkParameters),
    request_body(content = Vec<MeasurementFamily>),
    responses(
        (status = 200, description = "One answer per item", body = Vec<BulkAnswerLine>),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_measurement_families(
    editor: Editor,
    State(app): State<App>,
    Array(items): Array,
) -> Result<Response> {
    resource::update_many::<MeasurementFamily>(&app, &editor, "", items, Form::Array).await
}

/// Deletes a measurement family that no attribute uses; otherwise 422 names the attributes.
#[utoipa::path(
    delete, path = "/api/rest/v1/measurement-families/{code}", operation_id = "delete_measurement_family",
    tag = "Measurement families",
    params(("code" = String, Path, description = "Code of the measurement family"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_measurement_family(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<MeasurementFamily>(&app, &editor, "", &code, &if_match).await
}
