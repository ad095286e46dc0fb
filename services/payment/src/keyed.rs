//! A write on a payment under an `Idempotency-Key`.

use problem::Result;
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;
use web::idempotency::{self, IdempotencyKey, Started};

/// Who asks for what payment, under which key. Writes that call a provider span two transactions, so
/// the key is also kept with the attempt or operation it began: after a crash between the two, a retry
/// finds its own earlier work and never does it twice.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    pub(crate) payment_id: Uuid,
    pub(crate) caller: String,
    pub(crate) key: IdempotencyKey,
}

impl Keyed {
    /// Opens the keyed request; `act` names the route.
    pub(crate) async fn start(
        &self,
        transaction: &mut PgConnection,
        act: &str,
        body: &impl Serialize,
    ) -> Result<Started> {
        let operation = format!("{act} {}", self.payment_id);
        idempotency::start(transaction, Some(&self.key), &self.caller, &operation, body).await
    }
}

/// 409: the same request is running, or its outcome is not recorded yet.
pub(crate) fn request_in_flight() -> problem::Problem {
    problem::Problem::conflict(
        "request_in_flight",
        "a request with this Idempotency-Key is running",
    )
    .retry_after(1)
}
