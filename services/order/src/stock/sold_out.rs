//! What is sold out, for services that show products.

use access::{Allowed, scope};
use axum::extract::State;
use contracts::order::{SoldOut, SoldOutQuery};
use problem::Result;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use types::Sku;
use web::Json;

use super::store;
use crate::answer::Failures;

/// What is sold out.
///
/// Skus that have stock at some location and nothing that can be bought now. Nothing is listed if the
/// version is the one that is known.
#[utoipa::path(
    post, path = "/internal/sold-out", operation_id = "list_sold_out", tag = "Internal",
    request_body(content = SoldOutQuery, example = json!({})),
    responses((status = 200, description = "What is sold out.", body = SoldOut), Failures),
    security(("bearer" = ["internal"]))
)]
pub(crate) async fn list_sold_out(
    _: Allowed<scope::Internal>,
    State(db): State<PgPool>,
    Json(query): Json<SoldOutQuery>,
) -> Result<Json<SoldOut>> {
    let skus = store::sold_out(&db).await?;
    let mut sum = Sha256::new();
    for sku in &skus {
        sum.update(sku);
        sum.update([0]);
    }
    let version = format!("{:x}", sum.finalize());
    let is_known = query.known.as_ref() == Some(&version);
    // What was written as stock is a sku.
    let skus = (!is_known).then(|| skus.iter().filter_map(|sku| Sku::parse(sku).ok()).collect());
    Ok(Json(SoldOut { version, skus }))
}
