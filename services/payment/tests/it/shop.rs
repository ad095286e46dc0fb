//! A payment service of its own for each test, and the few words that tests are written in.

use std::time::Duration;

use payment::{
    App, Connector, Connectors, MIGRATOR, Routing, SCHEMA, Sandbox, SandboxConfig, Stripe,
    StripeConfig,
};
use serde_json::{Value, json};
use sqlx::PgPool;
use testing::{Client, Tokens};
use tokio::net::TcpListener;
use uuid::Uuid;
use web::Secret;

pub(crate) const WEBHOOK_SECRET: &str = "whsec_test";
/// The secret key of our account at the double of Stripe.
pub(crate) const STRIPE_KEY: &str = "sk_test_vitrine";
/// An address where nobody answers.
const NOBODY: &str = "http://127.0.0.1:1";
/// Long enough for a busy machine to answer in.
const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for the sandbox to charge in, short enough to wait for where the answer never comes.
const LITTLE_PATIENCE: Duration = Duration::from_secs(2);

pub(crate) struct Shop {
    pub(crate) app: App,
    pub(crate) db: PgPool,
    pub(crate) sandbox: Sandbox,
    pub(crate) tokens: Tokens,
    /// Without a token.
    pub(crate) anyone: Client,
    /// Another of our services.
    pub(crate) order: Client,
}

/// A service whose provider answers.
pub(crate) async fn shop() -> Shop {
    let db = testing::database(SCHEMA, &MIGRATOR).await.pool;
    open(db.clone(), db, PATIENCE, NOBODY).await
}

/// A service that soon gives up waiting for its provider.
pub(crate) async fn impatient_shop() -> Shop {
    let db = testing::database(SCHEMA, &MIGRATOR).await.pool;
    open(db.clone(), db, LITTLE_PATIENCE, NOBODY).await
}

/// A service whose account at Stripe is at this address.
pub(crate) async fn shop_with_stripe(url: &str) -> Shop {
    let db = testing::database(SCHEMA, &MIGRATOR).await.pool;
    open(db.clone(), db, LITTLE_PATIENCE, url).await
}

/// A service on this database, whose provider answers and has its books on another way there.
pub(crate) async fn shop_on(db: PgPool, books: PgPool) -> Shop {
    open(db, books, PATIENCE, NOBODY).await
}

async fn open(db: PgPool, books: PgPool, timeout: Duration, stripe_url: &str) -> Shop {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let config = |connector: &str| SandboxConfig {
        connector: connector.to_owned(),
        public_url: "http://shop.test".to_owned(),
        webhook_url: format!("http://{address}/v1/payments/webhooks/sandbox"),
        webhook_secret: Secret::new(WEBHOOK_SECRET),
        slow_answer: Duration::from_millis(50),
    };
    let sandbox = Sandbox::new(books.clone(), config("sandbox"));
    let backup = Sandbox::new(books, config("backup"));
    let tokens = Tokens::new();
    let stripe = Stripe::new(StripeConfig {
        url: stripe_url.to_owned(),
        secret_key: Secret::new(STRIPE_KEY),
        webhook_secret: Secret::new(WEBHOOK_SECRET),
        return_url: "http://shop.test/back".to_owned(),
    });
    let connectors = Connectors::new(vec![
        Connector::sandbox("sandbox", sandbox.clone(), timeout),
        Connector::sandbox("backup", backup, timeout),
        Connector::stripe("stripe", stripe, timeout),
    ]);
    let app = App {
        db: db.clone(),
        verifier: tokens.verifier(),
        region: None,
        connectors,
        sandbox: Some(sandbox.clone()),
        routing: Routing::default(),
    };
    let router = payment::router(app.clone());
    tokio::spawn(axum::serve(listener, router.clone()).into_future());
    let anyone = Client::new(router);
    let order = anyone.bearer(&tokens.service("order"));
    Shop { app, db, sandbox, tokens, anyone, order }
}

/// Any key that was not used before.
pub(crate) fn fresh_key() -> String {
    Uuid::now_v7().to_string()
}

pub(crate) fn new_payment(amount: i64) -> Value {
    json!({
        "order_id": Uuid::now_v7(),
        "amount": { "amount": amount, "currency": "EUR" },
        "skus": ["MUG-BLUE-S"]
    })
}

/// The same with an id and its first attempt.
pub(crate) fn new_confirmed(token: &str) -> Value {
    let mut payment = new_payment(1000);
    payment["id"] = json!(Uuid::now_v7());
    payment["confirm"] = json!({ "token": token });
    payment
}

impl Shop {
    /// The service called under a fresh key.
    pub(crate) fn keyed(&self) -> Client {
        self.order.key(&fresh_key())
    }

    /// A new payment over 10.00 € that is captured at once.
    pub(crate) async fn payment(&self) -> String {
        self.create(new_payment(1000)).await
    }

    /// A new payment over 10.00 € that is captured later.
    pub(crate) async fn manual_payment(&self) -> String {
        let mut payment = new_payment(1000);
        payment["capture_method"] = json!("manual");
        self.create(payment).await
    }

    async fn create(&self, payment: Value) -> String {
        let answer = self.keyed().post("/v1/payments", payment).await.assert_status(201);
        format!("/v1/payments/{}", answer.json()["id"].as_str().unwrap())
    }

    /// A payment over 10.00 € that was made with this token.
    pub(crate) async fn paid_with(&self, token: &str) -> String {
        let payment = self.payment().await;
        self.confirm(&payment, token).await;
        payment
    }

    /// 10.00 € that are authorized and not captured.
    pub(crate) async fn authorized(&self) -> String {
        let payment = self.manual_payment().await;
        self.confirm(&payment, "tok_success").await;
        payment
    }

    /// Confirms and expects 200.
    pub(crate) async fn confirm(&self, payment: &str, token: &str) -> Value {
        let path = format!("{payment}/confirm");
        self.keyed().post(&path, json!({ "token": token })).await.assert_status(200).json()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.order.get(path).await.assert_status(200).json()
    }

    /// Lets the time pass until everything open is due, and one round of the resolver.
    pub(crate) async fn resolve_later(&self) {
        for table in ["attempt", "operation"] {
            let statement = format!("update {table} set next_check_at = now()");
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&self.db).await.unwrap();
        }
        payment::resolve_due(&self.app).await.unwrap();
    }

    /// What the provider took for this payment, net of refunds, in how many charges.
    pub(crate) async fn charged(&self, payment: &str) -> (i64, i64) {
        let id: Uuid = payment.rsplit('/').next().unwrap().parse().unwrap();
        sqlx::query_as(
            "select coalesce(sum(amount_captured - amount_refunded), 0)::bigint,
                    count(*) filter (where amount_captured > 0)
             from sandbox_charge join attempt on attempt_id = charge_id where payment_id = $1",
        )
        .bind(id)
        .fetch_one(&self.db)
        .await
        .unwrap()
    }
}
