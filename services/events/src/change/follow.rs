//! Facts of the other services become events of the log.

use chrono::Utc;
use contracts::{Peer, event::Event};
use outbox::{FeedSource, Follower};
use problem::Result;
use sqlx::{PgConnection, PgPool};

use super::{public, store};

/// Writes what is public of a service's feed into the log, for ever. `name` identifies the feed.
pub async fn follow(name: String, peer: Peer, db: PgPool) {
    Follower::new(name, FeedSource::Remote(peer), db).run(write).await;
}

/// In the transaction that moves the cursor, so that each event comes into the log once.
async fn write(transaction: &mut PgConnection, events: &[Event]) -> Result<()> {
    let told: Vec<Event> = events.iter().filter_map(public::publish).collect();
    store::insert(transaction, &told).await?;
    let now = Utc::now();
    for event in &told {
        let delay = (now - event.time).as_seconds_f64().max(0.0);
        metrics::histogram!("event_delay_seconds", "source" => event.source.clone()).record(delay);
    }
    Ok(())
}
