//! The provider that moves the money, as seen from here: a few calls, each of which may go without an
//! answer. There is one provider, the sandbox; when a second comes, [`Connector`] becomes an enum and
//! those who call it stay as they are.

pub(crate) mod sandbox;

use std::{fmt, time::Duration};

use problem::Result;
use types::Money;
use uuid::Uuid;

pub use sandbox::{Sandbox, SandboxConfig};

/// A payment provider with our patience.
#[derive(Clone)]
pub struct Connector {
    sandbox: Sandbox,
    timeout: Duration,
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

/// The provider gave no usable answer: whether it acted is not known.
#[derive(Debug)]
pub(crate) struct NoAnswer {
    pub(crate) why: String,
}

impl NoAnswer {
    pub(crate) fn because(why: impl fmt::Display) -> Self {
        Self { why: why.to_string() }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the provider gave no answer: {}", self.why)
    }
}

impl std::error::Error for NoAnswer {}

type Answer<T> = std::result::Result<T, NoAnswer>;

impl Connector {
    /// Calls to the provider end after `timeout`.
    pub fn new(sandbox: Sandbox, timeout: Duration) -> Self {
        Self { sandbox, timeout }
    }

    /// Its name in paths and requests.
    pub(crate) fn name(&self) -> &'static str {
        sandbox::NAME
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// How long a call that began may be under way: nobody else looks after it before.
    pub(crate) fn patience(&self) -> Duration {
        self.timeout + Duration::from_secs(1)
    }

    /// Whether the provider knows this means of payment.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.sandbox.accepts(token)
    }

    /// Makes a charge, once for its id.
    pub(crate) async fn charge(&self, request: ChargeRequest) -> Answer<Charge> {
        self.wait(self.sandbox.charge(request)).await
    }

    /// The charge with this id, if there is one.
    pub(crate) async fn find(&self, id: Uuid) -> Answer<Option<Charge>> {
        self.wait(self.sandbox.find(id)).await
    }

    /// Gives up what is not taken, and makes sure that nothing will be taken under this id any more,
    /// even by a request that is still under way. Returns the charge as it is then: one that was taken
    /// in full stays taken.
    pub(crate) async fn cancel(&self, id: Uuid) -> Answer<Charge> {
        self.wait(self.sandbox.cancel(id)).await
    }

    /// Takes a part of what is set aside, once for its id; `false` if the provider refuses.
    pub(crate) async fn capture(&self, id: Uuid, charge_id: Uuid, amount: i64) -> Answer<bool> {
        self.wait(self.sandbox.capture(id, charge_id, amount)).await
    }

    /// Gives a part of what was taken back, once for its id; `false` if the provider refuses.
    pub(crate) async fn refund(&self, id: Uuid, charge_id: Uuid, amount: i64) -> Answer<bool> {
        self.wait(self.sandbox.refund(id, charge_id, amount)).await
    }

    /// Whether the provider signed this webhook, not long ago.
    pub(crate) fn verify_webhook(&self, signature: &str, body: &[u8], now: i64) -> Result<()> {
        crate::webhook::verify(self.sandbox.webhook_secret(), signature, body, now)
    }

    async fn wait<T>(&self, call: impl Future<Output = Answer<T>>) -> Answer<T> {
        match tokio::time::timeout(self.timeout, call).await {
            Ok(answer) => answer,
            Err(_) => Err(NoAnswer::because("timeout")),
        }
    }
}
