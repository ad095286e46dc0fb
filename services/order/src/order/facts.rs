//! What others are told of an order.

use contracts::order::{ORDER_CANCELLED, ORDER_CONFIRMED, OrderFact, OrderFactLine, OrderState};
use problem::{Problem, Result};
use sqlx::PgConnection;
use types::{ProductId, Sku};

use super::{OrderStatus, StoredOrder, StoredOrderLine, fulfilment_status, store};

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

    /// Whether the caller's order is the one after the fact already: so where every order passes by, which
    /// spares reading it again.
    fn is_seen_in(self, order: &StoredOrder) -> bool {
        match self {
            Self::Placed => true,
            Self::Confirmed => order.status == OrderStatus::Confirmed,
            _ => false,
        }
    }
}

/// Writes the fact into the transaction of the change. The order may be the one from before it.
pub(super) async fn publish(
    db: &mut PgConnection,
    fact: Fact,
    order: &StoredOrder,
    lines: &[StoredOrderLine],
) -> Result<()> {
    let data = if fact.is_seen_in(order) {
        describe(order, lines)?
    } else {
        let lines = store::lines(&mut *db, &[order.order_id]).await?;
        let now = store::find(&mut *db, order.order_id).await?;
        describe(now.as_ref().unwrap_or(order), &lines)?
    };
    metrics::counter!("order_facts_total", "type" => fact.kind()).increment(1);
    outbox::append(db, fact.kind(), &order.order_id.to_string(), &data).await
}

fn describe(order: &StoredOrder, lines: &[StoredOrderLine]) -> Result<OrderFact> {
    let state = OrderState {
        number: order.number.clone(),
        version: order.version,
        status: order.status.as_str().to_owned(),
        payment_status: order.payment_status.clone(),
        fulfilment_status: fulfilment_status(lines).to_owned(),
        currency: order.currency.clone(),
        items: order.items,
        discount: order.discount,
        shipping: order.shipping,
        tax: order.tax,
        total: order.total,
        paid: order.paid,
        refunded: order.refunded,
    };
    Ok(OrderFact {
        order_id: order.order_id,
        customer: order.customer.clone(),
        lines: lines.iter().map(fact_line).collect::<Result<_>>()?,
        placed_at: order.placed_at,
        state: Some(state),
    })
}

fn fact_line(line: &StoredOrderLine) -> Result<OrderFactLine> {
    Ok(OrderFactLine {
        sku: Sku::parse(&line.sku).map_err(Problem::internal)?,
        product_id: ProductId(line.product_id),
        quantity: line.quantity,
        shipped: Some(line.shipped),
        returned: Some(line.returned),
    })
}
