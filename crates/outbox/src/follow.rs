use std::{borrow::Cow, time::Duration};

use contracts::{
    Peer,
    event::{Event, FeedQuery},
};
use problem::Result;
use sqlx::{PgConnection, PgPool};

use crate::read;

const BATCH: i64 = 500;
const WAIT: Duration = Duration::from_secs(10);
const LOCAL_POLL: Duration = Duration::from_millis(100);
const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// Where the events come from.
#[derive(Clone)]
pub enum FeedSource {
    /// Another service's `GET /internal/feed`.
    Remote(Peer),
    /// The outbox of the follower's own schema.
    Own,
}

/// Reads a feed and acts on it. The cursor commits together with the effect, so each event takes
/// effect exactly once, however many replicas follow and whatever is killed when.
#[derive(Clone)]
pub struct Follower {
    name: Cow<'static, str>,
    source: FeedSource,
    pool: PgPool,
}

impl Follower {
    /// `name` identifies the cursor in the schema of `pool`.
    pub fn new(name: impl Into<Cow<'static, str>>, source: FeedSource, pool: PgPool) -> Self {
        Self { name: name.into(), source, pool }
    }

    /// Follows for ever. `handle` acts on a batch inside the transaction that moves the cursor; its
    /// error rolls both back and the batch comes again.
    pub async fn run(self, mut handle: impl AsyncFnMut(&mut PgConnection, &[Event]) -> Result<()>) {
        let mut backoff = FIRST_BACKOFF;
        loop {
            match self.step(&mut handle).await {
                Ok(()) => backoff = FIRST_BACKOFF,
                Err(error) => {
                    tracing::warn!(feed = %self.name, ?error, "following failed, will try again");
                    tokio::time::sleep(backoff).await;
                    backoff = (backoff * 2).min(MAX_BACKOFF);
                }
            }
        }
    }

    /// Fetches the next batch and acts on it.
    pub async fn step(
        &self,
        handle: &mut impl AsyncFnMut(&mut PgConnection, &[Event]) -> Result<()>,
    ) -> Result<()> {
        let position = self.position().await?;
        let events = self.fetch(position).await?;
        let Some(last) = events.last().map(Event::position) else { return Ok(()) };
        let mut transaction = self.pool.begin().await?;
        if !self.advance(&mut transaction, position, last).await? {
            return Ok(()); // another replica handled it
        }
        handle(&mut transaction, &events).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The position of the last event that took effect.
    pub async fn position(&self) -> Result<i64> {
        let position: Option<i64> =
            sqlx::query_scalar("select position from feed_cursor where feed = $1")
                .bind(&*self.name)
                .fetch_optional(&self.pool)
                .await?;
        Ok(position.unwrap_or(0))
    }

    async fn fetch(&self, after: i64) -> Result<Vec<Event>> {
        match &self.source {
            FeedSource::Own => {
                let events = read(&self.pool, "/", after, BATCH).await?;
                if events.is_empty() {
                    tokio::time::sleep(LOCAL_POLL).await;
                }
                Ok(events)
            }
            FeedSource::Remote(peer) => {
                let query = FeedQuery {
                    after: Some(after),
                    timeout: u64::try_from(WAIT.as_millis()).ok(),
                    limit: Some(BATCH),
                };
                Ok(peer.long_poll("/internal/feed", &query, WAIT).await?)
            }
        }
    }

    /// Moves the cursor if it still stands where the batch began; the row stays locked.
    async fn advance(
        &self,
        transaction: &mut PgConnection,
        from: i64,
        to: i64,
    ) -> Result<bool, sqlx::Error> {
        let moved = sqlx::query(
            "insert into feed_cursor as cursor (feed, position) values ($1, $3)
             on conflict (feed) do update set position = $3 where cursor.position = $2",
        )
        .bind(&*self.name)
        .bind(from)
        .bind(to)
        .execute(transaction)
        .await?;
        Ok(moved.rows_affected() == 1)
    }
}
