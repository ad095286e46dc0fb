//! Erased customers: what they did still says which products go with which, and no longer who did it.

use contracts::{auth::ErasedCustomer, event::Event};
use problem::Result;
use sqlx::PgConnection;
use uuid::Uuid;

use super::store;
use crate::experiment;

/// Acts on a batch of the feed of `auth`.
pub(crate) async fn apply(transaction: &mut PgConnection, events: &[Event]) -> Result<()> {
    for customer in ErasedCustomer::all(events) {
        let stranger = format!("erased:{}", Uuid::new_v4());
        store::rename_customer(&mut *transaction, &customer, &stranger).await?;
        store::delete_idempotency_keys(&mut *transaction, &customer).await?;
        experiment::store::rename_visitor(&mut *transaction, &customer, &stranger).await?;
    }
    Ok(())
}
