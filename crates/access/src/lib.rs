//! A bearer token becomes a [`Caller`]; a permission is an extractor.
//!
//! Access tokens are RFC 9068 JWTs. Each service checks them itself, from a cached copy of the key
//! set that `auth` publishes: its place in the network is not trust. A handler that takes
//! [`Allowed<scope::OrdersRead>`](Allowed) cannot run without that scope.

mod caller;
mod claims;
mod extract;
mod key_set;
mod keys;
pub mod scope;
mod verified;
mod verifier;

pub use caller::{Caller, Subject};
pub use claims::Claims;
pub use extract::{Allowed, bearer_token};
pub use keys::KeySource;
pub use verifier::Verifier;
