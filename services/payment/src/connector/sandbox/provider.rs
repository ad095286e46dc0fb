//! What the provider answers: late or never, as its token says, but always after its effect.

use std::{future::pending, ops::Range};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use problem::Result;
use web::parse_json;

use super::{KIND, Sandbox, books::at_provider, script::Script, store};
use crate::{
    connector::{
        Answer, Charge, ChargeRef, ChargeRequest, Listed, NoAnswer, Operated, OperationRequest,
        Prepared, Provider,
    },
    webhook::{self, About, ProviderEvent},
};

/// Charges on a page of a list.
const PAGE: i64 = 500;

#[async_trait]
impl Provider for Sandbox {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn accepts(&self, token: &str) -> bool {
        Script::of(token).is_some()
    }

    async fn prepare(&self, request: &ChargeRequest) -> Answer<Prepared> {
        match Script::of(&request.token) {
            Some(Script::Unreachable(connector)) if connector == self.config.connector => {
                Err(NoAnswer::because("connection refused"))
            }
            _ => Ok(Prepared::ByOurId),
        }
    }

    async fn charge(&self, request: &ChargeRequest, _: &ChargeRef) -> Answer<Charge> {
        let script = Script::of(&request.token)
            .ok_or_else(|| NoAnswer::because("status 400, there is no such token"))?;
        match script {
            Script::TimeoutNothing => pending().await,
            Script::Error => return Err(NoAnswer::because("status 500")),
            _ => {}
        }
        let (sandbox, copy) = (self.clone(), request.clone());
        let charge = at_provider(async move { sandbox.make_charge(&copy).await }).await?;
        match script {
            Script::TimeoutSuccess => pending().await,
            Script::Slow => tokio::time::sleep(self.config.slow_answer).await,
            _ => {}
        }
        Ok(self.show(charge))
    }

    async fn find(&self, charge: &ChargeRef) -> Answer<Option<Charge>> {
        let found = store::find(&self.db, charge.id).await.map_err(NoAnswer::because)?;
        Ok(found.map(|charge| self.show(charge)))
    }

    async fn cancel(&self, charge: &ChargeRef) -> Answer<Charge> {
        let (sandbox, id) = (self.clone(), charge.id);
        let charge = at_provider(async move { sandbox.give_up(id).await }).await?;
        Ok(self.show(charge))
    }

    async fn capture(&self, request: &OperationRequest) -> Answer<Operated> {
        self.answer_operation(request, "capture").await
    }

    async fn refund(&self, request: &OperationRequest) -> Answer<Operated> {
        self.answer_operation(request, "refund").await
    }

    async fn list(&self, times: &Range<DateTime<Utc>>, after: Option<&str>) -> Answer<Vec<Listed>> {
        let after = after.and_then(|text| text.parse().ok());
        let charges = store::list(&self.db, times, after, PAGE).await.map_err(NoAnswer::because)?;
        Ok(charges.iter().map(store::SandboxCharge::to_listed).collect())
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8], now: i64) -> Result<ProviderEvent> {
        let signature = webhook::signature_in(headers, webhook::SANDBOX_SIGNATURE);
        webhook::verify(self.webhook_secret(), signature, body, now)?;
        let event: webhook::SandboxEvent = parse_json(body)?;
        Ok(ProviderEvent { id: event.id, kind: event.kind, about: About::Attempt(event.charge) })
    }
}

impl Sandbox {
    async fn answer_operation(
        &self,
        request: &OperationRequest,
        kind: &'static str,
    ) -> Answer<Operated> {
        let (sandbox, id, charge_id) = (self.clone(), request.id, request.charge.id);
        let amount = request.amount.amount;
        let (charge, is_accepted, is_new) =
            at_provider(async move { sandbox.operate(id, charge_id, kind, amount).await }).await?;
        if is_new && Script::of(&charge.token) == Some(Script::LaterTimeout) {
            pending::<()>().await;
        }
        Ok(if is_accepted { Operated::Done { released: 0 } } else { Operated::Refused })
    }
}
