//! What people do with their own account.

pub(crate) mod api;
pub(crate) mod email;
pub(crate) mod export;
mod owner;
pub(crate) mod password;

pub(crate) use owner::{Delegate, Owner, uses_our_application};
