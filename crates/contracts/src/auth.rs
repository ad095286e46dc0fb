//! Events of `auth`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `type` of the event that a customer was erased: whoever keeps something about them forgets it.
pub const CUSTOMER_ERASED: &str = "customer.erased";

/// Data of [`CUSTOMER_ERASED`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasedCustomer {
    /// The `sub` of their tokens, which is given to nobody else.
    pub customer_id: Uuid,
}

impl ErasedCustomer {
    /// Whom the events tell of; other events, and what cannot be read, are passed over.
    pub fn all(events: &[crate::event::Event]) -> Vec<String> {
        let erased = events.iter().filter(|event| event.kind == CUSTOMER_ERASED);
        erased.filter_map(|event| match serde_json::from_value::<Self>(event.data.clone()) {
            Ok(customer) => Some(customer.customer_id.to_string()),
            Err(error) => {
                tracing::error!(event.id = %event.id, %error, "an event cannot be read, passed over");
                None
            }
        })
        .collect()
    }
}
