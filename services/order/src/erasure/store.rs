use problem::Result;
use sqlx::{PgConnection, PgExecutor};

/// The open carts, and those that became orders.
pub(super) async fn erase_carts(executor: impl PgExecutor<'_>, customer: &str) -> Result<()> {
    sqlx::query(
        "update cart
         set email = null, shipping_address = null, billing_address = null,
             version = version + 1, updated_at = now()
         where owner = $1 and (
             status = 'open'
             or cart_id in (select cart_id from customer_order where customer = $1)
         )",
    )
    .bind(customer)
    .execute(executor)
    .await?;
    Ok(())
}

/// Who used a coupon stays known by an id that leads to nobody.
pub(super) async fn erase_coupon_uses(executor: impl PgExecutor<'_>, customer: &str) -> Result<()> {
    sqlx::query("update coupon_use set email = null where customer = $1")
        .bind(customer)
        .execute(executor)
        .await?;
    Ok(())
}

/// Stored answers have addresses in them.
pub(super) async fn delete_idempotency_keys(
    executor: impl PgExecutor<'_>,
    customer: &str,
) -> Result<()> {
    sqlx::query("delete from idempotency_key where caller = $1")
        .bind(customer)
        .execute(executor)
        .await?;
    Ok(())
}

pub(super) async fn mark_orders(executor: impl PgExecutor<'_>, customer: &str) -> Result<()> {
    sqlx::query("update customer_order set erase = true where customer = $1")
        .bind(customer)
        .execute(executor)
        .await?;
    Ok(())
}

/// Of addresses the country stays: the taxes of the order follow from it.
pub(super) async fn erase_ended_orders(connection: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "with empty as (
             select jsonb_build_object('first_name', '', 'last_name', '', 'street', '', 'city', '',
                 'postal_code', '') as address
         )
         update customer_order
         set email = null, next_action = null, last_error = null, erase = false,
             shipping_address = address || jsonb_build_object('country', shipping_address -> 'country'),
             billing_address = address || jsonb_build_object('country', billing_address -> 'country'),
             version = version + 1
         from empty
         where erase and status in ('completed', 'cancelled', 'expired')",
    )
    .execute(connection)
    .await?;
    Ok(())
}
