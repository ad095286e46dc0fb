//! A forgotten password: a link to the account's address, and a new password with it.

pub(crate) mod api;
mod complete;
mod request;

pub(crate) use complete::complete;
pub(crate) use request::request;
