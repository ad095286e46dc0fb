//! Makes the terms of rows that have none: those of before there were terms, and those written by a
//! version of the service that does not know them.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};

use super::{
    literal, of_values,
    store::{self, Table},
};
use crate::management::{
    error::Result,
    lookup::{Lookup, Needs},
};

const INTERVAL: Duration = Duration::from_secs(10);
/// Rows of one transaction.
const BATCH: i64 = 500;

/// For ever.
pub async fn keep_periodically(db: PgPool) {
    loop {
        if let Err(refusal) = keep(&db).await {
            tracing::warn!(?refusal, "terms could not be made");
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Until every row has terms that no one else is writing.
pub async fn keep(db: &PgPool) -> Result<()> {
    for table in [Table::Model, Table::Product] {
        loop {
            let mut transaction = db.begin().await?;
            let rows = write_batch(&mut transaction, table).await?;
            transaction.commit().await?;
            if rows == 0 {
                break;
            }
        }
    }
    Ok(())
}

async fn write_batch(connection: &mut PgConnection, table: Table) -> Result<usize> {
    let rows = store::find_unread(connection, table, BATCH).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut needs = Needs::default();
    rows.iter().for_each(|(_, values)| needs.add_units(values));
    let lookup = Lookup::load(connection, needs, &[]).await?;
    let terms: Vec<String> =
        rows.iter().map(|(_, values)| literal(&of_values(values, &lookup))).collect();
    let ids: Vec<_> = rows.iter().map(|(id, _)| *id).collect();
    store::write(connection, table, &ids, &terms).await?;
    Ok(rows.len())
}
