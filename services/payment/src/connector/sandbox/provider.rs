//! What the provider does when it is called: first its effect, committed, then its answer, which may
//! be late or lost.

use std::future::pending;

use problem::Result;
use uuid::Uuid;

use super::{
    Sandbox, Script,
    store::{self, SandboxCharge},
};
use crate::connector::{Charge, ChargeRequest, ChargeStatus, NoAnswer};

type Answer<T> = std::result::Result<T, NoAnswer>;

impl Sandbox {
    /// Charges once for the request's id, and answers as its token says.
    pub(crate) async fn charge(&self, request: ChargeRequest) -> Answer<Charge> {
        let script = Script::of(&request.token)
            .ok_or_else(|| NoAnswer::because("status 400, there is no such token"))?;
        match script {
            Script::TimeoutNothing => pending().await,
            Script::Error => return Err(NoAnswer::because("status 500")),
            _ => {}
        }
        let sandbox = self.clone();
        let charge =
            at_provider(async move { sandbox.make_charge(&request, script).await }).await?;
        match script {
            Script::TimeoutSuccess => pending().await,
            Script::Slow => tokio::time::sleep(self.config.slow_answer).await,
            _ => {}
        }
        Ok(self.show(charge))
    }

    /// The charge with this id.
    pub(crate) async fn find(&self, id: Uuid) -> Answer<Option<Charge>> {
        let found = store::find(&self.db, id).await.map_err(NoAnswer::because)?;
        Ok(found.map(|charge| self.show(charge)))
    }

    /// Releases what is not taken; an id without charge is refused from now on.
    pub(crate) async fn cancel(&self, id: Uuid) -> Answer<Charge> {
        let db = self.db.clone();
        let charge = at_provider(async move {
            let mut transaction = db.begin().await?;
            store::refuse(&mut *transaction, id).await?;
            store::release(&mut *transaction, id).await?;
            let charge = store::get(&mut *transaction, id).await?;
            transaction.commit().await?;
            Ok(charge)
        });
        Ok(self.show(charge.await?))
    }

    /// Takes a part of what is set aside, once for its id.
    pub(crate) async fn capture(&self, id: Uuid, charge_id: Uuid, amount: i64) -> Answer<bool> {
        self.operate(id, charge_id, "capture", amount).await
    }

    /// Gives a part of what was taken back, once for its id.
    pub(crate) async fn refund(&self, id: Uuid, charge_id: Uuid, amount: i64) -> Answer<bool> {
        self.operate(id, charge_id, "refund", amount).await
    }

    async fn make_charge(&self, request: &ChargeRequest, script: Script) -> Result<SandboxCharge> {
        let mut transaction = self.db.begin().await?;
        let status = script.first_status(request.captures_now);
        let is_new =
            store::insert(&mut *transaction, request, status, script.decline_code()).await?;
        if is_new && script.webhook_copies() > 0 {
            store::insert_event(&mut *transaction, request.id, script.webhook_copies()).await?;
        }
        let charge = store::get(&mut *transaction, request.id).await?;
        transaction.commit().await?;
        Ok(charge)
    }

    async fn operate(
        &self,
        id: Uuid,
        charge_id: Uuid,
        kind: &'static str,
        amount: i64,
    ) -> Answer<bool> {
        let db = self.db.clone();
        let (charge, is_accepted, is_new) = at_provider(async move {
            let mut transaction = db.begin().await?;
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
        })
        .await?;
        if is_new && Script::of(&charge.token) == Some(Script::LaterTimeout) {
            pending::<()>().await;
        }
        Ok(is_accepted)
    }

    /// The charge as an answer shows it.
    fn show(&self, charge: SandboxCharge) -> Charge {
        let must_act = charge.status == ChargeStatus::RequiresAction;
        let action_url = must_act.then(|| {
            format!("{}/v1/payments/sandbox/actions/{}", self.config.public_url, charge.charge_id)
        });
        Charge {
            status: charge.status,
            amount: charge.money(),
            amount_released: charge.amount_released,
            decline_code: charge.decline_code,
            action_url,
        }
    }
}

/// Runs the provider's part as a task of its own, as on another machine: a caller who gives up or dies
/// does not stop it.
async fn at_provider<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Answer<T> {
    match tokio::spawn(work).await {
        Ok(result) => result.map_err(NoAnswer::because),
        Err(error) => Err(NoAnswer::because(error)),
    }
}
