//! Write the intent, call the provider, record the outcome.

use std::vec::IntoIter;

use axum::response::Response;
use contracts::payment::{ConfirmPayment, Payment, PaymentStatus};
use http::StatusCode;
use problem::{Problem, Result, ResultExt};
use sqlx::PgConnection;
use uuid::Uuid;
use web::idempotency::{Record, Started};

use super::{
    Attempt, AttemptStatus, Outcome, attempt_in_progress, check_confirmable, payment_declined,
    settle,
    store::{self, NewAttempt},
};
use crate::{
    app::App,
    connector::{Charge, ChargeRequest, NoAnswer, Prepared},
    keyed::{Keyed, request_in_flight},
    payment::{self, Intent, publish_change},
    routing::{Decision, Question, decide},
};

/// Makes an attempt and answers with what is known then. Where its connector certainly charged nothing,
/// and only there, the next one of the route is tried. No transaction is open while a provider works;
/// if we end in between, the resolver finishes what was begun.
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
    let (record, mut attempt, intent, mut others) = match begun {
        Begun::Sent { record, attempt, intent, others } => (record, attempt, intent, others),
        Begun::Answered(response) => return Ok(response),
        Begun::Superseding(_) => return Err(attempt_in_progress()),
    };
    loop {
        let outcome = charge(app, &attempt, charge_request(&attempt, &intent, body)).await;
        let mut transaction = app.db.begin().await?;
        let settled =
            settle(&mut transaction, call.payment_id, attempt.attempt_id, &outcome).await?;
        let is_free = settled.0.status == AttemptStatus::Failed;
        let Some(decision) = others.next().filter(|_| is_free) else {
            let response = answer(&mut transaction, record, settled).await?;
            transaction.commit().await?;
            return Ok(response);
        };
        let ordinal = attempt.ordinal + 1;
        attempt = insert(app, &mut transaction, call, body, (&decision, ordinal)).await?;
        transaction.commit().await?;
    }
}

enum Begun {
    /// The attempt is written; the provider is to be called, and perhaps others after it.
    Sent { record: Record, attempt: Attempt, intent: Box<Intent>, others: IntoIter<Decision> },
    /// This request was answered before, or its attempt has an outcome since.
    Answered(Response),
    /// The customer was to act on this attempt, and pays in another way instead.
    Superseding(Uuid),
}

async fn begin(app: &App, call: &Keyed, body: &ConfirmPayment) -> Result<Begun> {
    let rules = app.routing.rules(&app.db).await?;
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
    let question = Question {
        payment_id: call.payment_id,
        amount: &intent.money(intent.amount),
        country: intent.country.as_deref(),
        method: &body.method,
        token: &body.token,
        connector: body.connector.as_deref(),
    };
    let mut route = decide(&question, &rules, &app.connectors).into_iter();
    let decision = route.next().ok_or_else(no_route)?;
    let attempt = insert(app, &mut transaction, call, body, (&decision, 1)).await?;
    transaction.commit().await?;
    Ok(Begun::Sent { record, attempt, intent: Box::new(intent), others: route })
}

/// Writes the next attempt of this request and tells others.
async fn insert(
    app: &App,
    transaction: &mut PgConnection,
    call: &Keyed,
    body: &ConfirmPayment,
    (decision, ordinal): (&Decision, i16),
) -> Result<Attempt> {
    let first_check = app.connectors.get(&decision.connector)?.patience();
    let method = &body.method;
    let new = NewAttempt { id: app.new_id(), method, decision, ordinal, first_check };
    let attempt = store::insert(&mut *transaction, call, &new)
        .await
        .on_constraint("attempt_open_key", attempt_in_progress)?;
    publish_change(transaction, call.payment_id).await?;
    Ok(attempt)
}

/// Asks the provider: first, where it wants that, what the charge will be called.
async fn charge(app: &App, attempt: &Attempt, request: ChargeRequest) -> Outcome {
    let outcome = ask(app, attempt, request).await;
    if let Err(no_answer) = &outcome {
        tracing::warn!(attempt.id = %attempt.attempt_id, %no_answer, "no outcome for now");
    }
    outcome
}

async fn ask(app: &App, attempt: &Attempt, request: ChargeRequest) -> Outcome {
    let connector = app.connectors.get(&attempt.connector).map_err(NoAnswer::harmless)?;
    let mut charge = attempt.charge_ref();
    match connector.prepare(&request).await? {
        Prepared::ByOurId => {}
        Prepared::Refused(code) => return Ok(Charge::refused(request.amount, code)),
        Prepared::Reference(reference) => {
            let written = store::set_reference(&app.db, charge.id, &reference).await;
            if !written.map_err(NoAnswer::because)? {
                return Err(NoAnswer::because("the attempt was given up meanwhile"));
            }
            charge.reference = Some(reference);
        }
    }
    connector.charge(&request, &charge).await
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

/// 422: the rules lead to connectors that do not know the means of payment.
fn no_route() -> Problem {
    Problem::invalid("/token", "no_route", "no connector that the routing rules allow knows it")
}

/// Takes an attempt that waits for the customer back, so that another may begin.
async fn supersede(app: &App, call: &Keyed, attempt_id: Uuid) -> Result<()> {
    let attempt = store::find(&app.db, attempt_id).await?.ok_or_else(attempt_in_progress)?;
    let outcome = app.connectors.get(&attempt.connector)?.cancel(&attempt.charge_ref()).await;
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
