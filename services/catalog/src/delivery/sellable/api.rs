use access::{Allowed, scope};
use axum::extract::State;
use contracts::catalog::{SellableItem, SellableItems, SellableItemsQuery};
use http::HeaderMap;
use problem::{Problem, ProblemBody, Result};
use types::{CurrencyCode, ProductId, Sku};
use web::Json;

use crate::{
    App,
    delivery::{
        Delivery,
        view::{View, ViewQuery, view_name},
    },
};

/// Skus of one question.
const MAX_SKUS: usize = 100;

/// Find what can be bought
///
/// Names, prices and categories of skus that are published, in the order asked for. What is not
/// published is left out.
#[utoipa::path(
    post,
    path = "/internal/sellable-items",
    operation_id = "find_sellable_items",
    tag = "internal",
    request_body(content = SellableItemsQuery, example = json!({"skus": ["MUG-BLUE-S"], "currency": "EUR"})),
    responses(
        (status = 200, description = "The published ones", body = SellableItems),
        (status = 400, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No valid token", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The scope is missing", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The body breaks a rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The index is not ready", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["internal"]))
)]
pub(in crate::delivery) async fn find_sellable_items(
    _: Allowed<scope::Internal>,
    State(app): State<App>,
    Json(query): Json<SellableItemsQuery>,
) -> Result<Json<SellableItems>> {
    if query.skus.len() > MAX_SKUS {
        return Err(Problem::invalid("/skus", "too_many", format!("at most {MAX_SKUS} skus")));
    }
    app.delivery.standing()?;
    let view = view(&app.delivery, &query)?;
    let mut items = Vec::with_capacity(query.skus.len());
    for sku in &query.skus {
        items.extend(find(&app.delivery, &view, sku, &query.currency).await?);
    }
    Ok(Json(SellableItems { items }))
}

/// A currency that the channel has not is no mistake here: what is found in another one has no price.
fn view(delivery: &Delivery, query: &SellableItemsQuery) -> Result<View> {
    let parameters = ViewQuery {
        channel: query.channel.as_ref().map(ToString::to_string),
        locale: query.locale.as_ref().map(ToString::to_string),
        currency: None,
    };
    let view = delivery.view(&parameters, &HeaderMap::new())?;
    let currency = query.currency.as_str();
    let structure = delivery.structure();
    let channel = structure.channels.get(&view.channel);
    if !channel.is_some_and(|channel| channel.currencies.iter().any(|known| known == currency)) {
        return Ok(view);
    }
    let name = view_name(&view.channel, &view.locale.code, currency);
    Ok(View { currency: query.currency.clone(), name, ..view })
}

async fn find(
    delivery: &Delivery,
    view: &View,
    sku: &Sku,
    currency: &CurrencyCode,
) -> Result<Option<SellableItem>> {
    let found = delivery.index(view)?.find_by_sku(sku.as_str()).map_err(Problem::internal)?;
    let Some(id) = found else { return Ok(None) };
    let Some(page) = delivery.pages().find(view, id).await? else { return Ok(None) };
    Ok(page.items.iter().find(|item| item.sku == *sku).map(|item| SellableItem {
        sku: item.sku.clone(),
        product_id: ProductId(id),
        name: item.name.clone(),
        image: item.image.clone(),
        price: item.price.clone().filter(|price| price.currency == *currency),
        tax_class: item.tax_class.clone(),
        categories: page.categories.clone(),
    }))
}
