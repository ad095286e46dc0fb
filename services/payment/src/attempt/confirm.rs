//! Write the intent, call the provider, record the outcome.

use axum::response::Response;
use contracts::payment::{ConfirmPayment, Payment, PaymentStatus};
use http::StatusCode;
use problem::{Problem, Result, ResultExt};
use sqlx::PgConnection;
use uuid::Uuid;
use web::idempotency::{Record, Started};

use super::{
    Attempt, AttemptStatus, attempt_in_progress, check_confirmable, payment_declined, settle, store,
};
use crate::{
    app::App,
    connector::ChargeRequest,
    keyed::{Keyed, request_in_flight},
    payment::{self, Intent, publish_change},
};

/// Makes one attempt and answers with what is known then. No transaction is open while the provider
/// works; if we end in between, the resolver finishes what was begun.
pub(crate) async fn confirm_payment(
    app: &App,
    call: &Keyed,
    body: &ConfirmPayment,
) -> Result<Response> {
    let mut begun = begin(app, call, body).await?;
    if let Begun::Superseding(attempt_id) = begun {
        supersede(app, call, attempt_id).await?;
        begun = begin(app, call, body).await?;
    }
    let (record, charge) = match begun {
        Begun::Sent(record, charge) => (record, charge),
        Begun::Answered(response) => return Ok(response),
        Begun::Superseding(_) => return Err(attempt_in_progress()),
    };
    let attempt_id = charge.id;
    let outcome = app.connector.charge(charge).await;
    if let Err(no_answer) = &outcome {
        tracing::warn!(attempt.id = %attempt_id, %no_answer, "the outcome is not known yet");
    }
    let mut transaction = app.db.begin().await?;
    let settled = settle(&mut transaction, call.payment_id, attempt_id, &outcome).await?;
    let response = answer(&mut transaction, record, settled).await?;
    transaction.commit().await?;
    Ok(response)
}

enum Begun {
    /// The attempt is written; the provider is to be called.
    Sent(Record, ChargeRequest),
    /// This request was answered before, or its attempt has an outcome since.
    Answered(Response),
    /// The customer was to act on this attempt, and pays in another way instead.
    Superseding(Uuid),
}

async fn begin(app: &App, call: &Keyed, body: &ConfirmPayment) -> Result<Begun> {
    let mut transaction = app.db.begin().await?;
    let record = match call.start(&mut transaction, "confirm_payment", body).await? {
        Started::Replay(response) => return Ok(Begun::Answered(response)),
        Started::First(record) => record,
    };
    let intent = payment::store::lock(&mut transaction, call.payment_id).await?;
    let intent = intent.ok_or_else(|| Problem::not_found("payment"))?;
    if let Some(earlier) = store::find_by_key(&mut *transaction, call).await? {
        if earlier.status == AttemptStatus::Sent {
            return Err(request_in_flight());
        }
        let response = answer(&mut transaction, record, (earlier, intent.to_payment())).await?;
        transaction.commit().await?;
        return Ok(Begun::Answered(response));
    }
    match (intent.status(), intent.attempt_id) {
        (PaymentStatus::RequiresAction, Some(open)) => return Ok(Begun::Superseding(open)),
        _ => check_confirmable(&intent)?,
    }
    let first_check = app.connector.patience();
    let attempt = store::insert(&mut *transaction, call, app.connector.name(), first_check)
        .await
        .on_constraint("attempt_open_key", attempt_in_progress)?;
    publish_change(&mut transaction, call.payment_id).await?;
    transaction.commit().await?;
    Ok(Begun::Sent(record, charge_request(&attempt, &intent, body)))
}

fn charge_request(attempt: &Attempt, intent: &Intent, body: &ConfirmPayment) -> ChargeRequest {
    ChargeRequest {
        id: attempt.attempt_id,
        token: body.token.clone(),
        amount: intent.money(intent.amount),
        captures_now: !intent.captures_later,
        return_url: body.return_url.clone(),
    }
}

/// Takes an attempt that waits for the customer back, so that another may begin.
async fn supersede(app: &App, call: &Keyed, attempt_id: Uuid) -> Result<()> {
    let outcome = app.connector.cancel(attempt_id).await;
    let mut transaction = app.db.begin().await?;
    settle(&mut transaction, call.payment_id, attempt_id, &outcome).await?;
    transaction.commit().await?;
    Ok(())
}

/// The answer to the request that began the attempt: recorded, so that every retry gets it again.
async fn answer(
    transaction: &mut PgConnection,
    record: Record,
    (attempt, payment): (Attempt, Payment),
) -> Result<Response> {
    if attempt.status == AttemptStatus::Declined {
        record.finish_problem(transaction, &payment_declined(&attempt)).await
    } else {
        record.finish(transaction, StatusCode::OK, None, &payment).await
    }
}
