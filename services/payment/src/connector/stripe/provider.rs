use std::ops::Range;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use problem::Result;

use super::{
    KIND, Refusal, Stripe,
    amount::{from_stripe, to_stripe},
    send,
    webhook::read,
    wire::{List, PaymentIntent, Refund},
};
use crate::{
    connector::{
        Answer, Charge, ChargeRef, ChargeRequest, Listed, NoAnswer, Operated, OperationRequest,
        Prepared, Provider,
    },
    webhook::{self, ProviderEvent},
};

/// Ids of Stripe are not longer.
const MAX_TOKEN_LENGTH: usize = 255;
/// Name of our attempt or operation in the metadata of Stripe's things.
pub(super) const ATTEMPT: &str = "attempt";
const OPERATION: &str = "operation";

#[async_trait]
impl Provider for Stripe {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn accepts(&self, token: &str) -> bool {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
        token
            .strip_prefix("pm_")
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_allowed))
            && token.len() <= MAX_TOKEN_LENGTH
    }

    async fn prepare(&self, request: &ChargeRequest) -> Answer<Prepared> {
        let Some(amount) = to_stripe(&request.amount) else {
            return Ok(Prepared::Refused("invalid_amount".to_owned()));
        };
        let capture_method = if request.captures_now { "automatic" } else { "manual" };
        let form = [
            ("amount", amount.to_string()),
            ("currency", request.amount.currency.as_str().to_ascii_lowercase()),
            ("payment_method", request.token.clone()),
            ("capture_method", capture_method.to_owned()),
            // Whatever the account has switched on; those that redirect come back to our address.
            ("automatic_payment_methods[enabled]", "true".to_owned()),
            ("metadata[attempt]", request.id.to_string()),
        ];
        let key = format!("{}-create", request.id);
        match send::<PaymentIntent>(self.post("/v1/payment_intents", &key, &form)).await? {
            Ok(intent) => Ok(Prepared::Reference(intent.id)),
            Err(Refusal(error)) => Ok(Prepared::Refused(error.word())),
        }
    }

    async fn charge(&self, request: &ChargeRequest, charge: &ChargeRef) -> Answer<Charge> {
        let reference = reference_of(charge)?;
        let return_url = request.return_url.as_ref().unwrap_or(&self.config.return_url);
        let form = [("payment_method", request.token.clone()), ("return_url", return_url.clone())];
        let path = format!("/v1/payment_intents/{reference}/confirm");
        let key = format!("{}-confirm", request.id);
        match send::<PaymentIntent>(self.post(&path, &key, &form)).await? {
            Ok(intent) => intent.into_charge()?.ok_or_else(|| NoAnswer::because("not confirmed")),
            // Confirmed or cancelled before: what it is now counts.
            Err(Refusal(error)) if error.is_of_state() => {
                let now = self.find(charge).await?;
                now.ok_or_else(|| NoAnswer::because("not confirmed"))
            }
            Err(Refusal(error)) => Ok(Charge::refused(request.amount.clone(), error.word())),
        }
    }

    async fn find(&self, charge: &ChargeRef) -> Answer<Option<Charge>> {
        self.get_intent(reference_of(charge)?).await?.into_charge()
    }

    async fn cancel(&self, charge: &ChargeRef) -> Answer<Charge> {
        let reference = reference_of(charge)?;
        let path = format!("/v1/payment_intents/{reference}/cancel");
        let key = format!("{}-cancel", charge.id);
        let intent = match send::<PaymentIntent>(self.post(&path, &key, &[])).await? {
            Ok(intent) => intent,
            // Taken, or cancelled before.
            Err(Refusal(_)) => self.get_intent(reference).await?,
        };
        intent.into_charge()?.ok_or_else(|| NoAnswer::because("it could not be cancelled"))
    }

    /// Stripe captures once and releases the rest.
    async fn capture(&self, request: &OperationRequest) -> Answer<Operated> {
        let reference = reference_of(&request.charge)?;
        let Some(amount) = to_stripe(&request.amount) else { return Ok(Operated::Refused) };
        let path = format!("/v1/payment_intents/{reference}/capture");
        let form = [
            ("amount_to_capture", amount.to_string()),
            ("metadata[operation]", request.id.to_string()),
        ];
        let before = self.get_intent(reference).await?;
        if before.status == "succeeded" {
            // By us, if we asked before: there is only one capture.
            let is_ours = request.is_repeated && before.amount_received == amount;
            return Ok(if is_ours { captured(&before, request) } else { Operated::Refused });
        }
        match send::<PaymentIntent>(self.post(&path, &request.id.to_string(), &form)).await? {
            Ok(after) if after.status == "succeeded" => Ok(captured(&after, request)),
            Ok(after) => Err(NoAnswer::because(format!("it is {} after a capture", after.status))),
            Err(Refusal(_)) => Ok(Operated::Refused),
        }
    }

    async fn refund(&self, request: &OperationRequest) -> Answer<Operated> {
        let reference = reference_of(&request.charge)?;
        let Some(amount) = to_stripe(&request.amount) else { return Ok(Operated::Refused) };
        // Stripe forgets keys after a day, and answers a known one with what it said first.
        if request.is_repeated
            && let Some(earlier) = self.find_refund(reference, &request.id.to_string()).await?
        {
            return refunded(&earlier);
        }
        let form = [
            ("payment_intent", reference.to_owned()),
            ("amount", amount.to_string()),
            ("metadata[operation]", request.id.to_string()),
        ];
        match send::<Refund>(self.post("/v1/refunds", &request.id.to_string(), &form)).await? {
            Ok(refund) => refunded(&refund),
            Err(Refusal(_)) => Ok(Operated::Refused),
        }
    }

    async fn list(&self, times: &Range<DateTime<Utc>>, after: Option<&str>) -> Answer<Vec<Listed>> {
        let mut query = vec![
            ("created[gte]", times.start.timestamp().to_string()),
            ("created[lt]", times.end.timestamp().to_string()),
            ("limit", "100".to_owned()),
            ("expand[]", "data.latest_charge".to_owned()),
        ];
        query.extend(after.map(|id| ("starting_after", id.to_owned())));
        let list: List<PaymentIntent> = send(self.get("/v1/payment_intents").query(&query))
            .await?
            .map_err(|Refusal(error)| NoAnswer::because(error.word()))?;
        list.data.into_iter().map(PaymentIntent::into_listed).collect()
    }

    fn read_webhook(&self, headers: &HeaderMap, body: &[u8], now: i64) -> Result<ProviderEvent> {
        let signature = webhook::signature_in(headers, webhook::STRIPE_SIGNATURE);
        webhook::verify(&self.config.webhook_secret, signature, body, now)?;
        read(body)
    }
}

impl Stripe {
    async fn get_intent(&self, reference: &str) -> Answer<PaymentIntent> {
        let request = self.get(&format!("/v1/payment_intents/{reference}"));
        send(request).await?.map_err(|Refusal(error)| NoAnswer::because(error.word()))
    }

    /// The refund of a charge that this operation of ours asked for.
    async fn find_refund(&self, reference: &str, operation: &str) -> Answer<Option<Refund>> {
        let mut after: Option<String> = None;
        loop {
            let mut query = vec![("payment_intent", reference), ("limit", "100")];
            query.extend(after.as_deref().map(|id| ("starting_after", id)));
            let list: List<Refund> = send(self.get("/v1/refunds").query(&query))
                .await?
                .map_err(|Refusal(error)| NoAnswer::because(error.word()))?;
            let is_ours =
                |refund: &&Refund| refund.metadata.get(OPERATION).is_some_and(|id| id == operation);
            after = list.data.last().map(|refund| refund.id.clone());
            if let Some(found) = list.data.iter().position(|refund| is_ours(&refund)) {
                return Ok(list.data.into_iter().nth(found));
            }
            if !list.has_more || after.is_none() {
                return Ok(None);
            }
        }
    }
}

/// What was not taken of an intent that was captured is released.
fn captured(intent: &PaymentIntent, request: &OperationRequest) -> Operated {
    let released = (intent.amount - intent.amount_received).max(0);
    Operated::Done { released: from_stripe(released, request.amount.currency.clone()).amount }
}

/// Stripe's states of a refund: what is pending or waits for the customer may still fail.
fn refunded(refund: &Refund) -> Answer<Operated> {
    match refund.status.as_deref() {
        Some("succeeded") => Ok(Operated::Done { released: 0 }),
        Some("failed" | "canceled") => Ok(Operated::Refused),
        status => Err(NoAnswer::because(format!("the refund is {status:?}"))),
    }
}

/// Without Stripe's id nothing was confirmed: the id is written down first.
fn reference_of(charge: &ChargeRef) -> Answer<&str> {
    charge.reference.as_deref().ok_or_else(|| NoAnswer::harmless("nothing was confirmed"))
}
