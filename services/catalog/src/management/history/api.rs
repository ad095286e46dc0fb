//! Requests about the history of things, whatever they are.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use web::{IfMatch, Path};

use super::{
    Author, Change,
    serve::{Address, Request, serve},
};
use crate::{
    App,
    management::{
        access::{Editor, Reader},
        error::Result,
        hal::{HalPage, Parameters},
        openapi::{ReadRefusals, RetryHeader, SavedAnswer, WriteRefusals},
    },
};

/// Query parameters of a history.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation: the parameters are read in the order sent")]
pub struct HistoryParameters {
    /// Entries per page.
    #[param(minimum = 1, maximum = 100, default = 10)]
    limit: Option<i64>,
    /// Opaque cursor, from the link `next`.
    search_after: Option<String>,
    /// Subject, client or name of the author.
    author: Option<String>,
    /// Only what was written then or later, as in 2024-05-01T08:00:00Z.
    since: Option<String>,
    /// Only what was written before.
    until: Option<String>,
}

/// Which things.
#[derive(Deserialize, ToSchema)]
#[schema(as = HistoryResource)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryResource {
    /// Products by id.
    ProductsUuid,
    /// Products by identifier.
    Products,
    /// Product models.
    ProductModels,
    /// Categories.
    Categories,
    /// Channels.
    Channels,
    /// Association types.
    AssociationTypes,
    /// Attribute groups.
    AttributeGroups,
    /// Attributes.
    Attributes,
    /// Families.
    Families,
    /// Measurement families.
    MeasurementFamilies,
    /// Reference entities.
    ReferenceEntities,
    /// Asset families.
    AssetFamilies,
    /// Synonyms.
    Synonyms,
    /// Sets of stop words.
    StopWordSets,
    /// Search rules.
    SearchRules,
    /// Feeds.
    Feeds,
}

/// Things within another.
#[derive(Deserialize, ToSchema)]
#[schema(as = HistoryNested)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryNested {
    /// Options of an attribute.
    Options,
    /// Variants of a family.
    Variants,
    /// Attributes of a reference entity or an asset family.
    Attributes,
    /// Records of a reference entity.
    Records,
    /// Assets of an asset family.
    Assets,
}

/// One write of a thing.
#[derive(Serialize, ToSchema)]
pub struct HistoryEntry {
    /// The version that the write led to; the ETag of the thing then.
    version: i64,
    /// `created`, `updated` or `deleted`.
    action: String,
    /// When.
    date: String,
    /// Who.
    author: Author,
    /// Who approved it, if the author proposed it.
    reviewer: Option<Author>,
    /// The version that the write brought back.
    restored_version: Option<i64>,
    /// What changed.
    changes: Vec<Change>,
    /// The thing's properties then, as clients may write them; null if it was deleted. Only in the
    /// answer for one version.
    state: Option<Value>,
}

/// Lists who wrote a thing, when, and what changed, newest first. Entries stay for 400 days, also when
/// the thing is deleted. Items are history entries; pages have cursors only.
#[utoipa::path(
    get, path = "/api/rest/v1/{resource}/{code}/versions", operation_id = "list_history", tag = "History",
    params(
        ("resource" = inline(HistoryResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Code, identifier or id of the thing"),
        HistoryParameters
    ),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_history(
    _: Reader,
    State(app): State<App>,
    Path((resource, code)): Path<(String, String)>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    let address = Address { resource: &resource, owner: "", nested: "", code: &code };
    serve(&app, address, Request::List(&parameters)).await
}

/// Reads one version of a thing: its entry, and the state that the write led to.
#[utoipa::path(
    get, path = "/api/rest/v1/{resource}/{code}/versions/{version}", operation_id = "get_history", tag = "History",
    params(
        ("resource" = inline(HistoryResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Code, identifier or id of the thing"),
        ("version" = i64, Path, description = "Version")
    ),
    responses((status = 200, description = "The entry", body = HistoryEntry), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_history(
    _: Reader,
    State(app): State<App>,
    Path((resource, code, version)): Path<(String, String, i64)>,
) -> Result<Response> {
    let address = Address { resource: &resource, owner: "", nested: "", code: &code };
    serve(&app, address, Request::Version(version)).await
}

/// Writes the state of a version as a new version, by today's rules; also if the thing is deleted.
#[utoipa::path(
    post, path = "/api/rest/v1/{resource}/{code}/versions/{version}/restore", operation_id = "restore_version", tag = "History",
    params(
        ("resource" = inline(HistoryResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Code, identifier or id of the thing"),
        ("version" = i64, Path, description = "Version"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read"),
        RetryHeader
    ),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn restore_version(
    editor: Editor,
    State(app): State<App>,
    Path((resource, code, version)): Path<(String, String, i64)>,
    if_match: IfMatch,
) -> Result<Response> {
    let address = Address { resource: &resource, owner: "", nested: "", code: &code };
    serve(&app, address, Request::Restore { version, editor: &editor, if_match }).await
}

/// Lists who wrote an option or a variant, as for other things.
#[utoipa::path(
    get, path = "/api/rest/v1/{resource}/{owner}/{nested}/{code}/versions", operation_id = "list_nested_history", tag = "History",
    params(
        ("resource" = String, Path, description = "`attributes`, `families`, `reference-entities` or `asset-families`"),
        ("owner" = String, Path, description = "Code of the attribute or family"),
        ("nested" = inline(HistoryNested), Path, description = "Which things"),
        ("code" = String, Path, description = "Code of the thing"),
        HistoryParameters
    ),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_nested_history(
    _: Reader,
    State(app): State<App>,
    Path((resource, owner, nested, code)): Path<(String, String, String, String)>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    let address = Address { resource: &resource, owner: &owner, nested: &nested, code: &code };
    serve(&app, address, Request::List(&parameters)).await
}

/// Reads one version of an option or a variant.
#[utoipa::path(
    get, path = "/api/rest/v1/{resource}/{owner}/{nested}/{code}/versions/{version}", operation_id = "get_nested_history", tag = "History",
    params(
        ("resource" = String, Path, description = "`attributes`, `families`, `reference-entities` or `asset-families`"),
        ("owner" = String, Path, description = "Code of the attribute or family"),
        ("nested" = inline(HistoryNested), Path, description = "Which things"),
        ("code" = String, Path, description = "Code of the thing"),
        ("version" = i64, Path, description = "Version")
    ),
    responses((status = 200, description = "The entry", body = HistoryEntry), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_nested_history(
    _: Reader,
    State(app): State<App>,
    Path((resource, owner, nested, code, version)): Path<(String, String, String, String, i64)>,
) -> Result<Response> {
    let address = Address { resource: &resource, owner: &owner, nested: &nested, code: &code };
    serve(&app, address, Request::Version(version)).await
}

/// Writes the state of a version of an option or a variant as a new version.
#[utoipa::path(
    post, path = "/api/rest/v1/{resource}/{owner}/{nested}/{code}/versions/{version}/restore", operation_id = "restore_nested_version", tag = "History",
    params(
        ("resource" = String, Path, description = "`attributes`, `families`, `reference-entities` or `asset-families`"),
        ("owner" = String, Path, description = "Code of the attribute or family"),
        ("nested" = inline(HistoryNested), Path, description = "Which things"),
        ("code" = String, Path, description = "Code of the thing"),
        ("version" = i64, Path, description = "Version"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read"),
        RetryHeader
    ),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:write"]))
)]
pub async fn restore_nested_version(
    editor: Editor,
    State(app): State<App>,
    Path((resource, owner, nested, code, version)): Path<(String, String, String, String, i64)>,
    if_match: IfMatch,
) -> Result<Response> {
    let address = Address { resource: &resource, owner: &owner, nested: &nested, code: &code };
    serve(&app, address, Request::Restore { version, editor: &editor, if_match }).await
}
