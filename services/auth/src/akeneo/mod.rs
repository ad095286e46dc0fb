//! The token endpoint that existing clients of Akeneo's REST API expect, to the letter of its errors.

pub(crate) mod api;
mod refusal;
mod request;

pub(crate) use refusal::{Refusal, RefusalBody};
pub(crate) use request::{TokenRequest, TokenRequestBody};
