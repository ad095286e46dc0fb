//! What the system is compared with, on the same machine in the same run.

use std::time::Instant;

use anyhow::Result;
use axum::{Router, routing::any};
use bytes::Bytes;
use load::System;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
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

/// The least that a scenario must read or write, statement by statement.
fn statements(scenario: Scenario) -> (&'static str, &'static [&'static str]) {
    match scenario {
        Scenario::Product | Scenario::ProductPage => {
            ("catalog", &["select card, detail from product_document limit 1"])
        }
        Scenario::List => ("catalog", &["select card from product_document limit 20"]),
        Scenario::AddToCart => ("orders", &[
            "begin",
            "update cart set version = version + 1
             where cart_id = (select cart_id from cart order by random() limit 1)",
            "insert into cart_line (line_id, cart_id, sku, quantity, sellable, product_id, name,
                                    unit_price, tax_class, categories)
             select gen_random_uuid(), cart_id, gen_random_uuid()::text, 1, true, gen_random_uuid(),
                    'x', 100, 'standard', '{}' from cart limit 1",
            "commit",
        ]),
        // An order is three commits at least: placed, its payment attempted, confirmed.
        Scenario::Checkout => ("orders", &[
            "begin",
            "update stock set version = version + 1 where sku = 'KETTLE' and location = 'main'",
            "insert into outbox (event_id, type, subject, data)
             values (gen_random_uuid(), 'yardstick', 'x', '{}')",
            "commit",
            "insert into outbox (event_id, type, subject, data)
             values (gen_random_uuid(), 'yardstick', 'x', '{}')",
            "begin",
            "update stock set version = version + 1 where sku = 'KETTLE' and location = 'main'",
            "insert into idempotency_key (caller, key, fingerprint, status, content_type, body)
             values ('x', gen_random_uuid()::text, '', 201, 'application/json', repeat('x', 2000)::bytea)",
            "commit",
        ]),
    }
}

/// The scenario's data, read or written by a plain database client with prepared statements.
pub(crate) async fn plain_client(
    system: &System,
    scenario: Scenario,
    plan: Plan,
) -> Result<Outcome> {
    let (schema, statements) = statements(scenario);
    let started = Instant::now();
    let options: PgConnectOptions = system.database_url(schema).parse()?;
    let options = options.options([("search_path", schema)]);
    let mut workers = JoinSet::new();
    for _ in 0..plan.connections {
        let mut connection = PgConnection::connect_with(&options).await?;
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
    Ok(Outcome::join(workers.join_all().await, started.elapsed()))
}
