//! What the provider does to its books, committed before any answer leaves.

use problem::Result;
use uuid::Uuid;

use super::{
    Sandbox,
    script::Script,
    store::{self, SandboxCharge},
};
use crate::connector::{Answer, Charge, ChargeRequest, ChargeStatus, NoAnswer};

impl Sandbox {
    /// Writes a charge, once for its id.
    pub(super) async fn make_charge(&self, request: &ChargeRequest) -> Result<SandboxCharge> {
        let script = Script::of(&request.token).unwrap_or(Script::Success);
        let status = script.first_status(request.captures_now);
        match store::insert(&self.db, request, status, script).await? {
            Some(charge) => Ok(charge),
            None => store::get(&self.db, request.id).await,
        }
    }

    /// Releases what is not taken; an id without charge is refused from now on.
    pub(super) async fn give_up(&self, id: Uuid) -> Result<SandboxCharge> {
        let mut transaction = self.db.begin().await?;
        store::refuse(&mut *transaction, id).await?;
        store::release(&mut *transaction, id).await?;
        let charge = store::get(&mut *transaction, id).await?;
        transaction.commit().await?;
        Ok(charge)
    }

    /// Moves money of a charge, once for the id. Returns the charge as it was, whether it was accepted,
    /// and whether this was the first time.
    pub(super) async fn operate(
        &self,
        id: Uuid,
        charge_id: Uuid,
        kind: &'static str,
        amount: i64,
    ) -> Result<(SandboxCharge, bool, bool)> {
        let mut transaction = self.db.begin().await?;
        let charge = store::lock(&mut *transaction, charge_id).await?;
        if let Some(is_accepted) = store::find_operation(&mut *transaction, id).await? {
            return Ok((charge, is_accepted, false));
        }
        let is_accepted = match kind {
            "capture" => store::capture(&mut *transaction, charge_id, amount).await?,
            _ => store::refund(&mut *transaction, charge_id, amount).await?,
        };
        let operation = (id, charge_id, kind, amount, is_accepted);
        store::insert_operation(&mut *transaction, operation).await?;
        transaction.commit().await?;
        Ok((charge, is_accepted, true))
    }

    /// The charge as an answer shows it.
    pub(super) fn show(&self, charge: SandboxCharge) -> Charge {
        let must_act = charge.status == ChargeStatus::RequiresAction;
        let action_url = must_act.then(|| {
            format!("{}/v1/payments/sandbox/actions/{}", self.config.public_url, charge.charge_id)
        });
        Charge {
            status: charge.status,
            amount: charge.money(charge.amount),
            amount_released: charge.amount_released,
            decline_code: charge.decline_code,
            action_url,
        }
    }
}

/// Runs the provider's part as a task of its own, as on another machine: a caller who gives up or dies
/// does not stop it.
pub(super) async fn at_provider<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Answer<T> {
    match tokio::spawn(work).await {
        Ok(result) => result.map_err(NoAnswer::because),
        Err(error) => Err(NoAnswer::because(error)),
    }
}
