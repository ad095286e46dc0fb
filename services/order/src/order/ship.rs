//! Goods that leave.

pub(crate) mod store;

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
    OrderStatus, StoredOrder, StoredOrderLine,
    facts::{Fact, publish},
    give_back::{LineQuantity, choose_lines},
    reply, store as order_store,
    view::Order,
};
use crate::{
    App,
    answer::{Failures, Rules, owner_of},
    stock::{Demand, reserve},
};

/// A parcel.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewShipment {
    /// What it holds; everything that has not left yet if empty.
    #[serde(default)]
    #[schema(max_items = 200)]
    lines: Vec<LineQuantity>,
    /// Who carries it.
    #[schema(max_length = 100, example = "DHL")]
    carrier: Option<String>,
    /// Its number there.
    #[schema(max_length = 100)]
    tracking_number: Option<String>,
    /// Where to follow it.
    #[schema(max_length = 2000)]
    tracking_url: Option<String>,
}

/// Ship an order, or a part of it.
///
/// Takes the units off stock. When nothing is left to ship, the order is `completed`.
#[utoipa::path(
    post, path = "/v1/orders/{order}/shipments", operation_id = "create_shipment", tag = "Orders",
    params(
        ("order" = Uuid, Path, description = "The order."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read.")
    ),
    request_body(content = NewShipment, example = json!({
        "lines": [{"sku": "MUG-BLUE-S", "quantity": 1}],
        "carrier": "DHL", "tracking_number": "00340434"
    })),
    responses((status = 201, description = "The order.", body = Order), Failures),
    security(("bearer" = ["orders:write"]))
)]
pub(crate) async fn create_shipment(
    allowed: Allowed<scope::OrdersWrite>,
    State(app): State<App>,
    Path(order_id): Path<Uuid>,
    key: Option<IdempotencyKey>,
    if_match: IfMatch,
    Json(new): Json<NewShipment>,
) -> Result<Response> {
    let mut rules = Rules::default();
    rules.optional_text("/carrier", new.carrier.as_deref(), 100);
    rules.optional_text("/tracking_number", new.tracking_number.as_deref(), 100);
    rules.optional_text("/tracking_url", new.tracking_url.as_deref(), 2000);
    rules.done()?;
    let mut tx = app.db.begin().await?;
    let operation = format!("create_shipment {order_id}");
    let owner = owner_of(&allowed.caller);
    let started = idempotency::start(&mut tx, key.as_ref(), &owner, &operation, &new).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let order = order_store::lock(&mut tx, order_id).await?;
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    if_match.check(order.version)?;
    ship(&mut tx, &order, &new).await?;
    reply::finish_created(tx, order_id, record).await
}

async fn ship(db: &mut PgConnection, order: &StoredOrder, new: &NewShipment) -> Result<()> {
    if order.status != OrderStatus::Confirmed {
        let detail = format!("the order is {}", order.status.as_str());
        return Err(Problem::conflict("order_not_confirmed", detail));
    }
    let lines = order_store::lines(&mut *db, &[order.order_id]).await?;
    let chosen = if new.lines.is_empty() {
        let open = lines.iter().filter(|line| line.shipped < line.quantity);
        open.map(|line| (line, line.quantity - line.shipped)).collect()
    } else {
        choose_lines(&lines, &new.lines)?
    };
    let demand = check_open(&chosen)?;
    let shipment_id = Uuid::now_v7();
    store::insert(&mut *db, shipment_id, order.order_id, new).await?;
    for (line, quantity) in &chosen {
        store::add_line(&mut *db, shipment_id, line.line_id, *quantity).await?;
    }
    if let Err(shortages) = reserve::ship(&mut *db, order.order_id, &demand).await? {
        let cause = anyhow::anyhow!("not allocated to the order: {shortages:?}");
        return Err(Problem::internal(cause));
    }
    let units: i32 = demand.values().sum();
    let rest = lines.iter().map(|line| line.quantity - line.shipped).sum::<i32>() - units;
    let status = if rest == 0 { OrderStatus::Completed } else { OrderStatus::Confirmed };
    store::touch(&mut *db, order.order_id, status).await?;
    let why = format!("{units} shipped, {rest} left");
    order_store::note(&mut *db, order.order_id, Some(order.status), status, &why).await?;
    publish(db, Fact::Shipped, order, &lines).await
}

fn check_open(chosen: &[(&StoredOrderLine, i32)]) -> Result<Demand> {
    let mut demand = Demand::new();
    for (line, quantity) in chosen {
        let open = line.quantity - line.shipped;
        if *quantity > open {
            let detail = format!("{open} of {} are left to ship", line.sku);
            return Err(Problem::conflict("already_shipped", detail));
        }
        *demand.entry(line.sku.clone()).or_default() += quantity;
    }
    Ok(demand)
}

impl NewShipment {
    pub(crate) fn carrier(&self) -> Option<&str> {
        self.carrier.as_deref()
    }

    pub(crate) fn tracking(&self) -> (Option<&str>, Option<&str>) {
        (self.tracking_number.as_deref(), self.tracking_url.as_deref())
    }
}
