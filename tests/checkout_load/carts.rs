use std::time::Instant;

use anyhow::{Context, Result};
use bytes::Bytes;
use futures::future::try_join_all;
use http::Method;
use load::{
    Client, Shop, System,
    engine::{Plan, Requests, Spec},
};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, PgPool};
use uuid::Uuid;

const SKU: &str = "KETTLE";
/// How many skus people buy when they do not all want the same.
const ASSORTMENT: usize = 1000;
/// Carts that lines are added to; a line holds at most 9999 units.
const CARTS: usize = 64;

/// Carts of one shopper. A few are put together as shoppers do; the others are copies of their rows.
pub(crate) struct Carts {
    db: PgPool,
    staff: Client,
    token: String,
    /// The cart with what everybody wants.
    pattern: Uuid,
    /// Those that hold the whole assortment together.
    patterns: Vec<Uuid>,
    assortment: Vec<String>,
}

impl Carts {
    pub(crate) async fn open(system: &System) -> Result<Self> {
        let shop = Shop::open(system).await?;
        let assortment = shop.widen(system, ASSORTMENT).await?;
        let (staff, shopper) = (system.staff().await?, system.client().anonymous().await?);
        let pattern = fill_cart(&shopper, &[SKU.to_owned()]).await?;
        let fill = assortment.chunks(100).map(|skus| fill_cart(&shopper, skus));
        let patterns = try_join_all(fill).await?;
        let db = PgPool::connect(&system.database_url("orders")).await?;
        let token = shopper.token().to_owned();
        Ok(Self { db, staff, token, pattern, patterns, assortment })
    }

    /// Sets the units of what everybody wants.
    pub(crate) async fn stock(&self, on_hand: i64) -> Result<()> {
        let lines = json!([{ "sku": SKU, "location": "main", "on_hand": on_hand }]);
        self.staff.patch("/v1/stock", lines).await?.assert_status(200);
        Ok(())
    }

    /// Units of it that belong to confirmed orders.
    pub(crate) async fn sold(&self) -> Result<i64> {
        let sold = sqlx::query_scalar(
            "select coalesce(sum(quantity), 0) from orders.order_line
             join orders.customer_order using (order_id) where status = 'confirmed' and sku = $1",
        );
        Ok(sold.bind(SKU).fetch_one(&self.db).await?)
    }

    /// Checkouts of so many carts, each with one unit of a sku: one after the other.
    pub(crate) async fn checkouts(&self, count: usize) -> Result<Requests> {
        let carts = self.copy_carts(count).await?;
        let skus: Vec<&String> = self.assortment.iter().cycle().take(count).collect();
        sqlx::query(
            "insert into orders.cart_line (line_id, cart_id, sku, quantity, sellable, product_id,
                 name, image, unit_price, tax_class, categories)
             select gen_random_uuid(), mine.cart_id, line.sku, quantity, sellable, product_id, name,
                 image, unit_price, tax_class, categories
             from unnest($1::uuid[], $2::text[]) as mine (cart_id, sku)
             join orders.cart_line as line on line.cart_id = any($3) and line.sku = mine.sku",
        )
        .bind(&carts)
        .bind(&skus)
        .bind(&self.patterns)
        .execute(&self.db)
        .await?;
        Ok(self.checking_out(&carts))
    }

    /// Checkouts of so many carts, each with one unit of what everybody wants.
    pub(crate) async fn rush(&self, count: usize) -> Result<Requests> {
        Ok(self.checking_out(&self.copy(count, 1).await?))
    }

    fn checking_out(&self, carts: &[Uuid]) -> Requests {
        let body = Bytes::from(json!({ "payment": { "token": "tok_success" } }).to_string());
        let spec = |cart: &Uuid| Spec {
            method: Method::POST,
            path: format!("/v1/carts/{cart}/checkout"),
            token: Some(self.token.clone()),
            key: Some(Uuid::now_v7().to_string()),
            body: body.clone(),
        };
        Requests { list: carts.iter().map(spec).collect(), repeat: false }
    }

    /// One more of a sku that is in carts of so many lines.
    pub(crate) async fn adding_to(&self, lines: usize) -> Result<Requests> {
        let body = Bytes::from(json!({ "sku": SKU, "quantity": 1 }).to_string());
        let spec = |cart: Uuid| Spec {
            method: Method::POST,
            path: format!("/v1/carts/{cart}/lines"),
            token: Some(self.token.clone()),
            key: None,
            body: body.clone(),
        };
        let list = self.copy(CARTS, lines).await?.into_iter().map(spec).collect();
        Ok(Requests { list, repeat: true })
    }

    /// Copies without lines.
    async fn copy_carts(&self, count: usize) -> Result<Vec<Uuid>> {
        let ids: Vec<Uuid> = (0..count).map(|_| Uuid::now_v7()).collect();
        sqlx::query(
            "insert into orders.cart (cart_id, owner, currency, channel, country, email,
                 shipping_address, shipping_method)
             select id, owner, currency, channel, country, email, shipping_address, shipping_method
             from orders.cart, unnest($2::uuid[]) as id where cart_id = $1",
        )
        .bind(self.pattern)
        .bind(&ids)
        .execute(&self.db)
        .await?;
        Ok(ids)
    }

    async fn copy(&self, count: usize, lines: usize) -> Result<Vec<Uuid>> {
        let ids = self.copy_carts(count).await?;
        sqlx::query(
            "insert into orders.cart_line (line_id, cart_id, sku, quantity, sellable, product_id,
                 name, image, unit_price, tax_class, categories)
             select gen_random_uuid(), id, case n when 1 then sku else sku || '-' || n end, quantity,
                 sellable, product_id, name, image, unit_price, tax_class, categories
             from orders.cart_line, unnest($2::uuid[]) as id, generate_series(1, $3) as n
             where cart_id = $1",
        )
        .bind(self.pattern)
        .bind(&ids)
        .bind(i32::try_from(lines)?)
        .execute(&self.db)
        .await?;
        Ok(ids)
    }
}

/// Puts one of each into a cart and makes it ready for checkout.
async fn fill_cart(shopper: &Client, skus: &[String]) -> Result<Uuid> {
    let new = json!({ "currency": "EUR", "country": "DE" });
    let cart = shopper.post("/v1/carts", new).await?.assert_status(201).json();
    let id = cart["id"].as_str().context("a cart has an id")?;
    let path = |rest: &str| format!("/v1/carts/{id}/{rest}");
    for sku in skus {
        let line = json!({ "sku": sku, "quantity": 1 });
        shopper.post(&path("lines"), line).await?.assert_status(200);
    }
    let address: Value = json!({
        "first_name": "Ada", "last_name": "Beispiel", "street": "Hafenstraße 1",
        "city": "Hamburg", "postal_code": "20095", "country": "DE",
    });
    let email = json!({ "email": "ada@example.com" });
    shopper.put(&path("email"), email).await?.assert_status(200);
    shopper.put(&path("shipping-address"), address).await?.assert_status(200);
    let method = json!({ "code": "standard" });
    shopper.put(&path("shipping-method"), method).await?.assert_status(200);
    Ok(id.parse()?)
}

/// What PostgreSQL can do at most: transactions of one short insert, a second.
pub(crate) async fn bare_commits(system: &System, plan: Plan) -> Result<f64> {
    let url = system.superuser_url();
    let mut first = PgConnection::connect(&url).await?;
    sqlx::query("create table if not exists public.probe (id uuid not null)")
        .execute(&mut first)
        .await?;
    let started = Instant::now();
    let worker = || async {
        let mut connection = PgConnection::connect(&url).await?;
        let mut count = 0;
        while started.elapsed() < plan.duration {
            let insert = sqlx::query("insert into public.probe values ($1)").bind(Uuid::now_v7());
            insert.execute(&mut connection).await?;
            count += 1;
        }
        anyhow::Ok(count)
    };
    let counts = try_join_all((0..plan.connections).map(|_| worker())).await?;
    Ok(f64::from(counts.iter().sum::<i32>()) / started.elapsed().as_secs_f64())
}
