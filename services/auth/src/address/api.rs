use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use problem::{Problem, ProblemBody, Result};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{
    IfMatch, Json, Page, PageQuery, Path, Query, etag,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{
    MAX_PER_CUSTOMER, PostalAddress,
    store::{self, Entry},
};
use crate::{
    account::{self, customer_id, gone},
    app::App,
    me::Delegate,
    openapi::{BadInput, BadQuery, Missing, Refusals, Stale},
    text::refuse_if_any,
};

/// An entry of an address book.
#[derive(Serialize, ToSchema)]
pub(crate) struct Address {
    id: Uuid,
    #[serde(flatten)]
    address: PostalAddress,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Entry> for Address {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.address_id,
            address: entry.address,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

/// My addresses
#[utoipa::path(
    get,
    path = "/v1/me/addresses",
    tag = "me",
    params(PageQuery),
    responses((status = 200, description = "A page", body = Page<Address>), BadQuery, Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn list_addresses(
    State(app): State<App>,
    Delegate(caller): Delegate,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Address>>> {
    let (limit, after) = (page.limit()?, page.after()?);
    let rows = store::list(&app.db, customer_id(&caller)?, after, limit + 1).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| row.address_id).map(Address::from)))
}

/// Add an address
///
/// At most 50; one more is 409 `too_many_addresses`.
#[utoipa::path(
    post,
    path = "/v1/me/addresses",
    tag = "me",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe")),
    request_body = PostalAddress,
    responses(
        (status = 201, description = "The new entry", body = Address),
        (status = 409, description = "`too_many_addresses`", body = ProblemBody,
            content_type = "application/problem+json"),
        BadInput,
        Refusals
    ),
    security(("bearer" = []))
)]
pub(crate) async fn create_address(
    State(app): State<App>,
    Delegate(caller): Delegate,
    key: Option<IdempotencyKey>,
    Json(mut address): Json<PostalAddress>,
) -> Result<Response> {
    let customer = customer_id(&caller)?;
    refuse_if_any(address.check())?;
    let mut transaction = app.db.begin().await?;
    let owner = customer.to_string();
    let started =
        idempotency::start(&mut transaction, key.as_ref(), &owner, "create_address", &address);
    let record = match started.await? {
        Started::Replay(response) => return Ok(response),
        Started::First(record) => record,
    };
    // The lock makes counting and adding one act.
    account::store::lock(&mut *transaction, customer).await?.ok_or_else(gone)?;
    if store::count(&mut *transaction, customer).await? >= MAX_PER_CUSTOMER {
        let detail = format!("an address book has at most {MAX_PER_CUSTOMER} entries");
        return Err(Problem::conflict("too_many_addresses", detail));
    }
    let entry = store::insert(&mut *transaction, customer, &address).await?;
    let location = format!("/v1/me/addresses/{}", entry.address_id);
    let body = Address::from(entry);
    let response =
        record.finish(&mut transaction, StatusCode::CREATED, Some(&location), &body).await?;
    transaction.commit().await?;
    Ok(response)
}

/// One of my addresses
#[utoipa::path(
    get,
    path = "/v1/me/addresses/{id}",
    tag = "me",
    params(("id" = Uuid, Path, description = "The entry")),
    responses((status = 200, description = "The entry", body = Address), Missing, Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn get_address(
    State(app): State<App>,
    Delegate(caller): Delegate,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse> {
    let entry = store::find(&app.db, customer_id(&caller)?, id).await?;
    Ok(answer(entry.ok_or_else(missing)?))
}

/// Change an address
///
/// A JSON merge patch (RFC 7396): fields that are absent stay, null removes.
#[utoipa::path(
    patch,
    path = "/v1/me/addresses/{id}",
    tag = "me",
    params(("id" = Uuid, Path, description = "The entry"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    request_body = PostalAddress,
    responses((status = 200, description = "The changed entry", body = Address), BadInput, Missing,
        Refusals, Stale),
    security(("bearer" = []))
)]
pub(crate) async fn update_address(
    State(app): State<App>,
    Delegate(caller): Delegate,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<impl IntoResponse> {
    let mut transaction = app.db.begin().await?;
    let entry = store::lock(&mut *transaction, customer_id(&caller)?, id).await?;
    let entry = entry.ok_or_else(missing)?;
    if_match.check(entry.version)?;
    let mut address = web::merge_patch::apply(&entry.address, patch)?;
    refuse_if_any(address.check())?;
    let entry = store::update(&mut *transaction, id, &address).await?;
    transaction.commit().await?;
    Ok(answer(entry))
}

/// Remove an address
#[utoipa::path(
    delete,
    path = "/v1/me/addresses/{id}",
    tag = "me",
    params(("id" = Uuid, Path, description = "The entry"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses((status = 204, description = "It is gone"), Missing, Refusals, Stale),
    security(("bearer" = []))
)]
pub(crate) async fn delete_address(
    State(app): State<App>,
    Delegate(caller): Delegate,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<StatusCode> {
    let mut transaction = app.db.begin().await?;
    let entry = store::lock(&mut *transaction, customer_id(&caller)?, id).await?;
    if_match.check(entry.ok_or_else(missing)?.version)?;
    store::delete(&mut *transaction, id).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(entry: Entry) -> impl IntoResponse {
    ([(header::ETAG, etag(entry.version))], Json(Address::from(entry)))
}

fn missing() -> Problem {
    Problem::not_found("address")
}
