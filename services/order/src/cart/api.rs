use access::Caller;
use axum::{extract::State, response::Response};
use http::StatusCode;
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use types::{ChannelCode, CountryCode, CurrencyCode};
use uuid::Uuid;
use web::{
    Json, Path,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{Cart, reprice, rules, store, view};
use crate::{
    answer::{Failures, owner_of, with_etag},
    app::App,
};

/// What a cart is begun with.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCart {
    /// ISO 4217 code; the configured default if absent.
    currency: Option<CurrencyCode>,
    /// Where it is sold; the catalog's default channel if absent.
    channel: Option<ChannelCode>,
    /// Destination for taxes until there is a shipping address; the configured default if absent.
    country: Option<CountryCode>,
}

/// Begin a cart.
///
/// It belongs to the `sub` of the token, anonymous or not.
#[utoipa::path(
    post, path = "/v1/carts", operation_id = "create_cart", tag = "Carts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = NewCart, example = json!({"currency": "EUR", "country": "DE"})),
    responses((status = 201, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn create_cart(
    caller: Caller,
    State(app): State<App>,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewCart>,
) -> Result<Response> {
    let (owner, cart_id) = (owner_of(&caller), Uuid::now_v7());
    let mut tx = app.db.begin().await?;
    let started = idempotency::start(&mut tx, key.as_ref(), &owner, "create_cart", &new).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let row = store::NewRow {
        cart_id,
        owner: &owner,
        currency: new.currency.as_ref().unwrap_or(&app.settings.currency),
        channel: new.channel.as_ref().map(ChannelCode::as_str),
        country: new.country.as_ref().unwrap_or(&app.settings.country),
    };
    store::insert(&mut *tx, &row).await?;
    let loaded =
        rules::load_cart(&mut tx, &app.rules, &owner, cart_id).await?.ok_or_else(not_found)?;
    let cart = view::view(&mut tx, &loaded).await?.cart;
    let location = format!("/v1/carts/{cart_id}");
    let response = record.finish(&mut tx, StatusCode::CREATED, Some(&location), &cart).await?;
    tx.commit().await?;
    Ok(response)
}

/// Read a cart.
///
/// Prices and availability are as fresh as the catalog and the stock; when the catalog does not answer,
/// prices are the last known.
#[utoipa::path(
    get, path = "/v1/carts/{cart}", operation_id = "find_cart", tag = "Carts",
    params(("cart" = Uuid, Path, description = "Its id.")),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn find_cart(
    caller: Caller,
    State(app): State<App>,
    Path(cart_id): Path<Uuid>,
) -> Result<Response> {
    show_cart(&app, &owner_of(&caller), cart_id).await
}

/// Read the caller's open cart that changed last.
#[utoipa::path(
    get, path = "/v1/me/cart", operation_id = "find_my_cart", tag = "Carts",
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn find_my_cart(caller: Caller, State(app): State<App>) -> Result<Response> {
    let owner = owner_of(&caller);
    let cart_id = store::find_current(&app.db, &owner).await?.ok_or_else(not_found)?;
    show_cart(&app, &owner, cart_id).await
}

async fn show_cart(app: &App, owner: &str, cart_id: Uuid) -> Result<Response> {
    let mut db = app.db.acquire().await?;
    let mut loaded =
        rules::load_cart(&mut db, &app.rules, owner, cart_id).await?.ok_or_else(not_found)?;
    drop(db);
    if loaded.cart.status == "open" {
        let fresh = app.settings.price_fresh;
        let App { db, rules, catalog, .. } = app;
        if let Err(error) = reprice::reprice(db, rules, catalog, &mut loaded, fresh).await {
            tracing::warn!(%error, "prices could not be refreshed, the last known ones are shown");
        }
    }
    let mut db = app.db.acquire().await?;
    let cart = view::view(&mut db, &loaded).await?.cart;
    Ok(with_etag(cart.version, cart))
}

fn not_found() -> Problem {
    Problem::not_found("cart")
}
