//! Removals of structure, records and files wait for writes that may just name what is to go, and hold up new
//! ones: what a write has found to exist is there until it ends. Values name things where no foreign key leads.

use sqlx::PgConnection;

use super::{error::Result, lock};

const LOCK: &str = "removal";

/// Called by writes that name things, before they lock anything and outside of savepoints, whose end would let
/// the lock go: until their transaction ends nothing is removed.
pub async fn hold_off(connection: &mut PgConnection) -> Result<()> {
    lock::share(connection, LOCK).await
}

/// Called by removals, before they lock anything: all writes before are to be seen, and none begins until the
/// transaction ends.
pub async fn begin(connection: &mut PgConnection) -> Result<()> {
    lock::take(connection, LOCK).await
}
