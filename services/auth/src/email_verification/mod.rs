//! Proof that somebody reads mail at an address: of an account, of a registration, or a new one.

pub(crate) mod api;
mod complete;
mod request;

pub(crate) use complete::{Proved, complete};
pub(crate) use request::request;
