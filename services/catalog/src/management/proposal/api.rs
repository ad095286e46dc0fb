//! Requests about drafts and proposals.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{IfMatch, Path};

use super::{act, review};
use crate::{
    App,
    management::{
        access::{ProposalReader, Proposer, Publisher, Reader},
        body::Object,
        error::Result,
        hal::{HalPage, Parameters},
        history::Author,
        openapi::{CreatedAnswer, ReadRefusals, RetryHeader, WriteRefusals},
        publication::api::PublicationResource,
        reading::ReadingParameters,
    },
};

/// What one user wants changed of a product or a product model.
#[derive(Serialize, ToSchema)]
#[schema(as = Proposal)]
pub(super) struct ProposalBody {
    /// Its id.
    id: Uuid,
    /// `draft`: the author is at work. `proposed`: it waits for approval.
    #[schema(example = "proposed")]
    status: String,
    /// The product, as `{uuid, identifier}`; or
    product: Option<Value>,
    /// code of the product model.
    product_model: Option<String>,
    /// Whose it is.
    author: Author,
    /// How many changes it has.
    change_count: u32,
    /// What it changes: `[{property, attribute?, locale?, scope?, old, new, current}]`. `old` is what the
    /// author saw, `current` what is there by now. Not in lists.
    changes: Option<Vec<Value>>,
    /// Why it was last rejected.
    comment: Option<String>,
    /// Who last rejected it.
    reviewer: Option<Author>,
    /// When it was begun.
    created: String,
    /// When it last changed.
    updated: String,
    /// When it was sent for approval.
    proposed: Option<String>,
}

/// Which changes are approved.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"changes": [{"property": "enabled"}, {"attribute": "name", "locale": "de_DE"}]}))]
pub(super) struct Approval {
    /// The changes to make, each named by any of `property`, `attribute`, `locale` and `scope`; without it
    /// all of them. What is not named goes on waiting.
    changes: Option<Vec<Value>>,
}

/// Why a proposal is rejected.
#[derive(Serialize, ToSchema)]
pub(super) struct Rejection {
    /// For the author.
    #[schema(max_length = 1000, example = "The name is too long for the shop.")]
    comment: String,
}

/// Query parameters of the list of proposals.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documentation: the parameters are read in the order sent")]
pub struct ProposalParameters {
    /// Proposals per page.
    #[param(minimum = 1, maximum = 100, default = 10)]
    limit: Option<i64>,
    /// Opaque cursor, from the link `next`.
    search_after: Option<String>,
    /// `draft` or `proposed`.
    status: Option<String>,
    /// Subject, client or name of the author.
    author: Option<String>,
    /// Id of a product.
    uuid: Option<Uuid>,
    /// Identifier of a product.
    identifier: Option<String>,
    /// Code of a product model.
    code: Option<String>,
}

/// Reads a product or a product model as it would be with the caller's draft. 422 if the draft breaks a
/// rule by now.
#[utoipa::path(
    get, path = "/api/rest/v1/{resource}/{code}/draft", operation_id = "get_draft", tag = "Proposals",
    params(
        ("resource" = inline(PublicationResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Id, identifier or code of the thing"),
        ReadingParameters
    ),
    responses((status = 200, description = "As the thing itself is read; the thing's version as ETag", body = Value), ReadRefusals),
    security(("bearer" = ["catalog:read", "catalog:propose"]))
)]
pub async fn get_draft(
    reader: Reader,
    Proposer(author): Proposer,
    State(app): State<App>,
    Path((resource, code)): Path<(String, String)>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    act::get_draft(&app, (&reader, &author), (&resource, &code), &parameters).await
}

/// Gives up the caller's draft, also one that waits for approval.
#[utoipa::path(
    delete, path = "/api/rest/v1/{resource}/{code}/draft", operation_id = "delete_draft", tag = "Proposals",
    params(
        ("resource" = inline(PublicationResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Id, identifier or code of the thing")
    ),
    responses((status = 204, description = "Given up"), WriteRefusals),
    security(("bearer" = ["catalog:propose"]))
)]
pub async fn delete_draft(
    Proposer(author): Proposer,
    State(app): State<App>,
    Path((resource, code)): Path<(String, String)>,
) -> Result<Response> {
    act::delete_draft(&app, &author, &resource, &code).await
}

/// Sends the caller's draft for approval; 422 if there is none. `Location` is the proposal.
#[utoipa::path(
    post, path = "/api/rest/v1/{resource}/{code}/proposal", operation_id = "create_proposal", tag = "Proposals",
    params(
        ("resource" = inline(PublicationResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Id, identifier or code of the thing"),
        RetryHeader
    ),
    responses(CreatedAnswer, WriteRefusals),
    security(("bearer" = ["catalog:propose"]))
)]
pub async fn create_proposal(
    Proposer(author): Proposer,
    State(app): State<App>,
    Path((resource, code)): Path<(String, String)>,
) -> Result<Response> {
    act::propose(&app, &author, &resource, &code).await
}

/// Takes the caller's proposal back. It stays as a draft.
#[utoipa::path(
    delete, path = "/api/rest/v1/{resource}/{code}/proposal", operation_id = "withdraw_proposal", tag = "Proposals",
    params(
        ("resource" = inline(PublicationResource), Path, description = "Which things"),
        ("code" = String, Path, description = "Id, identifier or code of the thing")
    ),
    responses((status = 204, description = "Taken back"), WriteRefusals),
    security(("bearer" = ["catalog:propose"]))
)]
pub async fn withdraw_proposal(
    Proposer(author): Proposer,
    State(app): State<App>,
    Path((resource, code)): Path<(String, String)>,
) -> Result<Response> {
    act::withdraw(&app, &author, &resource, &code).await
}

/// Lists proposals that wait for approval, the oldest first, and the caller's own drafts; without
/// `catalog:publish` only the caller's own. Pages have cursors only.
#[utoipa::path(
    get, path = "/api/rest/v1/proposals", operation_id = "list_proposals", tag = "Proposals",
    params(ProposalParameters),
    responses((status = 200, description = "One page", body = HalPage), ReadRefusals),
    security(("bearer" = ["catalog:publish"]), ("bearer" = ["catalog:propose"]))
)]
pub async fn list_proposals(
    reader: ProposalReader,
    State(app): State<App>,
    web::Query(parameters): Parameters,
) -> Result<Response> {
    review::list(&app, &reader, &parameters).await
}

/// Reads a proposal: what it changes, and what is there by now.
#[utoipa::path(
    get, path = "/api/rest/v1/proposals/{id}", operation_id = "get_proposal", tag = "Proposals",
    params(("id" = Uuid, Path, description = "Id of the proposal")),
    responses((status = 200, description = "The proposal; its version in the ETag", body = ProposalBody), ReadRefusals),
    security(("bearer" = ["catalog:publish"]), ("bearer" = ["catalog:propose"]))
)]
pub async fn get_proposal(
    reader: ProposalReader,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response> {
    review::get(&app, &reader, &id).await
}

/// Makes the changes of a proposal, by the rules of every write; 422 if they break one by now. The history
/// names author and reviewer. `If-Match` with the proposal's ETag approves what was read and nothing else.
#[utoipa::path(
    post, path = "/api/rest/v1/proposals/{id}/approve", operation_id = "approve_proposal", tag = "Proposals",
    params(
        ("id" = Uuid, Path, description = "Id of the proposal"),
        ("If-Match" = Option<String>, Header, description = "ETag of the proposal that was read"),
        RetryHeader
    ),
    request_body(content = Approval),
    responses((status = 204, description = "Written; `Location` is the product or product model"), WriteRefusals),
    security(("bearer" = ["catalog:publish"]))
)]
pub async fn approve_proposal(
    Publisher(reviewer): Publisher,
    State(app): State<App>,
    Path(id): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    review::approve(&app, &reviewer, &id, &body, &if_match).await
}

/// Gives a proposal back to its author, who reads why.
#[utoipa::path(
    post, path = "/api/rest/v1/proposals/{id}/reject", operation_id = "reject_proposal", tag = "Proposals",
    params(
        ("id" = Uuid, Path, description = "Id of the proposal"),
        ("If-Match" = Option<String>, Header, description = "ETag of the proposal that was read"),
        RetryHeader
    ),
    request_body(content = Rejection),
    responses((status = 204, description = "Given back"), WriteRefusals),
    security(("bearer" = ["catalog:publish"]))
)]
pub async fn reject_proposal(
    Publisher(reviewer): Publisher,
    State(app): State<App>,
    Path(id): Path<String>,
    if_match: IfMatch,
    Object(body): Object,
) -> Result<Response> {
    review::reject(&app, &reviewer, &id, &body, &if_match).await
}
