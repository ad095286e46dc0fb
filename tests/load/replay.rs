//! The plain client: acts done by statements alone, one after the other, without service and without
//! HTTP. The services run on meanwhile and follow what it writes, as they follow their own.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::Result;
use load::{
    System,
    engine::{Outcome, Plan},
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::task::JoinSet;

use crate::act::{Act, Step};

/// What a run of the plain client found.
pub(crate) struct Replayed {
    pub(crate) outcome: Outcome,
    /// Statements of one act.
    pub(crate) statements: usize,
    /// Share of the statements run that found or changed as many rows as the service's.
    pub(crate) alike: f64,
}

/// Times that a statement was run, and that it did what the service's did; by its place in the act.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    run: usize,
    alike: usize,
}

/// Each connection does the next act as soon as it has done one; all of them once, or again and again.
pub(crate) async fn replay(
    system: &System,
    acts: Vec<Act>,
    repeat: bool,
    plan: Plan,
) -> Result<Replayed> {
    let acts: Arc<[Act]> = acts.into();
    let steps = acts.first().map_or(&[][..], |act| &act.steps);
    let next = Arc::new(AtomicUsize::new(0));
    let limit = if repeat { usize::MAX } else { acts.len() };
    let mut clients = Vec::new();
    for _ in 0..plan.connections {
        clients.push(Client::connect(system, steps).await?);
    }
    let started = Instant::now();
    let mut workers = JoinSet::new();
    for mut client in clients {
        let (acts, next) = (acts.clone(), next.clone());
        workers.spawn(async move {
            let mut outcome = Outcome::default();
            while started.elapsed() < plan.duration {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= limit {
                    break;
                }
                let sent = Instant::now();
                let good = client.act(&acts[index % acts.len()]).await;
                outcome.note(good, sent.elapsed());
            }
            (outcome, client)
        });
    }
    let (outcomes, clients): (Vec<_>, Vec<_>) = workers.join_all().await.into_iter().unzip();
    let outcome = Outcome::join(outcomes, started.elapsed());
    let tallies = add(&clients, steps.len());
    tell_differences(steps, &tallies);
    if let Some(error) = clients.iter().find_map(|client| client.error.as_ref()) {
        eprintln!("  the plain client failed {} times: {error}", outcome.failures);
    }
    let run: usize = tallies.iter().map(|tally| tally.run).sum();
    let alike: usize = tallies.iter().map(|tally| tally.alike).sum();
    Ok(Replayed { outcome, statements: steps.len(), alike: alike as f64 / run.max(1) as f64 })
}

fn add(clients: &[Client], length: usize) -> Vec<Tally> {
    let sum = |index: usize| {
        clients.iter().map(|client| client.tallies[index]).fold(Tally::default(), |sum, it| Tally {
            run: sum.run + it.run,
            alike: sum.alike + it.alike,
        })
    };
    (0..length).map(sum).collect()
}

fn tell_differences(steps: &[Step], tallies: &[Tally]) {
    for (step, tally) in steps.iter().zip(tallies).filter(|(_, it)| it.alike < it.run) {
        let sql: String = step.sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let sql: String = sql.chars().take(100).collect();
        eprintln!(
            "  not as in the service {} of {} times: {sql}",
            tally.run - tally.alike,
            tally.run
        );
    }
}

/// A connection as each role that an act needs.
struct Client {
    connections: HashMap<&'static str, PgConnection>,
    tallies: Vec<Tally>,
    /// The last.
    error: Option<sqlx::Error>,
}

impl Client {
    async fn connect(system: &System, steps: &[Step]) -> Result<Self> {
        let mut connections = HashMap::new();
        for schema in steps.iter().map(|step| step.schema) {
            if !connections.contains_key(schema) {
                let options: PgConnectOptions = system.database_url(schema).parse()?;
                let options = options.options([("search_path", schema)]);
                connections.insert(schema, PgConnection::connect_with(&options).await?);
            }
        }
        Ok(Self { connections, tallies: vec![Tally::default(); steps.len()], error: None })
    }

    /// Whether every statement could be run.
    async fn act(&mut self, act: &Act) -> bool {
        let ids = act.make_ids();
        for (step, tally) in act.steps.iter().zip(&mut self.tallies) {
            let Some(connection) = self.connections.get_mut(step.schema) else { return false };
            let sql = AssertSqlSafe(step.sql.clone());
            let done = if step.prepared {
                let values = step.parameters.iter().map(|it| it.with(&ids));
                let query = values.fold(sqlx::query(sql), sqlx::query::Query::bind);
                connection.execute(query).await
            } else {
                connection.execute(sqlx::raw_sql(sql)).await
            };
            tally.run += 1;
            match done {
                Ok(done) => tally.alike += usize::from(done.rows_affected() == step.rows),
                Err(error) => {
                    self.roll_back().await;
                    self.error = Some(error);
                    return false;
                }
            }
        }
        true
    }

    async fn roll_back(&mut self) {
        for connection in self.connections.values_mut() {
            // Where none is open this is a warning.
            let _ = connection.execute("rollback").await;
        }
    }
}
