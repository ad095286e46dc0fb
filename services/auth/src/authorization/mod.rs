//! The authorization endpoint (OAuth 2.1 §4.1, OpenID Connect Core §3.1): an application sends a person
//! here, who signs in, agrees, and is sent back with a code that the application exchanges for tokens.

pub(crate) mod api;
pub(crate) mod code;
mod proceed;
mod request;
pub(crate) mod store;

pub(crate) use api::refuse;
pub(crate) use proceed::{Next, SignedIn, grant, proceed};
pub(crate) use request::{AuthorizationRequest, RequestError};
