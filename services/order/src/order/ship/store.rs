use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgConnection, PgExecutor};
use uuid::Uuid;

use super::NewShipment;
use crate::order::OrderStatus;

pub(crate) async fn insert(
    db: impl PgExecutor<'_>,
    shipment_id: Uuid,
    order_id: Uuid,
    shipment: &NewShipment,
) -> Result<()> {
    let (number, url) = shipment.tracking();
    sqlx::query(
        "insert into shipment (shipment_id, order_id, carrier, tracking_number, tracking_url)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(shipment_id)
    .bind(order_id)
    .bind(shipment.carrier())
    .bind(number)
    .bind(url)
    .execute(db)
    .await?;
    Ok(())
}

/// Puts units of a line into a shipment.
pub(crate) async fn add_line(
    db: &mut PgConnection,
    shipment_id: Uuid,
    line_id: Uuid,
    quantity: i32,
) -> Result<()> {
    sqlx::query("insert into shipment_line (shipment_id, line_id, quantity) values ($1, $2, $3)")
        .bind(shipment_id)
        .bind(line_id)
        .bind(quantity)
        .execute(&mut *db)
        .await?;
    sqlx::query("update order_line set shipped = shipped + $2 where line_id = $1")
        .bind(line_id)
        .bind(quantity)
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn insert_return(
    db: impl PgExecutor<'_>,
    return_id: Uuid,
    order_id: Uuid,
    reason: Option<&str>,
) -> Result<()> {
    sqlx::query("insert into order_return (return_id, order_id, reason) values ($1, $2, $3)")
        .bind(return_id)
        .bind(order_id)
        .bind(reason)
        .execute(db)
        .await?;
    Ok(())
}

/// Books units of a line as returned.
pub(crate) async fn add_return_line(
    db: &mut PgConnection,
    return_id: Uuid,
    line_id: Uuid,
    quantity: i32,
    restocked: bool,
) -> Result<()> {
    sqlx::query(
        "insert into order_return_line (return_id, line_id, quantity, restocked)
         values ($1, $2, $3, $4)",
    )
    .bind(return_id)
    .bind(line_id)
    .bind(quantity)
    .bind(restocked)
    .execute(&mut *db)
    .await?;
    sqlx::query("update order_line set returned = returned + $2 where line_id = $1")
        .bind(line_id)
        .bind(quantity)
        .execute(db)
        .await?;
    Ok(())
}

/// The order changed, and this is its status now.
pub(crate) async fn touch(
    db: impl PgExecutor<'_>,
    order_id: Uuid,
    status: OrderStatus,
) -> Result<()> {
    sqlx::query("update customer_order set status = $2, version = version + 1 where order_id = $1")
        .bind(order_id)
        .bind(status.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// A line of a shipment, with the shipment.
#[derive(Debug, FromRow)]
pub(crate) struct ShippedLine {
    pub(crate) order_id: Uuid,
    pub(crate) shipment_id: Uuid,
    pub(crate) carrier: Option<String>,
    pub(crate) tracking_number: Option<String>,
    pub(crate) tracking_url: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) line_id: Uuid,
    pub(crate) sku: String,
    pub(crate) quantity: i32,
}

pub(crate) async fn list(db: impl PgExecutor<'_>, order_ids: &[Uuid]) -> Result<Vec<ShippedLine>> {
    let lines = sqlx::query_as(
        "select shipment.*, shipment_line.line_id, order_line.sku, shipment_line.quantity
         from shipment
         join shipment_line using (shipment_id)
         join order_line using (line_id)
         where shipment.order_id = any($1)
         order by shipment_id, order_line.position",
    )
    .bind(order_ids)
    .fetch_all(db)
    .await?;
    Ok(lines)
}

/// A line of a return, with the return.
#[derive(Debug, FromRow)]
pub(crate) struct ReturnedLine {
    pub(crate) order_id: Uuid,
    pub(crate) return_id: Uuid,
    pub(crate) reason: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) line_id: Uuid,
    pub(crate) sku: String,
    pub(crate) quantity: i32,
    pub(crate) restocked: bool,
}

pub(crate) async fn list_returns(
    db: impl PgExecutor<'_>,
    order_ids: &[Uuid],
) -> Result<Vec<ReturnedLine>> {
    let lines = sqlx::query_as(
        "select order_return.*, order_return_line.line_id, order_line.sku,
             order_return_line.quantity, order_return_line.restocked
         from order_return
         join order_return_line using (return_id)
         join order_line using (line_id)
         where order_return.order_id = any($1)
         order by return_id, order_line.position",
    )
    .bind(order_ids)
    .fetch_all(db)
    .await?;
    Ok(lines)
}
