//! Answers to acts on orders: the order as it is after them, recorded under the request's key.

use axum::response::Response;
use http::{StatusCode, header};
use problem::{Kind, Problem, Result};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;
use web::idempotency::Record;

use super::{OrderStatus, load::load_order, view::Order};

/// 201 with the order; or 402 with its id if its payment was declined and another attempt may follow.
pub(crate) async fn answer_payment(
    db: &PgPool,
    order_id: Uuid,
    record: Record,
) -> Result<Response> {
    // The act is committed, and its record is one statement: there is nothing to keep together.
    let mut db = db.acquire().await?;
    let order = load_order(&mut db, order_id).await?.ok_or_else(not_found)?;
    if order.status == OrderStatus::Pending && order.payment_status == "failed" {
        return record.finish_problem(&mut db, &declined(&order)).await;
    }
    finish(&mut db, &order, record).await
}

fn declined(order: &Order) -> Problem {
    let reason = order.payment.as_ref().and_then(|payment| payment.last_error.clone());
    let detail = "the payment was declined; the order waits for another attempt";
    Problem::new(Kind::PaymentRequired, "payment_declined", detail)
        .with("order_id", order.id.to_string())
        .with("order_number", order.number.clone())
        .with("reason", reason.unwrap_or_else(|| "declined".to_owned()))
}

/// 201 with the order as it is now.
pub(crate) async fn answer_created(
    db: &PgPool,
    order_id: Uuid,
    record: Record,
) -> Result<Response> {
    let mut db = db.acquire().await?;
    let order = load_order(&mut db, order_id).await?.ok_or_else(not_found)?;
    finish(&mut db, &order, record).await
}

/// The same, committing the act with its record.
pub(crate) async fn finish_created(
    mut tx: Transaction<'static, Postgres>,
    order_id: Uuid,
    record: Record,
) -> Result<Response> {
    let order = load_order(&mut tx, order_id).await?.ok_or_else(not_found)?;
    let response = finish(&mut tx, &order, record).await?;
    tx.commit().await?;
    Ok(response)
}

async fn finish(db: &mut PgConnection, order: &Order, record: Record) -> Result<Response> {
    let location = format!("/v1/orders/{}", order.id);
    let mut response = record.finish(db, StatusCode::CREATED, Some(&location), order).await?;
    response.headers_mut().insert(header::ETAG, web::etag(order.version));
    Ok(response)
}

/// 409: the same request is running, or has just been answered.
pub(crate) fn in_flight() -> Problem {
    let detail = "a request with this Idempotency-Key is running";
    Problem::conflict("request_in_flight", detail).retry_after(1)
}

fn not_found() -> Problem {
    Problem::not_found("order")
}
