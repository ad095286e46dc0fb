//! New events become deliveries.

use contracts::event::Event;
use outbox::{FeedSource, Follower};
use problem::Result;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::store::{self, Again, Queued};
use crate::{change::public, webhook};

/// Queues every new event for every webhook that wants it, for ever.
pub async fn queue_events(db: PgPool) {
    Follower::new("webhooks", FeedSource::Own, db).run(queue).await;
}

/// In the transaction that moves the cursor, so that each event is queued once.
async fn queue(transaction: &mut PgConnection, events: &[Event]) -> Result<()> {
    let webhooks = webhook::store::lock_enabled(&mut *transaction).await?;
    for webhook in &webhooks {
        let types = public::expand(&webhook.fields.types);
        let wanted = events.iter().filter(|event| types.contains(&event.kind.as_str()));
        let queued: Vec<Queued> = wanted.map(Queued::from).collect();
        add(&mut *transaction, webhook.id, &queued, Again::No).await?;
    }
    Ok(())
}

/// Queues events for a webhook that is locked.
pub(crate) async fn add(
    transaction: &mut PgConnection,
    webhook_id: Uuid,
    queued: &[Queued],
    again: Again,
) -> Result<()> {
    if queued.is_empty() {
        return Ok(());
    }
    store::insert(&mut *transaction, webhook_id, queued, again).await?;
    let mut subjects: Vec<&str> = queued.iter().map(|it| it.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    store::release(transaction, webhook_id, &subjects).await
}
