//! The page of one product.

use problem::ProblemBody;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    ask::{Refusal, Visitor, encode, list, read},
    part::{Page, Part, PartBody, Parts, Plan, reports},
    recommended::Recommended,
};
use crate::routes::Service;

const PRODUCT: Plan = Plan { name: "product", circuit: "product.product", is_public: true };
const AVAILABILITY: Plan =
    Plan { name: "availability", circuit: "product.availability", is_public: true };
const SIMILAR: Plan =
    Plan { name: "recommendations.similar", circuit: "product.similar", is_public: true };
const BOUGHT_TOGETHER: Plan = Plan {
    name: "recommendations.bought_together",
    circuit: "product.bought_together",
    is_public: true,
};
const BREADCRUMBS: Plan =
    Plan { name: "breadcrumbs", circuit: "product.breadcrumbs", is_public: true };
/// The stock of so many variants is asked at once.
const MAX_SKUS: usize = 100;

/// Everything a product screen shows.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ProductPage {
    /// The product as in `GET /v1/products/{id}`.
    #[schema(value_type = Object)]
    product: PartBody,
    /// Stock of the product and its variants as in `GET /v1/stock?skus=`.
    #[schema(value_type = Option<Object>)]
    availability: PartBody,
    recommendations: ProductRecommendations,
    /// The product's category and those above it, outermost first: `{code, label}`.
    #[schema(value_type = Option<Vec<Object>>)]
    breadcrumbs: PartBody,
    /// How each part came to be.
    #[schema(value_type = std::collections::BTreeMap<String, super::part::PartReport>)]
    parts: Parts,
}

/// What else a visitor of this product may like.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ProductRecommendations {
    #[schema(value_type = Option<Recommended>)]
    similar: PartBody,
    #[schema(value_type = Option<Recommended>)]
    bought_together: PartBody,
}

/// What the page needs to know of the product.
#[derive(Deserialize)]
struct Facts {
    id: String,
    sku: Option<String>,
    #[serde(default)]
    variants: Vec<Variant>,
    category_path: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Variant {
    sku: String,
}

/// One call for a product screen.
///
/// Joins the product with its stock, recommendations and breadcrumbs. Only the product is required;
/// any other part that does not come in time is null, or what it was a while ago, and `parts` says so.
#[utoipa::path(
    get,
    path = "/v1/pages/product/{key}",
    tag = "pages",
    params(
        ("key" = String, Path, description = "Id or slug of the product."),
        ("channel" = Option<String>, Query, description = "Sales channel."),
        ("locale" = Option<String>, Query, description = "Language; `Accept-Language` else."),
        ("currency" = Option<String>, Query, description = "ISO 4217 code of the prices."),
    ),
    responses(
        (status = 200, body = ProductPage),
        (status = 301, description = "The product has another slug now; `Location` is relative to the address asked for",
         headers(("location" = String))),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
        (status = 504, body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(crate) async fn product_page(visitor: Visitor) -> Result<Page<ProductPage>, Refusal> {
    let path = visitor.in_context(&format!("/v1/products/{}", visitor.key()));
    let asking = visitor.ask_raw(Service::Catalog, &path, visitor.patience());
    let product = visitor.require(PRODUCT, asking).await?;
    let facts = Facts::of(&product)?;
    let (availability, similar, bought_together) = tokio::join!(
        visitor.try_for(AVAILABILITY, visitor.availability(&facts)),
        visitor.try_for(SIMILAR, visitor.recommended_with("similar", &facts)),
        visitor.try_for(BOUGHT_TOGETHER, visitor.recommended_with("bought-together", &facts)),
    );
    let breadcrumbs = Part::at_hand(BREADCRUMBS, &product, facts.category_path);
    let parts = reports([&product, &availability, &similar, &bought_together, &breadcrumbs]);
    let recommendations =
        ProductRecommendations { similar: similar.body, bought_together: bought_together.body };
    let content = ProductPage {
        product: product.body,
        availability: availability.body,
        recommendations,
        breadcrumbs: breadcrumbs.body,
        parts,
    };
    Ok(Page { content, is_public: true })
}

impl Facts {
    fn of(product: &Part) -> Result<Self, Refusal> {
        read(Service::Catalog, product.body.as_ref().map_or("null", |body| body.get()).as_bytes())
    }

    /// The skus that can be bought here, each once.
    fn skus(&self) -> Vec<String> {
        let mut skus: Vec<String> = Vec::new();
        let variants = self.variants.iter().map(|variant| &variant.sku);
        for sku in self.sku.iter().chain(variants) {
            if skus.len() < MAX_SKUS && !skus.contains(sku) {
                skus.push(sku.clone());
            }
        }
        skus
    }
}

impl Visitor {
    async fn availability(&self, facts: &Facts) -> Result<Box<RawValue>, Refusal> {
        let path = format!("/v1/stock?skus={}", list(&facts.skus()));
        self.ask_raw(Service::Order, &path, self.part_patience()).await
    }

    async fn recommended_with(
        &self,
        surface: &str,
        facts: &Facts,
    ) -> Result<Box<RawValue>, Refusal> {
        let product = encode(&facts.id);
        self.recommended(&format!("/v1/recommendations/{surface}?product={product}&limit=8")).await
    }
}
