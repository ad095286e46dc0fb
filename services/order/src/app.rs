//! What the handlers share, and every route.

use std::{sync::Arc, time::Duration};

use access::Verifier;
use axum::{Router, extract::FromRef};
use contracts::{
    catalog::CatalogClient,
    payment::{PaymentCells, PaymentClient},
};
use sqlx::PgPool;
use types::{CountryCode, CurrencyCode};
use utoipa::{
    OpenApi,
    openapi::{RefOr, Schema},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Limits, openapi::BearerAuth};

use crate::{
    cart::{self, rules::RuleCache},
    coupon, feed, location, order, promotion, shipping, stock, tax,
};

/// What decides about carts and orders.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `VITRINE_DEFAULT_CURRENCY`: of carts that name none, `EUR`.
    pub currency: CurrencyCode,
    /// `VITRINE_DEFAULT_COUNTRY`: where carts without address are taxed, `DE`.
    pub country: CountryCode,
    /// `VITRINE_RESERVATION_SECONDS`: how long a pending order keeps its stock, 900.
    pub reservation: Duration,
    /// `VITRINE_RESERVATION_CAP_SECONDS`: how long it does so at most, whatever payment is under way,
    /// 3600.
    pub reservation_cap: Duration,
    /// `VITRINE_PRICE_FRESH_SECONDS`: a cart asks the catalog again about prices older than this, 30.
    pub price_fresh: Duration,
    /// `VITRINE_PRICE_GRACE_SECONDS`: with the catalog down, checkout trusts prices up to this old, 900.
    pub price_grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            currency: CurrencyCode::parse("EUR").expect("it follows the grammar"),
            country: CountryCode::parse("DE").expect("it follows the grammar"),
            reservation: Duration::from_secs(15 * 60),
            reservation_cap: Duration::from_secs(60 * 60),
            price_fresh: Duration::from_secs(30),
            price_grace: Duration::from_secs(15 * 60),
        }
    }
}

/// What the handlers share.
#[derive(Clone, FromRef)]
pub struct App {
    /// The schema `orders`.
    pub db: PgPool,
    /// Checks access tokens.
    pub verifier: Verifier,
    /// Says what a sku is and costs.
    pub catalog: CatalogClient,
    /// The rules of sale, kept.
    pub rules: RuleCache,
    /// Takes and gives back money.
    pub payment: PaymentClient,
    /// The cells of the payment service and their countries.
    pub cells: Arc<PaymentCells>,
    /// What decides about carts and orders.
    pub settings: Settings,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vitrine orders",
        description = "Carts, stock, promotions, taxes, shipping and orders. Amounts are integer minor units.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&BearerAuth),
    tags(
        (name = "Carts", description = "What a shopper means to buy."),
        (name = "Orders", description = "What was bought."),
        (name = "Stock", description = "What lies where, and what can be bought."),
        (name = "Promotions", description = "Rules that make things cheaper."),
        (name = "Coupons", description = "Codes that open a promotion."),
        (name = "Shipping", description = "How goods reach the customer."),
        (name = "Taxes", description = "Tax rates by destination."),
        (name = "Internal", description = "For other services only."),
    )
)]
struct Api;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(cart::api::create_cart))
        .routes(routes!(cart::merge::merge_carts))
        .routes(routes!(cart::api::find_cart))
        .routes(routes!(cart::api::find_my_cart))
        .routes(routes!(cart::line_api::add_cart_line))
        .routes(routes!(cart::line_api::update_cart_line, cart::line_api::delete_cart_line))
        .routes(routes!(cart::delivery_api::set_shipping_address))
        .routes(routes!(cart::delivery_api::set_billing_address))
        .routes(routes!(cart::delivery_api::set_cart_email))
        .routes(routes!(cart::delivery_api::list_shipping_options))
        .routes(routes!(cart::delivery_api::set_shipping_method))
        .routes(routes!(cart::delivery_api::add_cart_coupon))
        .routes(routes!(cart::delivery_api::delete_cart_coupon))
        .routes(routes!(order::checkout::checkout_cart))
        .routes(routes!(order::api::list_orders))
        .routes(routes!(order::api::find_order))
        .routes(routes!(order::cancel::cancel_order))
        .routes(routes!(order::retry::create_order_payment))
        .routes(routes!(order::ship::create_shipment))
        .routes(routes!(order::give_back::create_return))
        .routes(routes!(order::refund::create_refund))
        .routes(routes!(stock::api::list_availability, stock::api::set_stock))
        .routes(routes!(stock::api::find_stock))
        .routes(routes!(stock::sold_out::list_sold_out))
        .routes(routes!(location::api::list_locations, location::api::create_location))
        .routes(routes!(
            location::api::find_location,
            location::api::update_location,
            location::api::delete_location
        ))
        .routes(routes!(promotion::api::list_promotions, promotion::api::create_promotion))
        .routes(routes!(
            promotion::api::find_promotion,
            promotion::api::update_promotion,
            promotion::api::delete_promotion
        ))
        .routes(routes!(coupon::api::list_coupons, coupon::api::create_coupon))
        .routes(routes!(
            coupon::api::find_coupon,
            coupon::api::update_coupon,
            coupon::api::delete_coupon
        ))
        .routes(routes!(
            shipping::api::list_shipping_methods,
            shipping::api::create_shipping_method
        ))
        .routes(routes!(
            shipping::api::find_shipping_method,
            shipping::api::update_shipping_method,
            shipping::api::delete_shipping_method
        ))
        .routes(routes!(tax::api::list_tax_rates, tax::api::create_tax_rate))
        .routes(routes!(
            tax::api::find_tax_rate,
            tax::api::update_tax_rate,
            tax::api::delete_tax_rate
        ))
        .routes(routes!(feed::read_order_feed))
}

/// Every route, within the layers that all services have.
pub fn router(app: App) -> Router {
    let (routes, _) = routes().split_for_parts();
    web::with_layers(routes.with_state(app), "order", Limits::default())
}

/// The service's OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = routes().split_for_parts().1;
    open_composed_schemas(&mut document);
    document
}

/// What staff write refuses unknown fields; what they read is the same with more. `allOf` of a closed
/// schema would allow no more, so such schemas are left open in the document.
fn open_composed_schemas(document: &mut utoipa::openapi::OpenApi) {
    let Some(components) = &mut document.components else { return };
    let mut composed = Vec::new();
    for schema in components.schemas.values() {
        let RefOr::T(Schema::AllOf(all)) = schema else { continue };
        composed.extend(all.items.iter().filter_map(|item| match item {
            RefOr::Ref(part) => part.ref_location.rsplit('/').next().map(str::to_owned),
            RefOr::T(_) => None,
        }));
    }
    for name in composed {
        if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(&name) {
            object.additional_properties = None;
        }
    }
}
