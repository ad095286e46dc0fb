//! The OAuth 2 endpoints: tokens, revocation, introspection, user info and metadata.

mod basic;
mod error;
mod grant;
pub(crate) mod introspect;
pub(crate) mod metadata;
mod parameters;
pub(crate) mod revoke;
pub(crate) mod token;
mod token_answer;
pub(crate) mod userinfo;

pub(crate) use basic::Basic;
pub(crate) use error::{OauthError, OauthErrorBody};
pub(crate) use parameters::{Parameters, TokenBody, read_form};
pub(crate) use token_answer::TokenAnswer;
