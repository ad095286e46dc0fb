use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A product model as it is read and written; a new one needs `code` and `family_variant`.
#[derive(Serialize, ToSchema)]
#[schema(as = ProductModel, example = json!({
    "code": "amor", "family_variant": "clothing_color_size", "parent": null, "categories": ["men"],
    "values": {"name": [{"locale": "en_US", "scope": null, "data": "Amor"}]}
}))]
pub(super) struct ProductModelBody {
    /// Chosen by staff, never changed.
    code: String,
    /// Its family; only read.
    family: String,
    /// How its products vary; never changed.
    family_variant: String,
    /// Code of the model above, on the second level; never changed.
    parent: Option<String>,
    /// Codes of its categories.
    categories: Vec<String>,
    /// Attribute to `[{locale, scope, data}]`. A model of the second level inherits and overrides as
    /// variants do.
    values: BTreeMap<String, Vec<Value>>,
    /// Association type to `{products, product_models, groups}`; products by identifier.
    associations: BTreeMap<String, Value>,
    /// Quantified association type to `{products, product_models}`.
    quantified_associations: BTreeMap<String, Value>,
    /// `{workflow_status}`, as of products; only read.
    metadata: Value,
    /// When it was made; only read.
    created: String,
    /// When it last changed; only read.
    updated: String,
    /// With `with_quality_scores`: `[{scope, locale, data}]`, data A to E; only read.
    quality_scores: Option<Vec<Value>>,
}
