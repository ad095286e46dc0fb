//! A payment service that behaves as its tokens say, keeps count of what was taken, and can be down.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::Utc;
use contracts::{
    event::Event,
    payment::{
        CaptureMethod, ConfirmPayment, NewPayment, NewRefund, PAYMENT_CHANGED, Payment,
        PaymentStatus, Refund,
    },
};
use http::{HeaderMap, StatusCode};
use problem::{Kind, Problem};
use serde_json::json;
use types::Money;
use uuid::Uuid;
use web::{Json, Path};

#[derive(Clone, Default)]
pub(crate) struct FakePayment(Arc<Mutex<Books>>);

#[derive(Default)]
pub(crate) struct Books {
    payments: BTreeMap<Uuid, Payment>,
    refunds: HashMap<Uuid, Refund>,
    confirmed_keys: HashMap<String, Result<(), ()>>,
    /// One per charge that took money.
    pub(crate) charges: Vec<Uuid>,
    events: Vec<Event>,
    is_down: bool,
    /// Refunds stay pending until this is taken back.
    holds_refunds: bool,
    refuses_refunds: bool,
    pub(crate) confirm_calls: usize,
}

impl FakePayment {
    pub(crate) fn set_down(&self, is_down: bool) {
        self.0.lock().unwrap().is_down = is_down;
    }

    pub(crate) fn hold_refunds(&self, holds: bool) {
        self.0.lock().unwrap().holds_refunds = holds;
    }

    pub(crate) fn refuse_refunds(&self, refuses: bool) {
        self.0.lock().unwrap().refuses_refunds = refuses;
    }

    pub(crate) fn books<T>(&self, read: impl FnOnce(&Books) -> T) -> T {
        read(&self.0.lock().unwrap())
    }

    /// Charges that were taken, net of what went back, in minor units.
    pub(crate) fn balance(&self) -> i64 {
        self.books(|books| {
            books.payments.values().map(|p| p.amount_captured - p.amount_refunded).sum()
        })
    }

    pub(crate) fn find(&self, id: Uuid) -> Payment {
        self.books(|books| books.payments[&id].clone())
    }

    /// The customer did what was asked of them, or the provider answered at last.
    pub(crate) fn succeed(&self, id: Uuid) -> Payment {
        self.0.lock().unwrap().charge(id)
    }

    /// Puts a payment into this state, whatever it was.
    pub(crate) fn change(&self, id: Uuid, change: impl FnOnce(&mut Payment)) -> Payment {
        let mut books = self.0.lock().unwrap();
        change(books.payments.get_mut(&id).unwrap());
        books.publish(id)
    }

    pub(crate) fn routes(&self) -> Router {
        Router::new()
            .route("/v1/payments", post(create))
            .route("/v1/payments/{id}", get(find))
            .route("/v1/payments/{id}/confirm", post(confirm))
            .route("/v1/payments/{id}/cancel", post(cancel))
            .route("/v1/payments/{id}/refunds", post(refund))
            .route("/internal/feed", get(feed))
            .with_state(self.clone())
    }
}

impl Books {
    fn publish(&mut self, id: Uuid) -> Payment {
        let payment = self.payments.get_mut(&id).unwrap();
        payment.version += 1;
        let payment = payment.clone();
        let sequence = self.events.len() + 1;
        let event = json!({
            "specversion": "1.0", "id": Uuid::now_v7(), "source": "/payment",
            "type": PAYMENT_CHANGED, "subject": id, "time": Utc::now(),
            "datacontenttype": "application/json", "data": payment,
            "sequence": sequence.to_string()
        });
        self.events.push(serde_json::from_value(event).unwrap());
        payment
    }

    fn charge(&mut self, id: Uuid) -> Payment {
        let payment = self.payments.get_mut(&id).unwrap();
        payment.status = PaymentStatus::Succeeded;
        payment.amount_captured = payment.amount.amount;
        payment.next_action = None;
        payment.attempt_status = Some("captured".to_owned());
        self.charges.push(id);
        self.publish(id)
    }
}

fn refuse(kind: Kind, code: &'static str) -> Response {
    Problem::new(kind, code, "refused").with("decline_code", "insufficient_funds").into_response()
}

async fn create(
    State(payments): State<FakePayment>,
    headers: HeaderMap,
    Json(new): Json<NewPayment>,
) -> Response {
    let (id, attempt) = (new.id.unwrap(), new.confirm.clone());
    let created = open(&payments, new);
    match attempt.filter(|_| created.status().is_success()) {
        Some(attempt) => confirm(State(payments), Path(id), headers, Json(attempt)).await,
        None => created,
    }
}

fn open(FakePayment(books): &FakePayment, new: NewPayment) -> Response {
    let mut books = books.lock().unwrap();
    if books.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let id = new.id.unwrap();
    let is_new = !books.payments.contains_key(&id);
    if is_new {
        let payment = Payment {
            id,
            version: 0,
            order_id: new.order_id,
            amount: new.amount,
            amount_capturable: 0,
            amount_captured: 0,
            amount_refunded: 0,
            status: PaymentStatus::RequiresPaymentMethod,
            capture_method: CaptureMethod::Automatic,
            attempt_status: None,
            next_action: None,
            last_error: None,
            skus: new.skus,
            created_at: Utc::now(),
        };
        books.payments.insert(id, payment);
        books.publish(id);
    }
    Json(books.payments[&id].clone()).into_response()
}

async fn find(State(FakePayment(books)): State<FakePayment>, Path(id): Path<Uuid>) -> Response {
    let books = books.lock().unwrap();
    if books.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match books.payments.get(&id) {
        Some(payment) => Json(payment.clone()).into_response(),
        None => Problem::not_found("payment").into_response(),
    }
}

async fn confirm(
    State(FakePayment(books)): State<FakePayment>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Json(body): Json<ConfirmPayment>,
) -> Response {
    let mut books = books.lock().unwrap();
    if books.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    books.confirm_calls += 1;
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    match books.confirmed_keys.get(&key) {
        Some(Ok(())) => return Json(books.payments[&id].clone()).into_response(),
        Some(Err(())) => return refuse(Kind::PaymentRequired, "payment_declined"),
        None => {}
    }
    let status = books.payments[&id].status;
    if !matches!(status, PaymentStatus::RequiresPaymentMethod | PaymentStatus::RequiresAction) {
        return refuse(Kind::Conflict, "payment_not_confirmable");
    }
    let is_declined = body.token.starts_with("tok_decline");
    books.confirmed_keys.insert(key, if is_declined { Err(()) } else { Ok(()) });
    let payment = books.payments.get_mut(&id).unwrap();
    payment.last_error = None;
    payment.status = PaymentStatus::Processing;
    payment.attempt_status = Some("sent".to_owned());
    books.publish(id);
    let payment = books.payments.get_mut(&id).unwrap();
    match body.token.as_str() {
        "tok_success" => Json(books.charge(id)).into_response(),
        "tok_timeout_success" => {
            books.charge(id);
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        "tok_action" => {
            payment.status = PaymentStatus::RequiresAction;
            payment.attempt_status = Some("requires_action".to_owned());
            payment.next_action = Some(json!({"type": "redirect", "url": "http://bank.test"}));
            Json(books.publish(id)).into_response()
        }
        "tok_unknown" => {
            payment.attempt_status = Some("unknown".to_owned());
            Json(books.publish(id)).into_response()
        }
        _ => {
            payment.status = PaymentStatus::RequiresPaymentMethod;
            payment.attempt_status = Some("declined".to_owned());
            payment.last_error = Some("insufficient_funds".to_owned());
            books.publish(id);
            books.is_down = body.token == "tok_decline_and_die";
            refuse(Kind::PaymentRequired, "payment_declined")
        }
    }
}

async fn cancel(State(FakePayment(books)): State<FakePayment>, Path(id): Path<Uuid>) -> Response {
    let mut books = books.lock().unwrap();
    if books.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let Some(payment) = books.payments.get_mut(&id) else {
        return Problem::not_found("payment").into_response();
    };
    match payment.status {
        PaymentStatus::Canceled => Json(payment.clone()).into_response(),
        PaymentStatus::Succeeded => refuse(Kind::Conflict, "payment_not_cancelable"),
        PaymentStatus::Processing => refuse(Kind::Conflict, "attempt_in_progress"),
        _ => {
            payment.status = PaymentStatus::Canceled;
            payment.next_action = None;
            Json(books.publish(id)).into_response()
        }
    }
}

async fn refund(
    State(FakePayment(books)): State<FakePayment>,
    Path(id): Path<Uuid>,
    Json(new): Json<NewRefund>,
) -> Response {
    let mut books = books.lock().unwrap();
    if books.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let (refund_id, amount) = (new.id.unwrap(), new.amount.unwrap());
    if books.refuses_refunds {
        return refuse(Kind::Conflict, "payment_not_refundable");
    }
    let holds = books.holds_refunds;
    let payment = books.payments[&id].clone();
    let is_new = !books.refunds.contains_key(&refund_id);
    if is_new {
        if payment.amount_refunded + amount > payment.amount_captured {
            return refuse(Kind::Conflict, "refund_exceeds_captured");
        }
        let refund = Refund {
            id: refund_id,
            payment_id: id,
            amount: Money::new(amount, payment.amount.currency),
            status: "pending".to_owned(),
            reason: new.reason,
            created_at: Utc::now(),
        };
        books.refunds.insert(refund_id, refund);
    }
    let refund = books.refunds.get_mut(&refund_id).unwrap();
    if !holds && refund.status == "pending" {
        refund.status = "succeeded".to_owned();
        books.payments.get_mut(&id).unwrap().amount_refunded += amount;
        books.publish(id);
    }
    Json(books.refunds[&refund_id].clone()).into_response()
}

async fn feed(
    State(FakePayment(books)): State<FakePayment>,
    web::Query(query): web::Query<contracts::event::FeedQuery>,
) -> Response {
    let books = books.lock().unwrap();
    let after = query.after.unwrap_or(0);
    let events: Vec<Event> =
        books.events.iter().filter(|event| event.position() > after).cloned().collect();
    Json(events).into_response()
}
