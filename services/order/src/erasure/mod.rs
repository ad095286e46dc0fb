//! Erased customers: their orders and carts lose names, addresses and e-mail, and keep lines, sums and
//! numbers, which the law of books wants kept, under an id that leads to nobody.
//!
//! An order that is still under way keeps what it needs until it has ended.

mod store;

use std::time::Duration;

use contracts::{auth::ErasedCustomer, event::Event};
use outbox::Follower;
use problem::Result;
use sqlx::{PgConnection, PgPool};

/// How often ended orders of erased customers are looked for.
const INTERVAL: Duration = Duration::from_secs(60);

/// Forgets customers as `auth` tells of their erasure, for ever.
pub(crate) async fn follow_auth(follower: Follower) {
    follower.run(take_events).await;
}

/// Acts on a batch of the feed of `auth`.
pub async fn take_events(transaction: &mut PgConnection, events: &[Event]) -> Result<()> {
    for customer in ErasedCustomer::all(events) {
        store::erase_carts(&mut *transaction, &customer).await?;
        store::erase_coupon_uses(&mut *transaction, &customer).await?;
        store::delete_idempotency_keys(&mut *transaction, &customer).await?;
        store::mark_orders(&mut *transaction, &customer).await?;
    }
    store::erase_ended_orders(transaction).await
}

/// Erases what was still needed and is not any more, for ever.
pub(crate) async fn erase_for_ever(db: PgPool) {
    loop {
        if let Err(problem) = erase_ended(&db).await {
            problem.log();
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Erases what is personal in orders of erased customers that have ended.
pub async fn erase_ended(db: &PgPool) -> Result<()> {
    let mut connection = db.acquire().await?;
    store::erase_ended_orders(&mut connection).await
}
