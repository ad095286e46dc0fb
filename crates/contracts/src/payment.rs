//! What others may ask the payment service. Words and statuses as Stripe uses them.

use std::{collections::HashSet, str::FromStr, sync::Arc};

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::{CountryCode, Money, Region, RegionError, Sku};
use uuid::Uuid;
use web::Env;

use crate::{Peer, PeerError};

/// `type` of the event that a payment changed; data: [`Payment`].
pub const PAYMENT_CHANGED: &str = "payment.changed";

/// When the money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMethod {
    /// With the authorization.
    Automatic,
    /// Later, by `capture`.
    Manual,
}

/// Status of a payment intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// No attempt yet, or the last one was declined.
    RequiresPaymentMethod,
    /// The customer must act, see `next_action`.
    RequiresAction,
    /// An attempt is under way, or its outcome is not known yet.
    Processing,
    /// Authorized, waiting for `capture`.
    RequiresCapture,
    /// The money is taken.
    Succeeded,
    /// Cancelled before it succeeded.
    Canceled,
}

/// Body of `POST /v1/payments`.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// Id chosen by the client, so that a retry finds the first one; made here if absent.
    pub id: Option<Uuid>,
    /// The order it pays.
    pub order_id: Uuid,
    /// What is to be paid.
    pub amount: Money,
    /// When the money is taken.
    #[serde(default = "automatic")]
    pub capture_method: CaptureMethod,
    /// What is paid for, for search.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub skus: Vec<Sku>,
    /// The order's country, for routing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// Makes the first attempt at once, as `POST /v1/payments/{id}/confirm` would; needs an `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<ConfirmPayment>,
}

fn automatic() -> CaptureMethod {
    CaptureMethod::Automatic
}

/// Body of `POST /v1/payments/{id}/confirm`.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmPayment {
    /// Which connector; the routing rules choose if absent.
    pub connector: Option<String>,
    /// What the connector's own client library gave for the means of payment; never a card number.
    #[schema(example = "tok_success", max_length = 255)]
    pub token: String,
    /// Sort of means of payment as Stripe names them, for routing.
    #[serde(default = "card", skip_serializing_if = "is_card")]
    #[schema(default = "card", pattern = "^[a-z0-9_]{1,50}$")]
    pub method: String,
    /// Where the customer comes back to after an action.
    pub return_url: Option<String>,
}

fn card() -> String {
    "card".to_owned()
}

/// Left out, so that services of the version before understand it.
fn is_card(method: &str) -> bool {
    method == "card"
}

/// What [`is_method`] asks for.
pub const METHOD_RULE: &str = "must be 1 to 50 of a-z, 0-9 and _";

/// Whether a text may name a sort of means of payment.
pub fn is_method(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=50).contains(&text.len()) && text.chars().all(is_allowed)
}

/// Body of `POST /v1/payments/{id}/refunds`.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// Id chosen by the client, so that a retry finds the first one; made here if absent.
    pub id: Option<Uuid>,
    /// Minor units of the payment's currency; all that is left if absent.
    #[schema(minimum = 1)]
    pub amount: Option<i64>,
    /// Why, for the records.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// A refund of a payment.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refund {
    /// Its id.
    pub id: Uuid,
    /// The payment it belongs to.
    pub payment_id: Uuid,
    /// What goes back.
    pub amount: Money,
    /// `pending`, `succeeded` or `failed`.
    #[schema(example = "succeeded")]
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// A payment intent.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Payment {
    /// Its id.
    pub id: Uuid,
    /// Counts its changes; a later state has a higher one.
    pub version: i64,
    /// The order it pays.
    pub order_id: Uuid,
    /// What is to be paid.
    pub amount: Money,
    /// Minor units that are authorized and neither captured nor released.
    pub amount_capturable: i64,
    /// Minor units taken so far.
    pub amount_captured: i64,
    /// Minor units given back so far.
    pub amount_refunded: i64,
    /// Where it stands.
    pub status: PaymentStatus,
    /// When the money is taken.
    pub capture_method: CaptureMethod,
    /// Status of the last attempt; `unknown` while the provider's answer is missing.
    pub attempt_status: Option<String>,
    /// What the customer must do, e.g. `{"type": "redirect", "url": …}`.
    #[schema(value_type = Option<Object>)]
    pub next_action: Option<Value>,
    /// Code of the last decline, e.g. `insufficient_funds`.
    pub last_error: Option<String>,
    /// What is paid for.
    pub skus: Vec<Sku>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// The cells of the payment service: each region has its own processes, schema and connectors, and which
/// one a payment is in is said by its id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentCells(pub Vec<PaymentCell>);

/// Where the payments of some countries are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentCell {
    /// Its region.
    pub region: Region,
    /// Address of its replicas inside the network.
    pub url: String,
    /// The countries it serves.
    pub countries: Vec<CountryCode>,
}

impl PaymentCells {
    /// Reads `VITRINE_PAYMENT_CELLS`, e.g. `eu=http://payment-eu:8084 us=http://payment-us:8084`, and
    /// `VITRINE_PAYMENT_COUNTRIES`, e.g. `eu=DE,AT us=US,CA`. None if they are not set: then there is one
    /// payment service for all.
    pub fn from_env(env: &mut Env) -> anyhow::Result<Self> {
        let cells: Self = env.or("VITRINE_PAYMENT_CELLS", Self::default())?;
        let countries: Countries = env.or("VITRINE_PAYMENT_COUNTRIES", Countries::default())?;
        cells.with(countries)
    }

    fn with(mut self, countries: Countries) -> anyhow::Result<Self> {
        let mut served = HashSet::new();
        for (region, codes) in countries.0 {
            let cell = self.0.iter_mut().find(|cell| cell.region == region);
            let cell = cell.with_context(|| format!("there is no payment cell {region}"))?;
            if let Some(twice) = codes.iter().find(|code| !served.insert((*code).clone())) {
                anyhow::bail!("two payment cells serve {twice}");
            }
            cell.countries = codes;
        }
        Ok(self)
    }

    /// The region of a country's orders: the first one if none names the country; `None` without
    /// regions.
    pub fn region_of(&self, country: &CountryCode) -> Option<Region> {
        let named = self.0.iter().find(|cell| cell.countries.contains(country));
        named.or(self.0.first()).map(|cell| cell.region)
    }
}

impl FromStr for PaymentCells {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut cells: Vec<PaymentCell> = Vec::new();
        for (region, url) in by_region(text)? {
            if cells.iter().any(|cell| cell.region == region) {
                return Err(format!("{region} comes twice"));
            }
            let is_web = url.starts_with("http://") || url.starts_with("https://");
            if !is_web || url.contains(',') {
                return Err(format!("{url:?} is not one address"));
            }
            cells.push(PaymentCell { region, url: url.to_owned(), countries: Vec::new() });
        }
        Ok(Self(cells))
    }
}

#[derive(Default)]
struct Countries(Vec<(Region, Vec<CountryCode>)>);

impl FromStr for Countries {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parse = |(region, codes): (Region, &str)| {
            let codes = codes.split(',').map(CountryCode::parse).collect::<Result<_, _>>();
            codes.map(|codes| (region, codes)).map_err(|error| error.to_string())
        };
        by_region(text)?.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
    }
}

/// The words of a text as `region=value`.
fn by_region(text: &str) -> Result<Vec<(Region, &str)>, String> {
    let parse = |word: &'_ str| -> Result<(Region, usize), String> {
        let (region, _) = word.split_once('=').ok_or_else(|| format!("{word:?} has no ="))?;
        let region: Region = region.parse().map_err(|error: RegionError| error.to_string())?;
        Ok((region, region.as_str().len() + 1))
    };
    text.split_whitespace().map(|word| parse(word).map(|(it, end)| (it, &word[end..]))).collect()
}

/// Asks the payment service.
#[derive(Clone)]
pub struct PaymentClient(Arc<[(Option<Region>, Peer)]>);

impl PaymentClient {
    /// A client of this peer.
    pub fn new(peer: Peer) -> Self {
        Self(Arc::new([(None, peer)]))
    }

    /// A client of these cells; the first one also has payments whose id names no region.
    pub fn of_cells(cells: impl IntoIterator<Item = (Region, Peer)>) -> Self {
        Self(cells.into_iter().map(|(region, peer)| (Some(region), peer)).collect())
    }

    /// Where a payment is. A region that is not configured is not available: that it is unknown here
    /// says nothing about its payments.
    fn cell(&self, payment_id: Uuid) -> Result<&Peer, PeerError> {
        let region = Region::of(payment_id);
        let mut cells = self.0.iter();
        let cell = match region {
            Some(_) => cells.find(|(it, _)| it.is_none() || *it == region),
            None => cells.next(),
        };
        cell.map(|(_, peer)| peer).ok_or_else(|| PeerError::Unavailable {
            peer: "payment",
            cause: anyhow!("no payment cell is configured for {region:?}"),
        })
    }

    /// Creates the intent; with the same id again it returns the first.
    ///
    /// With `confirm` it is answered as [`Self::confirm`] is.
    pub async fn create(&self, key: &str, payment: &NewPayment) -> Result<Payment, PeerError> {
        let id = payment.id.unwrap_or_default();
        self.cell(id)?.post("/v1/payments", key, payment).await
    }

    /// Reads the intent.
    pub async fn find(&self, id: Uuid) -> Result<Payment, PeerError> {
        self.cell(id)?.get(&format!("/v1/payments/{id}"), &()).await
    }

    /// Starts an attempt. A decline is a [`PeerError::Refused`] with code `payment_declined`.
    pub async fn confirm(
        &self,
        id: Uuid,
        key: &str,
        confirm: &ConfirmPayment,
    ) -> Result<Payment, PeerError> {
        self.cell(id)?.post(&format!("/v1/payments/{id}/confirm"), key, confirm).await
    }

    /// Takes authorized money; all of it if `amount` is absent.
    pub async fn capture(
        &self,
        id: Uuid,
        key: &str,
        amount: Option<i64>,
    ) -> Result<Payment, PeerError> {
        let body = serde_json::json!({ "amount": amount });
        self.cell(id)?.post(&format!("/v1/payments/{id}/capture"), key, &body).await
    }

    /// Cancels, releasing what is authorized.
    pub async fn cancel(&self, id: Uuid, key: &str) -> Result<Payment, PeerError> {
        let path = format!("/v1/payments/{id}/cancel");
        self.cell(id)?.post(&path, key, &serde_json::json!({})).await
    }

    /// Gives money back.
    pub async fn refund(
        &self,
        id: Uuid,
        key: &str,
        refund: &NewRefund,
    ) -> Result<Refund, PeerError> {
        self.cell(id)?.post(&format!("/v1/payments/{id}/refunds"), key, refund).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &str, countries: &str) -> Result<PaymentCells, String> {
        let values = [("VITRINE_PAYMENT_CELLS", cells), ("VITRINE_PAYMENT_COUNTRIES", countries)];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
        PaymentCells::from_env(&mut Env::from_values(values)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_country_has_its_region_and_others_the_first() {
        let cells = read("eu=http://a:1 us=http://b:1", "us=US,CA").unwrap();
        let region = |code: &str| cells.region_of(&CountryCode::parse(code).unwrap());
        assert_eq!(region("CA").unwrap().as_str(), "us");
        assert_eq!(region("DE").unwrap().as_str(), "eu");
        assert_eq!(read("", "").unwrap().region_of(&CountryCode::parse("DE").unwrap()), None);
    }

    #[test]
    fn cells_that_contradict_each_other_are_refused() {
        for (cells, countries) in [
            ("http://a:1", ""),
            ("Europe=http://a:1", ""),
            ("eu=a:1", ""),
            ("eu=http://a:1,http://b:1", ""),
            ("eu=http://a:1 eu=http://b:1", ""),
            ("eu=http://a:1", "us=US"),
            ("eu=http://a:1 us=http://b:1", "eu=CA us=US,CA"),
            ("eu=http://a:1", "eu=Germany"),
        ] {
            assert!(read(cells, countries).is_err(), "{cells} {countries}");
        }
    }

    #[test]
    fn a_payment_is_asked_for_where_its_id_says_and_nowhere_else() {
        web::install_tls();
        let peer = |url: &str| {
            let secret = web::Secret::new("x");
            let credentials = crate::Credentials::new(String::new(), String::new(), secret);
            Peer::new("payment", url, credentials)
        };
        let [eu, us, ap] = ["eu", "us", "ap"].map(|name| name.parse::<Region>().unwrap());
        let client = PaymentClient::of_cells([(eu, peer("http://eu")), (us, peer("http://us"))]);
        let place = |id: Uuid| client.cell(id).map(|peer| peer.base_url().to_owned()).ok();
        assert_eq!(place(us.mark(Uuid::now_v7())).as_deref(), Some("http://us"));
        assert_eq!(place(Uuid::now_v7()).as_deref(), Some("http://eu"));
        assert_eq!(place(ap.mark(Uuid::now_v7())), None);
    }
}
