//! The page of the client's cart.

use problem::ProblemBody;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    ask::{Refusal, Visitor, encode, list, read},
    part::{Page, Part, PartBody, Parts, Plan, reports},
    recommended::Recommended,
};
use crate::routes::Service;

const CART: Plan = Plan { name: "cart", circuit: "cart.cart", is_public: false };
const SHIPPING_METHODS: Plan =
    Plan { name: "shipping_methods", circuit: "cart.shipping_methods", is_public: false };
const GOES_WITH: Plan =
    Plan { name: "recommendations.cart", circuit: "cart.recommendations", is_public: false };
/// Recommendations look at so many products of the cart.
const MAX_PRODUCTS: usize = 20;

/// Everything a cart screen shows.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CartPage {
    /// The cart as in `GET /v1/me/cart`.
    #[schema(value_type = Object)]
    cart: PartBody,
    /// How it can be sent, as in `GET /v1/carts/{id}/shipping-methods`.
    #[schema(value_type = Option<Object>)]
    shipping_methods: PartBody,
    recommendations: CartRecommendations,
    /// How each part came to be.
    #[schema(value_type = std::collections::BTreeMap<String, super::part::PartReport>)]
    parts: Parts,
}

/// What goes with the cart.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CartRecommendations {
    #[schema(value_type = Option<Recommended>)]
    cart: PartBody,
}

/// What the page needs to know of the cart.
#[derive(Deserialize)]
struct Facts {
    id: String,
    #[serde(default)]
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    product_id: Option<String>,
}

/// One call for the cart screen.
///
/// Joins the cart of the token's owner with the ways to send it and what goes with its products. Only
/// the cart is required.
#[utoipa::path(
    get,
    path = "/v1/pages/cart",
    tag = "pages",
    params(
        ("channel" = Option<String>, Query, description = "Sales channel."),
        ("locale" = Option<String>, Query, description = "Language; `Accept-Language` else."),
        ("currency" = Option<String>, Query, description = "ISO 4217 code of the prices."),
    ),
    responses(
        (status = 200, body = CartPage),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
        (status = 504, body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn cart_page(visitor: Visitor) -> Result<Page<CartPage>, Refusal> {
    let asking = visitor.ask_raw(Service::Order, "/v1/me/cart", visitor.patience());
    let cart = visitor.require(CART, asking).await?;
    let facts = Facts::of(&cart)?;
    let methods_path = format!("/v1/carts/{}/shipping-methods", encode(&facts.id));
    let (shipping_methods, goes_with) = tokio::join!(
        visitor.try_for(
            SHIPPING_METHODS,
            visitor.ask_raw(Service::Order, &methods_path, visitor.part_patience())
        ),
        visitor.try_for(GOES_WITH, visitor.goes_with(&facts)),
    );
    let parts = reports([&cart, &shipping_methods, &goes_with]);
    let recommendations = CartRecommendations { cart: goes_with.body };
    let content = CartPage {
        cart: cart.body,
        shipping_methods: shipping_methods.body,
        recommendations,
        parts,
    };
    Ok(Page { content, is_public: false })
}

impl Facts {
    fn of(cart: &Part) -> Result<Self, Refusal> {
        read(Service::Order, cart.body.as_ref().map_or("null", |body| body.get()).as_bytes())
    }

    fn products(&self) -> Vec<String> {
        let ids = self.lines.iter().filter_map(|line| line.product_id.clone());
        ids.take(MAX_PRODUCTS).collect()
    }
}

impl Visitor {
    async fn goes_with(&self, facts: &Facts) -> Result<Box<RawValue>, Refusal> {
        let products = facts.products();
        let path = if products.is_empty() {
            "/v1/recommendations/trending?limit=8".to_owned()
        } else {
            format!("/v1/recommendations/cart?products={}&limit=8", list(&products))
        };
        self.recommended(&path).await
    }
}
