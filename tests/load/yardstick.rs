//! What the system is compared with, on the same machine in the same run.

use std::{sync::Arc, time::Instant};

use anyhow::Result;
use axum::{Router, routing::any};
use bytes::Bytes;
use load::System;
use sqlx::{Connection, PgConnection};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    engine::{Outcome, Plan, Requests, Spec, run_closed},
    scenario::Scenario,
};

/// A handler that returns these bytes and does nothing else.
pub(crate) async fn bare_handler(body: Bytes, plan: Plan) -> Result<Outcome> {
    let app = Router::new().fallback(any(move || {
        let body = body.clone();
        async move { ([("content-type", "application/json")], body) }
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let requests = Requests { list: vec![Spec::get("/".to_owned())], repeat: true };
    let outcome = run_closed(&url, &requests, plan).await;
    server.abort();
    outcome
}

/// The scenario's data, read or written by a plain database client with prepared statements.
pub(crate) async fn plain_client(
    system: &System,
    scenario: Scenario,
    plan: Plan,
) -> Result<Option<Outcome>> {
    let (schema, statements): (_, &'static [&'static str]) = match scenario {
        Scenario::Product | Scenario::ProductPage => {
            ("catalog", &["select document from product_document limit 1"])
        }
        Scenario::List => ("catalog", &["select document from product_document limit 20"]),
        Scenario::AddToCart | Scenario::Checkout => return Ok(None),
    };
    let started = Instant::now();
    let url: Arc<str> =
        format!("{}?options=-csearch_path%3D{schema}", system.database_url(schema)).into();
    let mut workers = JoinSet::new();
    for _ in 0..plan.connections {
        let mut connection = PgConnection::connect(&url).await?;
        workers.spawn(async move {
            let mut outcome = Outcome::default();
            while started.elapsed() < plan.duration {
                let sent = Instant::now();
                let mut good = true;
                for statement in statements {
                    good &= sqlx::query(*statement).fetch_all(&mut connection).await.is_ok();
                }
                outcome.note(good, sent.elapsed());
            }
            outcome
        });
    }
    Ok(Some(Outcome::join(workers.join_all().await, started.elapsed())))
}
