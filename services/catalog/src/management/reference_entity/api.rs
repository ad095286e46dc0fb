//! Requests about reference entities.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::{KIND, ReferenceEntity};
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::Object,
        error::Result,
        hal::{FixedListParameters, HalPage, Parameters},
        openapi::{ReadRefusals, SavedAnswer, WriteRefusals},
        resource,
    },
};

/// Lists reference entities, in order of their codes: by cursor, 100 on a page.
#[utoipa::path(
    get, path = "/api/rest/v1/reference-entities", operation_id = "list_reference_entities", tag = "Reference entities",
    params(FixedListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_reference_entities(
    _: Reader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list_fixed::<ReferenceEntity>(&app, KIND.as_str(), &parameters).await
}

/// Reads a reference entity.
#[utoipa::path(
    get, path = "/api/rest/v1/reference-entities/{code}", operation_id = "get_reference_entity", tag = "Reference entities",
    params(("code" = String, Path, description = "Code of the reference entity")),
    responses((status = 200, description = "The reference entity; its version in the ETag", body = ReferenceEntity), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_reference_entity(
    _: Reader,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Response> {
    resource::get::<ReferenceEntity>(&app, KIND.as_str(), &code).await
}

/// Changes a reference entity, or creates it with the attributes `label` and `image`.
#[utoipa::path(
    patch, path = "/api/rest/v1/reference-entities/{code}", operation_id = "update_reference_entity", tag = "Reference entities",
    params(
        ("code" = String, Path, description = "Code of the reference entity"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = ReferenceEntity),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_reference_entity(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<ReferenceEntity>(&app, &editor, KIND.as_str(), &code, &body, &if_match).await
}

/// Deletes a reference entity that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/reference-entities/{code}", operation_id = "delete_reference_entity", tag = "Reference entities",
    params(
        ("code" = String, Path, description = "Code of the reference entity"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_reference_entity(
    editor: Editor,
    State(app): State<App>,
    Path(code): Path<String>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<ReferenceEntity>(&app, &editor, KIND.as_str(), &code, &if_match).await
}
