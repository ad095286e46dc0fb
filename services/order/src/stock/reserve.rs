//! The acts on stock that an order's life consists of. Each locks the rows of its skus first.

use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Demand, Pick, Shortage, pick, store};

fn skus(demand: &Demand) -> Vec<String> {
    demand.keys().cloned().collect()
}

/// Holds everything for an order, or nothing and says what is short.
pub(crate) async fn hold(
    db: &mut PgConnection,
    order_id: Uuid,
    demand: &Demand,
    expires_at: DateTime<Utc>,
) -> Result<Result<(), Vec<Shortage>>> {
    if store::hold_at_first(&mut *db, order_id, demand, expires_at).await? {
        return Ok(Ok(()));
    }
    let shelves = store::lock(db, &skus(demand)).await?;
    match pick(&shelves, demand) {
        Ok(picks) => store::hold(db, order_id, &picks, expires_at).await.map(Ok),
        Err(shortages) => Ok(Err(shortages)),
    }
}

/// Holds again what is not held any more, and extends the rest; all or nothing. A hold that is past its
/// time and that nobody took counts as lost, too: it competes with everybody else.
pub(crate) async fn hold_again(
    db: &mut PgConnection,
    order_id: Uuid,
    demand: &Demand,
    expires_at: DateTime<Utc>,
) -> Result<Result<(), Vec<Shortage>>> {
    let shelves = store::lock(db, &skus(demand)).await?;
    let held = store::held(&mut *db, order_id).await?;
    let missing: Demand = demand
        .iter()
        .map(|(sku, wanted)| (sku.clone(), wanted - held.get(sku).copied().unwrap_or(0)))
        .filter(|(_, missing)| *missing > 0)
        .collect();
    match pick(&shelves, &missing) {
        Ok(picks) => {
            store::hold(&mut *db, order_id, &picks, expires_at).await?;
            store::extend(db, order_id, expires_at).await?;
            Ok(Ok(()))
        }
        Err(shortages) => Ok(Err(shortages)),
    }
}

/// Gives the order its units for good: those it holds, and new ones in place of holds it lost.
pub(crate) async fn allocate(
    db: &mut PgConnection,
    order_id: Uuid,
    demand: &Demand,
    now: DateTime<Utc>,
) -> Result<Result<(), Vec<Shortage>>> {
    if store::allocate_held(&mut *db, order_id, demand).await? {
        return Ok(Ok(()));
    }
    if let Err(shortages) = hold_again(db, order_id, demand, now).await? {
        return Ok(Err(shortages));
    }
    store::allocate(db, order_id).await.map(Ok)
}

/// Keeps nothing for the order any more.
pub(crate) async fn release(db: &mut PgConnection, order_id: Uuid, demand: &Demand) -> Result<()> {
    store::lock(db, &skus(demand)).await?;
    store::release(db, order_id).await
}

/// Sends off allocated units; says from where they went.
pub(crate) async fn ship(
    db: &mut PgConnection,
    order_id: Uuid,
    demand: &Demand,
) -> Result<Result<Vec<Pick>, Vec<Shortage>>> {
    store::lock(db, &skus(demand)).await?;
    let allocated = store::allocations(&mut *db, order_id).await?;
    match pick(&allocated, demand) {
        Ok(picks) => {
            store::ship(db, order_id, &picks).await?;
            Ok(Ok(picks))
        }
        Err(shortages) => Ok(Err(shortages)),
    }
}
