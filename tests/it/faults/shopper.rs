//! One shopper: fills a cart, checks out, and then does what people do.

use std::time::Duration;

use fastrand::Rng;
use load::{Answer, Client};
use serde_json::{Value, json};

use super::client::{Persistent, Trouble, code_of};
use crate::purchase::address;

/// What the shop sells.
pub(super) const SKUS: [&str; 5] =
    ["KETTLE", "MUG-red-small", "MUG-red-large", "MUG-blue-small", "MUG-blue-large"];
/// A coupon, of which there are few.
pub(super) const COUPON: &str = "WELCOME";
/// Addresses that shoppers share, so that some use the coupon twice.
const MAILBOXES: usize = 60;

/// Means of payment, and how many of a hundred shoppers use them.
const TOKENS: [(&str, usize); 10] = [
    ("tok_success", 44),
    ("tok_decline", 8),
    ("tok_action", 8),
    ("tok_timeout_success", 8),
    ("tok_timeout_nothing", 5),
    ("tok_webhook_only", 8),
    ("tok_webhook_duplicate", 6),
    ("tok_slow", 4),
    ("tok_error", 3),
    ("tok_later_timeout", 6),
];

/// What a shopper is going to do; all of it is chance.
pub(super) struct Plan {
    name: String,
    email: String,
    lines: Vec<(&'static str, i64)>,
    has_coupon: bool,
    token: &'static str,
    /// Hangs up on the checkout after this time, and sends it again.
    haste: Option<Duration>,
    sends_again: bool,
    pays_again: bool,
    approves: Option<bool>,
    cancels: bool,
}

impl Plan {
    pub(super) fn of(number: usize, rng: &mut Rng) -> Self {
        let mut skus = SKUS;
        rng.shuffle(&mut skus);
        let lines = &skus[..rng.usize(1..=3)];
        let token = token(rng.usize(0..100));
        Self {
            name: format!("shopper {number} with {token}"),
            email: format!("shopper{}@example.com", rng.usize(0..MAILBOXES)),
            lines: lines.iter().map(|sku| (*sku, rng.i64(1..=2))).collect(),
            has_coupon: rng.u8(0..100) < 15,
            token,
            haste: (rng.u8(0..100) < 25).then(|| Duration::from_millis(rng.u64(5..1500))),
            sends_again: rng.u8(0..100) < 30,
            pays_again: rng.u8(0..100) < 60,
            approves: (rng.u8(0..100) < 80).then(|| rng.u8(0..100) < 75),
            cancels: rng.u8(0..100) < 15,
        }
    }

    /// Exactly these units, paid for at once.
    pub(super) fn buying(sku: &'static str, quantity: i64) -> Self {
        Self {
            name: format!("the last buyer of {sku}"),
            email: "last@example.com".to_owned(),
            lines: vec![(sku, quantity)],
            has_coupon: false,
            token: "tok_success",
            haste: None,
            sends_again: false,
            pays_again: false,
            approves: None,
            cancels: false,
        }
    }
}

fn token(mut chance: usize) -> &'static str {
    for (token, share) in TOKENS {
        if chance < share {
            return token;
        }
        chance -= share;
    }
    "tok_success"
}

/// A shopper who has finished, and what they were told.
pub(super) struct Shopper<'a> {
    pub(super) name: String,
    client: Persistent<'a>,
    pub(super) told: Told,
}

/// The last that a shopper heard of the checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// There is no order: the code of the refusal.
    Refused(String),
    /// There is an order: its id and status.
    Order(String, String),
}

impl<'a> Shopper<'a> {
    /// Does what is planned, from the first request to the last.
    pub(super) async fn shop(plan: Plan, client: &Client, trouble: &'a Trouble) -> Self {
        let client = Persistent::anonymous(client, trouble).await;
        let name = plan.name.clone();
        let told = buy(&plan, &client).await;
        Self { name, client, told }
    }

    /// The order as it is now.
    pub(super) async fn order(&self, id: &str) -> Answer {
        self.client.get(&format!("/v1/orders/{id}")).await
    }
}

async fn buy(plan: &Plan, client: &Persistent<'_>) -> Told {
    let cart = match fill_cart(plan, client).await {
        Ok(cart) => cart,
        Err(told) => return told,
    };
    let path = format!("{cart}/checkout");
    let body = payment(plan.token);
    if let Some(haste) = plan.haste {
        client.hurry(haste);
    }
    let answer = client.post("checkout", &path, &body).await;
    let told = read(plan, &answer);
    if plan.sends_again && matches!(told, Told::Order(..)) {
        let again = client.post("checkout", &path, &body).await;
        assert_eq!(again.text, answer.text, "{}: the same key, the same answer", plan.name);
        assert_eq!(again.headers["idempotent-replayed"], "true", "{}", plan.name);
    }
    match told {
        Told::Order(id, _) => follow_up(plan, client, &id, &answer).await,
        refused => refused,
    }
}

/// A cart that is ready for checkout; or why there will be none.
async fn fill_cart(plan: &Plan, client: &Persistent<'_>) -> Result<String, Told> {
    let new = json!({ "currency": "EUR", "country": "DE" });
    let cart = client.post("cart", "/v1/carts", &new).await.assert_status(201).json();
    let cart = format!("/v1/carts/{}", cart["id"].as_str().unwrap());
    for (sku, quantity) in &plan.lines {
        let line = json!({ "sku": sku, "quantity": quantity });
        client.post(sku, &format!("{cart}/lines"), &line).await.assert_status(200);
    }
    if plan.has_coupon {
        let code = json!({ "code": COUPON });
        let answer = client.post("coupon", &format!("{cart}/coupons"), &code).await;
        if answer.status != 200 {
            return Err(no_coupon(plan, &answer));
        }
    }
    for (part, body) in [
        ("email", json!({ "email": plan.email })),
        ("shipping-address", address()),
        ("shipping-method", json!({ "code": "standard" })),
    ] {
        client.put(&format!("{cart}/{part}"), &body).await.assert_status(200);
    }
    Ok(cart)
}

fn no_coupon(plan: &Plan, answer: &Answer) -> Told {
    match answer.json()["errors"][0]["code"].as_str() {
        Some(code @ ("coupon_used_up" | "coupon_used_by_customer")) => {
            Told::Refused(code.to_owned())
        }
        _ => panic!("{}: {} {}", plan.name, answer.status, answer.text),
    }
}

fn payment(token: &str) -> Value {
    json!({ "payment": { "token": token } })
}

/// What an answer tells. Refused is only what can be refused for a reason.
fn read(plan: &Plan, answer: &Answer) -> Told {
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match (answer.status, code_of(answer).as_str()) {
        (200 | 201, _) => Told::Order(text("id"), text("status")),
        (402, "payment_declined") => Told::Order(text("order_id"), "pending".to_owned()),
        (409, "out_of_stock" | "coupon_not_usable") => Told::Refused(text("code")),
        (409, "cart_not_ready") if is_sold_out(&body) => Told::Refused(text("code")),
        _ => panic!("{}: {} {}", plan.name, answer.status, answer.text),
    }
}

/// Whether stock and coupons are all that is short.
fn is_sold_out(cart: &Value) -> bool {
    let codes = cart["problems"].as_array().into_iter().flatten().map(|it| it["code"].as_str());
    codes.into_iter().all(|code| matches!(code, Some("out_of_stock" | "coupon_not_usable")))
}

/// Pays in another way, decides at the bank, or cancels; or leaves the order to itself.
async fn follow_up(plan: &Plan, client: &Persistent<'_>, id: &str, answer: &Answer) -> Told {
    let order = answer.json();
    let path = format!("/v1/orders/{id}");
    if answer.status == 402 && plan.pays_again {
        let path = format!("{path}/payments");
        let again = client.post("again", &path, &payment("tok_success")).await;
        return read_later(plan, id, &again);
    }
    if let (Some(url), Some(approves)) =
        (order["payment"]["next_action"]["url"].as_str(), plan.approves)
    {
        let action = &url[url.find("/v1/").unwrap()..];
        let decision = if approves { "approve" } else { "refuse" };
        let path = format!("{action}?decision={decision}");
        client.post("decide", &path, &Value::Null).await.assert_status(200);
    }
    if plan.cancels {
        let cancelled = client.post("cancel", &format!("{path}/cancel"), &json!({})).await;
        return read_later(plan, id, &cancelled);
    }
    Told::Order(id.to_owned(), order["status"].as_str().unwrap_or("pending").to_owned())
}

/// The order may have moved on since it was placed.
fn read_later(plan: &Plan, id: &str, answer: &Answer) -> Told {
    match (answer.status, code_of(answer).as_str()) {
        (402, _)
        | (409, "order_not_pending" | "order_expired" | "out_of_stock" | "payment_in_progress") => {
            Told::Order(id.to_owned(), "pending".to_owned())
        }
        _ => read(plan, answer),
    }
}
