use std::time::Duration;

use problem::Result;
use sqlx::PgConnection;

use super::{Booked, EVERY, OVERLAP, Reconciliation, SETTLING, differences, store};
use crate::{
    app::App,
    attempt,
    connector::{Connector, Listed},
    operation,
};

const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// Longer than a page takes; also how long a provider that does not answer is left alone.
const LEASE: Duration = Duration::from_secs(60);

/// Compares for ever: each connector once a day, and what was asked for.
pub(crate) async fn run(app: App) {
    loop {
        let worked = async {
            schedule(&app).await?;
            reconcile_due(&app).await
        };
        match worked.await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(POLL_INTERVAL).await,
            Err(error) => {
                tracing::warn!(?error, "comparing with a provider failed, will try again");
                tokio::time::sleep(POLL_INTERVAL * 4).await;
            }
        }
    }
}

/// Begins the daily comparison of every connector that is due. Several replicas begin one.
pub async fn schedule(app: &App) -> Result<()> {
    for connector in app.connectors.iter() {
        let times = store::Times { every: EVERY, overlap: OVERLAP, settling: SETTLING };
        let mut transaction = app.db.begin().await?;
        store::lock_schedule(&mut *transaction).await?;
        store::insert_if_due(&mut *transaction, connector.name(), &times).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// Works on one comparison, a page of charges at a time, until it ends. Returns whether there was one.
pub async fn reconcile_due(app: &App) -> Result<bool> {
    let Some(mut job) = store::claim_due(&app.db, LEASE).await? else { return Ok(false) };
    let Some(connector) = app.connectors.find(&job.connector) else {
        store::fail(&app.db, job.id, "the connector is not configured").await?;
        return Ok(true);
    };
    while compare_page(app, connector, &mut job).await? {}
    Ok(true)
}

/// One page; `false` if it was the last, or the provider does not answer.
async fn compare_page(app: &App, connector: &Connector, job: &mut Reconciliation) -> Result<bool> {
    let page = match connector.list(&(job.from..job.until), job.after.as_deref()).await {
        Ok(page) => page,
        Err(no_answer) => {
            store::set_error(&app.db, job.id, &no_answer.to_string()).await?;
            return Ok(false);
        }
    };
    let mut transaction = app.db.begin().await?;
    let is_last = page.is_empty();
    if is_last {
        store::insert_missing(&mut *transaction, job, SETTLING).await?;
        let found = store::finish(&mut transaction, job.id).await?;
        if found > 0 {
            tracing::error!(
                connector = job.connector, reconciliation.id = %job.id, differences = found,
                "a provider's books and ours differ: a person must look"
            );
        }
        metrics::gauge!("payment_reconciliation_differences", "connector" => job.connector.clone())
            .set(found as f64);
    } else {
        compare(&mut transaction, job, &page).await?;
        job.after = page.last().map(|charge| charge.position.clone());
        store::advance(&mut *transaction, job, page.len(), LEASE).await?;
    }
    transaction.commit().await?;
    Ok(!is_last)
}

async fn compare(
    transaction: &mut PgConnection,
    job: &Reconciliation,
    page: &[Listed],
) -> Result<()> {
    let ids: Vec<_> = page.iter().filter_map(|charge| charge.attempt_id).collect();
    let references: Vec<_> = page.iter().filter_map(|charge| charge.reference.clone()).collect();
    let booked = store::booked(&mut *transaction, &job.connector, &ids, &references).await?;
    let mut found = Vec::new();
    for charge in page {
        let ours = booked.iter().find(|ours| is_of(ours, charge));
        if let Some(ours) = ours.filter(|ours| ours.is_open) {
            attempt::store::make_due(&mut *transaction, ours.attempt_id).await?;
            operation::store::make_due(&mut *transaction, ours.attempt_id).await?;
        }
        let reference = charge.reference.as_deref();
        found.extend(differences(&charge.captured, charge.refunded, reference, ours));
    }
    store::insert_differences(&mut *transaction, job.id, &found).await?;
    let seen: Vec<_> = booked.iter().map(|ours| ours.attempt_id).collect();
    store::insert_seen(&mut *transaction, job.id, &seen).await
}

fn is_of(ours: &Booked, charge: &Listed) -> bool {
    charge.attempt_id == Some(ours.attempt_id)
        || (charge.reference.is_some() && charge.reference == ours.provider_reference)
}
