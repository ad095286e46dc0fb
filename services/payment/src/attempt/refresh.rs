//! Asking the provider what became of an attempt.

use problem::{Problem, Result};
use uuid::Uuid;

use super::{Attempt, AttemptStatus, Outcome, settle, store};
use crate::{
    app::App,
    connector::{ChargeStatus, NoAnswer},
};

/// Fetches the charge and settles the attempt with it. No charge, or no answer, changes nothing: the
/// resolver will find out. An id that is not ours is no error, so that a stray webhook does no harm.
pub(crate) async fn refresh(app: &App, attempt_id: Uuid) -> Result<()> {
    let Some(attempt) = store::find(&app.db, attempt_id).await? else { return Ok(()) };
    match app.connectors.get(&attempt.connector)?.find(&attempt.charge_ref()).await {
        Ok(Some(charge)) => record(app, &attempt, Ok(charge)).await,
        Ok(None) | Err(NoAnswer { .. }) => Ok(()),
    }
}

/// Brings an open attempt that nobody looks after to its end. Where the provider knows of no charge,
/// it is told to refuse the id for ever: only then is it certain that none comes late, and another
/// attempt may begin. The same for an action that the customer let lie for too long.
pub(crate) async fn resolve(app: &App, attempt: &Attempt) -> Result<()> {
    let connector = app.connectors.get(&attempt.connector)?;
    let (id, charge_ref) = (attempt.attempt_id, attempt.charge_ref());
    let mut found = connector.find(&charge_ref).await;
    let is_abandoned = match &found {
        Ok(None) => true,
        Ok(Some(charge)) => {
            attempt.status == AttemptStatus::RequiresAction
                && charge.status == ChargeStatus::RequiresAction
        }
        Err(_) => false,
    };
    if is_abandoned {
        found = connector.cancel(&charge_ref).await.map(Some);
    }
    // Before the state is written: a new state sets its own time.
    store::postpone(&app.db, id, attempt.status.check_after(attempt.checks)).await?;
    match found {
        Ok(Some(charge)) => record(app, attempt, Ok(charge)).await,
        Ok(None) => Ok(()),
        Err(no_answer) if no_answer.is_harmless => record(app, attempt, Err(no_answer)).await,
        Err(no_answer) => Err(Problem::unavailable("the payment provider").caused_by(no_answer)),
    }
}

async fn record(app: &App, attempt: &Attempt, outcome: Outcome) -> Result<()> {
    let mut transaction = app.db.begin().await?;
    settle(&mut transaction, attempt.payment_id, attempt.attempt_id, &outcome).await?;
    transaction.commit().await?;
    Ok(())
}
