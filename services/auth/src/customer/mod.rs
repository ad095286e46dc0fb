//! Customers: how an account begins and how it ends.

pub(crate) mod api;
pub(crate) mod erase;
pub(crate) mod register;
pub(crate) mod store;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use vault::Vault;

use crate::account::Email;

/// Whose idempotency keys those of a registration are. There is no caller yet, only an address.
pub(crate) fn registrant(vault: &Vault, email: &Email) -> String {
    let digest = vault.digest("registrant", email.as_str());
    format!("registrant {}", BASE64_URL_SAFE_NO_PAD.encode(digest))
}
