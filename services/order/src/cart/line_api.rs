use access::Caller;
use axum::{extract::State, response::Response};
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use types::Sku;
use uuid::Uuid;
use web::{
    IfMatch, Json, Path,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{
    Cart, MAX_LINES, MAX_QUANTITY,
    change::{Change, check_open},
    reprice::ask_catalog,
    store::{self, CatalogFacts},
};
use crate::{
    answer::{Failures, owner_of},
    app::App,
};

/// Units to put into a cart.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLine {
    /// Of what.
    sku: Sku,
    /// How many more.
    #[schema(minimum = 1, maximum = 9999)]
    quantity: i32,
}

/// How many units of a line there are to be.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineQuantity {
    /// In all.
    #[schema(minimum = 1, maximum = 9999)]
    quantity: i32,
}

/// Put something into a cart.
///
/// A sku that is in it already adds up, so that two devices do not undo each other; `If-Match` is
/// honoured and not needed.
#[utoipa::path(
    post, path = "/v1/carts/{cart}/lines", operation_id = "add_cart_line", tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = NewLine, example = json!({"sku": "MUG-BLUE-S", "quantity": 2})),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn add_cart_line(
    caller: Caller,
    State(app): State<App>,
    Path(cart_id): Path<Uuid>,
    key: Option<IdempotencyKey>,
    if_match: IfMatch,
    Json(new): Json<NewLine>,
) -> Result<Response> {
    check_quantity(new.quantity)?;
    let owner = owner_of(&caller);
    let cart = store::find(&app.db, &owner, cart_id).await?;
    let cart = cart.ok_or_else(|| Problem::not_found("cart"))?;
    check_open(&cart)?;
    let facts = ask_catalog(&app.catalog, &cart, std::slice::from_ref(&new.sku)).await?;
    let facts = sold(facts)?;
    let mut tx = app.db.begin().await?;
    let operation = format!("add_cart_line {cart_id}");
    let started = idempotency::start(&mut tx, key.as_ref(), &owner, &operation, &new).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let mut change = Change::begin_in(tx, &app, &caller, cart_id, &if_match).await?;
    store::add_line(&mut *change.tx, cart_id, &facts, new.quantity).await?;
    let loaded = change.load().await?;
    if loaded.lines.len() > MAX_LINES {
        let detail = format!("a cart holds at most {MAX_LINES} lines");
        return Err(Problem::invalid("/sku", "too_many_lines", detail));
    }
    change.finish_keyed(&loaded, record).await
}

fn sold(facts: Vec<CatalogFacts>) -> Result<CatalogFacts> {
    let facts = facts.into_iter().next();
    let facts = facts.ok_or_else(|| Problem::invalid("/sku", "not_sold", "is not sold here"))?;
    if facts.unit_price.is_none() {
        return Err(Problem::invalid("/sku", "no_price", "is not sold in the cart's currency"));
    }
    Ok(facts)
}

fn check_quantity(quantity: i32) -> Result<()> {
    if (1..=MAX_QUANTITY).contains(&quantity) {
        return Ok(());
    }
    let detail = format!("must be 1 to {MAX_QUANTITY}");
    Err(Problem::invalid("/quantity", "out_of_range", detail))
}

/// Set how many units of a line there are.
#[utoipa::path(
    patch, path = "/v1/carts/{cart}/lines/{line}", operation_id = "update_cart_line", tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("line" = Uuid, Path, description = "The line."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = LineQuantity, example = json!({"quantity": 3})),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn update_cart_line(
    caller: Caller,
    State(app): State<App>,
    Path((cart_id, line_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    Json(line): Json<LineQuantity>,
) -> Result<Response> {
    check_quantity(line.quantity)?;
    let mut change = Change::begin(&app, &caller, cart_id, &if_match).await?;
    if !store::set_quantity(&mut *change.tx, cart_id, line_id, line.quantity).await? {
        return Err(Problem::not_found("line in this cart"));
    }
    change.finish().await
}

/// Take a line out of a cart.
#[utoipa::path(
    delete, path = "/v1/carts/{cart}/lines/{line}", operation_id = "delete_cart_line", tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("line" = Uuid, Path, description = "The line."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn delete_cart_line(
    caller: Caller,
    State(app): State<App>,
    Path((cart_id, line_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> Result<Response> {
    let mut change = Change::begin(&app, &caller, cart_id, &if_match).await?;
    if !store::delete_line(&mut *change.tx, cart_id, line_id).await? {
        return Err(Problem::not_found("line in this cart"));
    }
    change.finish().await
}
