//! Finds out what the services do in the database for an act.
//!
//! Their connections are led through a [`Tap`], the act is done a few times with nothing else going on,
//! and the transactions that end between request and answer are kept, in order, with their values. What
//! pollers and followers do meanwhile is told apart: it is also heard after the answers, and where it
//! is not, the doings with the fewest statements count. An id that is heard for the first time in a
//! doing was made by it.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use load::{
    System,
    engine::{Plan, Spec},
};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    act::{Act, Doing, ids},
    scenario::{Scenario, send},
    tap::{Record, Tap, Transaction},
};

/// Services by the schema they use. `auth` is not asked: tokens are verified where they arrive.
const TAPPED: [(&str, &str); 4] = [
    ("catalog", "catalog"),
    ("order", "orders"),
    ("payment", "payment"),
    ("recommendation", "recommendation"),
];
/// Doings that fill the caches and are not kept.
const WARM: usize = 3;
/// Doings that are kept.
const KEPT: usize = 10;
/// Time after each of them in which the background is heard; it polls more often.
const QUIET: Duration = Duration::from_millis(500);

/// What the services did for one scenario: some doings of the same act.
pub(crate) struct Captured(Vec<Doing>);

/// Does what each scenario does and listens. The services are restarted before and after.
pub(crate) async fn capture(system: &mut System, scenarios: &[Scenario]) -> Result<Vec<Captured>> {
    let record = Record::default();
    let mut taps = Vec::new();
    for (name, schema) in TAPPED {
        let tap = Tap::open(schema, system.database_address(), record.clone()).await?;
        system.reconnect(name, Some(tap.address)).await?;
        taps.push(tap);
    }
    let mut captured = Vec::new();
    for scenario in scenarios {
        captured.push(Captured::hear(system, *scenario, &record).await?);
    }
    for (name, _) in TAPPED {
        system.reconnect(name, None).await?;
    }
    Ok(captured)
}

impl Captured {
    async fn hear(system: &System, scenario: Scenario, record: &Record) -> Result<Self> {
        let plan = Plan { duration: Duration::from_secs(1), connections: 1 };
        let requests = scenario.requests(system, plan).await?;
        // What can be repeated is captured when it is done again, as mostly in a run.
        let different = if requests.repeat { WARM } else { WARM + KEPT };
        let specs = requests.list.iter().take(different).cycle();
        let mut database = PgConnection::connect(&system.database_url("orders")).await?;
        let (mut doings, mut background) = (Vec::new(), HashSet::new());
        for spec in specs.take(WARM + KEPT) {
            let given = given(&mut database, spec).await?;
            let before = record.since(0);
            let answer = send(spec, system).await?;
            let done = record.since(before.len());
            tokio::time::sleep(QUIET).await;
            background.extend(record.since(before.len() + done.len()).iter().map(signature));
            let number = answer.json()["number"].as_str().map(str::to_owned);
            doings.push(Doing { made: new_ids(&before, &done), done, given, number });
        }
        doings.drain(..WARM);
        for doing in &mut doings {
            doing.done.retain(|transaction| !background.contains(&signature(transaction)));
        }
        let fewest = doings.iter().map(Doing::len).min().context("nothing was done")?;
        doings.retain(|doing| doing.len() == fewest);
        Ok(Self(doings))
    }

    /// The act, to be done to what each request names: the doings that were captured in turn.
    pub(crate) async fn acts(&self, system: &System, specs: &[Spec]) -> Result<Vec<Act>> {
        let mut database = PgConnection::connect(&system.database_url("orders")).await?;
        let mut acts = Vec::new();
        for (spec, doing) in specs.iter().zip(self.0.iter().cycle()) {
            acts.push(doing.aim(&given(&mut database, spec).await?)?);
        }
        Ok(acts)
    }
}

/// By which a transaction of the background is known again, however often it repeats a statement.
fn signature(transaction: &Transaction) -> BTreeSet<(&'static str, Arc<str>)> {
    transaction.iter().map(|heard| (heard.schema, heard.sql.clone())).collect()
}

/// Ids in what was done that nobody spoke of before.
fn new_ids(before: &[Transaction], done: &[Transaction]) -> HashSet<Uuid> {
    let known: HashSet<Uuid> = before.iter().flatten().flat_map(ids).collect();
    done.iter().flatten().flat_map(ids).filter(|id| !known.contains(id)).collect()
}

/// The ids of the cart that a request is about, of its owner and its lines; none if it is about none.
async fn given(database: &mut PgConnection, spec: &Spec) -> Result<Vec<Uuid>> {
    let Some(rest) = spec.path.strip_prefix("/v1/carts/") else { return Ok(Vec::new()) };
    let cart: Uuid = rest.split('/').next().unwrap_or_default().parse()?;
    let (owner, mut lines): (String, Vec<Uuid>) = sqlx::query_as(
        "select owner, array(select line_id from orders.cart_line
                             where cart_id = $1 order by line_id)
         from orders.cart where cart_id = $1",
    )
    .bind(cart)
    .fetch_one(database)
    .await?;
    let owner = owner.rsplit(':').next().unwrap_or_default().parse()?;
    let mut ids = vec![cart, owner];
    ids.append(&mut lines);
    Ok(ids)
}
