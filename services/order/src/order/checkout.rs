//! A cart becomes an order, and the order is paid for.

use access::Caller;
use axum::{extract::State, response::Response};
use problem::Result;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::{Json, Path, idempotency::IdempotencyKey};

use super::{
    pay::{self, PaymentMethod},
    place::{Placed, place},
    reply,
    view::Order,
};
use crate::{
    App,
    answer::{Failures, Rules, owner_of},
};

/// What a checkout needs beside the cart.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckoutRequest {
    /// The means of payment; may be absent when there is nothing to pay.
    pub(crate) payment: Option<PaymentMethod>,
    /// The total that the customer saw, in minor units; another one is 409 `price_changed`.
    #[schema(minimum = 0)]
    pub(crate) expected_total: Option<i64>,
}

/// Check out a cart.
///
/// Prices are asked for once more; then, in one transaction, the order is written with its totals
/// frozen, its stock held for 15 minutes and its coupons counted; then it is paid for. Answers 201 with
/// the order: `confirmed`, or `pending` with `payment.next_action` when the customer must act, or
/// `pending` when the outcome is not known yet (read the order again: it moves by itself). 402
/// `payment_declined` names the order in `order_id`; it stays pending for another attempt. 409
/// `out_of_stock`, `price_changed`, `coupon_not_usable` and `cart_not_ready` change nothing. When the
/// payment service is down, the order is kept and paid for as soon as it is back.
#[utoipa::path(
    post, path = "/v1/carts/{cart}/checkout", operation_id = "checkout_cart", tag = "Carts",
    params(
        ("cart" = Uuid, Path, description = "The cart."),
        ("Idempotency-Key" = String, Header, description = "Makes a retry safe; required.")
    ),
    request_body(content = CheckoutRequest, example = json!({
        "payment": {"connector": "sandbox", "token": "tok_success"}, "expected_total": 4990
    })),
    responses(
        (status = 201, description = "The order.", body = Order),
        (status = 402, description = "Declined; `order_id` and `reason` say which order, and why.",
            body = problem::ProblemBody, content_type = "application/problem+json"),
        Failures
    ),
    security(("bearer" = []))
)]
pub(crate) async fn checkout_cart(
    caller: Caller,
    State(app): State<App>,
    Path(cart_id): Path<Uuid>,
    key: IdempotencyKey,
    Json(request): Json<CheckoutRequest>,
) -> Result<Response> {
    let mut rules = Rules::default();
    if let Some(payment) = &request.payment {
        payment.check(&mut rules, "/payment");
    }
    rules.done()?;
    match place(&app, &owner_of(&caller), cart_id, &key, &request).await? {
        Placed::Replay(response) => Ok(response),
        Placed::Order(order_id, record) => {
            pay::drive_patiently(&app, order_id).await;
            reply::answer_payment(&app.db, order_id, record).await
        }
        Placed::New(wish, record) => {
            let order_id = wish.order.order_id;
            if wish.order.total > 0
                && let Some(answer) = pay::fulfil_patiently(&app, *wish, record.clone()).await
            {
                return Ok(answer);
            }
            reply::answer_payment(&app.db, order_id, record).await
        }
    }
}
