//! The page of the client's account.

use problem::ProblemBody;
use serde::Serialize;

use super::{
    ask::{Refusal, Visitor},
    part::{Page, PartBody, Parts, Plan, reports},
    recommended::Recommended,
};
use crate::routes::Service;

const PROFILE: Plan = Plan { name: "profile", circuit: "account.profile", is_public: false };
const ADDRESSES: Plan = Plan { name: "addresses", circuit: "account.addresses", is_public: false };
const ORDERS: Plan = Plan { name: "orders", circuit: "account.orders", is_public: false };
const RECENTLY_VIEWED: Plan =
    Plan { name: "recently_viewed", circuit: "account.recently_viewed", is_public: false };

/// Everything an account screen shows.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct AccountPage {
    /// The customer as in `GET /v1/me`.
    #[schema(value_type = Object)]
    profile: PartBody,
    /// The address book as in `GET /v1/me/addresses`.
    #[schema(value_type = Option<Object>)]
    addresses: PartBody,
    /// The latest orders as in `GET /v1/orders?limit=5`.
    #[schema(value_type = Option<Object>)]
    orders: PartBody,
    #[schema(value_type = Option<Recommended>)]
    recently_viewed: PartBody,
    /// How each part came to be.
    #[schema(value_type = std::collections::BTreeMap<String, super::part::PartReport>)]
    parts: Parts,
}

/// One call for the account screen.
///
/// Joins the customer with the address book, the latest orders and the products viewed last. Only the
/// profile is required.
#[utoipa::path(
    get,
    path = "/v1/pages/account",
    tag = "pages",
    params(
        ("channel" = Option<String>, Query, description = "Sales channel."),
        ("locale" = Option<String>, Query, description = "Language; `Accept-Language` else."),
        ("currency" = Option<String>, Query, description = "ISO 4217 code of the prices."),
    ),
    responses(
        (status = 200, body = AccountPage),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
        (status = 504, body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn account_page(visitor: Visitor) -> Result<Page<AccountPage>, Refusal> {
    let (whole, part) = (visitor.patience(), visitor.part_patience());
    let (profile, addresses, orders, recently_viewed) = tokio::join!(
        visitor.require(PROFILE, visitor.ask_raw(Service::Auth, "/v1/me", whole)),
        visitor.try_for(ADDRESSES, visitor.ask_raw(Service::Auth, "/v1/me/addresses", part)),
        visitor.try_for(ORDERS, visitor.ask_raw(Service::Order, "/v1/orders?limit=5", part)),
        visitor.try_for(
            RECENTLY_VIEWED,
            visitor.recommended("/v1/recommendations/recently-viewed?limit=8")
        ),
    );
    let profile = profile?;
    let parts = reports([&profile, &addresses, &orders, &recently_viewed]);
    let content = AccountPage {
        profile: profile.body,
        addresses: addresses.body,
        orders: orders.body,
        recently_viewed: recently_viewed.body,
        parts,
    };
    Ok(Page { content, is_public: false })
}
