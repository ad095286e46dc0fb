//! Placing an order: everything that must be true of it becomes true in one transaction.

use axum::response::Response;
use problem::{Problem, Result};
use sqlx::{PgConnection, Postgres, Transaction, types::Json};
use types::{CountryCode, ProductId};
use uuid::Uuid;
use web::idempotency::{self, IdempotencyKey, Record, Started};

use super::{
    ShippingChoice, StoredOrder, StoredOrderLine,
    advance::set_confirmed,
    checkout::CheckoutRequest,
    demand, derived_id,
    facts::{Fact, publish},
    number::make_number,
    pay::{self, Wish, store::Attempt},
    reply,
    store::{self, NewRow},
};
use crate::{
    App,
    cart::{
        self, Cart, CartLine, CartProblem, Loaded, StoredCart,
        change::check_open,
        reprice::{self, PriceChange},
        rules::load_cart,
        view::{Viewed, view},
    },
    coupon,
    pricing::{PricedLine, Totals},
    stock::{self, out_of_stock, reserve},
};

pub(super) enum Placed {
    /// This request was answered before.
    Replay(Response),
    /// The order of an earlier try of this request that was not answered; it is ours to drive.
    Order(Uuid, Record),
    /// A new order; it is ours to drive.
    New(Box<Wish>, Record),
}

/// Makes an order of a cart. 409 if something is not as the customer saw it; then nothing was changed.
pub(super) async fn place(
    app: &App,
    owner: &str,
    cart_id: Uuid,
    key: &IdempotencyKey,
    request: &CheckoutRequest,
) -> Result<Placed> {
    let call = Call { app, owner, cart_id, key, request };
    // No transaction is open while the catalog is asked.
    let loaded = call.load().await?;
    let (mut tx, record, cart) = match call.begin().await? {
        Begun::Earlier(placed) => return Ok(placed),
        Begun::First(tx, record, cart) => (tx, record, cart),
    };
    let loaded = loaded.ok_or_else(cart_changed)?;
    match call.write(&mut tx, loaded, *cart).await {
        Ok((order, lines)) => {
            tx.commit().await?;
            let attempt = Attempt::first(request.payment.as_ref());
            Ok(Placed::New(Box::new(Wish { order, lines, attempt }), record))
        }
        Err(problem) => {
            // At once, not when the connection is next used: others wait for the locks.
            tx.rollback().await?;
            Err(problem)
        }
    }
}

struct Call<'a> {
    app: &'a App,
    owner: &'a str,
    cart_id: Uuid,
    key: &'a IdempotencyKey,
    request: &'a CheckoutRequest,
}

enum Begun {
    Earlier(Placed),
    /// Nothing was done yet; the cart is locked.
    First(Transaction<'static, Postgres>, Record, Box<StoredCart>),
}

impl Call<'_> {
    /// Opens a transaction with the cart locked, and looks for earlier tries of this request.
    async fn begin(&self) -> Result<Begun> {
        let mut tx = self.app.db.begin().await?;
        let operation = format!("checkout {}", self.cart_id);
        let (key, request) = (Some(self.key), self.request);
        let started = idempotency::start(&mut tx, key, self.owner, &operation, request).await?;
        let record = match started {
            Started::Replay(response) => return Ok(Begun::Earlier(Placed::Replay(response))),
            Started::First(record) => record,
        };
        let cart = cart::store::lock(&mut tx, self.owner, self.cart_id).await?;
        let cart = cart.ok_or_else(|| Problem::not_found("cart"))?;
        if cart.status != "ordered" {
            check_open(&cart)?;
            return Ok(Begun::First(tx, record, Box::new(cart)));
        }
        let order = store::find_by_cart(&mut *tx, self.cart_id).await?;
        let order = order.ok_or_else(|| Problem::not_found("order of this cart"))?;
        if order.checkout_key != self.key.as_str() {
            let problem = Problem::conflict("cart_closed", "the cart is ordered");
            return Err(problem.with("order_id", order.order_id.to_string()));
        }
        let is_open = pay::store::find_open(&mut *tx, order.order_id).await?.is_some();
        if is_open && !store::claim(&mut *tx, order.order_id).await? {
            return Err(reply::in_flight());
        }
        tx.commit().await?;
        Ok(Begun::Earlier(Placed::Order(order.order_id, record)))
    }

    /// The cart as it is to be bought, if it is open. What is short is not even asked about.
    async fn load(&self) -> Result<Option<Loaded>> {
        let mut db = self.app.db.acquire().await?;
        let loaded = load_cart(&mut db, &self.app.rules, self.owner, self.cart_id).await?;
        let Some(loaded) = loaded.filter(|loaded| loaded.cart.status == "open") else {
            return Ok(None);
        };
        if loaded.lines.iter().any(|line| line.available < i64::from(line.quantity)) {
            check_ready(&view(&mut db, &loaded).await?.cart)?;
        }
        drop(db);
        self.reprice(loaded).await.map(Some)
    }

    /// The cart at the prices of this moment. With the catalog down, prices that are not too old will
    /// do: carts and checkout must not stop with it.
    async fn reprice(&self, mut loaded: Loaded) -> Result<Loaded> {
        let App { db, rules, catalog, .. } = self.app;
        match reprice::reprice_to_buy(db, rules, catalog, &mut loaded).await {
            Ok(changes) if changes.is_empty() => Ok(loaded),
            Ok(changes) => {
                let mut db = self.app.db.acquire().await?;
                let total = view(&mut db, &loaded).await?.cart.totals.total;
                Err(price_changed(&changes, total))
            }
            Err(error) => {
                let grace = self.app.settings.price_grace;
                if loaded.lines.iter().any(|line| reprice::is_older(line, grace)) {
                    return Err(error);
                }
                tracing::warn!(%error, "checking out at the last known prices");
                Ok(loaded)
            }
        }
    }

    async fn write(
        &self,
        tx: &mut PgConnection,
        mut loaded: Loaded,
        cart: StoredCart,
    ) -> Result<(StoredOrder, Vec<StoredOrderLine>)> {
        if cart.version != loaded.cart.version {
            return Err(cart_changed());
        }
        loaded.renew(&mut *tx, &self.app.rules, cart).await?;
        let viewed = view(&mut *tx, &loaded).await?;
        check_ready(&viewed.cart)?;
        self.check_total(&viewed.cart.totals)?;
        let (order, lines) = self.insert(&mut *tx, &viewed).await?;
        publish(&mut *tx, Fact::Placed, &order, &lines).await?;
        take_coupons(&mut *tx, &order).await?;
        // Stock last: its locks are the ones that others wait for.
        hold(&mut *tx, &order, &lines).await?;
        if order.total == 0 {
            stock::store::allocate(&mut *tx, order.order_id).await?;
            set_confirmed(&mut *tx, &order, &lines, "there is nothing to pay").await?;
            store::reschedule(&mut *tx, order.order_id).await?;
        }
        Ok((order, lines))
    }

    /// Derived, so that every try makes the same one; it says in which region the payment is, for good.
    fn payment_id(&self, order_id: Uuid, country: &CountryCode) -> Uuid {
        let id = derived_id(order_id, "payment");
        self.app.cells.region_of(country).map_or(id, |region| region.mark(id))
    }

    fn check_total(&self, totals: &Totals) -> Result<()> {
        if self.request.expected_total.is_some_and(|expected| expected != totals.total) {
            return Err(price_changed(&[], totals.total));
        }
        if totals.total > 0 && self.request.payment.is_none() {
            return Err(Problem::invalid(
                "/payment",
                "required",
                "is needed: there is something to pay",
            ));
        }
        Ok(())
    }

    async fn insert(
        &self,
        tx: &mut PgConnection,
        viewed: &Viewed,
    ) -> Result<(StoredOrder, Vec<StoredOrderLine>)> {
        let cart = &viewed.cart;
        let order_id = Uuid::now_v7();
        let shipping_address = cart.shipping_address.as_ref().ok_or_else(not_ready)?;
        let is_free = cart.totals.total == 0;
        let settings = &self.app.settings;
        let lines = order_lines(order_id, viewed);
        let mut row = NewRow {
            order_id,
            number: make_number(chrono::Utc::now(), Uuid::new_v4()),
            cart_id: self.cart_id,
            checkout_key: self.key.as_str(),
            customer: self.owner,
            email: cart.email.as_deref(),
            payment_status: if is_free { "none" } else { "pending" },
            currency: cart.currency.as_str(),
            totals: &cart.totals,
            discounts: &cart.discounts_explained,
            taxes: &cart.taxes,
            shipping_method: &shipping_choice(viewed)?,
            shipping_address,
            billing_address: cart.billing_address.as_ref().unwrap_or(shipping_address),
            payment_id: (!is_free).then(|| self.payment_id(order_id, &shipping_address.country)),
            expires_in_seconds: settings.reservation.as_secs_f64(),
            give_up_in_seconds: settings.reservation_cap.as_secs_f64(),
            payment: self.request.payment.as_ref().filter(|_| !is_free),
        };
        loop {
            if let Some(order) = store::insert(&mut *tx, &row, &lines).await? {
                return Ok((order, lines));
            }
            row.number = make_number(chrono::Utc::now(), Uuid::new_v4());
        }
    }
}

fn shipping_choice(viewed: &Viewed) -> Result<ShippingChoice> {
    let code = viewed.cart.shipping_method.as_deref().ok_or_else(not_ready)?;
    let name = viewed.rules.shipping_name(code).ok_or_else(not_ready)?;
    Ok(ShippingChoice { code: code.to_owned(), name: name.to_owned() })
}

fn cart_changed() -> Problem {
    Problem::conflict("cart_changed", "the cart was changed while it was checked out")
}

fn order_lines(order_id: Uuid, viewed: &Viewed) -> Vec<StoredOrderLine> {
    let lines = viewed.cart.lines.iter().zip(&viewed.quote.lines);
    lines.map(|(line, price)| order_line(order_id, line, price)).collect()
}

fn order_line(order_id: Uuid, line: &CartLine, price: &PricedLine) -> StoredOrderLine {
    let ProductId(product_id) = line.product_id;
    StoredOrderLine {
        line_id: Uuid::now_v7(),
        order_id,
        sku: line.sku.to_string(),
        product_id,
        name: line.name.clone(),
        image: line.image.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price.unwrap_or(0),
        subtotal: price.subtotal,
        discount: price.discount,
        discounts: Json(price.discounts.clone()),
        tax: price.tax,
        tax_included: price.tax_included,
        tax_rate_ppm: price.tax_rate_ppm,
        total: price.total,
        shipped: 0,
        returned: 0,
    }
}

/// Counts every coupon whose discount is part of the price. Codes in order, so that nobody waits for
/// whom he keeps waiting.
async fn take_coupons(tx: &mut PgConnection, order: &StoredOrder) -> Result<()> {
    for code in order.used_coupons() {
        let refuse = |refusal: coupon::CouponRefusal| {
            Problem::conflict("coupon_not_usable", refusal.text()).with("coupon", code.as_str())
        };
        let taken = coupon::store::take(&mut *tx, &code).await?;
        let taken = taken.ok_or_else(|| refuse(coupon::CouponRefusal::UsedUp))?;
        if let Some(limit) = taken.rule.per_customer_limit {
            // The coupon's row is locked, so that the count cannot change.
            let (codes, email) = ([code.clone()], order.email.as_deref());
            let uses = coupon::store::count_uses(&mut *tx, &codes, &order.customer, email).await?;
            if uses.first().is_some_and(|(_, uses)| *uses >= i64::from(limit)) {
                return Err(refuse(coupon::CouponRefusal::UsedByCustomer));
            }
        }
        let email = order.email.as_deref();
        let (order_id, customer) = (order.order_id, &order.customer);
        coupon::store::insert_use(&mut *tx, &code, order_id, customer, email).await?;
    }
    Ok(())
}

async fn hold(tx: &mut PgConnection, order: &StoredOrder, lines: &[StoredOrderLine]) -> Result<()> {
    reserve::hold(tx, order.order_id, &demand(lines), order.expires_at)
        .await?
        .map_err(|shortages| out_of_stock(&shortages))
}

/// 409 if the cart has problems: `out_of_stock` or `coupon_not_usable` if that is all, else
/// `cart_not_ready`; `problems` names them.
fn check_ready(cart: &Cart) -> Result<()> {
    let problems = &cart.problems;
    if problems.is_empty() {
        return Ok(());
    }
    let only = |code: &str| problems.iter().all(|problem| problem.code == code);
    let (code, detail) = if only("out_of_stock") {
        ("out_of_stock", "there is not enough of it in stock")
    } else if only("coupon_not_usable") {
        ("coupon_not_usable", "a coupon cannot be used any more; take it out")
    } else {
        ("cart_not_ready", "something is missing; problems says what")
    };
    let list = serde_json::to_value(problems).map_err(Problem::internal)?;
    Err(Problem::conflict(code, detail).with("problems", list).with("lines", short(cart)))
}

/// The lines that are short, as `out_of_stock` names them everywhere.
fn short(cart: &Cart) -> serde_json::Value {
    let is_short = |line: &&CartLine| {
        let about = |it: &CartProblem| it.code == "out_of_stock" && it.line == Some(line.id);
        cart.problems.iter().any(about)
    };
    let name = |line: &CartLine| {
        serde_json::json!({
            "sku": line.sku, "wanted": line.quantity, "available": line.available
        })
    };
    cart.lines.iter().filter(is_short).map(name).collect()
}

/// 409 `price_changed` with what changed and the total of now.
fn price_changed(changes: &[PriceChange], total: i64) -> Problem {
    let lines = serde_json::to_value(changes).expect("price changes are plain data");
    Problem::conflict("price_changed", "the price is not what the customer saw")
        .with("lines", lines)
        .with("total", total)
}

fn not_ready() -> Problem {
    Problem::conflict("cart_not_ready", "something is missing")
}
