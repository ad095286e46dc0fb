//! Write the intent, call the provider, record the outcome.

use std::vec::IntoIter;

use axum::response::Response;
use contracts::payment::{CaptureMethod, ConfirmPayment, NewPayment, Payment, PaymentStatus};
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

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish<'a> {
    /// An attempt to make a payment.
    Confirm(&'a ConfirmPayment),
    /// A payment and its first attempt.
    Create(&'a NewPayment, &'a ConfirmPayment),
}

impl<'a> Wish<'a> {
    fn confirm(self) -> &'a ConfirmPayment {
        match self {
            Self::Confirm(confirm) | Self::Create(_, confirm) => confirm,
        }
    }

    async fn start(self, transaction: &mut PgConnection, call: &Keyed) -> Result<Started> {
        match self {
            Self::Confirm(confirm) => call.start(transaction, "confirm_payment", confirm).await,
            Self::Create(new, _) => call.start(transaction, "create_payment", new).await,
        }
    }
}

/// Makes an attempt and answers with what is known then. Where its connector certainly charged nothing,
/// and only there, the next one of the route is tried. No transaction is open while a provider works;
/// if we end in between, the resolver finishes what was begun.
pub(crate) async fn make_attempt(app: &App, call: &Keyed, wish: Wish<'_>) -> Result<Response> {
    let mut begun = begin(app, call, wish).await?;
    if let Begun::Superseding(attempt_id) = begun {
        supersede(app, call, attempt_id).await?;
        begun = begin(app, call, wish).await?;
    }
    let (record, mut attempt, payment, mut others) = match begun {
        Begun::Sent { record, attempt, payment, others } => (record, attempt, payment, others),
        Begun::Answered(response) => return Ok(response),
        Begun::Superseding(_) => return Err(attempt_in_progress()),
    };
    let body = wish.confirm();
    loop {
        let outcome = charge(app, &attempt, charge_request(&attempt, &payment, body)).await;
        let mut transaction = app.db.begin().await?;
        let settled =
            settle(&mut transaction, call.payment_id, attempt.attempt_id, &outcome).await?;
        let is_free = settled.0.status == AttemptStatus::Failed;
        let Some(decision) = others.next().filter(|_| is_free) else {
            let response = answer(&mut transaction, record, wish, settled).await?;
            transaction.commit().await?;
            return Ok(response);
        };
        let ordinal = attempt.ordinal + 1;
        (attempt, _) = insert(app, &mut transaction, call, body, (&decision, ordinal)).await?;
        transaction.commit().await?;
    }
}

enum Begun {
    /// The attempt is written; the provider is to be called, and perhaps others after it.
    Sent { record: Record, attempt: Attempt, payment: Box<Payment>, others: IntoIter<Decision> },
    /// This request was answered before, or its attempt has an outcome since.
    Answered(Response),
    /// The customer was to act on this attempt, and pays in another way instead.
    Superseding(Uuid),
}

async fn begin(app: &App, call: &Keyed, wish: Wish<'_>) -> Result<Begun> {
    let rules = app.routing.rules(&app.db).await?;
    let mut transaction = app.db.begin().await?;
    let record = match wish.start(&mut transaction, call).await? {
        Started::Replay(response) => return Ok(Begun::Answered(response)),
        Started::First(record) => record,
    };
    let (amount, country) = match create(&mut transaction, call, wish).await? {
        Some(new) => (new.amount.clone(), new.country.as_ref().map(ToString::to_string)),
        None => match look(&mut transaction, call, wish).await? {
            Found::Confirmable(intent) => (intent.money(intent.amount), intent.country),
            Found::Superseded(attempt_id) => return Ok(Begun::Superseding(attempt_id)),
            Found::Earlier(found) => {
                let response = answer(&mut transaction, record, wish, *found).await?;
                transaction.commit().await?;
                return Ok(Begun::Answered(response));
            }
        },
    };
    let body = wish.confirm();
    let question = Question {
        payment_id: call.payment_id,
        amount: &amount,
        country: country.as_deref(),
        method: &body.method,
        token: &body.token,
        connector: body.connector.as_deref(),
    };
    let mut others = decide(&question, &rules, &app.connectors).into_iter();
    let decision = others.next().ok_or_else(no_route)?;
    let (attempt, payment) = insert(app, &mut transaction, call, body, (&decision, 1)).await?;
    transaction.commit().await?;
    Ok(Begun::Sent { record, attempt, payment: Box::new(payment), others })
}

/// Writes the payment if it is wished and not there yet. Its first version, which others are told of, is
/// the one with the attempt.
async fn create<'a>(
    transaction: &mut PgConnection,
    call: &Keyed,
    wish: Wish<'a>,
) -> Result<Option<&'a NewPayment>> {
    let Wish::Create(new, _) = wish else { return Ok(None) };
    let is_new = payment::store::insert(transaction, call.payment_id, new).await?;
    Ok(is_new.then_some(new))
}

/// How a payment that is there stands.
enum Found {
    Confirmable(Box<Intent>),
    /// The customer was to act on this attempt.
    Superseded(Uuid),
    /// An attempt that this very request made.
    Earlier(Box<(Attempt, Payment)>),
}

/// Locks the payment; 409 if no attempt may be made now.
async fn look(transaction: &mut PgConnection, call: &Keyed, wish: Wish<'_>) -> Result<Found> {
    let intent = payment::store::lock(transaction, call.payment_id).await?;
    let intent = intent.ok_or_else(|| Problem::not_found("payment"))?;
    if let Wish::Create(new, _) = wish {
        payment::check_same(&intent, new)?;
    }
    if let Some(earlier) = store::find_by_key(&mut *transaction, call).await? {
        if earlier.status == AttemptStatus::Sent {
            return Err(request_in_flight());
        }
        return Ok(Found::Earlier(Box::new((earlier, intent.to_payment()))));
    }
    match (intent.status(), intent.attempt_id) {
        (PaymentStatus::RequiresAction, Some(open)) => Ok(Found::Superseded(open)),
        _ => check_confirmable(&intent).map(|()| Found::Confirmable(Box::new(intent))),
    }
}

/// Writes the next attempt of this request and tells others.
async fn insert(
    app: &App,
    transaction: &mut PgConnection,
    call: &Keyed,
    body: &ConfirmPayment,
    (decision, ordinal): (&Decision, i16),
) -> Result<(Attempt, Payment)> {
    let first_check = app.connectors.get(&decision.connector)?.patience();
    let method = &body.method;
    let new = NewAttempt { id: app.new_id(), method, decision, ordinal, first_check };
    let attempt = store::insert(&mut *transaction, call, &new)
        .await
        .on_constraint("attempt_open_key", attempt_in_progress)?;
    let payment = publish_change(transaction, call.payment_id).await?;
    Ok((attempt, payment))
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

fn charge_request(attempt: &Attempt, payment: &Payment, body: &ConfirmPayment) -> ChargeRequest {
    ChargeRequest {
        id: attempt.attempt_id,
        token: body.token.clone(),
        amount: payment.amount.clone(),
        captures_now: payment.capture_method == CaptureMethod::Automatic,
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
    wish: Wish<'_>,
    (attempt, payment): (Attempt, Payment),
) -> Result<Response> {
    if attempt.status == AttemptStatus::Declined {
        return record.finish_problem(transaction, &payment_declined(&attempt)).await;
    }
    let location = format!("/v1/payments/{}", payment.id);
    let (status, location) = match wish {
        Wish::Confirm(_) => (StatusCode::OK, None),
        Wish::Create(..) => (StatusCode::CREATED, Some(location.as_str())),
    };
    record.finish(transaction, status, location, &payment).await
}
