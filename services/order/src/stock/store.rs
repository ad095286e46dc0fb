use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::{FromRow, PgConnection, PgExecutor};
use uuid::Uuid;

use super::{Demand, Pick, Shelf, StockLevel};

/// Units of each sku that can be bought now, for those that have any stock.
pub(crate) async fn available(
    db: impl PgExecutor<'_>,
    skus: &[String],
) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query_as("select sku, available from availability where sku = any($1)")
        .bind(skus)
        .fetch_all(db)
        .await?;
    Ok(rows)
}

/// Skus that have stock and none left, ordered.
pub(crate) async fn sold_out(db: impl PgExecutor<'_>) -> Result<Vec<String>> {
    let skus = sqlx::query_scalar(
        "with candidate as (
             select distinct sku from stock
             join location on location.code = stock.location
             where on_hand - reserved - allocated <= 0 or not location.active
         )
         select sku from candidate
         where not exists (
             select from stock
             join location on location.code = stock.location and location.active
             where stock.sku = candidate.sku
               and on_hand - allocated > coalesce((
                     select sum(quantity) from reservation
                     where reservation.sku = stock.sku and reservation.location = stock.location
                       and state = 'held' and expires_at > statement_timestamp()), 0)
         )
         order by sku",
    )
    .fetch_all(db)
    .await?;
    Ok(skus)
}

/// Stock of a sku per location.
pub(crate) async fn levels(db: impl PgExecutor<'_>, sku: &str) -> Result<Vec<StockLevel>> {
    let levels = sqlx::query_as(
        "select location, on_hand, coalesce(held.quantity, 0)::bigint as reserved, allocated,
             case when location.active
                 then (on_hand - allocated - coalesce(held.quantity, 0))::bigint else 0 end
                 as available
         from stock
         join location on location.code = stock.location
         left join lateral (
             select sum(quantity) as quantity from reservation
             where reservation.sku = stock.sku and reservation.location = stock.location
               and state = 'held' and expires_at > statement_timestamp()
         ) held on true
         where sku = $1
         order by location.position, location.code",
    )
    .bind(sku)
    .fetch_all(db)
    .await?;
    Ok(levels)
}

#[derive(FromRow)]
struct LockedRow {
    sku: String,
    location: String,
    free: i32,
    active: bool,
    position: i32,
}

/// Locks the rows of these skus in the order (sku, location), lets go of what has expired, and returns
/// what is free where, in the order in which it is to be sold.
pub(crate) async fn lock(db: &mut PgConnection, skus: &[String]) -> Result<Vec<Shelf>> {
    // The order by is what keeps two orders with the same skus from waiting for each other.
    sqlx::query("select 1 from stock where sku = any($1) order by sku, location for no key update")
        .bind(skus)
        .execute(&mut *db)
        .await?;
    // Statements below see what others committed while we waited, and a clock later than theirs.
    sqlx::query(
        "with gone as (
             delete from reservation
             where sku = any($1) and state = 'held' and expires_at <= statement_timestamp()
             returning sku, location, quantity
         ), sums as (
             select sku, location, sum(quantity)::integer as quantity from gone group by 1, 2
         )
         update stock set reserved = reserved - sums.quantity
         from sums where stock.sku = sums.sku and stock.location = sums.location",
    )
    .bind(skus)
    .execute(&mut *db)
    .await?;
    let mut rows: Vec<LockedRow> = sqlx::query_as(
        "select sku, location, on_hand - allocated - reserved as free, active, position
         from stock join location on location.code = stock.location
         where sku = any($1)",
    )
    .bind(skus)
    .fetch_all(db)
    .await?;
    rows.retain(|row| row.active);
    rows.sort_by(|a, b| (a.position, &a.location).cmp(&(b.position, &b.location)));
    let shelf = |row: LockedRow| Shelf { sku: row.sku, location: row.location, free: row.free };
    Ok(rows.into_iter().map(shelf).collect())
}

/// Holds the units for an order until `expires_at`. The rows are locked; the table's check refuses what
/// is not there.
pub(crate) async fn hold(
    db: impl PgExecutor<'_>,
    order_id: Uuid,
    picks: &[Pick],
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let (skus, locations, quantities) = columns(picks);
    sqlx::query(
        "with wanted as (
             select * from unnest($2::text[], $3::text[], $4::integer[])
                 as wanted (sku, location, quantity)
         ), kept as (
             insert into reservation (order_id, sku, location, quantity, state, expires_at)
             select $1, sku, location, quantity, 'held', $5 from wanted
             on conflict (order_id, sku, location) do update
                 set quantity = reservation.quantity + excluded.quantity, expires_at = $5
         )
         update stock set reserved = reserved + wanted.quantity, version = version + 1,
             updated_at = now()
         from wanted where stock.sku = wanted.sku and stock.location = wanted.location",
    )
    .bind(order_id)
    .bind(skus)
    .bind(locations)
    .bind(quantities)
    .bind(expires_at)
    .execute(db)
    .await?;
    Ok(())
}

/// The same for the ordinary case, in one statement: of every sku the first location has enough, even
/// counting what has expired there. `false`: nothing was held, and it must be looked at closely. There must have
/// been enough when the statement began, too: the checks of the table are made of the row as it was then, before
/// PostgreSQL finds that it has changed while its lock was waited for.
pub(crate) async fn hold_at_first(
    db: impl PgExecutor<'_>,
    order_id: Uuid,
    demand: &Demand,
    expires_at: DateTime<Utc>,
) -> Result<bool> {
    let (skus, quantities): (Vec<&str>, Vec<i32>) =
        demand.iter().map(|(sku, quantity)| (sku.as_str(), *quantity)).unzip();
    let held = sqlx::query(
        "with wanted as (
             select * from unnest($2::text[], $3::integer[]) as wanted (sku, quantity)
         ), shelf as (
             select stock.sku, stock.location, on_hand - allocated - reserved as free, active,
                 position
             from stock join location on location.code = stock.location
             where stock.sku = any($2) order by stock.sku, stock.location
             for no key update of stock
         ), first as (
             select distinct on (sku) sku, location, free from shelf where active
             order by sku, position, location
         ), before as (
             select sku, location, on_hand - allocated - reserved as free
             from stock where sku = any($2)
         ), chosen as materialized (
             select sku, location, quantity
             from first join wanted using (sku) join before using (sku, location)
             where least(first.free, before.free) >= quantity
         ), complete as materialized (
             select count(*) = cardinality($2) as all_of_it from chosen
         ), kept as (
             insert into reservation (order_id, sku, location, quantity, state, expires_at)
             select $1, sku, location, quantity, 'held', $4 from chosen, complete where all_of_it
         )
         update stock set reserved = reserved + chosen.quantity, version = version + 1,
             updated_at = now()
         from chosen, complete
         where all_of_it and stock.sku = chosen.sku and stock.location = chosen.location",
    )
    .bind(order_id)
    .bind(skus)
    .bind(quantities)
    .bind(expires_at)
    .execute(db)
    .await?;
    Ok(held.rows_affected() > 0)
}

/// Allocates what is held for an order, in one statement, if that is all it needs and is certain to be
/// held still when the rows are locked: no statement takes as long as the holds have left. `false`:
/// nothing was done, and it must be looked at closely.
pub(crate) async fn allocate_held(
    db: impl PgExecutor<'_>,
    order_id: Uuid,
    demand: &Demand,
) -> Result<bool> {
    let (skus, quantities): (Vec<&str>, Vec<i32>) =
        demand.iter().map(|(sku, quantity)| (sku.as_str(), *quantity)).unzip();
    let allocated = sqlx::query(
        "with held as materialized (
             select sku, location, quantity,
                 expires_at > statement_timestamp() + interval '30 seconds' as is_safe
             from reservation where order_id = $1 and state = 'held'
         ), complete as materialized (
             select (select coalesce(bool_and(is_safe), false) from held) and not exists (
                 select from unnest($2::text[], $3::integer[]) as wanted (sku, quantity)
                 where quantity <> (select coalesce(sum(held.quantity), 0) from held
                                    where held.sku = wanted.sku)) as all_of_it
         ), shelf as materialized (
             select stock.sku, stock.location from stock, complete
             where all_of_it and stock.sku = any($2) order by stock.sku, stock.location
             for no key update of stock
         ), mine as (
             update reservation set state = 'allocated', expires_at = null from shelf
             where order_id = $1 and state = 'held' and reservation.sku = shelf.sku
               and reservation.location = shelf.location
             returning reservation.sku, reservation.location, quantity
         )
         update stock set reserved = reserved - mine.quantity,
             allocated = allocated + mine.quantity, version = version + 1, updated_at = now()
         from mine where stock.sku = mine.sku and stock.location = mine.location",
    )
    .bind(order_id)
    .bind(skus)
    .bind(quantities)
    .execute(db)
    .await?;
    Ok(allocated.rows_affected() > 0)
}

fn columns(picks: &[Pick]) -> (Vec<&str>, Vec<&str>, Vec<i32>) {
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for pick in picks {
        columns.0.push(pick.sku.as_str());
        columns.1.push(pick.location.as_str());
        columns.2.push(pick.quantity);
    }
    columns
}

/// Units that are held for an order, per sku.
pub(crate) async fn held(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<Demand> {
    let rows: Vec<(String, i32)> = sqlx::query_as(
        "select sku, sum(quantity)::integer from reservation
         where order_id = $1 and state = 'held' group by sku",
    )
    .bind(order_id)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().collect())
}

/// The holds of an order last until then.
pub(crate) async fn extend(
    db: impl PgExecutor<'_>,
    order_id: Uuid,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("update reservation set expires_at = $2 where order_id = $1 and state = 'held'")
        .bind(order_id)
        .bind(expires_at)
        .execute(db)
        .await?;
    Ok(())
}

/// What is held for an order becomes its own.
pub(crate) async fn allocate(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<()> {
    sqlx::query(
        "with mine as (
             update reservation set state = 'allocated', expires_at = null
             where order_id = $1 and state = 'held'
             returning sku, location, quantity
         )
         update stock set reserved = reserved - mine.quantity,
             allocated = allocated + mine.quantity, version = version + 1, updated_at = now()
         from mine where stock.sku = mine.sku and stock.location = mine.location",
    )
    .bind(order_id)
    .execute(db)
    .await?;
    Ok(())
}

/// Nothing is kept for the order any more.
pub(crate) async fn release(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<()> {
    sqlx::query(
        "with mine as (
             delete from reservation where order_id = $1 returning sku, location, quantity, state
         )
         update stock set
             reserved = reserved - case when state = 'held' then mine.quantity else 0 end,
             allocated = allocated - case when state = 'allocated' then mine.quantity else 0 end,
             version = version + 1, updated_at = now()
         from mine where stock.sku = mine.sku and stock.location = mine.location",
    )
    .bind(order_id)
    .execute(db)
    .await?;
    Ok(())
}

/// What is allocated to an order, in the order in which it leaves.
pub(crate) async fn allocations(db: impl PgExecutor<'_>, order_id: Uuid) -> Result<Vec<Shelf>> {
    let rows: Vec<(String, String, i32)> = sqlx::query_as(
        "select sku, reservation.location, quantity from reservation
         join location on location.code = reservation.location
         where order_id = $1 and state = 'allocated'
         order by location.position, location.code",
    )
    .bind(order_id)
    .fetch_all(db)
    .await?;
    let shelf = |(sku, location, free)| Shelf { sku, location, free };
    Ok(rows.into_iter().map(shelf).collect())
}

/// Allocated units leave the house.
pub(crate) async fn ship(db: &mut PgConnection, order_id: Uuid, picks: &[Pick]) -> Result<()> {
    let (skus, locations, quantities) = columns(picks);
    sqlx::query(
        "delete from reservation using unnest($2::text[], $3::text[], $4::integer[])
             as gone (sku, location, quantity)
         where order_id = $1 and reservation.sku = gone.sku
           and reservation.location = gone.location and reservation.quantity = gone.quantity",
    )
    .bind(order_id)
    .bind(&skus)
    .bind(&locations)
    .bind(&quantities)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "update reservation set quantity = reservation.quantity - gone.quantity
         from unnest($2::text[], $3::text[], $4::integer[]) as gone (sku, location, quantity)
         where order_id = $1 and reservation.sku = gone.sku
           and reservation.location = gone.location and reservation.quantity > gone.quantity",
    )
    .bind(order_id)
    .bind(&skus)
    .bind(&locations)
    .bind(&quantities)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "update stock set on_hand = on_hand - gone.quantity, allocated = allocated - gone.quantity,
             version = version + 1, updated_at = now()
         from unnest($1::text[], $2::text[], $3::integer[]) as gone (sku, location, quantity)
         where stock.sku = gone.sku and stock.location = gone.location",
    )
    .bind(skus)
    .bind(locations)
    .bind(quantities)
    .execute(db)
    .await?;
    Ok(())
}

/// Units come back to a location.
pub(crate) async fn restock(db: impl PgExecutor<'_>, picks: &[Pick]) -> Result<()> {
    let (skus, locations, quantities) = columns(picks);
    sqlx::query(
        "insert into stock (sku, location, on_hand)
         select * from unnest($1::text[], $2::text[], $3::integer[]) as back (sku, location, quantity)
         order by 1, 2
         on conflict (sku, location) do update
             set on_hand = stock.on_hand + excluded.on_hand, version = stock.version + 1,
                 updated_at = now()",
    )
    .bind(skus)
    .bind(locations)
    .bind(quantities)
    .execute(db)
    .await?;
    Ok(())
}

/// Sets what lies where no stock of it is kept yet. Returns the (sku, location) of what was set.
pub(crate) async fn add(db: impl PgExecutor<'_>, picks: &[Pick]) -> Result<Vec<(String, String)>> {
    let (skus, locations, quantities) = columns(picks);
    let set = sqlx::query_as(
        "insert into stock (sku, location, on_hand)
         select * from unnest($1::text[], $2::text[], $3::integer[]) as new (sku, location, on_hand)
         order by 1, 2
         on conflict (sku, location) do nothing
         returning sku, location",
    )
    .bind(skus)
    .bind(locations)
    .bind(quantities)
    .fetch_all(db)
    .await?;
    Ok(set)
}

/// Sets what lies where. Returns the (sku, location) of what was set; rows with more units held and
/// allocated than that are left as they are. The lines are distinct and in the order (sku, location).
pub(crate) async fn set(db: impl PgExecutor<'_>, picks: &[Pick]) -> Result<Vec<(String, String)>> {
    let (skus, locations, quantities) = columns(picks);
    let set = sqlx::query_as(
        "insert into stock (sku, location, on_hand)
         select * from unnest($1::text[], $2::text[], $3::integer[]) as new (sku, location, on_hand)
         order by 1, 2
         on conflict (sku, location) do update
             set on_hand = excluded.on_hand, version = stock.version + 1, updated_at = now()
             where excluded.on_hand >= stock.reserved + stock.allocated
         returning sku, location",
    )
    .bind(skus)
    .bind(locations)
    .bind(quantities)
    .fetch_all(db)
    .await?;
    Ok(set)
}
