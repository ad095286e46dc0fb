//! Goods that come back.

use access::{Allowed, scope};
use axum::{extract::State, response::Response};
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;
use web::{
    IfMatch, Json, Path,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{
    StoredOrder, StoredOrderLine,
    facts::{Fact, publish},
    reply, ship, store as order_store,
    view::Order,
};
use crate::{
    App,
    answer::{Failures, Rules, owner_of},
    location,
    stock::{self, Pick},
};

/// Units of a line, named by its id or its sku.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineQuantity {
    /// Id of the line.
    line: Option<Uuid>,
    /// Or its sku.
    sku: Option<String>,
    /// How many.
    #[schema(minimum = 1)]
    quantity: i32,
}

/// Goods that came back.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReturn {
    /// Which, and how many; they must have been shipped.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<LineQuantity>,
    /// Why.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Whether they can be sold again.
    #[serde(default = "yes")]
    restock: bool,
    /// Where they lie now; the location with the lowest position if absent.
    location: Option<String>,
}

fn yes() -> bool {
    true
}

/// Take goods back.
///
/// Of units that were shipped. Money goes back by a refund.
#[utoipa::path(
    post, path = "/v1/orders/{order}/returns", operation_id = "create_return", tag = "Orders",
    params(
        ("order" = Uuid, Path, description = "The order."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = NewReturn, example = json!({
        "lines": [{"sku": "MUG-BLUE-S", "quantity": 1}], "reason": "too blue"
    })),
    responses((status = 201, description = "The order.", body = Order), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn create_return(
    allowed: Allowed<scope::OrdersWrite>,
    State(app): State<App>,
    Path(order_id): Path<Uuid>,
    key: Option<IdempotencyKey>,
    if_match: IfMatch,
    Json(new): Json<NewReturn>,
) -> Result<Response> {
    let mut rules = Rules::default();
    rules.optional_text("/reason", new.reason.as_deref(), 500);
    rules.check(!new.lines.is_empty(), "/lines", "required", "must not be empty");
    rules.done()?;
    let mut tx = app.db.begin().await?;
    let operation = format!("create_return {order_id}");
    let owner = owner_of(&allowed.caller);
    let started = idempotency::start(&mut tx, key.as_ref(), &owner, &operation, &new).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let order = order_store::lock(&mut tx, order_id).await?;
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    if_match.check(order.version)?;
    let lines = order_store::lines(&mut *tx, &[order_id]).await?;
    let chosen = choose_lines(&lines, &new.lines)?;
    let restock = new.restock.then_some(new.location.as_deref());
    take_back(&mut tx, &order, &lines, &chosen, new.reason.as_deref(), restock).await?;
    reply::finish_created(tx, order_id, record).await
}

/// Finds the lines that are meant. 422 if one is not of this order, named twice, or not counted right.
pub(crate) fn choose_lines<'a>(
    lines: &'a [StoredOrderLine],
    wanted: &[LineQuantity],
) -> Result<Vec<(&'a StoredOrderLine, i32)>> {
    let mut chosen: Vec<(&StoredOrderLine, i32)> = Vec::with_capacity(wanted.len());
    for (i, want) in wanted.iter().enumerate() {
        let is_meant = |line: &&StoredOrderLine| {
            want.line.is_some_and(|id| id == line.line_id)
                || want.sku.as_ref().is_some_and(|sku| *sku == line.sku)
        };
        let pointer = |field: &str| format!("/lines/{i}/{field}");
        let line = lines.iter().find(is_meant).ok_or_else(|| {
            Problem::invalid(pointer("line"), "unknown", "is not a line of this order")
        })?;
        if chosen.iter().any(|(other, _)| other.line_id == line.line_id) {
            return Err(Problem::invalid(pointer("line"), "duplicate", "is named twice"));
        }
        if !(1..=line.quantity).contains(&want.quantity) {
            let rule = format!("must be 1 to {}", line.quantity);
            return Err(Problem::invalid(pointer("quantity"), "out_of_range", rule));
        }
        chosen.push((line, want.quantity));
    }
    Ok(chosen)
}

/// Books units as returned; `restock` says whether they are to be sold again, and from where.
pub(crate) async fn take_back(
    db: &mut PgConnection,
    order: &StoredOrder,
    lines: &[StoredOrderLine],
    chosen: &[(&StoredOrderLine, i32)],
    reason: Option<&str>,
    restock: Option<Option<&str>>,
) -> Result<()> {
    for (line, quantity) in chosen {
        let back = line.shipped - line.returned;
        if *quantity > back {
            let detail = format!("{back} of {} could come back", line.sku);
            return Err(Problem::conflict("not_shipped", detail));
        }
    }
    let return_id = Uuid::now_v7();
    let is_restocked = restock.is_some();
    ship::store::insert_return(&mut *db, return_id, order.order_id, reason).await?;
    for (line, quantity) in chosen {
        let line_id = line.line_id;
        ship::store::add_return_line(&mut *db, return_id, line_id, *quantity, is_restocked).await?;
    }
    if let Some(location) = restock {
        let location = find_location(&mut *db, location).await?;
        let pick = |(line, quantity): &(&StoredOrderLine, i32)| Pick {
            sku: line.sku.clone(),
            location: location.clone(),
            quantity: *quantity,
        };
        let picks: Vec<Pick> = chosen.iter().map(pick).collect();
        stock::store::restock(&mut *db, &picks).await?;
    }
    let units: i32 = chosen.iter().map(|(_, quantity)| quantity).sum();
    let why = format!("{units} returned: {}", reason.unwrap_or("no reason given"));
    order_store::note(&mut *db, order.order_id, Some(order.status), order.status, &why).await?;
    ship::store::touch(&mut *db, order.order_id, order.status).await?;
    publish(db, Fact::Returned, order, lines).await
}

async fn find_location(db: &mut PgConnection, wanted: Option<&str>) -> Result<String> {
    let mut codes = location::store::list_codes(db).await?.into_iter();
    let found = match wanted {
        Some(wanted) => codes.find(|code| code == wanted),
        None => codes.next(),
    };
    found.ok_or_else(|| Problem::invalid("/location", "unknown", "there is no such location"))
}
