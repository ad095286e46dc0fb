//! Orders become purchases.

use contracts::{
    event::Event,
    order::{ORDER_CONFIRMED, OrderFact},
};
use problem::Result;
use sqlx::PgConnection;

use super::{Interaction, Kind, store};

/// Acts on a batch of the order feed.
pub(crate) async fn apply(transaction: &mut PgConnection, events: &[Event]) -> Result<()> {
    let purchases: Vec<Interaction> = events
        .iter()
        .filter(|event| event.kind == ORDER_CONFIRMED)
        .filter_map(read)
        .flat_map(purchases)
        .collect();
    store::insert(transaction, &purchases).await?;
    Ok(())
}

/// What cannot be read will not become readable: it is told and left out.
fn read(event: &Event) -> Option<OrderFact> {
    serde_json::from_value(event.data.clone())
        .inspect_err(|error| tracing::error!(event.id = %event.id, %error, "not an order"))
        .ok()
}

fn purchases(order: OrderFact) -> impl Iterator<Item = Interaction> {
    order.lines.into_iter().map(move |line| Interaction {
        kind: Kind::Purchase,
        at: order.placed_at,
        sku: Some(line.sku),
        product_id: Some(line.product_id),
        customer: Some(order.customer.clone()),
        session: None,
        order: Some(order.order_id.to_string()),
        quantity: line.quantity.max(1),
    })
}
