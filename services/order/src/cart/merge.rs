//! After login: what the shopper put together and bought without account becomes the customer's.

use access::{Caller, Subject};
use axum::{extract::State, response::Response};
use http::StatusCode;
use problem::{Kind, Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;
use web::{
    Json,
    idempotency::{self, IdempotencyKey, Started},
};

use super::{
    Cart, MAX_LINES, MAX_QUANTITY, StoredLine,
    rules::{RuleCache, load_cart},
    store, view,
};
use crate::{
    answer::{Failures, owner_of},
    app::App,
    coupon, order,
};

/// Proof that the caller was that shopper.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeRequest {
    /// An access token of the shopper without account.
    #[schema(max_length = 8192)]
    anonymous_token: String,
}

/// What became of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct MergedLine {
    /// Of what.
    sku: String,
    /// How many there were in the shopper's cart.
    quantity: i32,
    /// `moved` (a new line), `added` (to the customer's line), `capped` (added up to the most a line
    /// holds) or `refused` (the cart is full).
    #[schema(example = "added")]
    result: &'static str,
    /// How many there are in the customer's cart now.
    quantity_now: i32,
}

/// An order that was handed over.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub(crate) struct HandedOver {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its number.
    pub(crate) number: String,
}

/// What a merge did.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MergeResult {
    /// The customer's cart now; null if neither had one.
    cart: Option<Cart>,
    /// Every line of the shopper's cart, and what became of it.
    lines: Vec<MergedLine>,
    /// Orders that the shopper had placed, now the customer's.
    orders: Vec<HandedOver>,
}

/// Take over what was put together before login.
///
/// The lines of the anonymous shopper's open cart are added to the customer's, coupons too; addresses,
/// e-mail and shipping only where the customer's cart has none. Orders that the shopper placed become
/// the customer's. Nothing is dropped without being said. A second call finds nothing left to do.
#[utoipa::path(
    post, path = "/v1/carts/merge", operation_id = "merge_carts", tag = "Carts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe.")),
    request_body(content = MergeRequest, example = json!({"anonymous_token": "eyJhbGciOi…"})),
    responses((status = 200, description = "What was taken over.", body = MergeResult), Failures),
    security(("bearer" = []))
)]
pub(crate) async fn merge_carts(
    caller: Caller,
    State(app): State<App>,
    key: Option<IdempotencyKey>,
    Json(request): Json<MergeRequest>,
) -> Result<Response> {
    if caller.customer_id().is_none() {
        let detail = "only a registered customer can take over a cart";
        return Err(Problem::new(Kind::Forbidden, "customer_required", detail));
    }
    let anonymous = verify_anonymous(&app, &request.anonymous_token).await?;
    let customer = owner_of(&caller);
    let mut tx = app.db.begin().await?;
    let started =
        idempotency::start(&mut tx, key.as_ref(), &customer, "merge_carts", &request).await?;
    let record = match started {
        Started::First(record) => record,
        Started::Replay(response) => return Ok(response),
    };
    let orders = order::store::hand_over(&mut *tx, &anonymous, &customer).await?;
    coupon::store::hand_over(&mut *tx, &anonymous, &customer).await?;
    let (cart_id, lines) = merge(&mut tx, &anonymous, &customer).await?;
    let cart = match cart_id {
        Some(cart_id) => show(&mut tx, &app.rules, &customer, cart_id).await?,
        None => None,
    };
    let result = MergeResult { cart, lines, orders };
    let response = record.finish(&mut tx, StatusCode::OK, None, &result).await?;
    tx.commit().await?;
    Ok(response)
}

async fn verify_anonymous(app: &App, token: &str) -> Result<String> {
    let refuse = |detail: &str| Problem::invalid("/anonymous_token", "invalid_token", detail);
    let caller = app.verifier.verify(token).await.map_err(|problem| match problem.kind() {
        Kind::Unauthenticated => refuse(problem.detail()),
        _ => problem,
    })?;
    match caller.subject {
        Subject::Anonymous(_) => Ok(caller.subject.to_string()),
        _ => Err(refuse("is not the token of an anonymous shopper")),
    }
}

async fn show(
    db: &mut PgConnection,
    rules: &RuleCache,
    owner: &str,
    cart_id: Uuid,
) -> Result<Option<Cart>> {
    let Some(loaded) = load_cart(&mut *db, rules, owner, cart_id).await? else { return Ok(None) };
    Ok(Some(view::view(db, &loaded).await?.cart))
}

/// Moves what there is. Returns the customer's cart and what became of each line.
async fn merge(
    db: &mut PgConnection,
    anonymous: &str,
    customer: &str,
) -> Result<(Option<Uuid>, Vec<MergedLine>)> {
    let target = store::find_current(&mut *db, customer).await?;
    let Some(source) = store::find_current(&mut *db, anonymous).await? else {
        return Ok((target, Vec::new()));
    };
    let source_cart = store::lock(&mut *db, anonymous, source).await?;
    if source_cart.is_none_or(|cart| cart.status != "open") {
        return Ok((target, Vec::new()));
    }
    let lines = store::lines(&mut *db, source).await?;
    let Some(target) = target else {
        store::set_owner(&mut *db, source, customer).await?;
        return Ok((Some(source), plan(&lines, &[])));
    };
    store::lock(&mut *db, customer, target).await?;
    let merged = plan(&lines, &store::lines(&mut *db, target).await?);
    let accepted: Vec<String> = merged
        .iter()
        .filter(|line| line.result != "refused")
        .map(|line| line.sku.clone())
        .collect();
    store::copy_lines(&mut *db, source, target, &accepted).await?;
    store::copy_details(&mut *db, source, target).await?;
    store::set_status(&mut *db, source, "merged").await?;
    store::touch(db, target).await?;
    Ok((Some(target), merged))
}

fn plan(source: &[StoredLine], target: &[StoredLine]) -> Vec<MergedLine> {
    let mut room = MAX_LINES.saturating_sub(target.len());
    let plan_line = |line: &StoredLine| {
        let there = target.iter().find(|other| other.sku == line.sku).map(|other| other.quantity);
        let sum = there.unwrap_or(0) + line.quantity;
        let (result, quantity_now) = match there {
            None if room == 0 => ("refused", 0),
            None => {
                room -= 1;
                ("moved", line.quantity)
            }
            Some(_) if sum > MAX_QUANTITY => ("capped", MAX_QUANTITY),
            Some(_) => ("added", sum),
        };
        MergedLine { sku: line.sku.to_string(), quantity: line.quantity, result, quantity_now }
    };
    source.iter().map(plan_line).collect()
}
