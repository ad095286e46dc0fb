//! The resolver: finishes what no answer, crash or lost webhook left open. Every replica runs one; a
//! lease on each row keeps them apart.

use std::time::Duration;

use futures::future::join_all;
use problem::Result;

use crate::{app::App, attempt, operation};

const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Longer than the calls to the provider that one row needs.
const LEASE: Duration = Duration::from_secs(15);
/// Rows that one round looks after, at the same time.
const BATCH: i64 = 10;

/// Looks after open attempts and operations for ever.
pub(crate) async fn run(app: App) {
    loop {
        match resolve_due(&app).await {
            Ok(0) => tokio::time::sleep(POLL_INTERVAL).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(?error, "the resolver failed, will try again");
                tokio::time::sleep(POLL_INTERVAL * 4).await;
            }
        }
    }
}

/// One round: compares attempts that are due with the provider, and sends operations that are due
/// again. Returns how many there were.
pub async fn resolve_due(app: &App) -> Result<usize> {
    let attempts = attempt::store::claim_due(&app.db, LEASE, BATCH).await?;
    let operations = operation::store::claim_due(&app.db, LEASE, BATCH).await?;
    let of_attempts = join_all(attempts.iter().map(|row| attempt::resolve(app, row))).await;
    let of_operations = join_all(operations.iter().map(|row| operation::resolve(app, row))).await;
    for error in of_attempts.into_iter().chain(of_operations).filter_map(Result::err) {
        tracing::warn!(?error, "the outcome is still not known");
    }
    Ok(attempts.len() + operations.len())
}
