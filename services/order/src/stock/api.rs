use std::collections::HashMap;

use access::{Allowed, scope};
use axum::{body::Bytes, extract::State};
use http::{HeaderMap, header};
use problem::{Kind, Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use types::Sku;
use web::{Json, Path, Query};

use super::{Availability, StockLevel, StockLine, StockLineResult, store, update};
use crate::answer::Failures;

const MAX_SKUS: usize = 100;

/// Which skus.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StockQuery {
    /// 1 to 100 skus, separated by commas.
    #[param(example = "MUG-BLUE-S,MUG-BLUE-L")]
    skus: String,
}

/// Availability of the skus asked for, in their order.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct AvailabilityList {
    items: Vec<Availability>,
}

/// See what can be bought.
///
/// Public. A sku without stock is `out_of_stock`.
#[utoipa::path(
    get, path = "/v1/stock", operation_id = "list_availability", tag = "Stock",
    params(StockQuery),
    responses((status = 200, description = "What can be bought.", body = AvailabilityList), Failures),
    security(())
)]
pub(crate) async fn list_availability(
    State(db): State<PgPool>,
    Query(query): Query<StockQuery>,
) -> Result<Json<AvailabilityList>> {
    let skus: Vec<String> =
        query.skus.split(',').map(|sku| sku.trim().to_owned()).filter(|s| !s.is_empty()).collect();
    if !(1..=MAX_SKUS).contains(&skus.len()) {
        return Err(Problem::invalid_parameter("skus", "out_of_range", "must be 1 to 100 skus"));
    }
    if let Some(error) = skus.iter().find_map(|sku| Sku::parse(sku).err()) {
        return Err(Problem::invalid_parameter("skus", "invalid_value", error.to_string()));
    }
    let known: HashMap<String, i64> = store::available(&db, &skus).await?.into_iter().collect();
    let availability = |sku: String| {
        let available = known.get(&sku).copied().unwrap_or(0);
        Availability::new(sku, available)
    };
    Ok(Json(AvailabilityList { items: skus.into_iter().map(availability).collect() }))
}

/// Stock of a sku.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StockOfSku {
    /// Which sku.
    sku: String,
    /// Units that can be bought now.
    available: i64,
    /// Per location, in the order in which it is sold.
    locations: Vec<StockLevel>,
}

/// Read the stock of a sku.
#[utoipa::path(
    get, path = "/v1/stock/{sku}", operation_id = "find_stock", tag = "Stock",
    params(("sku" = String, Path, description = "Which sku.")),
    responses((status = 200, description = "Its stock.", body = StockOfSku), Failures),
    security(("bearer" = ["stock:read"]))
)]
pub(crate) async fn find_stock(
    _: Allowed<scope::StockRead>,
    State(db): State<PgPool>,
    Path(sku): Path<Sku>,
) -> Result<Json<StockOfSku>> {
    let locations = store::levels(&db, sku.as_str()).await?;
    if locations.is_empty() {
        return Err(Problem::not_found("sku in stock"));
    }
    let available = locations.iter().map(|level| level.available).sum();
    Ok(Json(StockOfSku { sku: sku.to_string(), available, locations }))
}

/// What became of each line.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StockReport {
    /// Lines that took effect.
    succeeded: usize,
    /// Lines that did not.
    failed: usize,
    /// In the order of the lines.
    items: Vec<StockLineResult>,
}

/// How stock is set.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SetStockQuery {
    /// Set only where no stock of the sku is kept yet: what was counted or sold since stays. For imports
    /// that may be run again.
    #[serde(default)]
    only_new: bool,
}

/// Set stock.
///
/// Up to 1000 lines, as a JSON array or one object per line (`application/x-ndjson`). Lines that can be
/// set are set, whatever becomes of the others. Setting is idempotent.
#[utoipa::path(
    patch, path = "/v1/stock", operation_id = "set_stock", tag = "Stock",
    params(SetStockQuery),
    request_body(content(
        (Vec<StockLine> = "application/json"),
        (String = "application/x-ndjson")
    )),
    responses((status = 200, description = "What became of each line.", body = StockReport), Failures),
    security(("bearer" = ["stock:write"]))
)]
pub(crate) async fn set_stock(
    _: Allowed<scope::StockWrite>,
    State(db): State<PgPool>,
    Query(query): Query<SetStockQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<StockReport>> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    let lines = match essence {
        "application/json" => update::read_array(&body)?,
        "application/x-ndjson" => update::read_lines(&body)?,
        _ => {
            return Err(Problem::new(
                Kind::UnsupportedMediaType,
                "unsupported_media_type",
                "the body must be application/json or application/x-ndjson",
            ));
        }
    };
    let mut tx = db.begin().await?;
    let items = update::set_stock(&mut tx, lines, query.only_new).await?;
    tx.commit().await?;
    let failed = items.iter().filter(|item| item.status == "error").count();
    Ok(Json(StockReport { succeeded: items.len() - failed, failed, items }))
}
