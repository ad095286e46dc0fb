//! Reading the log, and waiting for what comes.

use std::{sync::Arc, time::Duration};

use contracts::event::Event;
use problem::{Problem, Result};
use sqlx::PgPool;
use tokio::{
    sync::{Semaphore, watch},
    time::{Instant, timeout_at},
};
use web::Lifecycle;

use super::{After, store};

/// How often what is new is looked for, once for all who wait.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(2);
/// Readers who wait at a time, in this process; the gateway passes 512 requests at a time to us, and there
/// must be room for others.
const MAX_WAITING: usize = 256;

/// The log, for readers.
#[derive(Clone)]
pub(crate) struct Log {
    db: PgPool,
    newest: watch::Receiver<i64>,
    waiting: Arc<Semaphore>,
    lifecycle: Lifecycle,
}

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) after: After,
    pub(crate) types: Vec<&'static str>,
    pub(crate) limit: i64,
    /// How long to wait where there is nothing.
    pub(crate) wait: Duration,
}

/// Some events, oldest first, and the position after which the next ones come.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) events: Vec<Event>,
    pub(crate) next: i64,
}

impl Log {
    /// Looks for what is new from now on, as long as somebody has the log or a part of it. Readers no
    /// longer wait once the lifecycle stops.
    pub(crate) fn open(db: PgPool, lifecycle: Lifecycle) -> Self {
        let (sender, newest) = watch::channel(0);
        tokio::spawn(keep_looking(db.clone(), sender));
        Self { db, newest, waiting: Arc::new(Semaphore::new(MAX_WAITING)), lifecycle }
    }

    /// The next events, waiting for them if there are none yet.
    pub(crate) async fn read(&self, wanted: &Wanted) -> Result<Batch> {
        let extent = store::extent(&self.db).await?;
        let mut batch = self.batch(wanted, extent.resolve(wanted.after)?, extent.newest).await?;
        if !batch.events.is_empty() || wanted.wait.is_zero() {
            return Ok(batch);
        }
        let _place = self.waiting.try_acquire().map_err(|_| Problem::too_many_requests(1))?;
        let deadline = Instant::now() + wanted.wait;
        while batch.events.is_empty() {
            let Some(newest) = self.news(batch.next, deadline).await else { break };
            batch = self.batch(wanted, batch.next, newest).await?;
        }
        Ok(batch)
    }

    async fn batch(&self, wanted: &Wanted, after: i64, newest: i64) -> Result<Batch> {
        let range = (after, newest);
        let rows = store::list(&self.db, &wanted.types, range, wanted.limit).await?;
        let events: Vec<Event> = rows.into_iter().map(Event::from).collect();
        let is_full = i64::try_from(events.len()).is_ok_and(|count| count == wanted.limit);
        let next = match events.last() {
            Some(last) if is_full => last.position(),
            // Those between are of other types.
            _ => newest.max(after),
        };
        Ok(Batch { events, next })
    }

    /// The newest position once it is beyond `after`; `None` if there is no time left.
    async fn news(&self, after: i64, deadline: Instant) -> Option<i64> {
        let mut newest = self.newest.clone();
        let is_new = |position: &i64| *position > after;
        tokio::select! {
            news = timeout_at(deadline, newest.wait_for(is_new)) => {
                news.ok()?.ok().map(|position| *position)
            }
            () = self.lifecycle.stopped() => None,
        }
    }
}

/// Gives new events their positions and tells of the newest, until nobody wants to know.
async fn keep_looking(db: PgPool, newest: watch::Sender<i64>) {
    let mut pause = POLL_INTERVAL;
    while !newest.is_closed() {
        pause = match look(&db).await {
            Ok(position) => {
                newest.send_if_modified(|known| position > std::mem::replace(known, position));
                POLL_INTERVAL
            }
            Err(problem) => {
                problem.log();
                (pause * 2).min(MAX_BACKOFF)
            }
        };
        tokio::time::sleep(pause).await;
    }
}

async fn look(db: &PgPool) -> Result<i64> {
    outbox::assign_positions(db).await?;
    let position = store::extent(db).await?.newest;
    metrics::gauge!("events_newest_position").set(position as f64);
    Ok(position)
}
