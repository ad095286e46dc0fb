//! Requests about options of attributes of reference entities: plain arrays, not pages.

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
        record::RecordOption,
        resource,
    },
};

/// Lists all options of an attribute of a reference entity, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/reference-entities/{family}/attributes/{attribute}/options",
    operation_id = "list_reference_entity_attribute_options", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("attribute" = String, Path, description = "Code of the attribute")
    ),
    responses((status = 200, description = "All of them", body = Vec<RecordOption>), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_reference_entity_attribute_options(
    _: Reader,
    State(app): State<App>,
    Path((family, attribute)): Path<(String, String)>,
) -> Result<Response> {
    let owner = KIND.owner_of_options(&family, &attribute)?;
    resource::list_all::<RecordOption>(&app, &owner).await
}

/// Reads an option of an attribute of a reference entity.
#[utoipa::path(
    get, path = "/api/rest/v1/reference-entities/{family}/attributes/{attribute}/options/{code}",
    operation_id = "get_reference_entity_attribute_option", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("attribute" = String, Path, description = "Code of the attribute"),
        ("code" = String, Path, description = "Code of the option")
    ),
    responses((status = 200, description = "The option; its version in the ETag", body = RecordOption), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_reference_entity_attribute_option(
    _: Reader,
    State(app): State<App>,
    Path((family, attribute, code)): Path<(String, String, String)>,
) -> Result<Response> {
    let owner = KIND.owner_of_options(&family, &attribute)?;
    resource::get::<RecordOption>(&app, &owner, &code).await
}

/// Changes an option of an attribute of a reference entity, or creates it.
#[utoipa::path(
    patch, path = "/api/rest/v1/reference-entities/{family}/attributes/{attribute}/options/{code}",
    operation_id = "update_reference_entity_attribute_option", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("attribute" = String, Path, description = "Code of the attribute"),
        ("code" = String, Path, description = "Code of the option"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = RecordOption),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_reference_entity_attribute_option(
    editor: Editor,
    State(app): State<App>,
    Path((family, attribute, code)): Path<(String, String, String)>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    let owner = KIND.owner_of_options(&family, &attribute)?;
    resource::update::<RecordOption>(&app, &editor, &owner, &code, &body, &if_match).await
}

/// Deletes an option that no record has any more; otherwise 422 names those that have it.
#[utoipa::path(
    delete, path = "/api/rest/v1/reference-entities/{family}/attributes/{attribute}/options/{code}",
    operation_id = "delete_reference_entity_attribute_option", tag = "Reference entities",
    params(
        ("family" = String, Path, description = "Code of the reference entity"),
        ("attribute" = String, Path, description = "Code of the attribute"),
        ("code" = String, Path, description = "Code of the option"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_reference_entity_attribute_option(
    editor: Editor,
    State(app): State<App>,
    Path((family, attribute, code)): Path<(String, String, String)>,
    if_match: IfMatch,
) -> Result<Response> {
    let owner = KIND.owner_of_options(&family, &attribute)?;
    resource::delete::<RecordOption>(&app, &editor, &owner, &code, &if_match).await
}
