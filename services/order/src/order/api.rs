use access::{Caller, scope::OrdersRead, scope::Scope};
use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use serde::Deserialize;
use sqlx::PgPool;
use uuid::Uuid;
use web::{Json, Page, PageQuery, Path, Query};

use super::{OrderStatus, load, store, view::Order};
use crate::answer::{Failures, owner_of, with_etag};

/// Which orders are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrderQuery {
    /// Only those that stand there.
    status: Option<OrderStatus>,
    /// Only those with this payment status.
    #[param(max_length = 50)]
    payment_status: Option<String>,
    /// Only those with a line of this sku.
    #[param(max_length = 255)]
    sku: Option<String>,
    /// Only those of this customer.
    #[param(max_length = 255)]
    customer: Option<String>,
    /// Only the one with this number.
    #[param(max_length = 50, example = "V-2026-7K3M9QXA")]
    number: Option<String>,
    /// Only those placed at this time or later.
    placed_after: Option<DateTime<Utc>>,
    /// Only those placed before this time.
    placed_before: Option<DateTime<Utc>>,
}

/// List orders, newest first.
///
/// The caller's own; with the scope `orders:read` everybody's.
#[utoipa::path(
    get, path = "/v1/orders", operation_id = "list_orders", tag = "Orders",
    params(OrderQuery, PageQuery),
    responses((status = 200, description = "A page.", body = Page<Order>), Failures),
    security(("bearer" = []), ("bearer" = ["orders:read"]))
)]
pub(crate) async fn list_orders(
    caller: Caller,
    State(db): State<PgPool>,
    Query(query): Query<OrderQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Order>>> {
    let limit = page.limit()?;
    let filter = store::Filter {
        owner: (!caller.may(OrdersRead::NAME)).then(|| owner_of(&caller)),
        customer: query.customer,
        status: query.status,
        payment_status: query.payment_status,
        number: query.number.map(|number| number.trim().to_ascii_uppercase()),
        sku: query.sku,
        placed_after: query.placed_after,
        placed_before: query.placed_before,
        after: page.after::<Uuid>()?,
    };
    let mut db = db.acquire().await?;
    let ids = store::list(&mut *db, &filter, limit).await?;
    let ids = Page::from_rows(ids, limit, |id| *id);
    let items = load::load_orders(&mut db, &ids.items).await?;
    Ok(Json(Page { items, next_cursor: ids.next_cursor, total: None }))
}

/// Read an order.
///
/// The caller's own; with the scope `orders:read` anybody's.
#[utoipa::path(
    get, path = "/v1/orders/{order}", operation_id = "find_order", tag = "Orders",
    params(("order" = Uuid, Path, description = "Its id.")),
    responses((status = 200, description = "The order.", body = Order), Failures),
    security(("bearer" = []), ("bearer" = ["orders:read"]))
)]
pub(crate) async fn find_order(
    caller: Caller,
    State(db): State<PgPool>,
    Path(order_id): Path<Uuid>,
) -> Result<Response> {
    let mut db = db.acquire().await?;
    let order = load::load_order(&mut db, order_id).await?;
    let owner = owner_of(&caller);
    let order = order.filter(|order| order.customer == owner || caller.may(OrdersRead::NAME));
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    Ok(with_etag(order.version, order))
}
