use anyhow::anyhow;
use contracts::payment::Payment;
use problem::{Problem, Result};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Operation, OperationKind, OperationStatus, retry_after, store};
use crate::{
    attempt::{self, AttemptStatus, store::Change},
    connector::{NoAnswer, Operated},
    ledger::{self, Entry},
    payment::{self, Intent, publish_change, store::Movement},
};

/// What the provider did, or no answer.
pub(crate) type Done = std::result::Result<Operated, NoAnswer>;

/// The one way by which an operation ends. Locks the payment, books the money, and publishes. Safe to
/// call any number of times. Returns the operation and the payment as they are afterwards.
pub(crate) async fn settle(
    transaction: &mut PgConnection,
    operation: &Operation,
    done: &Done,
) -> Result<(Operation, Payment)> {
    let (id, payment_id) = (operation.operation_id, operation.payment_id);
    let intent = payment::store::lock(transaction, payment_id).await?.ok_or_else(gone)?;
    let operation = store::find(&mut *transaction, id).await?.ok_or_else(gone)?;
    let (status, released) = match done {
        Ok(Operated::Done { released }) => (OperationStatus::Succeeded, *released),
        Ok(Operated::Refused) => (OperationStatus::Failed, 0),
        Err(_) => (OperationStatus::Unknown, 0),
    };
    if !operation.status.is_open() || operation.status == status {
        return Ok((operation, intent.to_payment()));
    }
    store::set_status(&mut *transaction, id, status, retry_after(operation.checks)).await?;
    match status {
        OperationStatus::Succeeded => book(transaction, &operation, &intent, released).await?,
        OperationStatus::Failed => give_back(transaction, &operation).await?,
        OperationStatus::Sent | OperationStatus::Unknown => {}
    }
    let payment = publish_change(transaction, payment_id).await?;
    Ok((Operation { status, ..operation }, payment))
}

fn gone() -> Problem {
    Problem::internal(anyhow!("an operation that was written is gone"))
}

/// What was set aside has moved, and with a capture the provider may have released the rest.
async fn book(
    transaction: &mut PgConnection,
    operation: &Operation,
    intent: &Intent,
    released: i64,
) -> Result<()> {
    let (id, payment_id, amount) = (operation.operation_id, operation.payment_id, operation.amount);
    let money = intent.money(amount);
    let connector = &store::find_charge(&mut *transaction, operation.attempt_id).await?.connector;
    match operation.kind {
        OperationKind::Capture => {
            let movement =
                Movement { capturing: -amount, captured: amount, released, ..Movement::default() };
            payment::store::move_amounts(&mut *transaction, payment_id, &movement).await?;
            let entry = Entry::capture(id, payment_id, connector, money);
            ledger::store::append(transaction, &entry).await?;
            if intent.capturable() <= released {
                end_attempt(transaction, operation.attempt_id, AttemptStatus::Captured).await?;
            }
            Ok(())
        }
        OperationKind::Refund => {
            let movement = Movement { refunding: -amount, refunded: amount, ..Movement::default() };
            payment::store::move_amounts(&mut *transaction, payment_id, &movement).await?;
            let entry = Entry::refund(id, payment_id, connector, money);
            ledger::store::append(transaction, &entry).await
        }
        OperationKind::Void => release(transaction, operation, intent).await,
    }
}

/// What was not taken is free again. If something was taken, the payment has succeeded with that;
/// otherwise it is canceled.
async fn release(
    transaction: &mut PgConnection,
    operation: &Operation,
    intent: &Intent,
) -> Result<()> {
    let movement = Movement { released: intent.capturable(), ..Movement::default() };
    payment::store::move_amounts(&mut *transaction, intent.payment_id, &movement).await?;
    if intent.amount_captured > 0 {
        end_attempt(transaction, operation.attempt_id, AttemptStatus::Captured).await
    } else {
        payment::store::cancel(&mut *transaction, intent.payment_id).await?;
        end_attempt(transaction, operation.attempt_id, AttemptStatus::Canceled).await
    }
}

async fn end_attempt(
    transaction: &mut PgConnection,
    attempt_id: Uuid,
    status: AttemptStatus,
) -> Result<()> {
    let change = Change { status, error: None, action_url: None };
    attempt::store::update(transaction, attempt_id, &change).await.map(drop)
}

/// Nothing moved: what was set aside is free again.
async fn give_back(transaction: &mut PgConnection, operation: &Operation) -> Result<()> {
    let movement = match operation.kind {
        OperationKind::Capture => Movement { capturing: -operation.amount, ..Movement::default() },
        OperationKind::Refund => Movement { refunding: -operation.amount, ..Movement::default() },
        OperationKind::Void => return Ok(()),
    };
    payment::store::move_amounts(transaction, operation.payment_id, &movement).await
}
