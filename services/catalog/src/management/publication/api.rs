//! Requests about publications.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{IfMatch, Path};

use super::{act, history};
use crate::{
    App,
    management::{
        access::{Publisher, Reader},
        body::{Lines, Object},
        error::Result,
        hal::{HalPage, Parameters},
        history::{
            Request,
            api::{HistoryEntry, HistoryParameters},
        },
        openapi::{
            BulkAnswerLine, BulkParameters, ReadRefusals, RetryHeader, SavedAnswer, WriteRefusals,
        },
    },
};

/// Which things have pages.
#[derive(Deserialize, ToSchema)]
#[schema(as = PublicationResource)]
#[serde(rename_all = "kebab-case")]
pub enum PublicationResource {
    /// Products by id.
    ProductsUuid,
    /// Products by identifier.
    Products,
    /// Product models.
    ProductModels,
}

/// Where a page is published. All properties are optional in writes: a channel that is not named stays
/// as it is, null publishes it as if nothing had been said.
#[derive(Serialize, ToSchema)]
#[schema(as = Publication, example = json!({
    "channels": {"ecommerce": {"state": "draft", "publish_at": "2026-12-01T08:00:00+00:00", "unpublish_at": null}},
    "follows": null
}))]
pub(super) struct PublicationBody {
    /// Every channel.
    channels: BTreeMap<String, ChannelPublication>,
    /// Of a variant: code of the root model with which it is published. Only read.
    follows: Option<String>,
}

/// Whether shops of one channel see a page.
#[derive(Serialize, ToSchema)]
pub(super) struct ChannelPublication {
    /// `draft` or `published`. When it changes, moments that are not given with it are dropped.
    #[schema(example = "draft")]
    state: String,
    /// When a draft is published (RFC 3339); a moment that has passed is as good as now.
    publish_at: Option<String>,
    /// When the page becomes a draft again; later than `publish_at`.
    unpublish_at: Option<String>,
}

/// The publication of one page in a bulk write.
#[derive(Serialize, ToSchema)]
#[schema(as = PublicationLine, example = json!({
    "identifier": "MUG-1", "channels": {"ecommerce": {"state": "published"}}
}))]
pub(super) struct PublicationLine {
    /// Id of a product; or
    uuid: Option<String>,
    /// identifier of a product; or
    identifier: Option<String>,
    /// code of a product model.
    code: Option<String>,
    /// As in the write of one publication.
    channels: BTreeMap<String, ChannelPublication>,
}

/// Reads where a page is published. A variant is published where its root model is.
#[utoipa::path(
    get, path = "/api/rest/v1/{resource}/{code}/publication", operation_id = "get_publication", tag = "Publication",
    params(
        ("resource" = inline(PublicationResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Id, identifier or code of the thing")
    ),
    responses((status = 200, description = "The publication; its version in the ETag", body = PublicationBody), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_publication(
    _: Reader,
    State(app): State<App>,
    Path((resource, code)): Path<(String, String)>,
) -> Result<Response> {
    act::get(&app, &resource, &code).await
}

/// Publishes a page in channels, takes it back, or plans either. Shops see it within about a second.
#[utoipa::path(
    patch, path = "/api/rest/v1/{resource}/{code}/publication", operation_id = "update_publication", tag = "Publication",
    params(
        ("resource" = inline(PublicationResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Id, identifier or code of the thing"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read")
    ),
    request_body(content = PublicationBody),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:publish"]))
)]
pub async fn update_publication(
    Publisher(editor): Publisher,
    State(app): State<App>,
    Path((resource, code)): Path<(String, String)>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    act::update(&app, &editor, (&resource, &code), body, if_match).await
}

/// Publishes up to 100 pages, or takes them back: one JSON object per line, one answer per line.
#[utoipa::path(
    patch, path = "/api/rest/v1/publications", operation_id = "update_publications", tag = "Publication",
    params(BulkParameters),
    request_body(content = PublicationLine, content_type = "application/vnd.akeneo.collection+json"),
    responses(
        (status = 200, description = "One line per line, in order", body = BulkAnswerLine,
         content_type = "application/vnd.akeneo.collection+json"),
        WriteRefusals
    ),
    security(("bearer" = ["catalog:publish"]))
)]
pub async fn update_publications(
    Publisher(editor): Publisher,
    State(app): State<App>,
    Lines(lines): Lines,
) -> Result<Response> {
    act::update_many(&app, &editor, lines).await
}

/// Lists who published a page or took it back, newest first. What time did is told of `schedule`.
#[utoipa::path(
    get, path = "/api/rest/v1/{resource}/{code}/publication/versions", operation_id = "list_publication_history", tag = "Publication",
    params(
        ("resource" = inline(PublicationResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Id, identifier or code of the thing"),
        HistoryParameters
    ),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn list_publication_history(
    _: Reader,
    State(app): State<App>,
    Path((resource, code)): Path<(String, String)>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    history::serve(&app, &resource, &code, Request::List(&parameters)).await
}

/// Reads one version of a publication.
#[utoipa::path(
    get, path = "/api/rest/v1/{resource}/{code}/publication/versions/{version}", operation_id = "get_publication_history", tag = "Publication",
    params(
        ("resource" = inline(PublicationResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Id, identifier or code of the thing"),
        ("version" = i64, Path, description = "Version")
    ),
    responses((status = 200, description = "The entry", body = HistoryEntry), ReadRefusals),
    security(("bearer" = ["catalog:read"]))
)]
pub async fn get_publication_history(
    _: Reader,
    State(app): State<App>,
    Path((resource, code, version)): Path<(String, String, i64)>,
) -> Result<Response> {
    history::serve(&app, &resource, &code, Request::Version(version)).await
}

/// Writes a version of a publication as a new one. Moments that have passed since have effect at once.
#[utoipa::path(
    post, path = "/api/rest/v1/{resource}/{code}/publication/versions/{version}/restore", operation_id = "restore_publication", tag = "Publication",
    params(
        ("resource" = inline(PublicationResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Id, identifier or code of the thing"),
        ("version" = i64, Path, description = "Version"),
        ("If-Match" = Option<String>, Header, description = "ETag that was read"),
        RetryHeader
    ),
    responses(SavedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:publish"]))
)]
pub async fn restore_publication(
    Publisher(editor): Publisher,
    State(app): State<App>,
    Path((resource, code, version)): Path<(String, String, i64)>,
    if_match: IfMatch,
) -> Result<Response> {
    let request = Request::Restore { version, editor: &editor, if_match };
    history::serve(&app, &resource, &code, request).await
}
