//! What people do with their own account.

pub(crate) mod api;
pub(crate) mod email;
pub(crate) mod export;
pub(crate) mod password;
