//! A double of Stripe: its paths, forms, answers, errors and idempotency, on a socket of its own.

#![expect(clippy::disallowed_types, reason = "another company's service, with errors of its own")]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::shop::STRIPE_KEY;

type Fields = HashMap<String, String>;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Done, but the answer is an error of the server.
    AnswerLost,
    /// Not done, an error of the server.
    Down,
    /// Too many requests.
    Busy,
}

#[derive(Default)]
struct Books {
    intents: HashMap<String, Value>,
    refunds: Vec<Value>,
    answers: HashMap<String, (StatusCode, Value)>,
    /// The next call whose path ends so, and what happens to it.
    faults: Vec<(&'static str, Fault)>,
    calls: Vec<String>,
}

/// The double.
#[derive(Clone, Default)]
pub(crate) struct Double(Arc<Mutex<Books>>);

impl Double {
    /// Starts it and returns its address.
    pub(crate) async fn start() -> (Self, String) {
        let double = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/payment_intents", post(create).get(list_intents))
            .route("/v1/payment_intents/{id}", get(show))
            .route("/v1/payment_intents/{id}/{act}", post(act))
            .route("/v1/refunds", post(refund).get(list_refunds))
            .with_state(double.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        (double, url)
    }

    /// Lets the next call whose path ends so go wrong.
    pub(crate) fn fail(&self, path_end: &'static str, fault: Fault) {
        self.0.lock().unwrap().faults.push((path_end, fault));
    }

    /// Paths of the writes so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.0.lock().unwrap().calls.clone()
    }

    /// The only payment intent.
    pub(crate) fn intent(&self) -> Value {
        let books = self.0.lock().unwrap();
        assert_eq!(books.intents.len(), 1);
        books.intents.values().next().unwrap().clone()
    }

    /// What was taken in all, net of refunds.
    pub(crate) fn taken(&self) -> i64 {
        let books = self.0.lock().unwrap();
        let received = |intent: &Value| intent["amount_received"].as_i64().unwrap();
        let amount = |refund: &Value| refund["amount"].as_i64().unwrap();
        books.intents.values().map(received).sum::<i64>()
            - books.refunds.iter().map(amount).sum::<i64>()
    }

    /// The customer completes the action of the only payment intent.
    pub(crate) fn authenticate(&self, succeeds: bool) {
        let mut books = self.0.lock().unwrap();
        let intent = books.intents.values_mut().next().unwrap();
        intent["next_action"] = Value::Null;
        if succeeds {
            take(intent);
        } else {
            intent["status"] = json!("requires_payment_method");
            intent["last_payment_error"] =
                json!({ "type": "card_error", "code": "payment_intent_authentication_failure" });
        }
    }

    /// Takes money that we never asked for.
    pub(crate) fn take_behind_our_back(&self, amount: i64) {
        let intent = json!({
            "id": "pi_0", "object": "payment_intent", "status": "succeeded", "amount": amount,
            "currency": "eur", "amount_received": amount, "metadata": {},
        });
        self.0.lock().unwrap().intents.insert("pi_0".to_owned(), intent);
    }

    /// Lets every refund come to its end.
    pub(crate) fn settle_refunds(&self, status: &str) {
        for refund in &mut self.0.lock().unwrap().refunds {
            refund["status"] = json!(status);
        }
    }

    /// Answers a write once for its key, and lets it go wrong if it is to.
    fn write(
        &self,
        headers: &HeaderMap,
        path: &str,
        work: impl FnOnce(&mut Books) -> (StatusCode, Value),
    ) -> Response {
        let expected = format!("Bearer {STRIPE_KEY}");
        if headers["authorization"] != expected.as_str() {
            return error(StatusCode::UNAUTHORIZED, json!({ "type": "invalid_request_error" }));
        }
        assert_eq!(headers["stripe-version"], "2024-06-20");
        let key = headers["idempotency-key"].to_str().unwrap().to_owned();
        let mut books = self.0.lock().unwrap();
        books.calls.push(path.to_owned());
        let fault = books.faults.iter().position(|(end, _)| path.ends_with(end));
        let fault = fault.map(|index| books.faults.remove(index).1);
        match fault {
            Some(Fault::Down) => return StatusCode::BAD_GATEWAY.into_response(),
            Some(Fault::Busy) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
            _ => {}
        }
        let (status, body) = match books.answers.get(&key) {
            Some(answer) => answer.clone(),
            None => {
                let answer = work(&mut books);
                books.answers.insert(key, answer.clone());
                answer
            }
        };
        match fault {
            Some(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            None => (status, Json(body)).into_response(),
        }
    }
}

fn error(status: StatusCode, error: Value) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

fn refused(status: StatusCode, error: Value) -> (StatusCode, Value) {
    (status, json!({ "error": error }))
}

fn unexpected_state() -> (StatusCode, Value) {
    let code = "payment_intent_unexpected_state";
    let error = json!({ "type": "invalid_request_error", "code": code });
    refused(StatusCode::BAD_REQUEST, error)
}

fn take(intent: &mut Value) {
    if intent["capture_method"] == "manual" {
        intent["status"] = json!("requires_capture");
        intent["amount_capturable"] = intent["amount"].clone();
    } else {
        intent["status"] = json!("succeeded");
        intent["amount_received"] = intent["amount"].clone();
    }
}

async fn create(
    State(double): State<Double>,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Response {
    double.write(&headers, "/v1/payment_intents", |books| {
        if form["payment_method"] == "pm_missing" {
            let error = json!({ "type": "invalid_request_error", "code": "resource_missing" });
            return refused(StatusCode::BAD_REQUEST, error);
        }
        assert_eq!(form["automatic_payment_methods[enabled]"], "true");
        let id = format!("pi_{}", books.intents.len() + 1);
        let intent = json!({
            "id": id, "object": "payment_intent", "status": "requires_confirmation",
            "amount": form["amount"].parse::<i64>().unwrap(), "currency": form["currency"],
            "amount_received": 0, "amount_capturable": 0,
            "capture_method": form["capture_method"],
            "payment_method": form["payment_method"],
            "metadata": { "attempt": form["metadata[attempt]"] },
            "last_payment_error": null, "next_action": null,
        });
        books.intents.insert(id, intent.clone());
        (StatusCode::OK, intent)
    })
}

async fn show(State(double): State<Double>, Path(id): Path<String>) -> Response {
    match double.0.lock().unwrap().intents.get(&id) {
        Some(intent) => Json(intent).into_response(),
        None => error(StatusCode::NOT_FOUND, json!({ "code": "resource_missing" })),
    }
}

async fn act(
    State(double): State<Double>,
    Path((id, act)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Response {
    let path = format!("/v1/payment_intents/{id}/{act}");
    double.write(&headers, &path, |books| {
        let intent = books.intents.get_mut(&id).unwrap();
        let status = intent["status"].as_str().unwrap().to_owned();
        match (act.as_str(), status.as_str()) {
            ("confirm", "requires_confirmation") => return confirm(intent, &form),
            ("capture", "requires_capture") => {
                let amount: i64 = form["amount_to_capture"].parse().unwrap();
                intent["amount_received"] = json!(amount);
                intent["amount_capturable"] = json!(0);
                intent["status"] = json!("succeeded");
            }
            ("cancel", "succeeded" | "canceled" | "processing") | ("confirm" | "capture", _) => {
                return unexpected_state();
            }
            ("cancel", _) => {
                intent["amount_capturable"] = json!(0);
                intent["status"] = json!("canceled");
            }
            _ => panic!("unknown act {act}"),
        }
        (StatusCode::OK, intent.clone())
    })
}

fn confirm(intent: &mut Value, form: &Fields) -> (StatusCode, Value) {
    match intent["payment_method"].as_str().unwrap() {
        "pm_card_chargeDeclinedInsufficientFunds" => {
            let error = json!({
                "type": "card_error", "code": "card_declined",
                "decline_code": "insufficient_funds"
            });
            intent["status"] = json!("requires_payment_method");
            intent["last_payment_error"] = error.clone();
            return refused(StatusCode::PAYMENT_REQUIRED, error);
        }
        "pm_card_authenticationRequired" => {
            intent["status"] = json!("requires_action");
            let url = format!("https://hooks.stripe.test/redirect?back={}", form["return_url"]);
            intent["next_action"] =
                json!({ "type": "redirect_to_url", "redirect_to_url": { "url": url } });
        }
        _ => take(intent),
    }
    (StatusCode::OK, intent.clone())
}

async fn refund(
    State(double): State<Double>,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Response {
    double.write(&headers, "/v1/refunds", |books| {
        let amount: i64 = form["amount"].parse().unwrap();
        let status = if amount == 7 { "pending" } else { "succeeded" };
        let refund = json!({
            "id": format!("re_{}", books.refunds.len() + 1), "object": "refund",
            "payment_intent": form["payment_intent"], "amount": amount, "status": status,
            "metadata": { "operation": form["metadata[operation]"] },
        });
        books.refunds.push(refund.clone());
        (StatusCode::OK, refund)
    })
}

/// Two on a page, so that there are pages.
async fn list_intents(State(double): State<Double>, Query(query): Query<Fields>) -> Json<Value> {
    assert_eq!(query["expand[]"], "data.latest_charge");
    let books = double.0.lock().unwrap();
    let refunded = |id: &str| {
        let of_intent = |refund: &&Value| refund["payment_intent"] == id;
        let refunds = books.refunds.iter().filter(of_intent);
        refunds.map(|refund| refund["amount"].as_i64().unwrap()).sum::<i64>()
    };
    let mut ids: Vec<&String> = books.intents.keys().collect();
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let after = query.get("starting_after");
    let rest: Vec<&String> =
        ids.into_iter().skip_while(|id| after.is_some_and(|after| *id >= after)).collect();
    let page = rest.iter().take(2).map(|id| {
        let mut intent = books.intents[*id].clone();
        intent["latest_charge"] = json!({ "id": "ch", "amount_refunded": refunded(id) });
        intent
    });
    Json(json!({ "data": page.collect::<Vec<_>>(), "has_more": rest.len() > 2 }))
}

/// One on a page, so that there are pages.
async fn list_refunds(State(double): State<Double>, Query(query): Query<Fields>) -> Json<Value> {
    let books = double.0.lock().unwrap();
    let of_intent = |refund: &&Value| refund["payment_intent"] == query["payment_intent"].as_str();
    let refunds: Vec<&Value> = books.refunds.iter().rev().filter(of_intent).collect();
    let after = query.get("starting_after");
    let start = after.map_or(0, |id| 1 + refunds.iter().position(|it| it["id"] == *id).unwrap());
    let page: Vec<&&Value> = refunds.iter().skip(start).take(1).collect();
    Json(json!({ "data": page, "has_more": start + 1 < refunds.len() }))
}
