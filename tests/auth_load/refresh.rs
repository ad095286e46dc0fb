use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use axum::{Router, routing::post};
use futures::future::try_join_all;
use sha2::{Digest, Sha256};
use sqlx::{Connection, Executor, PgConnection, Row};
use uuid::Uuid;

use load::Samples;

use crate::server::Server;

const CONNECTIONS: usize = 16;

/// Refreshes a second.
pub(crate) struct Rates {
    refresh: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// The same statements by a plain client.
    database: f64,
    /// An HTTP handler that does nothing.
    handler: f64,
}

impl Rates {
    pub(crate) fn print(&self) {
        println!("refreshes on {CONNECTIONS} connections, a second");
        println!(
            "  auth                          {:>9.0}  p50 {:.1} ms, p99 {:.1} ms",
            self.refresh, self.p50_ms, self.p99_ms
        );
        println!(
            "  the same SQL, plain client    {:>9.0}  ratio {:.2}",
            self.database,
            self.refresh / self.database
        );
        println!(
            "  a handler that does nothing   {:>9.0}  ratio {:.2}",
            self.handler,
            self.refresh / self.handler
        );
    }
}

/// Every connection refreshes a session of its own.
pub(crate) async fn measure(server: &Server, duration: Duration) -> Result<Rates> {
    let mut tokens = Vec::new();
    for number in 0..CONNECTIONS {
        tokens.push(server.register(&format!("refresh-{number}")).await?.refresh_token);
    }
    let started = Instant::now();
    let chains = tokens.iter().map(|token| refresh_chain(server, token.clone(), duration));
    let samples = Samples::join(try_join_all(chains).await?);
    let refresh = samples.count() as f64 / started.elapsed().as_secs_f64();
    let database = run_statements(server, duration).await?;
    Ok(Rates {
        refresh,
        p50_ms: samples.percentile_ms(0.5),
        p99_ms: samples.percentile_ms(0.99),
        database,
        handler: call_handler(server, duration).await?,
    })
}

/// One session, refreshed again and again.
pub(crate) async fn refresh_chain(
    server: &Server,
    mut token: String,
    duration: Duration,
) -> Result<Samples> {
    let (started, mut samples) = (Instant::now(), Samples::default());
    while started.elapsed() < duration {
        let sent = Instant::now();
        token = server.refresh(&token).await?;
        samples.push(sent.elapsed());
    }
    Ok(samples)
}

async fn run_statements(server: &Server, duration: Duration) -> Result<f64> {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(server.database().await?);
    }
    let started = Instant::now();
    let chains = connections.into_iter().map(|connection| statement_chain(connection, duration));
    let counts = try_join_all(chains.map(|chain| async { tokio::spawn(chain).await? })).await?;
    Ok(counts.into_iter().sum::<u32>() as f64 / started.elapsed().as_secs_f64())
}

/// What a refresh of a customer reads and writes, on a session of its own.
async fn statement_chain(mut connection: PgConnection, duration: Duration) -> Result<u32> {
    let session: Uuid = sqlx::query_scalar(
        "insert into session (session_id, client_id, subject, account_id, authenticated_at, methods,
             created_at, last_used_at, expires_at, ends_at)
         select $1, 'storefront', account_id::text, account_id, now(), '{pwd}', now(), now(),
             now() + interval '30 days', now() + interval '90 days'
         from account order by random() limit 1 returning session_id",
    )
    .bind(Uuid::now_v7())
    .fetch_one(&mut connection)
    .await?;
    let mut token = Uuid::now_v7();
    insert_token(&mut connection, token, session).await?;
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed() < duration {
        token = rotate(&mut connection, token, session).await?;
        count += 1;
    }
    Ok(count)
}

async fn rotate(connection: &mut PgConnection, token: Uuid, session: Uuid) -> Result<Uuid> {
    sqlx::query("select * from client where client_id = 'storefront'")
        .fetch_one(&mut *connection)
        .await?;
    let found = sqlx::query(
        "select session.session_id, session.client_id, session.subject, session.scopes,
             session.expires_at, session.ends_at, session.revoked_at, account.disabled_at,
             refresh_token.created_at, refresh_token.rotated_at, successor.rotated_at,
             refresh_token.answer
         from refresh_token
         join session on session.session_id = refresh_token.session_id
         left join account on account.account_id = session.account_id
         left join refresh_token as successor
             on successor.token_id = refresh_token.successor_id
         where refresh_token.token_id = $1 and refresh_token.token_hash = $2",
    )
    .bind(token)
    .bind(hash(token))
    .fetch_one(&mut *connection)
    .await?;
    ensure!(found.get::<Uuid, _>(0) == session, "another session's token");
    let successor = Uuid::now_v7();
    let mut transaction = connection.begin().await?;
    let taken = sqlx::query(
        "update refresh_token set rotated_at = now(), successor_id = $2, answer = $3
         where token_id = $1 and rotated_at is null",
    )
    .bind(token)
    .bind(successor)
    .bind([0_u8; 700].as_slice())
    .execute(&mut *transaction)
    .await?;
    ensure!(taken.rows_affected() == 1, "the token was rotated before");
    insert_token(&mut *transaction, successor, session).await?;
    sqlx::query(
        "update session set last_used_at = now(), expires_at = now() + interval '30 days'
         where session_id = $1",
    )
    .bind(session)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(successor)
}

async fn insert_token(
    executor: impl Executor<'_, Database = sqlx::Postgres>,
    token: Uuid,
    session: Uuid,
) -> Result<()> {
    sqlx::query(
        "insert into refresh_token (token_id, token_hash, session_id, created_at)
         values ($1, $2, $3, now())",
    )
    .bind(token)
    .bind(hash(token))
    .bind(session)
    .execute(executor)
    .await?;
    Ok(())
}

fn hash(token: Uuid) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

async fn call_handler(server: &Server, duration: Duration) -> Result<f64> {
    let body = "x".repeat(700);
    let app = Router::new().route("/", post(move |_: String| async move { body.clone() }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url: Arc<str> = format!("http://{}/", listener.local_addr()?).into();
    let running = tokio::spawn(async move { axum::serve(listener, app).await });
    let started = Instant::now();
    let calls = (0..CONNECTIONS).map(|_| async {
        let mut count = 0_u32;
        while started.elapsed() < duration {
            let request = server.http.post(&*url).body("x".repeat(150));
            request.send().await?.error_for_status()?.bytes().await?;
            count += 1;
        }
        anyhow::Ok(count)
    });
    let count: u32 = try_join_all(calls).await?.into_iter().sum();
    running.abort();
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}
