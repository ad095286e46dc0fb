use anyhow::anyhow;
use contracts::payment::Payment;
use problem::{Problem, Result};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Attempt, AttemptStatus,
    store::{self, Change},
};
use crate::{
    connector::{Charge, ChargeStatus, NoAnswer},
    ledger::{self, Entry},
    payment::{self, Intent, publish_change, store::Movement},
};

/// Error of an attempt whose charge is of another amount than was asked for: it stays unknown until
/// people have looked.
const AMOUNT_DIFFERS: &str = "amount_differs";

/// What is known of an attempt after the provider was asked.
pub(crate) type Outcome = std::result::Result<Charge, NoAnswer>;

/// The one way by which an attempt changes after it was sent. Locks the payment, moves the attempt
/// forward if the outcome is news, books the money, and publishes. Safe to call with the same outcome
/// any number of times. Returns both as they are afterwards.
pub(crate) async fn settle(
    transaction: &mut PgConnection,
    payment_id: Uuid,
    attempt_id: Uuid,
    outcome: &Outcome,
) -> Result<(Attempt, Payment)> {
    let intent = payment::store::lock(transaction, payment_id).await?.ok_or_else(gone)?;
    let attempt = store::find(&mut *transaction, attempt_id).await?.ok_or_else(gone)?;
    let Some(change) = next(&intent, &attempt, outcome) else {
        return Ok((attempt, intent.to_payment()));
    };
    let attempt = store::update(&mut *transaction, attempt_id, &change).await?;
    book(transaction, &intent, &attempt).await?;
    metrics::counter!("payment_attempts_total", "status" => change.status.as_str()).increment(1);
    let payment = publish_change(transaction, payment_id).await?;
    Ok((attempt, payment))
}

fn gone() -> Problem {
    Problem::internal(anyhow!("an attempt that was written is gone"))
}

/// The change that the outcome brings, if it is news.
fn next<'a>(intent: &Intent, attempt: &Attempt, outcome: &'a Outcome) -> Option<Change<'a>> {
    let charge = match outcome {
        Ok(charge) if charge.is_of(&intent.money(intent.amount)) => charge,
        Ok(charge) => {
            tracing::error!(
                attempt.id = %attempt.attempt_id, expected = intent.amount, ?charge,
                "the provider charged another amount: a person must look"
            );
            let (status, error) = (AttemptStatus::Unknown, Some(AMOUNT_DIFFERS));
            let is_news = attempt.status == AttemptStatus::Sent;
            return is_news.then_some(Change { status, error, action_url: None });
        }
        // Somebody who was slow may have written down the provider's reference since: then the
        // provider may have been asked after all.
        Err(no_answer) if no_answer.is_harmless && attempt.provider_reference.is_none() => {
            let status = attempt.status.after(ChargeStatus::Canceled)?;
            return Some(Change { status, error: Some("processing_error"), action_url: None });
        }
        Err(_) if attempt.status == AttemptStatus::Sent => {
            let status = AttemptStatus::Unknown;
            return Some(Change { status, error: None, action_url: None });
        }
        Err(_) => return None,
    };
    let status = attempt.status.after(charge.status)?;
    let error = match status {
        AttemptStatus::Declined => charge.decline_code.as_deref().or(Some("declined")),
        AttemptStatus::Failed => Some("processing_error"),
        AttemptStatus::Canceled => Some("canceled"),
        _ => None,
    };
    Some(Change { status, error, action_url: charge.action_url.as_deref() })
}

/// Writes down the money that the new state means.
async fn book(transaction: &mut PgConnection, intent: &Intent, attempt: &Attempt) -> Result<()> {
    let amount = intent.amount;
    let attempt_id = attempt.attempt_id;
    let captured = match attempt.status {
        AttemptStatus::Authorized => 0,
        AttemptStatus::Captured => amount,
        _ => return Ok(()),
    };
    let movement = Movement { authorized: amount, captured, ..Movement::default() };
    payment::store::move_amounts(&mut *transaction, intent.payment_id, &movement).await?;
    if captured == 0 {
        return Ok(());
    }
    let entry =
        Entry::capture(attempt_id, intent.payment_id, &attempt.connector, intent.money(captured));
    ledger::store::append(transaction, &entry).await
}
