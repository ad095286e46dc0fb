//! The one door to the outside: routes by path to the services, balances over their replicas, sheds
//! load, and joins several answers into one page. It has no database and no business rule.
//!
//! A request takes this way: [`serve`] accepts its connection and hands it to one of the workers (a
//! thread with a runtime of its own), [`proxy`] checks it and finds its [`routes`] entry, [`send`]
//! picks a replica of an [`upstream`] and streams the answer back. What the gateway answers itself
//! ([`app`]: pages, documents, health) takes the same way up to the route.

pub mod app;
mod body;
mod budget;
mod circuit;
mod client;
mod config;
mod connection;
mod cors;
mod document;
mod gateway;
mod headers;
mod meter;
mod network;
mod pages;
mod patient;
mod proxy;
mod quota;
mod region;
mod replica;
mod resolve;
mod routes;
mod send;
mod serve;
mod upstream;

use std::sync::Arc;

use tokio::net::TcpListener;
use web::Lifecycle;

pub use crate::{
    config::{Config, DEFAULT_PUBLIC_URL, Limits, Origin, Origins, RateLimit, Upstreams},
    cors::AllowedOrigins,
    document::public_document,
    network::Networks,
};

/// Serves until the lifecycle stops, then ends what is in flight.
///
/// # Errors
/// When a worker thread or its runtime cannot be started.
pub async fn run(
    config: Config,
    listener: TcpListener,
    lifecycle: Lifecycle,
) -> anyhow::Result<()> {
    let gateway = Arc::new(gateway::Gateway::new(config, lifecycle.clone()));
    futures::future::join_all(gateway.upstreams().map(|upstream| upstream.resolve())).await;
    for upstream in gateway.upstreams() {
        lifecycle.spawn(resolve::keep_resolving(upstream.clone()));
    }
    serve::serve(gateway, listener, lifecycle).await
}
