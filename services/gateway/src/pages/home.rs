//! The page a shop opens with.

use problem::ProblemBody;
use serde::Serialize;

use super::{
    ask::{Refusal, Visitor},
    part::{Page, PartBody, Parts, Plan, reports},
    recommended::Recommended,
};
use crate::routes::Service;

const CATEGORIES: Plan = Plan { name: "categories", circuit: "home.categories", is_public: true };
const NEWEST: Plan = Plan { name: "newest", circuit: "home.newest", is_public: true };
const TRENDING: Plan =
    Plan { name: "recommendations.trending", circuit: "home.trending", is_public: true };
const FOR_YOU: Plan =
    Plan { name: "recommendations.for_you", circuit: "home.for_you", is_public: false };

/// Everything a home screen shows.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct HomePage {
    /// The category tree as in `GET /v1/categories`.
    #[schema(value_type = Object)]
    categories: PartBody,
    /// The newest products as in `GET /v1/products?sort=newest`.
    #[schema(value_type = Option<Object>)]
    newest: PartBody,
    recommendations: HomeRecommendations,
    /// How each part came to be.
    #[schema(value_type = std::collections::BTreeMap<String, super::part::PartReport>)]
    parts: Parts,
}

/// What visitors like, and what this one may.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct HomeRecommendations {
    #[schema(value_type = Option<Recommended>)]
    trending: PartBody,
    /// Null without a token.
    #[schema(value_type = Option<Recommended>)]
    for_you: PartBody,
}

/// One call for the home screen.
///
/// Joins the category tree, the newest products, what is trending and, with a token, what suits its
/// owner. Only the categories are required.
#[utoipa::path(
    get,
    path = "/v1/pages/home",
    tag = "pages",
    params(
        ("channel" = Option<String>, Query, description = "Sales channel."),
        ("locale" = Option<String>, Query, description = "Language; `Accept-Language` else."),
        ("currency" = Option<String>, Query, description = "ISO 4217 code of the prices."),
    ),
    responses(
        (status = 200, body = HomePage),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
        (status = 504, body = ProblemBody, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn home_page(visitor: Visitor) -> Result<Page<HomePage>, Refusal> {
    let categories_path = visitor.in_context("/v1/categories");
    let newest_path = visitor.in_context("/v1/products?sort=newest&limit=12");
    let for_you = async {
        if !visitor.is_signed_in() {
            return None;
        }
        let work = visitor.recommended("/v1/recommendations/for-you?limit=12");
        Some(visitor.try_for(FOR_YOU, work).await)
    };
    let (categories, newest, trending, for_you) = tokio::join!(
        visitor.require(
            CATEGORIES,
            visitor.ask_raw(Service::Catalog, &categories_path, visitor.patience())
        ),
        visitor.try_for(
            NEWEST,
            visitor.ask_raw(Service::Catalog, &newest_path, visitor.part_patience())
        ),
        visitor.try_for(TRENDING, visitor.recommended("/v1/recommendations/trending?limit=12")),
        for_you,
    );
    let categories = categories?;
    let parts = reports([&categories, &newest, &trending].into_iter().chain(&for_you));
    let is_public = for_you.is_none();
    let for_you = for_you.and_then(|part| part.body);
    let recommendations = HomeRecommendations { trending: trending.body, for_you };
    let content =
        HomePage { categories: categories.body, newest: newest.body, recommendations, parts };
    Ok(Page { content, is_public })
}
