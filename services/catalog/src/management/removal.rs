//! Removals of structure, records and files wait for writes that may just name what is to go, and hold up new
//! ones: what a write has found to exist is there until it ends. Values name things where no foreign key leads.

use sqlx::PgConnection;

use super::{error::Result, lock};

const LOCK: &str = "removal";

/// Called by writes that name things, before they lock anything and outside of savepoints, whose rollback would
/// let the lock go: until their transaction ends nothing is removed.
pub async fn hold_off(connection: &mut PgConnection) -> Result<()> {
    lock::share(connection, LOCK).await
}

/// Called by removals, before they lock anything: all writes before are to be seen, and none begins until the
/// transaction ends. Waits for a short time only: all that comes waits behind it.
pub async fn begin(connection: &mut PgConnection) -> Result<()> {
    sqlx::query("set local statement_timeout to '2s'").execute(&mut *connection).await?;
    lock::take(connection, LOCK).await?;
    sqlx::query("set local statement_timeout to default").execute(connection).await?;
    Ok(())
}
