//! Recommendations: lists of products with the reason for each.

pub(crate) mod api;
mod for_you;
mod list;
mod person;
mod surfaces;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use types::{ProductId, Sku};
use uuid::Uuid;

/// A place in a shop that shows a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Surface {
    /// Products like the one being viewed.
    Similar,
    /// What the one being viewed is bought with.
    BoughtTogether,
    /// What completes a cart.
    Cart,
    /// What comes next in a visit.
    Session,
    /// For one person.
    ForYou,
    /// What is much asked for.
    Trending,
    /// What a person looked at last.
    RecentlyViewed,
}

impl Surface {
    const ALL: [Self; 7] = [
        Self::Similar,
        Self::BoughtTogether,
        Self::Cart,
        Self::Session,
        Self::ForYou,
        Self::Trending,
        Self::RecentlyViewed,
    ];

    /// As it is written in the database and on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Similar => "similar",
            Self::BoughtTogether => "bought-together",
            Self::Cart => "cart",
            Self::Session => "session",
            Self::ForYou => "for-you",
            Self::Trending => "trending",
            Self::RecentlyViewed => "recently-viewed",
        }
    }

    /// The surface of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|surface| surface.as_str() == name)
    }
}

/// Several surfaces.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub(crate) struct Surfaces(pub(crate) Vec<Surface>);

impl Surfaces {
    /// As they are written in the database.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|surface| surface.as_str()).collect()
    }
}

impl TryFrom<Vec<String>> for Surfaces {
    type Error = String;
    fn try_from(names: Vec<String>) -> Result<Self, String> {
        let parse = |name: String| Surface::parse(&name).ok_or(format!("unknown surface {name}"));
        names.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
    }
}

/// A recommended product.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct Recommendation {
    /// The product page.
    pub(crate) product_id: ProductId,
    /// An sku of the page that stands for it.
    #[schema(value_type = Sku)]
    pub(crate) sku: String,
    /// How strongly it is recommended; comparable among items of one list with the same reason.
    #[schema(minimum = 0)]
    pub(crate) score: f32,
    /// Why.
    pub(crate) reason: Reason,
}

/// Why a product is recommended.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct Reason {
    /// The sort of reason.
    pub(crate) code: ReasonCode,
    /// In words.
    #[schema(example = "Bought together 37 times")]
    pub(crate) text: String,
    /// What it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<Evidence>,
}

/// The sorts of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReasonCode {
    /// In the same baskets as the product.
    BoughtTogether,
    /// In the same baskets as a product that is similar to the one asked for.
    BoughtWithSimilar,
    /// In the same baskets as what is in the cart.
    GoesWithCart,
    /// Viewed in the same visits, and alike.
    ViewedTogether,
    /// Alike by name, features, categories, brand and price.
    Similar,
    /// What people in such a visit looked at next.
    ViewedNext,
    /// The customer bought it before.
    BoughtBefore,
    /// In the same baskets, or visits, as what the customer bought or viewed.
    GoesWithHistory,
    /// Much asked for these days.
    Trending,
    /// New, and nobody has looked at it yet.
    New,
    /// Viewed a while ago.
    RecentlyViewed,
    /// The shop put it there.
    Pinned,
}

/// What a reason rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct Evidence {
    /// How often it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u32>,
    /// The product it happened with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product_id: Option<ProductId>,
    /// When it happened last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<DateTime<Utc>>,
}

/// A list of recommendations.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct Recommendations {
    /// Best first.
    pub(crate) items: Vec<Recommendation>,
    /// The model they were made with; null before the first training.
    pub(crate) model: Option<Uuid>,
    /// The experiment they belong to, and the visitor's arm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) experiment: Option<TakenPart>,
    /// The surface they are for.
    pub(crate) surface: Surface,
}

/// That a list belongs to an experiment.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct TakenPart {
    /// Code of the experiment.
    pub(crate) code: String,
    /// Code of the visitor's arm.
    pub(crate) arm: String,
}

impl Reason {
    fn new(code: ReasonCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), evidence: None }
    }

    fn counted(code: ReasonCode, what: &str, count: u32) -> Self {
        let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
        let evidence = Evidence { count: Some(count), ..Evidence::default() };
        Self { code, text: format!("{what} {times}"), evidence: Some(evidence) }
    }

    fn bought_before(times: u32, last_at: DateTime<Utc>) -> Self {
        Self::counted(ReasonCode::BoughtBefore, "Bought before", times).at(last_at)
    }

    fn with_product(mut self, product: ProductId) -> Self {
        self.evidence.get_or_insert_default().product_id = Some(product);
        self
    }

    fn at(mut self, at: DateTime<Utc>) -> Self {
        self.evidence.get_or_insert_default().at = Some(at);
        self
    }
}
