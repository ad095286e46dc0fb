//! The first transaction of an operation: is it allowed, what is set aside for it.

use contracts::payment::{NewRefund, PaymentStatus};
use problem::{Problem, Result, ResultExt};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Operation, OperationKind,
    store::{self, NewOperation},
};
use crate::{
    attempt::attempt_in_progress,
    keyed::Keyed,
    payment::{self, Intent, store::Movement},
};

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// Take this much, or all that is left.
    Capture(Option<i64>),
    /// Give up what is not taken.
    Cancel,
    /// Give back.
    Refund(NewRefund),
}

impl Wanted {
    pub(crate) fn kind(&self) -> OperationKind {
        match self {
            Self::Capture(_) => OperationKind::Capture,
            Self::Cancel => OperationKind::Void,
            Self::Refund(_) => OperationKind::Refund,
        }
    }
}

/// What is to be done about it.
pub(crate) enum Plan {
    /// The provider has to be called.
    Call(NewOperation),
    /// The refund with this id is there already.
    Existing(Operation),
    /// Nothing was at the provider: the payment is just marked.
    CancelHere,
    /// It is canceled already.
    Nothing,
}

/// Decides, with the payment locked.
pub(crate) async fn plan(
    transaction: &mut PgConnection,
    intent: &Intent,
    wanted: &Wanted,
) -> Result<Plan> {
    match wanted {
        Wanted::Capture(amount) => plan_capture(intent, *amount),
        Wanted::Cancel => plan_cancel(intent),
        Wanted::Refund(refund) => plan_refund(transaction, intent, refund).await,
    }
}

fn plan_capture(intent: &Intent, amount: Option<i64>) -> Result<Plan> {
    let attempt_id = match (intent.status(), intent.attempt_id) {
        (PaymentStatus::RequiresCapture, Some(id)) => id,
        (PaymentStatus::Processing, _) => return Err(in_progress(intent)),
        _ => return Err(not_capturable()),
    };
    let amount = amount.unwrap_or_else(|| intent.capturable());
    Ok(call(attempt_id, OperationKind::Capture, amount))
}

fn plan_cancel(intent: &Intent) -> Result<Plan> {
    let amount = match intent.status() {
        PaymentStatus::Canceled => return Ok(Plan::Nothing),
        PaymentStatus::RequiresPaymentMethod => return Ok(Plan::CancelHere),
        PaymentStatus::Processing => return Err(in_progress(intent)),
        PaymentStatus::Succeeded => return Err(not_cancelable()),
        PaymentStatus::RequiresAction => intent.amount,
        PaymentStatus::RequiresCapture => intent.capturable(),
    };
    let attempt_id = intent.attempt_id.ok_or_else(not_cancelable)?;
    Ok(call(attempt_id, OperationKind::Void, amount))
}

async fn plan_refund(
    transaction: &mut PgConnection,
    intent: &Intent,
    refund: &NewRefund,
) -> Result<Plan> {
    let id = refund.id.unwrap_or_else(Uuid::now_v7);
    if let Some(existing) = store::find(&mut *transaction, id).await? {
        let is_the_same = existing.payment_id == intent.payment_id
            && existing.kind == OperationKind::Refund
            && refund.amount.is_none_or(|amount| amount == existing.amount);
        return if is_the_same { Ok(Plan::Existing(existing)) } else { Err(id_taken()) };
    }
    let (Some(attempt_id), true) = (intent.attempt_id, intent.amount_captured > 0) else {
        let detail = "nothing was captured that could be refunded";
        return Err(Problem::conflict("payment_not_refundable", detail));
    };
    let amount = refund.amount.unwrap_or_else(|| intent.refundable());
    if amount == 0 {
        return Err(refund_exceeds_captured());
    }
    let (kind, reason) = (OperationKind::Refund, refund.reason.clone());
    Ok(Plan::Call(NewOperation { id, attempt_id, kind, amount, reason }))
}

fn call(attempt_id: Uuid, kind: OperationKind, amount: i64) -> Plan {
    let id = Uuid::now_v7();
    Plan::Call(NewOperation { id, attempt_id, kind, amount, reason: None })
}

/// Sets the amount aside and writes the operation. The table's constraints are the judges: however
/// many ask at once, no more is captured than authorized and no more refunded than captured.
pub(crate) async fn write(
    transaction: &mut PgConnection,
    call: &Keyed,
    new: &NewOperation,
    first_check: std::time::Duration,
) -> Result<Operation> {
    let movement = match new.kind {
        OperationKind::Capture => Movement { capturing: new.amount, ..Movement::default() },
        OperationKind::Refund => Movement { refunding: new.amount, ..Movement::default() },
        OperationKind::Void => Movement::default(),
    };
    payment::store::move_amounts(&mut *transaction, call.payment_id, &movement)
        .await
        .on_constraint("payment_captured_check", capture_exceeds_authorized)
        .on_constraint("payment_refunded_check", refund_exceeds_captured)?;
    store::insert(&mut *transaction, call, new, first_check)
        .await
        .on_constraint("operation_open_key", operation_in_progress)
        .on_constraint("operation_pkey", id_taken)
}

/// 409: what is under way has no outcome yet.
fn in_progress(intent: &Intent) -> Problem {
    if intent.is_voiding || intent.amount_capturing > 0 {
        operation_in_progress()
    } else {
        attempt_in_progress()
    }
}

fn operation_in_progress() -> Problem {
    let detail = "a capture or cancellation of this payment has no outcome yet";
    Problem::conflict("operation_in_progress", detail).retry_after(1)
}

fn not_capturable() -> Problem {
    Problem::conflict("payment_not_capturable", "nothing is authorized that could be captured")
}

/// 409: the money is taken.
pub(crate) fn not_cancelable() -> Problem {
    Problem::conflict("payment_not_cancelable", "the money is taken; refund it instead")
}

fn capture_exceeds_authorized() -> Problem {
    Problem::conflict("capture_exceeds_authorized", "less than that is authorized and not captured")
}

fn refund_exceeds_captured() -> Problem {
    Problem::conflict("refund_exceeds_captured", "less than that is captured and not refunded")
}

fn id_taken() -> Problem {
    Problem::conflict("refund_id_taken", "another refund has this id")
}
