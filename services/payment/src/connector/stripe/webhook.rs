use std::collections::BTreeMap;

use problem::Result;
use serde::Deserialize;
use web::parse_json;

use super::provider::ATTEMPT;
use crate::webhook::{About, ProviderEvent};

/// An event (<https://docs.stripe.com/api/events/object>).
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

/// A payment intent, a charge, a refund or anything else.
#[derive(Deserialize)]
struct Object {
    id: Option<String>,
    object: Option<String>,
    payment_intent: Option<String>,
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
}

/// Reads an event whose signature was checked.
pub(super) fn read(body: &[u8]) -> Result<ProviderEvent> {
    let event: Event = parse_json(body)?;
    let object = event.data.object;
    let attempt = object.metadata.as_ref().and_then(|metadata| metadata.get(ATTEMPT)?.parse().ok());
    let intent = match object.object.as_deref() {
        Some("payment_intent") => object.id,
        _ => object.payment_intent,
    };
    let about = match (attempt, intent) {
        (Some(id), _) => About::Attempt(id),
        (None, Some(reference)) => About::Reference(reference),
        (None, None) => About::Other,
    };
    Ok(ProviderEvent { id: event.id, kind: event.kind, about })
}
