use problem::{Problem, Result, ResultExt};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, PgExecutor, types::Json};
use types::{CountryCode, CurrencyCode};
use uuid::Uuid;

use super::{Address, MAX_QUANTITY, StoredCart, StoredLine};

/// A new, empty cart.
pub(crate) struct NewRow<'a> {
    pub(crate) cart_id: Uuid,
    pub(crate) owner: &'a str,
    pub(crate) currency: &'a CurrencyCode,
    pub(crate) channel: Option<&'a str>,
    pub(crate) country: &'a CountryCode,
}

pub(crate) async fn insert(db: impl PgExecutor<'_>, cart: &NewRow<'_>) -> Result<()> {
    sqlx::query(
        "insert into cart (cart_id, owner, currency, channel, country) values ($1, $2, $3, $4, $5)",
    )
    .bind(cart.cart_id)
    .bind(cart.owner)
    .bind(cart.currency.as_str())
    .bind(cart.channel)
    .bind(cart.country.as_str())
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn find(
    db: impl PgExecutor<'_>,
    owner: &str,
    cart_id: Uuid,
) -> Result<Option<StoredCart>> {
    let cart = sqlx::query_as(
        "select cart.*, rule_version.version as rules_version, statement_timestamp() as now
         from cart cross join rule_version where cart_id = $1 and owner = $2",
    )
    .bind(cart_id)
    .bind(owner)
    .fetch_optional(db)
    .await?;
    Ok(cart)
}

/// A cart with its lines and coupons.
#[derive(FromRow)]
pub(crate) struct Whole {
    #[sqlx(flatten)]
    pub(crate) cart: StoredCart,
    pub(crate) lines: Json<Vec<StoredLine>>,
    pub(crate) coupons: Vec<String>,
}

/// All of a cart at one moment.
pub(crate) async fn find_whole(
    db: impl PgExecutor<'_>,
    owner: &str,
    cart_id: Uuid,
) -> Result<Option<Whole>> {
    let whole = sqlx::query_as(
        "select cart.*, rule_version.version as rules_version, statement_timestamp() as now,
             (select coalesce(json_agg(line order by line_id), '[]') from (
                 select cart_line.*,
                     extract(epoch from statement_timestamp() - priced_at)::float8 as age_seconds,
                     coalesce((select available from availability
                               where availability.sku = cart_line.sku), 0) as available
                 from cart_line where cart_line.cart_id = cart.cart_id) as line) as lines,
             array(select code from cart_coupon where cart_coupon.cart_id = cart.cart_id
                   order by code) as coupons
         from cart cross join rule_version where cart.cart_id = $1 and owner = $2",
    )
    .bind(cart_id)
    .bind(owner)
    .fetch_optional(db)
    .await?;
    Ok(whole)
}

/// The shopper's open cart that changed last.
pub(crate) async fn find_current(db: impl PgExecutor<'_>, owner: &str) -> Result<Option<Uuid>> {
    let cart_id = sqlx::query_scalar(
        "select cart_id from cart where owner = $1 and status = 'open'
         order by updated_at desc limit 1",
    )
    .bind(owner)
    .fetch_optional(db)
    .await?;
    Ok(cart_id)
}

pub(crate) async fn lock(
    db: &mut PgConnection,
    owner: &str,
    cart_id: Uuid,
) -> Result<Option<StoredCart>> {
    let cart = sqlx::query_as(
        "select cart.*, rule_version.version as rules_version, statement_timestamp() as now
         from cart cross join rule_version where cart_id = $1 and owner = $2 for update of cart",
    )
    .bind(cart_id)
    .bind(owner)
    .fetch_optional(db)
    .await?;
    Ok(cart)
}

/// Locks the cart and counts a change of it; returns it as it is then.
pub(crate) async fn lock_to_change(
    db: &mut PgConnection,
    owner: &str,
    cart_id: Uuid,
) -> Result<Option<StoredCart>> {
    let cart = sqlx::query_as(
        "update cart set version = cart.version + 1, updated_at = now()
         from rule_version where cart_id = $1 and owner = $2
         returning cart.*, rule_version.version as rules_version, statement_timestamp() as now",
    )
    .bind(cart_id)
    .bind(owner)
    .fetch_optional(db)
    .await?;
    Ok(cart)
}

pub(crate) async fn touch(db: impl PgExecutor<'_>, cart_id: Uuid) -> Result<()> {
    sqlx::query("update cart set version = version + 1, updated_at = now() where cart_id = $1")
        .bind(cart_id)
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn set_status(db: impl PgExecutor<'_>, cart_id: Uuid, status: &str) -> Result<()> {
    sqlx::query(
        "update cart set status = $2, version = version + 1, updated_at = now() where cart_id = $1",
    )
    .bind(cart_id)
    .bind(status)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn set_owner(db: impl PgExecutor<'_>, cart_id: Uuid, owner: &str) -> Result<()> {
    sqlx::query(
        "update cart set owner = $2, version = version + 1, updated_at = now() where cart_id = $1",
    )
    .bind(cart_id)
    .bind(owner)
    .execute(db)
    .await?;
    Ok(())
}

pub(crate) async fn set_email(db: impl PgExecutor<'_>, cart_id: Uuid, email: &str) -> Result<()> {
    sqlx::query("update cart set email = $2 where cart_id = $1")
        .bind(cart_id)
        .bind(email)
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn set_shipping_address(
    db: impl PgExecutor<'_>,
    cart_id: Uuid,
    address: &Address,
) -> Result<()> {
    sqlx::query("update cart set shipping_address = $2 where cart_id = $1")
        .bind(cart_id)
        .bind(Json(address))
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn set_billing_address(
    db: impl PgExecutor<'_>,
    cart_id: Uuid,
    address: &Address,
) -> Result<()> {
    sqlx::query("update cart set billing_address = $2 where cart_id = $1")
        .bind(cart_id)
        .bind(Json(address))
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn set_shipping_method(
    db: impl PgExecutor<'_>,
    cart_id: Uuid,
    code: &str,
) -> Result<()> {
    sqlx::query("update cart set shipping_method = $2 where cart_id = $1")
        .bind(cart_id)
        .bind(code)
        .execute(db)
        .await?;
    Ok(())
}

pub(crate) async fn lines(db: impl PgExecutor<'_>, cart_id: Uuid) -> Result<Vec<StoredLine>> {
    let lines = sqlx::query_as(
        "select *, extract(epoch from statement_timestamp() - priced_at)::float8 as age_seconds,
             coalesce((select available from availability
                       where availability.sku = cart_line.sku), 0) as available
         from cart_line where cart_id = $1 order by line_id",
    )
    .bind(cart_id)
    .fetch_all(db)
    .await?;
    Ok(lines)
}

/// What the catalog says of a sku, in the form in which it is kept.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CatalogFacts {
    pub(crate) sku: String,
    pub(crate) sellable: bool,
    pub(crate) product_id: Uuid,
    pub(crate) name: String,
    pub(crate) image: Option<String>,
    pub(crate) unit_price: Option<i64>,
    pub(crate) tax_class: String,
    pub(crate) categories: Vec<String>,
}

/// Adds units of a sku: to its line, or as a new one. 422 when they are too many.
pub(crate) async fn add_line(
    db: impl PgExecutor<'_>,
    cart_id: Uuid,
    facts: &CatalogFacts,
    quantity: i32,
) -> Result<()> {
    sqlx::query(
        "insert into cart_line (line_id, cart_id, sku, quantity, sellable, product_id, name, image,
             unit_price, tax_class, categories)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (cart_id, sku) do update
             set quantity = cart_line.quantity + excluded.quantity, sellable = excluded.sellable,
                 product_id = excluded.product_id, name = excluded.name, image = excluded.image,
                 unit_price = excluded.unit_price, tax_class = excluded.tax_class,
                 categories = excluded.categories, priced_at = now()",
    )
    .bind(Uuid::now_v7())
    .bind(cart_id)
    .bind(&facts.sku)
    .bind(quantity)
    .bind(facts.sellable)
    .bind(facts.product_id)
    .bind(&facts.name)
    .bind(&facts.image)
    .bind(facts.unit_price)
    .bind(&facts.tax_class)
    .bind(&facts.categories)
    .execute(db)
    .await
    .on_constraint("cart_line_quantity_check", too_many)?;
    Ok(())
}

fn too_many() -> Problem {
    let detail = format!("a line holds at most {MAX_QUANTITY} units");
    Problem::invalid("/quantity", "out_of_range", detail)
}

/// Whether there was such a line.
pub(crate) async fn set_quantity(
    db: impl PgExecutor<'_>,
    cart_id: Uuid,
    line_id: Uuid,
    quantity: i32,
) -> Result<bool> {
    let changed =
        sqlx::query("update cart_line set quantity = $3 where cart_id = $1 and line_id = $2")
            .bind(cart_id)
            .bind(line_id)
            .bind(quantity)
            .execute(db)
            .await?;
    Ok(changed.rows_affected() == 1)
}

/// Whether there was such a line.
pub(crate) async fn delete_line(
    db: impl PgExecutor<'_>,
    cart_id: Uuid,
    line_id: Uuid,
) -> Result<bool> {
    let deleted = sqlx::query("delete from cart_line where cart_id = $1 and line_id = $2")
        .bind(cart_id)
        .bind(line_id)
        .execute(db)
        .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Keeps what the catalog says now. Returns how many lines say something else than before.
pub(crate) async fn reprice(
    db: &mut PgConnection,
    cart_id: Uuid,
    facts: &[CatalogFacts],
) -> Result<i64> {
    let changed = sqlx::query_scalar(
        "with new as (
             select * from jsonb_to_recordset($2) as new (
                 sku text, sellable boolean, product_id uuid, name text, image text,
                 unit_price bigint, tax_class text, categories jsonb
             )
         ), old as (
             select sku, unit_price, sellable from cart_line where cart_id = $1
         ), kept as (
             update cart_line
             set sellable = new.sellable, product_id = new.product_id, name = new.name,
                 image = new.image, unit_price = new.unit_price, tax_class = new.tax_class,
                 categories = array(select jsonb_array_elements_text(new.categories)),
                 priced_at = now()
             from new where cart_line.cart_id = $1 and cart_line.sku = new.sku
         )
         select count(*) from old join new using (sku)
         where old.unit_price is distinct from new.unit_price or old.sellable <> new.sellable",
    )
    .bind(cart_id)
    .bind(Json(facts))
    .fetch_one(db)
    .await?;
    Ok(changed)
}

pub(crate) async fn add_coupon(db: impl PgExecutor<'_>, cart_id: Uuid, code: &str) -> Result<()> {
    sqlx::query("insert into cart_coupon (cart_id, code) values ($1, $2) on conflict do nothing")
        .bind(cart_id)
        .bind(code)
        .execute(db)
        .await?;
    Ok(())
}

/// Whether it was there.
pub(crate) async fn delete_coupon(
    db: impl PgExecutor<'_>,
    cart_id: Uuid,
    code: &str,
) -> Result<bool> {
    let deleted = sqlx::query("delete from cart_coupon where cart_id = $1 and code = $2")
        .bind(cart_id)
        .bind(code)
        .execute(db)
        .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Adds these lines of one cart to another, up to the most a line holds. Across currencies the price is
/// left open until the catalog is asked.
pub(crate) async fn copy_lines(
    db: impl PgExecutor<'_>,
    source: Uuid,
    target: Uuid,
    skus: &[String],
) -> Result<()> {
    sqlx::query(
        "insert into cart_line as mine (line_id, cart_id, sku, quantity, sellable, product_id, name,
             image, unit_price, tax_class, categories, priced_at)
         select gen_random_uuid(), $2, sku, quantity, sellable, product_id, name, image,
             case when theirs.currency = ours.currency then unit_price end, tax_class, categories,
             case when theirs.currency = ours.currency then priced_at else 'epoch' end
         from cart_line
         join cart theirs on theirs.cart_id = cart_line.cart_id
         join cart ours on ours.cart_id = $2
         where cart_line.cart_id = $1 and sku = any($3)
         on conflict (cart_id, sku) do update
             set quantity = least(mine.quantity + excluded.quantity, $4)",
    )
    .bind(source)
    .bind(target)
    .bind(skus)
    .bind(MAX_QUANTITY)
    .execute(db)
    .await?;
    Ok(())
}

/// Coupons of one cart go to the other, and its address, e-mail and shipping where that has none.
pub(crate) async fn copy_details(db: &mut PgConnection, source: Uuid, target: Uuid) -> Result<()> {
    sqlx::query(
        "insert into cart_coupon (cart_id, code)
         select $2, code from cart_coupon where cart_id = $1 on conflict do nothing",
    )
    .bind(source)
    .bind(target)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "update cart as mine set
             email = coalesce(mine.email, other.email),
             shipping_address = coalesce(mine.shipping_address, other.shipping_address),
             billing_address = coalesce(mine.billing_address, other.billing_address),
             shipping_method = coalesce(mine.shipping_method, other.shipping_method)
         from cart other where mine.cart_id = $2 and other.cart_id = $1",
    )
    .bind(source)
    .bind(target)
    .execute(db)
    .await?;
    Ok(())
}
