//! Requests about attributes of reference entities: plain arrays, not pages.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::KIND;
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::Object,
        error::Result,
        openapi::{ReadRefusals, SavedAnswer, WriteRefusals},
        record::RecordAttribute,
        resource,
    },
};

/// Lists all attributes of a reference entity, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/reference-entities/{family}/attributes", operation_id = "list_reference_entity_attributes", tag = "Reference entities",
    params(("family" = String, Path, description = "Code of the reference entity")),
    responses((status = 200, description = "All of them", body = Vec<RecordAttribute>), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_reference_entity_attributes(
    _: Reader,
    State(app): State<App>,
    Path(family): Path<String>,
) -> Result<Response> {
    resource::list_all::<RecordAttribute>(&app, &KIND.owner(&family)?).await
}

/// Reads an attribute of a reference entity.
#[utoipa::path(
    get, path = "/api/rest/v1/reference-entities/{family}/attributes/{code}", operation_id = "get_reference_entity_attribute", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("code" = String, Path, description = "Code of the attribute")
    ),
    responses((status = 200, description = "The attribute; its version in the ETag", body = RecordAttribute), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_reference_entity_attribute(
    _: Reader,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
) -> Result<Response> {
    resource::get::<RecordAttribute>(&app, &KIND.owner(&family)?, &code).await
}

/// Changes an attribute of a reference entity, or creates it.
#[utoipa::path(
    patch, path = "/api/rest/v1/reference-entities/{family}/attributes/{code}", operation_id = "update_reference_entity_attribute", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("code" = String, Path, description = "Code of the attribute"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = RecordAttribute),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_reference_entity_attribute(
    editor: Editor,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    let owner = KIND.owner(&family)?;
    resource::update::<RecordAttribute>(&app, &editor, &owner, &code, &body, &if_match).await
}

/// Deletes an attribute of a reference entity that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/reference-entities/{family}/attributes/{code}", operation_id = "delete_reference_entity_attribute", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("code" = String, Path, description = "Code of the attribute"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_reference_entity_attribute(
    editor: Editor,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<RecordAttribute>(&app, &editor, &KIND.owner(&family)?, &code, &if_match)
        .await
}
