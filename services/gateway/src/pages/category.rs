//! The page of one category.

use problem::ProblemBody;
use serde::Serialize;

use super::{
    ask::{Refusal, Visitor},
    part::{Page, PartBody, Parts, Plan, reports},
    recommended::Recommended,
};
use crate::routes::Service;

const CATEGORY: Plan = Plan { name: "category", circuit: "category.category", is_public: true };
// Every filter would be another entry of the memory: not remembered.
const PRODUCTS: Plan = Plan { name: "products", circuit: "category.products", is_public: false };
const TRENDING: Plan =
    Plan { name: "recommendations.trending", circuit: "category.trending", is_public: true };

/// Everything a category screen shows.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CategoryPage {
    /// The category as in `GET /v1/categories/{code}`.
    #[schema(value_type = Object)]
    category: PartBody,
    /// Its products and facets as in `GET /v1/products?category=`.
    #[schema(value_type = Option<Object>)]
    products: PartBody,
    recommendations: CategoryRecommendations,
    /// How each part came to be.
    #[schema(value_type = std::collections::BTreeMap<String, super::part::PartReport>)]
    parts: Parts,
}

/// What visitors of this category like.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CategoryRecommendations {
    #[schema(value_type = Option<Recommended>)]
    trending: PartBody,
}

/// One call for a category screen.
///
/// Joins the category, its products (every query parameter of `GET /v1/products` is passed on: `q`,
/// `filter[…]`, `sort`, `facets`, `limit`, `cursor`, `fields`) and what is trending in it. Only the
/// category is required.
#[utoipa::path(
    get,
    path = "/v1/pages/category/{code}",
    tag = "pages",
    params(
        ("code" = String, Path, description = "Code of the category."),
        ("channel" = Option<String>, Query, description = "Sales channel."),
        ("locale" = Option<String>, Query, description = "Language; `Accept-Language` else."),
        ("currency" = Option<String>, Query, description = "ISO 4217 code of the prices."),
        ("q" = Option<String>, Query, description = "Words to search for within the category."),
        ("sort" = Option<String>, Query, description = "Order of the products."),
        ("facets" = Option<String>, Query, description = "Attributes to count, with commas."),
        ("limit" = Option<u32>, Query, description = "Products, at most 100."),
        ("cursor" = Option<String>, Query, description = "Where to go on."),
    ),
    responses(
        (status = 200, body = CategoryPage),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
        (status = 504, body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(crate) async fn category_page(visitor: Visitor) -> Result<Page<CategoryPage>, Refusal> {
    let code = visitor.key();
    let category_path = visitor.in_context(&format!("/v1/categories/{code}"));
    let products_path = visitor
        .with_parameters(&format!("/v1/products?category={code}"), |name| name != "category");
    let trending_path = format!("/v1/recommendations/trending?category={code}&limit=8");
    let (category, products, trending) = tokio::join!(
        visitor.require(
            CATEGORY,
            visitor.ask_raw(Service::Catalog, &category_path, visitor.patience())
        ),
        visitor.try_for(
            PRODUCTS,
            visitor.ask_raw(Service::Catalog, &products_path, visitor.part_patience())
        ),
        visitor.try_for(TRENDING, visitor.recommended(&trending_path)),
    );
    let category = category?;
    let parts = reports([&category, &products, &trending]);
    let recommendations = CategoryRecommendations { trending: trending.body };
    let content =
        CategoryPage { category: category.body, products: products.body, recommendations, parts };
    Ok(Page { content, is_public: true })
}
