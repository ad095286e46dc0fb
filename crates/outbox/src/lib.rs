//! Facts between services: written in the same transaction as the change, served as a feed, followed
//! elsewhere exactly once in effect.
//!
//! Transactions commit out of order, so a number taken inside one is not a position: a reader past 7
//! would never see 6 when it commits later. Here a row gets its position only after it is committed:
//! whoever reads the feed first numbers what is new, one at a time under a lock. A position that is
//! visible is therefore final, and everything below it is visible too.
//!
//! Each schema has the tables `outbox` and, where feeds are followed, `feed_cursor`.

mod append;
mod feed;
mod follow;

pub use append::append;
pub use feed::{assign_positions, read, serve_feed};
pub use follow::{FeedSource, Follower};
