//! The providers that move the money, as seen from here: a few calls, each of which may go without an
//! answer. [`Provider`] is what each can do; a [`Connector`] is one of them as it is configured here,
//! under a name, with our patience and what we know of its health; [`Connectors`] are those of this
//! process.

mod health;
pub(crate) mod sandbox;
pub(crate) mod stripe;

use std::{fmt, ops::Range, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use problem::{Problem, Result};
use types::Money;
use uuid::Uuid;

use crate::webhook::ProviderEvent;
use health::Health;

pub use sandbox::{Sandbox, SandboxConfig};
pub use stripe::{Stripe, StripeConfig};

/// What is known of a charge before the provider is asked about it.
#[derive(Debug, Clone)]
pub(crate) struct ChargeRef {
    /// Our attempt: the idempotency key of the charge.
    pub(crate) id: Uuid,
    /// The provider's own id, where it makes one.
    pub(crate) reference: Option<String>,
}

/// What a provider is asked to charge.
#[derive(Debug, Clone)]
pub(crate) struct ChargeRequest {
    /// Idempotency key: our attempt.
    pub(crate) id: Uuid,
    /// The means of payment.
    pub(crate) token: String,
    pub(crate) amount: Money,
    /// Take the money at once, or only set it aside.
    pub(crate) captures_now: bool,
    /// Where a customer who had to act comes back to.
    pub(crate) return_url: Option<String>,
}

/// Answer to a charge that was announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// The provider knows charges by our ids; there was nothing to announce.
    ByOurId,
    /// The provider's id of the charge that is to come.
    Reference(String),
    /// The provider will not charge that, and says why with a code.
    Refused(String),
}

/// A capture or refund that a provider is asked for.
#[derive(Debug, Clone)]
pub(crate) struct OperationRequest {
    /// Idempotency key: our operation.
    pub(crate) id: Uuid,
    /// The charge it is about.
    pub(crate) charge: ChargeRef,
    pub(crate) amount: Money,
    /// It was asked for before, and the answer is missing.
    pub(crate) is_repeated: bool,
}

/// What a provider did about a capture or refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operated {
    /// Done. `released` is what the provider gave up with it, in minor units: some let a charge be
    /// captured only once.
    Done { released: i64 },
    /// Refused; nothing moved.
    Refused,
}

/// A charge as the provider has it.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) status: ChargeStatus,
    pub(crate) amount: Money,
    pub(crate) amount_released: i64,
    pub(crate) decline_code: Option<String>,
    /// Where the customer must go.
    pub(crate) action_url: Option<String>,
}

impl Charge {
    /// One that the provider refused to make.
    pub(crate) fn refused(amount: Money, code: String) -> Self {
        Self {
            status: ChargeStatus::Declined,
            amount,
            amount_released: 0,
            decline_code: Some(code),
            action_url: None,
        }
    }

    /// Whether it is a charge of this amount; one that was never made is of none.
    pub(crate) fn is_of(&self, amount: &Money) -> bool {
        self.status == ChargeStatus::Canceled || self.amount == *amount
    }
}

/// State of a charge at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ChargeStatus {
    RequiresAction,
    Pending,
    Authorized,
    Captured,
    Declined,
    Canceled,
}

/// A charge in a provider's books, for comparison with ours.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    /// Where the list goes on after it.
    pub(crate) position: String,
    /// Our attempt, if the charge names one.
    pub(crate) attempt_id: Option<Uuid>,
    pub(crate) reference: Option<String>,
    /// What was taken.
    pub(crate) captured: Money,
    /// Minor units of it that were given back.
    pub(crate) refunded: i64,
}

/// The provider gave no usable answer: whether it acted is not known, unless the question never left.
#[derive(Debug)]
pub(crate) struct NoAnswer {
    pub(crate) why: String,
    /// It is certain that the provider was not asked to charge anything.
    pub(crate) is_harmless: bool,
}

impl NoAnswer {
    /// The provider may have acted.
    pub(crate) fn because(why: impl fmt::Display) -> Self {
        Self { why: why.to_string(), is_harmless: false }
    }

    /// The provider was never asked to act.
    pub(crate) fn harmless(why: impl fmt::Display) -> Self {
        Self { why: why.to_string(), is_harmless: true }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the provider gave no answer: {}", self.why)
    }
}

impl std::error::Error for NoAnswer {}

pub(crate) type Answer<T> = std::result::Result<T, NoAnswer>;

/// What a payment provider does for us.
#[async_trait]
pub(crate) trait Provider: Send + Sync {
    /// Sort of provider, e.g. `stripe`.
    fn kind(&self) -> &'static str;

    /// Whether this has the form of a means of payment of this provider.
    fn accepts(&self, token: &str) -> bool;

    /// Announces a charge without asking for it, where the provider wants that: what it is called
    /// there must be written down before the money may move.
    async fn prepare(&self, request: &ChargeRequest) -> Answer<Prepared>;

    /// Makes a charge, once for its id.
    async fn charge(&self, request: &ChargeRequest, charge: &ChargeRef) -> Answer<Charge>;

    /// The charge, if there is one.
    async fn find(&self, charge: &ChargeRef) -> Answer<Option<Charge>>;

    /// Gives up what is not taken, and makes sure that nothing will be taken under this id any more,
    /// even by a request that is still under way. Returns the charge as it is then: one that was taken
    /// in full stays taken.
    async fn cancel(&self, charge: &ChargeRef) -> Answer<Charge>;

    /// Takes a part of what is set aside, once for its id.
    async fn capture(&self, request: &OperationRequest) -> Answer<Operated>;

    /// Gives a part of what was taken back, once for its id.
    async fn refund(&self, request: &OperationRequest) -> Answer<Operated>;

    /// A page of the charges that were made in a time, in an order of the provider's own, after a
    /// position; an empty one ends the list.
    async fn list(&self, times: &Range<DateTime<Utc>>, after: Option<&str>) -> Answer<Vec<Listed>>;

    /// Checks a webhook's signature at the time `now`, in seconds since 1970, and reads it.
    fn read_webhook(&self, headers: &HeaderMap, body: &[u8], now: i64) -> Result<ProviderEvent>;
}

/// A payment provider as it is configured here.
#[derive(Clone)]
pub struct Connector {
    name: Arc<str>,
    provider: Arc<dyn Provider>,
    timeout: Duration,
    health: Arc<Health>,
}

impl Connector {
    /// The sandbox under this name; calls to it end after `timeout`.
    pub fn sandbox(name: &str, sandbox: Sandbox, timeout: Duration) -> Self {
        Self::new(name, Arc::new(sandbox), timeout)
    }

    /// Stripe under this name; calls to it end after `timeout`.
    pub fn stripe(name: &str, stripe: Stripe, timeout: Duration) -> Self {
        Self::new(name, Arc::new(stripe), timeout)
    }

    fn new(name: &str, provider: Arc<dyn Provider>, timeout: Duration) -> Self {
        Self { name: name.into(), provider, timeout, health: Arc::default() }
    }

    /// Its name in paths and requests.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.provider.kind()
    }

    /// Whether it answered lately.
    pub(crate) fn is_healthy(&self) -> bool {
        self.health.is_good()
    }

    /// How long a request that began may be under way: nobody else looks after it before. A charge
    /// takes two calls at most.
    pub(crate) fn patience(&self) -> Duration {
        self.timeout * 2 + Duration::from_secs(1)
    }

    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.provider.accepts(token)
    }

    pub(crate) async fn prepare(&self, request: &ChargeRequest) -> Answer<Prepared> {
        let prepared = self.wait(self.timeout / 2, self.provider.prepare(request)).await;
        // Nothing is taken by an announcement, whatever became of it.
        prepared.map_err(|error| NoAnswer::harmless(error.why))
    }

    pub(crate) async fn charge(
        &self,
        request: &ChargeRequest,
        charge: &ChargeRef,
    ) -> Answer<Charge> {
        self.wait(self.timeout, self.provider.charge(request, charge)).await
    }

    pub(crate) async fn find(&self, charge: &ChargeRef) -> Answer<Option<Charge>> {
        self.wait(self.timeout, self.provider.find(charge)).await
    }

    pub(crate) async fn cancel(&self, charge: &ChargeRef) -> Answer<Charge> {
        self.wait(self.timeout, self.provider.cancel(charge)).await
    }

    pub(crate) async fn capture(&self, request: &OperationRequest) -> Answer<Operated> {
        self.wait(self.timeout, self.provider.capture(request)).await
    }

    pub(crate) async fn refund(&self, request: &OperationRequest) -> Answer<Operated> {
        self.wait(self.timeout, self.provider.refund(request)).await
    }

    pub(crate) async fn list(
        &self,
        times: &Range<DateTime<Utc>>,
        after: Option<&str>,
    ) -> Answer<Vec<Listed>> {
        self.wait(self.timeout, self.provider.list(times, after)).await
    }

    pub(crate) fn read_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: i64,
    ) -> Result<ProviderEvent> {
        self.provider.read_webhook(headers, body, now)
    }

    async fn wait<T>(&self, timeout: Duration, call: impl Future<Output = Answer<T>>) -> Answer<T> {
        let answer = match tokio::time::timeout(timeout, call).await {
            Ok(answer) => answer,
            Err(_) => Err(NoAnswer::because("timeout")),
        };
        self.health.record(&self.name, answer.is_ok());
        answer
    }
}

/// The connectors of this process; the first is the default.
#[derive(Clone)]
pub struct Connectors(Arc<[Connector]>);

impl Connectors {
    /// In the order of preference.
    pub fn new(connectors: Vec<Connector>) -> Self {
        Self(connectors.into())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Connector> {
        self.0.iter()
    }

    /// The connector of this name.
    pub(crate) fn find(&self, name: &str) -> Option<&Connector> {
        self.iter().find(|connector| connector.name() == name)
    }

    /// The connector that an attempt was made with. 503 if it is not configured any more.
    pub(crate) fn get(&self, name: &str) -> Result<&Connector> {
        self.find(name).ok_or_else(|| {
            tracing::error!(connector = name, "a connector with open business is not configured");
            Problem::unavailable("the payment provider")
        })
    }

    /// The longest that any request may be under way.
    pub(crate) fn patience(&self) -> Duration {
        self.iter().map(Connector::patience).max().unwrap_or_default()
    }
}
