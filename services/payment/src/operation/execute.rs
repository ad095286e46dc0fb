//! Write the intent, call the provider, record the outcome.

use axum::response::Response;
use contracts::payment::Payment;
use http::StatusCode;
use problem::{Problem, Result};
use serde::Serialize;
use sqlx::PgConnection;
use types::Money;
use web::idempotency::{Record, Started};

use super::{
    Operation, OperationKind, OperationStatus,
    begin::{self, Plan, Wanted, not_cancelable},
    settle::{Done, settle},
    store,
};
use crate::{
    app::App,
    attempt,
    connector::{ChargeRef, ChargeStatus, Operated, OperationRequest},
    keyed::{Keyed, request_in_flight},
    payment::{self, publish_change},
};

/// Does what is wanted and answers with what is known then. `body` is the request's, for its
/// fingerprint. No transaction is open while the provider works; if we end in between, the resolver
/// finishes what was begun.
pub(crate) async fn execute(
    app: &App,
    call: &Keyed,
    wanted: &Wanted,
    body: &impl Serialize,
) -> Result<Response> {
    let (record, operation) = match begin(app, call, wanted, body).await? {
        Begun::Sent(record, operation) => (record, operation),
        Begun::Answered(response) => return Ok(response),
    };
    let done = perform(app, &operation).await?;
    let mut transaction = app.db.begin().await?;
    let (operation, payment) = settle(&mut transaction, &operation, &done).await?;
    let response = answer(&mut transaction, record, &operation, &payment).await?;
    transaction.commit().await?;
    refresh_after_refusal(app, &operation).await?;
    Ok(response)
}

/// Sends an open operation again and records the outcome.
pub(crate) async fn resolve(app: &App, operation: &Operation) -> Result<()> {
    let done = perform(app, operation).await?;
    let mut transaction = app.db.begin().await?;
    let (operation, _) = settle(&mut transaction, operation, &done).await?;
    if operation.status.is_open() {
        let wait = super::retry_after(operation.checks);
        let id = operation.operation_id;
        store::set_status(&mut *transaction, id, operation.status, wait).await?;
    }
    transaction.commit().await?;
    refresh_after_refusal(app, &operation).await
}

enum Begun {
    /// The operation is written; the provider is to be called.
    Sent(Record, Operation),
    /// There was nothing to call the provider for, or it was done before.
    Answered(Response),
}

async fn begin(app: &App, call: &Keyed, wanted: &Wanted, body: &impl Serialize) -> Result<Begun> {
    let mut transaction = app.db.begin().await?;
    let record = match call.start(&mut transaction, act(wanted.kind()), body).await? {
        Started::Replay(response) => return Ok(Begun::Answered(response)),
        Started::First(record) => record,
    };
    let intent = payment::store::lock(&mut transaction, call.payment_id).await?;
    let intent = intent.ok_or_else(|| Problem::not_found("payment"))?;
    let earlier = store::find_by_key(&mut *transaction, call, wanted.kind()).await?;
    let plan = match earlier {
        Some(operation) if operation.status == OperationStatus::Sent => {
            return Err(request_in_flight());
        }
        Some(operation) => Plan::Existing(operation),
        None => begin::plan(&mut transaction, &intent, wanted).await?,
    };
    let response = match plan {
        Plan::Call(new) => {
            let patience = app.connectors.patience();
            let operation = begin::write(&mut transaction, call, &new, patience).await?;
            publish_change(&mut transaction, call.payment_id).await?;
            transaction.commit().await?;
            return Ok(Begun::Sent(record, operation));
        }
        Plan::Existing(operation) => {
            answer(&mut transaction, record, &operation, &intent.to_payment()).await?
        }
        Plan::CancelHere => {
            payment::store::cancel(&mut *transaction, call.payment_id).await?;
            let payment = publish_change(&mut transaction, call.payment_id).await?;
            record.finish(&mut transaction, StatusCode::OK, None, &payment).await?
        }
        Plan::Nothing => {
            let payment = intent.to_payment();
            record.finish(&mut transaction, StatusCode::OK, None, &payment).await?
        }
    };
    transaction.commit().await?;
    Ok(Begun::Answered(response))
}

fn act(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Capture => "capture_payment",
        OperationKind::Void => "cancel_payment",
        OperationKind::Refund => "create_refund",
    }
}

/// Asks the provider to do it; under the operation's id it does so once.
async fn perform(app: &App, operation: &Operation) -> Result<Done> {
    let charge = store::find_charge(&app.db, operation.attempt_id).await?;
    let connector = app.connectors.get(&charge.connector)?;
    let request = OperationRequest {
        id: operation.operation_id,
        charge: ChargeRef { id: operation.attempt_id, reference: charge.provider_reference },
        amount: Money::new(operation.amount, charge.currency),
        is_repeated: operation.checks > 0,
    };
    let done = match operation.kind {
        OperationKind::Capture => connector.capture(&request).await,
        OperationKind::Refund => connector.refund(&request).await,
        OperationKind::Void => connector.cancel(&request.charge).await.map(|charge| {
            let is_done = charge.status == ChargeStatus::Canceled || charge.amount_released > 0;
            if is_done { Operated::Done { released: 0 } } else { Operated::Refused }
        }),
    };
    if let Err(no_answer) = &done {
        tracing::warn!(operation.id = %request.id, %no_answer, "the outcome is not known yet");
    }
    Ok(done)
}

/// A void is refused when the customer was faster: then the attempt has news.
async fn refresh_after_refusal(app: &App, operation: &Operation) -> Result<()> {
    if operation.kind == OperationKind::Void && operation.status == OperationStatus::Failed {
        attempt::refresh(app, operation.attempt_id).await?;
    }
    Ok(())
}

/// The answer to the request that began the operation: recorded, so that every retry gets it again.
async fn answer(
    transaction: &mut PgConnection,
    record: Record,
    operation: &Operation,
    payment: &Payment,
) -> Result<Response> {
    match (operation.kind, operation.status) {
        (OperationKind::Refund, _) => {
            let mut amount = payment.amount.clone();
            amount.amount = operation.amount;
            let refund = operation.to_refund(amount);
            record.finish(transaction, StatusCode::CREATED, None, &refund).await
        }
        (OperationKind::Capture, OperationStatus::Failed) => {
            let refused = Problem::conflict("capture_refused", "the provider refused the capture");
            record.finish_problem(transaction, &refused).await
        }
        (OperationKind::Void, OperationStatus::Failed) => {
            record.finish_problem(transaction, &not_cancelable()).await
        }
        _ => record.finish(transaction, StatusCode::OK, None, payment).await,
    }
}
