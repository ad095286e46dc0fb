//! What one service may ask another: wire types and a client, a module per service, and the events
//! that flow between them. Nothing here knows how a service keeps its data.

pub mod auth;
pub mod catalog;
pub mod event;
pub mod order;
pub mod payment;
mod peer;

pub use peer::{Credentials, Peer, PeerConfig, PeerError, http_client};
