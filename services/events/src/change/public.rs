//! Which facts are public: the one list. A fact of another type stays inside, and so does every field of
//! its data that is not named here.
//!
//! No data holds anything personal, because the log is never rewritten: what says who bought stays with
//! the order, which `GET /v1/orders/{id}` shows to those with `orders:read`. So the scope `events:read`
//! covers all types.

use contracts::{
    auth::CUSTOMER_ERASED,
    catalog::{
        PRODUCT_CHANGED, PRODUCT_MODEL_CHANGED, PRODUCT_PUBLISHED, PRODUCT_UNPUBLISHED,
        STRUCTURE_CHANGED,
    },
    event::Event,
    order::{ORDER_CANCELLED, ORDER_CONFIRMED},
    payment::PAYMENT_CHANGED,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A sort of event.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct EventType {
    /// Its name, dot-separated.
    #[serde(rename = "type")]
    #[schema(example = "order.confirmed")]
    pub(crate) kind: &'static str,
    /// When it happens.
    pub(crate) when: &'static str,
    /// What its `subject` is.
    #[schema(example = "id of the order")]
    pub(crate) subject: &'static str,
    /// The fields of its `data`: the state after the event. Some may be absent.
    pub(crate) data: &'static [&'static str],
}

/// `lines` hold `sku, product_id, quantity, shipped, returned`; sums are minor units of `currency`.
const ORDER: &[&str] = &[
    "order_id",
    "number",
    "version",
    "status",
    "payment_status",
    "fulfilment_status",
    "currency",
    "items",
    "discount",
    "shipping",
    "tax",
    "total",
    "paid",
    "refunded",
    "lines",
    "placed_at",
];
/// `amount` is `{amount, currency}`, the others minor units of this currency.
const PAYMENT: &[&str] = &[
    "id",
    "version",
    "order_id",
    "amount",
    "amount_capturable",
    "amount_captured",
    "amount_refunded",
    "status",
    "capture_method",
    "attempt_status",
    "created_at",
];
/// As in the default channel, locale and currency.
const PRODUCT: &[&str] =
    &["product_id", "skus", "name", "brand", "categories", "price", "features"];

/// `changes` hold `kind, owner, code, identifier, action, version`: what was written, at most a hundred things
/// of one write, to be read where they are kept.
const fn catalog(kind: &'static str, when: &'static str) -> EventType {
    EventType {
        kind,
        when,
        subject: "code of the first thing, id of a product",
        data: &["changes"],
    }
}

const fn order(kind: &'static str, when: &'static str) -> EventType {
    EventType { kind, when, subject: "id of the order", data: ORDER }
}

const fn customer(kind: &'static str, when: &'static str) -> EventType {
    EventType { kind, when, subject: "id of the customer", data: &["customer_id"] }
}

/// All that are public.
pub(crate) const TYPES: &[EventType] = &[
    EventType {
        kind: PRODUCT_PUBLISHED,
        when: "a product page was published, or changed while it is",
        subject: "id of the product",
        data: PRODUCT,
    },
    EventType {
        kind: PRODUCT_UNPUBLISHED,
        when: "a product page is no longer shown",
        subject: "id of the product",
        data: &["product_id"],
    },
    catalog(PRODUCT_CHANGED, "products were made, changed or deleted, published or not"),
    catalog(PRODUCT_MODEL_CHANGED, "product models were made, changed or deleted"),
    catalog(
        STRUCTURE_CHANGED,
        "other things of the catalog were made, changed or deleted: families, attributes, categories, \
         channels, records, assets and so on",
    ),
    order("order.placed", "an order was placed; it may still have to be paid"),
    order(ORDER_CONFIRMED, "an order is paid for and can be fulfilled"),
    order(ORDER_CANCELLED, "an order was cancelled, or could not be kept"),
    order("order.expired", "an order was not paid for in time"),
    order("order.shipped", "a shipment left; with the last one the order is completed"),
    order("order.returned", "units came back"),
    order("order.refunded", "a refund was made"),
    EventType {
        kind: PAYMENT_CHANGED,
        when: "a payment changed in any way",
        subject: "id of the payment",
        data: PAYMENT,
    },
    customer("customer.registered", "an account was opened"),
    customer(CUSTOMER_ERASED, "personal data was erased; whoever holds a copy erases it too"),
];

/// What the outside is told of a fact; `None` if nothing.
pub(crate) fn publish(event: &Event) -> Option<Event> {
    let sort = TYPES.iter().find(|sort| sort.kind == event.kind)?;
    let fields = event.data.as_object()?.iter();
    let data: Map<String, Value> = fields
        .filter(|(name, _)| sort.data.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Some(Event { data: Value::Object(data), ..event.clone() })
}

/// Whether a pattern, the name of a type, `order.*` for all below, or `*`, covers a type.
pub(crate) fn covers(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(prefix) => prefix.ends_with('.') && kind.starts_with(prefix),
        None => pattern == kind,
    }
}

/// Whether a pattern covers any type at all.
pub(crate) fn is_known(pattern: &str) -> bool {
    TYPES.iter().any(|sort| covers(pattern, sort.kind))
}

/// The types that any of the patterns covers; all if there are none.
pub(crate) fn expand<S: AsRef<str>>(patterns: &[S]) -> Vec<&'static str> {
    let wanted = |kind| patterns.iter().any(|pattern| covers(pattern.as_ref(), kind));
    TYPES.iter().map(|sort| sort.kind).filter(|kind| patterns.is_empty() || wanted(kind)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::change::example;

    #[test]
    fn what_is_not_on_the_list_stays_inside() {
        assert_eq!(publish(&example("session.login_failed", json!({ "login": "x" }))), None);
        assert_eq!(publish(&example("order.placed", json!("text"))), None);
        let data = json!({ "order_id": 1, "customer": "ada", "status": "pending" });
        let told = publish(&example("order.placed", data)).unwrap();
        assert_eq!(told.data, json!({ "order_id": 1, "status": "pending" }));
    }

    #[test]
    fn names_of_types_are_what_webhooks_allow() {
        for sort in TYPES {
            let word = |word: &str| {
                !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            };
            assert!(sort.kind.split('.').all(word), "{}", sort.kind);
        }
    }

    proptest! {
        #[test]
        fn a_pattern_covers_itself_or_what_is_below_it_and_nothing_else(
            pattern in "[a-z]{1,3}(\\.[a-z]{1,3}){0,2}(\\.\\*)?",
            kind in "[a-z]{1,3}(\\.[a-z]{1,3}){0,3}",
        ) {
            let wanted: Vec<&str> = pattern.split('.').collect();
            let words: Vec<&str> = kind.split('.').collect();
            let expected = match wanted.split_last() {
                Some((&"*", above)) => words.len() > above.len() && words.starts_with(above),
                _ => wanted == words,
            };
            prop_assert_eq!(covers(&pattern, &kind), expected);
        }

        #[test]
        fn any_text_is_read_as_a_pattern(pattern in ".*", kind in "[a-z.]*") {
            covers(&pattern, &kind);
            is_known(&pattern);
        }
    }
}
