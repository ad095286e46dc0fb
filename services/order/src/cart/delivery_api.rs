//! Addresses, e-mail, shipping and coupons of a cart.

use access::Caller;
use axum::{extract::State, response::Response};
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use types::Money;
use uuid::Uuid;
use web::{IfMatch, Json, Path};

use super::{
    Address, Cart, MAX_COUPONS,
    address::is_email,
    change::Change,
    rules::{load_cart, load_rules},
    store,
};
use crate::{
    App,
    answer::{Failures, owner_of},
    codes::parse_coupon,
    pricing::quote,
};

/// Whom to write to.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CartEmail)]
pub(crate) struct Email {
    #[schema(max_length = 254, example = "ada@example.com")]
    email: String,
}

/// Which one is meant.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CodeChoice)]
pub(crate) struct Choice {
    /// Its code.
    #[schema(max_length = 100)]
    code: String,
}

/// A way to send a cart.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ShippingOption {
    /// Its code, to choose it by.
    code: String,
    /// Its name.
    name: String,
    /// What it costs for this cart.
    price: Money,
}

/// Ways to send a cart, in the order of staff.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ShippingOptions {
    items: Vec<ShippingOption>,
}

/// Set where the goods go.
#[utoipa::path(
    put, path = "/v1/carts/{cart}/shipping-address", operation_id = "set_shipping_address",
    tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Address, example = json!({
        "first_name": "Ada", "last_name": "Lovelace", "street": "Lange Reihe 1",
        "postal_code": "20099", "city": "Hamburg", "country": "DE"
    })),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn set_shipping_address(
    caller: Caller,
    State(app): State<App>,
    Path(cart_id): Path<Uuid>,
    if_match: IfMatch,
    Json(address): Json<Address>,
) -> Result<Response> {
    address.validate()?;
    let mut change = Change::begin(&app, &caller, cart_id, &if_match).await?;
    store::set_shipping_address(&mut *change.tx, cart_id, &address).await?;
    change.finish().await
}

/// Set where the invoice goes, if not to the shipping address.
#[utoipa::path(
    put, path = "/v1/carts/{cart}/billing-address", operation_id = "set_billing_address",
    tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Address, example = json!({
        "first_name": "Ada", "last_name": "Lovelace", "street": "Lange Reihe 1",
        "postal_code": "20099", "city": "Hamburg", "country": "DE"
    })),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn set_billing_address(
    caller: Caller,
    State(app): State<App>,
    Path(cart_id): Path<Uuid>,
    if_match: IfMatch,
    Json(address): Json<Address>,
) -> Result<Response> {
    address.validate()?;
    let mut change = Change::begin(&app, &caller, cart_id, &if_match).await?;
    store::set_billing_address(&mut *change.tx, cart_id, &address).await?;
    change.finish().await
}

/// Set whom to write to.
#[utoipa::path(
    put, path = "/v1/carts/{cart}/email", operation_id = "set_cart_email", tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Email, example = json!({"email": "ada@example.com"})),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn set_cart_email(
    caller: Caller,
    State(app): State<App>,
    Path(cart_id): Path<Uuid>,
    if_match: IfMatch,
    Json(Email { email }): Json<Email>,
) -> Result<Response> {
    if !is_email(&email) {
        return Err(Problem::invalid("/email", "invalid_email", "must be an e-mail address"));
    }
    let mut change = Change::begin(&app, &caller, cart_id, &if_match).await?;
    store::set_email(&mut *change.tx, cart_id, &email).await?;
    change.finish().await
}

/// List the ways to send a cart.
///
/// Those that go to its destination and have a price in its currency, with what each costs.
#[utoipa::path(
    get, path = "/v1/carts/{cart}/shipping-methods", operation_id = "list_shipping_options",
    tag = "Carts",
    params(("cart" = Uuid, Path, description = "The cart.")),
    responses((status = 200, description = "The ways.", body = ShippingOptions), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn list_shipping_options(
    caller: Caller,
    State(app): State<App>,
    Path(cart_id): Path<Uuid>,
) -> Result<Json<ShippingOptions>> {
    let mut db = app.db.acquire().await?;
    let loaded = load_cart(&mut db, &app.rules, &owner_of(&caller), cart_id).await?;
    let loaded = loaded.ok_or_else(|| Problem::not_found("cart"))?;
    let rules = load_rules(&mut db, &loaded).await?;
    let basket = rules.basket(&loaded);
    let option = |(method, shipping): (&crate::shipping::ShippingMethod, _)| {
        let mut basket = basket.clone();
        basket.shipping = Some(shipping);
        ShippingOption {
            code: method.rule.code.to_string(),
            name: method.rule.name.clone(),
            price: Money::new(quote(&basket).totals.shipping, loaded.cart.currency.clone()),
        }
    };
    let items = rules.shipping_options(&loaded).into_iter().map(option).collect();
    Ok(Json(ShippingOptions { items }))
}

/// Choose how a cart is sent.
#[utoipa::path(
    put, path = "/v1/carts/{cart}/shipping-method", operation_id = "set_shipping_method",
    tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Choice, example = json!({"code": "parcel"})),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn set_shipping_method(
    caller: Caller,
    State(app): State<App>,
    Path(cart_id): Path<Uuid>,
    if_match: IfMatch,
    Json(Choice { code }): Json<Choice>,
) -> Result<Response> {
    let mut change = Change::begin(&app, &caller, cart_id, &if_match).await?;
    store::set_shipping_method(&mut *change.tx, cart_id, &code).await?;
    let loaded = change.load().await?;
    if load_rules(&mut change.tx, &loaded).await?.chosen_shipping(&loaded).is_none() {
        return Err(Problem::invalid("/code", "not_offered", "is not offered for this cart"));
    }
    change.finish().await
}

/// Enter a coupon.
///
/// It stays with the cart until it is taken out; whether its discount applies is explained in
/// `discounts_explained`. It counts as used only when the order is placed.
#[utoipa::path(
    post, path = "/v1/carts/{cart}/coupons", operation_id = "add_cart_coupon", tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = Choice, example = json!({"code": "WELCOME10"})),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn add_cart_coupon(
    caller: Caller,
    State(app): State<App>,
    Path(cart_id): Path<Uuid>,
    if_match: IfMatch,
    Json(Choice { code }): Json<Choice>,
) -> Result<Response> {
    let unknown = || Problem::invalid("/code", "coupon_unknown", "there is no such coupon");
    let code = parse_coupon(&code).ok_or_else(unknown)?;
    let mut change = Change::begin(&app, &caller, cart_id, &if_match).await?;
    store::add_coupon(&mut *change.tx, cart_id, code.as_str()).await?;
    let loaded = change.load().await?;
    if loaded.coupons.len() > MAX_COUPONS {
        let detail = format!("a cart holds at most {MAX_COUPONS} coupons");
        return Err(Problem::invalid("/code", "too_many_coupons", detail));
    }
    let rules = load_rules(&mut change.tx, &loaded).await?;
    if let Err(refusal) = rules.check_coupon(code.as_str()) {
        return Err(Problem::invalid("/code", refusal.code(), refusal.text()));
    }
    change.finish().await
}

/// Take a coupon out.
#[utoipa::path(
    delete, path = "/v1/carts/{cart}/coupons/{code}", operation_id = "delete_cart_coupon",
    tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("code" = String, Path, description = "The coupon's code."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    responses((status = 200, description = "The cart.", body = Cart), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn delete_cart_coupon(
    caller: Caller,
    State(app): State<App>,
    Path((cart_id, code)): Path<(Uuid, String)>,
    if_match: IfMatch,
) -> Result<Response> {
    let absent = || Problem::not_found("coupon in this cart");
    let code = parse_coupon(&code).ok_or_else(absent)?;
    let mut change = Change::begin(&app, &caller, cart_id, &if_match).await?;
    if !store::delete_coupon(&mut *change.tx, cart_id, code.as_str()).await? {
        return Err(absent());
    }
    change.finish().await
}
