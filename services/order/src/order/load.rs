//! Puts orders together from their rows.

use problem::Result;
use sqlx::{PgConnection, types::Json};
use types::ProductId;
use uuid::Uuid;

use super::{
    OrderStatus, StoredOrder, StoredOrderLine, fulfilment_status,
    refund::store::StoredRefund,
    ship::store::{self as ship_store, ReturnedLine, ShippedLine},
    store::{self, HistoryRow, WholeOrder},
    view::{
        HistoryEntry, MovedLine, Order, OrderLine, OrderPayment, OrderRefund, OrderReturn, Shipment,
    },
};

/// The order, if there is one.
pub(crate) async fn load_order(db: &mut PgConnection, order_id: Uuid) -> Result<Option<Order>> {
    let order = store::find_whole(&mut *db, order_id).await?;
    Ok(assemble(db, order.into_iter().collect(), &[order_id]).await?.pop())
}

/// These orders, newest first.
pub(crate) async fn load_orders(db: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Order>> {
    let orders = store::find_all(&mut *db, ids).await?;
    assemble(db, orders, ids).await
}

/// With their parcels: two more statements if something was shipped or came back.
async fn assemble(
    db: &mut PgConnection,
    orders: Vec<WholeOrder>,
    ids: &[Uuid],
) -> Result<Vec<Order>> {
    let mut parcels = Parcels::default();
    if orders.iter().any(|order| order.is_shipped) {
        parcels.shipped = ship_store::list(&mut *db, ids).await?;
    }
    if orders.iter().any(|order| order.is_returned) {
        parcels.returned = ship_store::list_returns(db, ids).await?;
    }
    Ok(orders.into_iter().map(|order| parcels.assemble(order)).collect())
}

/// What was sent and came back, of all orders.
#[derive(Default)]
struct Parcels {
    shipped: Vec<ShippedLine>,
    returned: Vec<ReturnedLine>,
}

impl Parcels {
    fn assemble(&self, whole: WholeOrder) -> Order {
        let WholeOrder { order, lines: Json(lines), history, refunds, .. } = whole;
        let id = order.order_id;
        Order {
            id,
            totals: order.totals(),
            payment: payment(&order),
            expires_at: (order.status == OrderStatus::Pending).then_some(order.expires_at),
            fulfilment_status: fulfilment_status(&lines),
            lines: lines.into_iter().map(line).collect(),
            shipments: self.shipments(id),
            returns: self.returns(id),
            refunds: refunds.iter().map(refund_of).collect(),
            history: history.iter().map(entry).collect(),
            number: order.number,
            version: order.version,
            status: order.status,
            payment_status: order.payment_status,
            customer: order.customer,
            email: order.email,
            cart_id: order.cart_id,
            currency: order.currency,
            taxes: order.taxes.0,
            discounts_explained: order.discounts.0,
            shipping_method: order.shipping_method.0,
            shipping_address: order.shipping_address.0,
            billing_address: order.billing_address.0,
            placed_at: order.placed_at,
        }
    }

    fn shipments(&self, order_id: Uuid) -> Vec<Shipment> {
        let mut shipments: Vec<Shipment> = Vec::new();
        for row in self.shipped.iter().filter(|row| row.order_id == order_id) {
            if shipments.last().is_none_or(|last| last.id != row.shipment_id) {
                shipments.push(Shipment {
                    id: row.shipment_id,
                    carrier: row.carrier.clone(),
                    tracking_number: row.tracking_number.clone(),
                    tracking_url: row.tracking_url.clone(),
                    lines: Vec::new(),
                    created_at: row.created_at,
                });
            }
            let line = moved(row.line_id, &row.sku, row.quantity, None);
            shipments.last_mut().expect("one was pushed above").lines.push(line);
        }
        shipments
    }

    fn returns(&self, order_id: Uuid) -> Vec<OrderReturn> {
        let mut returns: Vec<OrderReturn> = Vec::new();
        for row in self.returned.iter().filter(|row| row.order_id == order_id) {
            if returns.last().is_none_or(|last| last.id != row.return_id) {
                returns.push(OrderReturn {
                    id: row.return_id,
                    reason: row.reason.clone(),
                    lines: Vec::new(),
                    created_at: row.created_at,
                });
            }
            let line = moved(row.line_id, &row.sku, row.quantity, Some(row.restocked));
            returns.last_mut().expect("one was pushed above").lines.push(line);
        }
        returns
    }
}

fn moved(line: Uuid, sku: &str, quantity: i32, restocked: Option<bool>) -> MovedLine {
    MovedLine { line, sku: sku.to_owned(), quantity, restocked }
}

fn payment(order: &StoredOrder) -> Option<OrderPayment> {
    Some(OrderPayment {
        id: order.payment_id?,
        status: order.payment_status.clone(),
        next_action: order.next_action.clone(),
        last_error: order.last_error.clone(),
        paid: order.paid,
        refunded: order.refunded,
    })
}

fn line(line: StoredOrderLine) -> OrderLine {
    OrderLine {
        id: line.line_id,
        sku: line.sku,
        product_id: ProductId(line.product_id),
        name: line.name,
        image: line.image,
        quantity: line.quantity,
        unit_price: line.unit_price,
        subtotal: line.subtotal,
        discounts: line.discounts.0,
        discount: line.discount,
        tax: line.tax,
        tax_rate_ppm: line.tax_rate_ppm,
        total: line.total,
        shipped: line.shipped,
        returned: line.returned,
    }
}

fn entry(row: &HistoryRow) -> HistoryEntry {
    HistoryEntry {
        at: row.at,
        from: row.from_status.clone(),
        to: row.to_status.clone(),
        why: row.why.clone(),
    }
}

fn refund_of(refund: &StoredRefund) -> OrderRefund {
    OrderRefund {
        id: refund.refund_id,
        amount: refund.amount,
        reason: refund.reason.clone(),
        status: refund.status.clone(),
        failure: refund.failure.clone(),
        created_at: refund.created_at,
    }
}
