//! Requests about records of reference entities.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::KIND;
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::{Array, Object},
        bulk::Form,
        error::Result,
        hal::{FixedListParameters, HalPage, Parameters},
        openapi::{BulkAnswerLine, BulkParameters, ReadRefusals, SavedAnswer, WriteRefusals},
        record::{self, Record, RecordParameters},
        resource,
    },
};

/// Lists the records of a reference entity, in order of their codes: by cursor, 100 on a page. Filters on
/// `code`, `created`, `updated`, `complete` (with `channel` and `locales`) and values.
#[utoipa::path(
    get, path = "/api/rest/v1/reference-entities/{family}/records", operation_id = "list_reference_entity_records", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        FixedListParameters, RecordParameters
    ),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_reference_entity_records(
    _: Reader,
    State(app): State<App>,
    Path(family): Path<String>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    record::list(&app, KIND, &family, &parameters).await
}

/// Reads a record of a reference entity.
#[utoipa::path(
    get, path = "/api/rest/v1/reference-entities/{family}/records/{code}", operation_id = "get_reference_entity_record", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("code" = String, Path, description = "Code of the record"),
        RecordParameters
    ),
    responses((status = 200, description = "The record; its version in the ETag", body = Record), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_reference_entity_record(
    _: Reader,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    record::get(&app, KIND, &family, &code, &parameters).await
}

/// Changes a record of a reference entity, or creates it. Listed values are set, null removes one, others
/// stay.
#[utoipa::path(
    patch, path = "/api/rest/v1/reference-entities/{family}/records/{code}", operation_id = "update_reference_entity_record", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("code" = String, Path, description = "Code of the record"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = Record),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_reference_entity_record(
    editor: Editor,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<Record>(&app, &editor, &KIND.owner(&family)?, &code, &body, &if_match).await
}

/// Changes or creates up to 100 records of a reference entity; one answer per item, in order.
#[utoipa::path(
    patch, path = "/api/rest/v1/reference-entities/{family}/records", operation_id = "update_reference_entity_records", tag = "Reference entities",
    params(("family" = String, Path, description = "Code of the reference entity"), BulkParameters),
    request_body(content = Vec<Record>),
    responses(
        (status = 200, description = "One answer per item", body = Vec<BulkAnswerLine>),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_reference_entity_records(
    editor: Editor,
    State(app): State<App>,
    Path(family): Path<String>,
    Array(items): Array,
) -> Result<Response> {
    resource::update_many::<Record>(&app, &editor, &KIND.owner(&family)?, items, Form::Array).await
}

/// Deletes a record that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/reference-entities/{family}/records/{code}", operation_id = "delete_reference_entity_record", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("code" = String, Path, description = "Code of the record"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_reference_entity_record(
    editor: Editor,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<Record>(&app, &editor, &KIND.owner(&family)?, &code, &if_match).await
}
