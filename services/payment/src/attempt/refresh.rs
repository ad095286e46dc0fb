//! Asking the provider what became of an attempt.

use problem::{Problem, Result};
use uuid::Uuid;

use super::{Attempt, AttemptStatus, settle, store};
use crate::{
    app::App,
    connector::{Charge, ChargeStatus, NoAnswer},
};

/// Fetches the charge and settles the attempt with it. No charge, or no answer, changes nothing: the
/// resolver will find out. An id that is not ours is no error, so that a stray webhook does no harm.
pub(crate) async fn refresh(app: &App, attempt_id: Uuid) -> Result<()> {
    let Some(attempt) = store::find(&app.db, attempt_id).await? else { return Ok(()) };
    match app.connector.find(attempt_id).await {
        Ok(Some(charge)) => record(app, &attempt, charge).await,
        Ok(None) | Err(NoAnswer { .. }) => Ok(()),
    }
}

/// Brings an open attempt that nobody looks after to its end. Where the provider knows of no charge,
/// it is told to refuse the id for ever: only then is it certain that none comes late, and another
/// attempt may begin. The same for an action that the customer let lie for too long.
pub(crate) async fn resolve(app: &App, attempt: &Attempt) -> Result<()> {
    let id = attempt.attempt_id;
    let mut found = app.connector.find(id).await;
    let is_abandoned = match &found {
        Ok(None) => true,
        Ok(Some(charge)) => {
            attempt.status == AttemptStatus::RequiresAction
                && charge.status == ChargeStatus::RequiresAction
        }
        Err(_) => false,
    };
    if is_abandoned {
        found = app.connector.cancel(id).await.map(Some);
    }
    // Before the state is written: a new state sets its own time.
    store::postpone(&app.db, id, attempt.status.check_after(attempt.checks)).await?;
    match found {
        Ok(Some(charge)) => record(app, attempt, charge).await,
        Ok(None) => Ok(()),
        Err(no_answer) => Err(Problem::unavailable("the payment provider").caused_by(no_answer)),
    }
}

async fn record(app: &App, attempt: &Attempt, charge: Charge) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    settle(&mut transaction, attempt.payment_id, attempt.attempt_id, &Ok(charge)).await?;
    transaction.commit().await?;
    Ok(())
}
