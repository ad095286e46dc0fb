use problem::{Problem, Result, ResultExt};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::{Coupon, NewCoupon};

pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Coupon>> {
    let coupons = sqlx::query_as(
        "select * from coupon where ($1::text is null or code > $1) order by code limit $2 + 1",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(coupons)
}

pub(crate) async fn find(db: impl PgExecutor<'_>, code: &str) -> Result<Option<Coupon>> {
    let coupon = sqlx::query_as("select * from coupon where code = $1")
        .bind(code)
        .fetch_optional(db)
        .await?;
    Ok(coupon)
}

pub(crate) async fn lock(db: &mut PgConnection, code: &str) -> Result<Option<Coupon>> {
    let coupon = sqlx::query_as("select * from coupon where code = $1 for update")
        .bind(code)
        .fetch_optional(db)
        .await?;
    Ok(coupon)
}

pub(crate) async fn find_all(db: impl PgExecutor<'_>, codes: &[String]) -> Result<Vec<Coupon>> {
    let coupons = sqlx::query_as("select * from coupon where code = any($1)")
        .bind(codes)
        .fetch_all(db)
        .await?;
    Ok(coupons)
}

/// How many orders of the customer use each coupon; a customer is known by `sub` or e-mail.
pub(crate) async fn count_uses(
    db: impl PgExecutor<'_>,
    codes: &[String],
    customer: &str,
    email: Option<&str>,
) -> Result<Vec<(String, i64)>> {
    let uses = sqlx::query_as(
        "select coupon, count(*) from coupon_use
         where coupon = any($1) and (customer = $2 or email = lower($3))
         group by coupon",
    )
    .bind(codes)
    .bind(customer)
    .bind(email)
    .fetch_all(db)
    .await?;
    Ok(uses)
}

pub(crate) async fn insert(db: impl PgExecutor<'_>, rule: &NewCoupon) -> Result<Coupon> {
    sqlx::query_as(
        "insert into coupon (code, promotion, usage_limit, per_customer_limit, active)
         values ($1, $2, $3, $4, $5) returning *",
    )
    .bind(rule.code.as_str())
    .bind(rule.promotion.as_str())
    .bind(rule.usage_limit)
    .bind(rule.per_customer_limit)
    .bind(rule.active)
    .fetch_one(db)
    .await
    .on_constraint("coupon_pkey", || {
        Problem::conflict("code_taken", "another coupon has this code")
    })
    .on_constraint("coupon_promotion_fkey", unknown_promotion)
}

pub(crate) async fn update(db: impl PgExecutor<'_>, rule: &NewCoupon) -> Result<Coupon> {
    sqlx::query_as(
        "update coupon set promotion = $2, usage_limit = $3, per_customer_limit = $4, active = $5,
             version = version + 1
         where code = $1 returning *",
    )
    .bind(rule.code.as_str())
    .bind(rule.promotion.as_str())
    .bind(rule.usage_limit)
    .bind(rule.per_customer_limit)
    .bind(rule.active)
    .fetch_one(db)
    .await
    .on_constraint("coupon_promotion_fkey", unknown_promotion)
    .on_constraint("coupon_used_check", || {
        Problem::conflict("coupon_used", "more orders than that already use the coupon")
    })
}

fn unknown_promotion() -> Problem {
    Problem::invalid("/promotion", "unknown", "there is no promotion with this code")
}

pub(crate) async fn delete(db: impl PgExecutor<'_>, code: &str) -> Result<()> {
    sqlx::query("delete from coupon where code = $1")
        .bind(code)
        .execute(db)
        .await
        .on_constraint("coupon_use_coupon_fkey", || {
            Problem::conflict("coupon_used", "orders use this coupon; switch it off instead")
        })?;
    Ok(())
}

/// Counts one more use if the limit allows it; the row stays locked.
pub(crate) async fn take(db: impl PgExecutor<'_>, code: &str) -> Result<Option<Coupon>> {
    let coupon = sqlx::query_as(
        "update coupon set used = used + 1
         where code = $1 and active and (usage_limit is null or used < usage_limit)
         returning *",
    )
    .bind(code)
    .fetch_optional(db)
    .await?;
    Ok(coupon)
}

pub(crate) async fn insert_use(
    db: impl PgExecutor<'_>,
    code: &str,
    order_id: Uuid,
    customer: &str,
    email: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "insert into coupon_use (coupon, order_id, customer, email) values ($1, $2, $3, lower($4))",
    )
    .bind(code)
    .bind(order_id)
    .bind(customer)
    .bind(email)
    .execute(db)
    .await?;
    Ok(())
}

/// Gives back every coupon of the order.
pub(crate) async fn release(db: &mut PgConnection, order_id: Uuid) -> Result<()> {
    sqlx::query(
        "select code from coupon
         where code in (select coupon from coupon_use where order_id = $1)
         order by code for update",
    )
    .bind(order_id)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "with gone as (delete from coupon_use where order_id = $1 returning coupon)
         update coupon set used = used - 1 from gone where coupon.code = gone.coupon",
    )
    .bind(order_id)
    .execute(db)
    .await?;
    Ok(())
}

/// What one customer used was used by the other.
pub(crate) async fn hand_over(db: impl PgExecutor<'_>, from: &str, to: &str) -> Result<()> {
    sqlx::query("update coupon_use set customer = $2 where customer = $1")
        .bind(from)
        .bind(to)
        .execute(db)
        .await?;
    Ok(())
}
