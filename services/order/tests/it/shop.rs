//! A shop to test with: one database, a catalog and a payment service that do as they are told.

use std::sync::Arc;

use access::Verifier;
use contracts::{Peer, catalog::CatalogClient, payment::PaymentClient};
use order::{App, RuleCache, Settings};
use outbox::{FeedSource, Follower};
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{Answer, Client, Tokens};
use uuid::Uuid;

use crate::{fake_catalog::FakeCatalog, fake_payment::FakePayment};

pub(crate) struct Shop {
    pub(crate) app: App,
    pub(crate) tokens: Tokens,
    pub(crate) catalog: FakeCatalog,
    pub(crate) payment: FakePayment,
    payment_peer: Peer,
}

impl Shop {
    /// Sells `mug` for 10.00 and `lamp` for 50.00, with 19 % VAT included, sends parcels within Germany
    /// for 4.90, free over 100.00, and has ten of each.
    pub(crate) async fn open() -> Self {
        Self::open_with(Settings::default()).await
    }

    pub(crate) async fn open_with(settings: Settings) -> Self {
        let database = testing::database(order::SCHEMA, &order::MIGRATOR).await;
        Self::open_on(database.pool, settings).await
    }

    /// The same, on this database.
    pub(crate) async fn open_on(db: PgPool, settings: Settings) -> Self {
        let tokens = Tokens::new();
        let (catalog, payment) = (FakeCatalog::default(), FakePayment::default());
        catalog.sell("mug", 1000);
        catalog.sell("lamp", 5000);
        let catalog_peer = testing::serve_peer("catalog", catalog.routes(), String::new()).await;
        let payment_peer = testing::serve_peer("payment", payment.routes(), String::new()).await;
        let verifier: Verifier = tokens.verifier();
        let app = App {
            db,
            verifier,
            catalog: CatalogClient::new(catalog_peer),
            rules: RuleCache::default(),
            payment: PaymentClient::new(payment_peer.clone()),
            cells: Arc::default(),
            settings,
        };
        let shop = Self { app, tokens, catalog, payment, payment_peer };
        shop.furnish().await;
        shop
    }

    async fn furnish(&self) {
        let staff = self.staff();
        let rate = json!({"name": "VAT 19 %", "country": "DE", "rate_ppm": 190_000});
        staff.post("/v1/tax-rates", rate).await.assert_status(201);
        let parcel = json!({
            "code": "parcel", "name": "Parcel", "countries": ["DE"],
            "prices": [{"currency": "EUR", "amount": 490, "free_over": 10_000}]
        });
        staff.post("/v1/shipping-methods", parcel).await.assert_status(201);
        self.set_stock("mug", 10).await;
        self.set_stock("lamp", 10).await;
    }

    pub(crate) fn db(&self) -> &PgPool {
        &self.app.db
    }

    pub(crate) fn client(&self, token: &str) -> Client {
        self.nobody().bearer(token)
    }

    pub(crate) fn nobody(&self) -> Client {
        Client::new(order::router(self.app.clone()))
    }

    pub(crate) fn shopper(&self) -> Client {
        self.client(&self.tokens.anonymous())
    }

    pub(crate) fn customer(&self) -> Client {
        self.client(&self.tokens.customer())
    }

    pub(crate) fn staff(&self) -> Client {
        let scopes = ["orders:read", "orders:write", "stock:read", "stock:write"];
        self.client(&self.tokens.staff(&scopes))
    }

    pub(crate) async fn set_stock(&self, sku: &str, on_hand: i64) {
        let lines = json!([{"sku": sku, "on_hand": on_hand}]);
        let answer = self.staff().patch("/v1/stock", lines).await.assert_status(200);
        assert_eq!(answer.json()["failed"], 0, "{}", answer.text());
    }

    pub(crate) async fn available(&self, sku: &str) -> i64 {
        let answer = self.nobody().get(&format!("/v1/stock?skus={sku}")).await.assert_status(200);
        answer.json()["items"][0]["available"].as_i64().unwrap()
    }

    /// on_hand, reserved, allocated.
    pub(crate) async fn level(&self, sku: &str) -> (i64, i64, i64) {
        let answer = self.staff().get(&format!("/v1/stock/{sku}")).await.assert_status(200);
        let level = &answer.json()["locations"][0];
        let number = |name: &str| level[name].as_i64().unwrap();
        (number("on_hand"), number("reserved"), number("allocated"))
    }

    /// A cart that lacks nothing but its checkout. Returns its path.
    pub(crate) async fn ready_cart(&self, client: &Client, items: &[(&str, i32)]) -> String {
        let cart = client.post("/v1/carts", json!({})).await.assert_status(201).json();
        let path = format!("/v1/carts/{}", cart["id"].as_str().unwrap());
        for (sku, quantity) in items {
            let line = json!({"sku": sku, "quantity": quantity});
            client.post(&format!("{path}/lines"), line).await.assert_status(200);
        }
        let email = json!({"email": "ada@example.com"});
        client.put(&format!("{path}/email"), email).await.assert_status(200);
        client.put(&format!("{path}/shipping-address"), address()).await.assert_status(200);
        let method = json!({"code": "parcel"});
        client.put(&format!("{path}/shipping-method"), method).await.assert_status(200);
        path
    }

    /// Checks out under a key of its own.
    pub(crate) async fn checkout(&self, client: &Client, cart: &str, token: &str) -> Answer {
        let client = client.key(&Uuid::now_v7().to_string());
        client.post(&format!("{cart}/checkout"), json!({"payment": {"token": token}})).await
    }

    /// An order of these items, checked out with this token. Returns it as it was answered.
    pub(crate) async fn order(&self, client: &Client, items: &[(&str, i32)], token: &str) -> Value {
        let cart = self.ready_cart(client, items).await;
        self.checkout(client, &cart, token).await.assert_status(201).json()
    }

    /// Takes in what the payment feed has to tell.
    pub(crate) async fn follow_payments(&self) {
        let source = FeedSource::Remote(self.payment_peer.clone());
        let follower = Follower::new("payment", source, self.app.db.clone());
        let app = self.app.clone();
        let mut handle = async |_: &mut sqlx::PgConnection, events: &[contracts::event::Event]| {
            order::background::take_events(app.clone(), events.to_vec()).await
        };
        follower.step(&mut handle).await.unwrap();
    }

    /// Everything that is due is due now, and worked on once.
    pub(crate) async fn work(&self) {
        sqlx::query("update customer_order set due_at = now() where due_at is not null")
            .execute(self.db())
            .await
            .unwrap();
        order::background::work_once(&self.app, None).await.unwrap();
    }

    /// Moves the clock of an order forward by moving its times back.
    pub(crate) async fn age_order(&self, order: &Value, minutes: i32) {
        let id: Uuid = order["id"].as_str().unwrap().parse().unwrap();
        let past = "make_interval(mins => $2)";
        let statements = [
            format!(
                "update customer_order set expires_at = expires_at - {past},
                     give_up_at = give_up_at - {past} where order_id = $1"
            ),
            format!("update reservation set expires_at = expires_at - {past} where order_id = $1"),
        ];
        for statement in statements {
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(id)
                .bind(minutes)
                .execute(self.db())
                .await
                .unwrap();
        }
    }

    /// Types of all facts, in order.
    pub(crate) async fn facts(&self) -> Vec<String> {
        let client = self.client(&self.tokens.service("recommendation"));
        let events = client.get("/internal/feed?limit=1000").await.assert_status(200).json();
        let kind = |event: &Value| event["type"].as_str().unwrap().to_owned();
        events.as_array().unwrap().iter().map(kind).collect()
    }

    /// What must be true at all times (names of the rules that are broken).
    pub(crate) async fn broken_invariants(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select 'reserved is the sum of holds' from stock
             where reserved <> (select coalesce(sum(quantity), 0) from reservation r
                 where r.sku = stock.sku and r.location = stock.location and state = 'held')
             union all
             select 'allocated is the sum of allocations' from stock
             where allocated <> (select coalesce(sum(quantity), 0) from reservation r
                 where r.sku = stock.sku and r.location = stock.location and state = 'allocated')
             union all
             select 'confirmed, unshipped units are allocated' from stock
             where (select coalesce(sum(allocated), 0) from stock other where other.sku = stock.sku)
                 <> (select coalesce(sum(line.quantity - line.shipped), 0) from order_line line
                     join customer_order using (order_id)
                     where line.sku = stock.sku and status = 'confirmed')
             union all
             select 'a coupon counts its orders' from coupon
             where used <> (select count(*) from coupon_use where coupon = code)
             union all
             select 'coupons are of orders that live' from coupon_use
             join customer_order using (order_id) where status in ('cancelled', 'expired')
             union all
             select 'one confirmation per order' from outbox where type = 'order.confirmed'
             group by subject having count(*) > 1",
        )
        .fetch_all(self.db())
        .await
        .unwrap()
    }
}

pub(crate) fn address() -> Value {
    json!({
        "first_name": "Ada", "last_name": "Lovelace", "street": "Lange Reihe 1",
        "postal_code": "20099", "city": "Hamburg", "country": "DE"
    })
}

pub(crate) fn path_of(order: &Value) -> String {
    format!("/v1/orders/{}", order["id"].as_str().unwrap())
}

pub(crate) fn payment_of(order: &Value) -> Uuid {
    order["payment"]["id"].as_str().unwrap().parse().unwrap()
}
