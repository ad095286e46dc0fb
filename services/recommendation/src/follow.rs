use contracts::Peer;
use outbox::{FeedSource, Follower};
use sqlx::PgPool;

use crate::{interaction, product};

/// Keeps the products as the catalog tells of them, for ever.
pub async fn follow_catalog(catalog: Peer, db: PgPool) {
    Follower::new("catalog", FeedSource::Remote(catalog), db).run(product::follow::apply).await;
}

/// Forgets who customers were as `auth` tells of their erasure, for ever.
pub async fn follow_auth(auth: Peer, db: PgPool) {
    Follower::new("auth", FeedSource::Remote(auth), db).run(interaction::erase::apply).await;
}

/// Records purchases as the order service tells of them, for ever.
pub async fn follow_orders(order: Peer, db: PgPool) {
    Follower::new("order", FeedSource::Remote(order), db).run(interaction::follow::apply).await;
}
