//! How an order ends that will not be delivered.

use problem::Result;
use sqlx::PgConnection;

use super::{
    OrderStatus, StoredOrder, demand,
    facts::{Fact, publish},
    pay,
    store::{self, Update},
};
use crate::{coupon, stock::reserve};

/// Ends a locked order: coupons and stock are given back, and its payment, unless it was cancelled
/// already, is to be.
pub(crate) async fn end(
    db: &mut PgConnection,
    order: &StoredOrder,
    status: OrderStatus,
    why: &str,
) -> Result<()> {
    let lines = store::lines(&mut *db, &[order.order_id]).await?;
    pay::store::close(&mut *db, order.order_id).await?;
    coupon::store::release(&mut *db, order.order_id).await?;
    reserve::release(&mut *db, order.order_id, &demand(&lines)).await?;
    let is_open = !matches!(order.payment_status.as_str(), "cancelled" | "none") && order.paid == 0;
    let update = Update {
        status,
        next_action: None,
        void_payment: order.payment_id.is_some() && is_open,
        ..Update::of(order)
    };
    store::update(&mut *db, order, &update).await?;
    store::note(&mut *db, order.order_id, Some(order.status), status, why).await?;
    let fact = if status == OrderStatus::Expired { Fact::Expired } else { Fact::Cancelled };
    publish(db, fact, order, &lines).await
}

/// Notes that the payment of an order that ended is to be cancelled.
pub(super) async fn want_void(db: &mut PgConnection, order: &StoredOrder) -> Result<()> {
    if order.void_payment {
        return Ok(());
    }
    store::update(db, order, &Update { void_payment: true, ..Update::of(order) }).await
}
