//! Requests about family variants.

use axum::{extract::State, response::Response};
use web::{IfMatch, Path};

use super::FamilyVariant;
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        body::{Lines, Object},
        bulk::Form,
        error::Result,
        hal::{HalPage, ListParameters, Parameters},
        openapi::{
            BulkAnswerLine, BulkParameters, CreatedAnswer, ReadRefusals, RetryHeader, SavedAnswer,
            WriteRefusals,
        },
        resource,
    },
};

/// Lists family variants, in order of their codes.
#[utoipa::path(
    get, path = "/api/rest/v1/families/{family}/variants", operation_id = "list_family_variants", tag = "Family variants",
    params(("family" = String, Path, description = "Code of the family"), ListParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_family_variants(
    _: Reader,
    State(app): State<App>,
    Path(family): Path<String>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    resource::list::<FamilyVariant>(&app, &family, &parameters).await
}

/// Reads a family variant.
#[utoipa::path(
    get, path = "/api/rest/v1/families/{family}/variants/{code}", operation_id = "get_family_variant", tag = "Family variants",
    params(("family" = String, Path, description = "Code of the family"), ("code" = String, Path, description = "Code of the family variant")),
    responses((status = 200, description = "The family variant; its version in the ETag", body = FamilyVariant), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_family_variant(
    _: Reader,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
) -> Result<Response> {
    resource::get::<FamilyVariant>(&app, &family, &code).await
}

/// Creates a family variant; its code must be free.
#[utoipa::path(
    post, path = "/api/rest/v1/families/{family}/variants", operation_id = "create_family_variant", tag = "Family variants",
    params(("family" = String, Path, description = "Code of the family"), RetryHeader),
    request_body(content = FamilyVariant),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn create_family_variant(
    editor: Editor,
    State(app): State<App>,
    Path(family): Path<String>,
    Object(body): Object,
) -> Result<Response> {
    resource::create::<FamilyVariant>(&app, &editor, &family, &body).await
}

/// Changes a family variant, or creates it. Properties that are absent stay as they are.
#[utoipa::path(
    patch, path = "/api/rest/v1/families/{family}/variants/{code}", operation_id = "update_family_variant", tag = "Family variants",
    params(("family" = String, Path, description = "Code of the family"), ("code" = String, Path, description = "Code of the family variant"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body(content = FamilyVariant),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_family_variant(
    editor: Editor,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    resource::update::<FamilyVariant>(&app, &editor, &family, &code, &body, &if_match).await
}

/// Changes or creates up to 100 family variants: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/families/{family}/variants", operation_id = "update_family_variants", tag = "Family variants",
    params(("family" = String, Path, description = "Code of the family"), BulkParameters),
    request_body(content = FamilyVariant, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn update_family_variants(
    editor: Editor,
    State(app): State<App>,
    Path(family): Path<String>,
    Lines(lines): Lines,
) -> Result<Response> {
    resource::update_many::<FamilyVariant>(&app, &editor, &family, lines, Form::Lines).await
}

/// Deletes a family variant that nothing needs any more; otherwise 422 names what needs it.
#[utoipa::path(
    delete, path = "/api/rest/v1/families/{family}/variants/{code}", operation_id = "delete_family_variant", tag = "Family variants",
    params(("family" = String, Path, description = "Code of the family"), ("code" = String, Path, description = "Code of the family variant"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    responses((status = 204, description = "Deleted"), WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn delete_family_variant(
    editor: Editor,
    State(app): State<App>,
    Path((family, code)): Path<(String, String)>,
    if_match: IfMatch,
) -> Result<Response> {
    resource::delete::<FamilyVariant>(&app, &editor, &family, &code, &if_match).await
}
