use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A product as it is read and written; all properties are optional in writes.
#[derive(Serialize, ToSchema)]
#[schema(as = ManagedProduct, example = json!({
    "uuid": "0192f0c1-7c2e-7000-8000-000000000001", "enabled": true, "family": "mugs",
    "categories": ["kitchen"], "parent": null,
    "values": {"sku": [{"locale": null, "scope": null, "data": "MUG-1"}],
               "name": [{"locale": "en_US", "scope": null, "data": "Blue mug"}]},
    "associations": {"UPSELL": {"products": [], "product_models": [], "groups": []}}
}))]
pub(super) struct ProductBody {
    /// Id; made when absent in a create.
    uuid: Option<Uuid>,
    /// The sku, where products are named by identifiers.
    identifier: Option<String>,
    /// Whether it is sold.
    enabled: bool,
    /// Its family; null for none.
    family: Option<String>,
    /// Codes of its categories.
    categories: Vec<String>,
    /// Codes of its groups.
    groups: Vec<String>,
    /// Code of the model it varies; null makes a variant a simple product that keeps its values.
    parent: Option<String>,
    /// Attribute to `[{locale, scope, data}]`; the form of `data` depends on the attribute's type. A variant
    /// is read with what it inherits, and may override it, axes excepted: once a value is written that
    /// differs from the inherited one, all values of the attribute are the variant's own, at first the
    /// inherited ones. `data: null` brings the inherited value back, and when none differs any more, all
    /// are inherited again. What only repeats inherited values overrides nothing.
    values: BTreeMap<String, Vec<Value>>,
    /// Association type to `{products, product_models, groups}`.
    associations: BTreeMap<String, Value>,
    /// Quantified association type to `{products: [{uuid, quantity}], product_models: [{identifier, quantity}]}`.
    quantified_associations: BTreeMap<String, Value>,
    /// `{workflow_status}`: `working_copy`, `draft_in_progress` or `proposal_waiting_for_approval` by the
    /// caller's own draft, `read_only` for callers who may not even propose; only read.
    metadata: Value,
    /// When it was made; only read.
    created: String,
    /// When it last changed; only read.
    updated: String,
    /// With `with_completenesses`: `[{scope, locale, data}]`; only read.
    completenesses: Option<Vec<Value>>,
    /// With `with_quality_scores`: `[{scope, locale, data}]`, data A to E; only read.
    quality_scores: Option<Vec<Value>>,
}

/// Filters and wishes of a search, as the parameters of the list are called.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"search": "{\"family\":[{\"operator\":\"IN\",\"value\":[\"mugs\"]}]}", "with_completenesses": true}))]
pub(super) struct ProductSearch {
    /// Filters as JSON in a text.
    search: Option<String>,
    /// Attributes separated by commas.
    attributes: Option<String>,
    /// Locales separated by commas.
    locales: Option<String>,
    /// A channel.
    scope: Option<String>,
    /// Default locale of filters.
    search_locale: Option<String>,
    /// Default channel of filters.
    search_scope: Option<String>,
    /// Property or attribute to sort by, after `-` for descending order.
    sort: Option<String>,
    /// Locale of the attribute to sort by.
    sort_locale: Option<String>,
    /// Channel of the attribute to sort by.
    sort_scope: Option<String>,
    /// Currency of the price to sort by.
    sort_currency: Option<String>,
    /// Whether to tell completeness.
    with_completenesses: Option<bool>,
    /// Whether to tell quality.
    with_quality_scores: Option<bool>,
    /// Whether options come with their labels.
    with_attribute_options: Option<bool>,
    /// Whether measurements are shown in the channel's units.
    convert_measurements: Option<bool>,
}
