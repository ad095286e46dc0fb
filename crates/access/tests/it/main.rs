//! The verifier and its extractors, against tokens that are forged in every way we know.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_token;
mod forge;
mod good_token;
mod request;
