//! What others are told of an order.

use contracts::order::{ORDER_CANCELLED, ORDER_CONFIRMED, OrderFact, OrderFactLine};
use problem::{Problem, Result};
use sqlx::PgConnection;
use types::{ProductId, Sku};

use super::{StoredOrder, StoredOrderLine};

/// What happened.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fact {
    Placed,
    Confirmed,
    Cancelled,
    Expired,
    Shipped,
    Returned,
    Refunded,
}

impl Fact {
    fn kind(self) -> &'static str {
        match self {
            Self::Placed => "order.placed",
            Self::Confirmed => ORDER_CONFIRMED,
            Self::Cancelled => ORDER_CANCELLED,
            Self::Expired => "order.expired",
            Self::Shipped => "order.shipped",
            Self::Returned => "order.returned",
            Self::Refunded => "order.refunded",
        }
    }
}

/// Writes the fact into the transaction of the change.
pub(super) async fn publish(
    db: &mut PgConnection,
    fact: Fact,
    order: &StoredOrder,
    lines: &[StoredOrderLine],
) -> Result<()> {
    let lines: Result<Vec<OrderFactLine>> = lines.iter().map(fact_line).collect();
    let data = OrderFact {
        order_id: order.order_id,
        customer: order.customer.clone(),
        lines: lines?,
        placed_at: order.placed_at,
    };
    metrics::counter!("order_facts_total", "type" => fact.kind()).increment(1);
    outbox::append(db, fact.kind(), &order.order_id.to_string(), &data).await
}

fn fact_line(line: &StoredOrderLine) -> Result<OrderFactLine> {
    Ok(OrderFactLine {
        sku: Sku::parse(&line.sku).map_err(Problem::internal)?,
        product_id: ProductId(line.product_id),
        quantity: line.quantity,
    })
}
