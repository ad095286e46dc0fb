//! What follows from how a try ended: kept in one transaction, and only then is an event delivered.

use std::time::Duration;

use problem::Result;
use sqlx::{PgConnection, PgPool};

use super::{
    Status,
    attempt::Outcome,
    schedule::Schedule,
    store::{self, Claim, Ended},
};
use crate::webhook::{self, DisabledReason};

/// Keeps how a try ended. Nothing happens if the lease was lost meanwhile: whoever has it by now sends the
/// event again, with the same id.
pub(super) async fn settle(
    db: &PgPool,
    schedule: &Schedule,
    claim: &Claim,
    outcome: &Outcome,
) -> Result<()> {
    let mut tx = db.begin().await?;
    match outcome {
        Outcome::Accepted(status) => {
            let ended = Ended { status: Some(status.as_u16()), error: None };
            webhook::store::hold(&mut tx, claim.webhook_id).await?;
            finish(&mut tx, claim, Status::Delivered, &ended).await?;
        }
        Outcome::Gone => {
            let ended = Ended { status: Some(410), error: Some("the address is gone") };
            give_up(&mut tx, claim, &ended, DisabledReason::Gone).await?;
        }
        Outcome::Failed { status, error, pause } => {
            let status = status.map(|status| status.as_u16());
            let ended = Ended { status, error: Some(error) };
            match schedule.wait_after(claim.tries) {
                Some(wait) => postpone(&mut tx, claim, wait, *pause, &ended).await?,
                None => give_up(&mut tx, claim, &ended, DisabledReason::Failing).await?,
            }
        }
    }
    Ok(tx.commit().await?)
}

async fn postpone(
    tx: &mut PgConnection,
    claim: &Claim,
    wait: Duration,
    pause: Option<Duration>,
    ended: &Ended<'_>,
) -> Result<()> {
    let Some(pause) = pause else {
        return store::postpone(tx, claim, wait, ended).await.map(|_| ());
    };
    webhook::store::lock(&mut *tx, claim.webhook_id).await?;
    if store::postpone(&mut *tx, claim, wait.max(pause), ended).await? {
        webhook::store::pause(tx, claim.webhook_id, pause).await?;
    }
    Ok(())
}

/// The delivery is over without success, and so are all others for now.
async fn give_up(
    tx: &mut PgConnection,
    claim: &Claim,
    ended: &Ended<'_>,
    reason: DisabledReason,
) -> Result<()> {
    webhook::store::lock(&mut *tx, claim.webhook_id).await?;
    if finish(&mut *tx, claim, Status::Failed, ended).await? {
        webhook::store::disable(&mut *tx, claim.webhook_id, reason).await?;
        tracing::warn!(
            webhook.id = %claim.webhook_id, reason = reason.as_str(), "a webhook was disabled"
        );
    }
    Ok(())
}

/// Ends the delivery and lets the next event of its subject follow. The webhook is held.
async fn finish(
    tx: &mut PgConnection,
    claim: &Claim,
    status: Status,
    ended: &Ended<'_>,
) -> Result<bool> {
    let is_ours = store::finish(&mut *tx, claim, status, ended).await?;
    if is_ours {
        store::release(tx, claim.webhook_id, &[&claim.event.subject]).await?;
    }
    Ok(is_ours)
}
