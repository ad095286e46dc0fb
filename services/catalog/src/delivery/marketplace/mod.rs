//! Feeds of everything that can be bought, as marketplaces read them.
//!
//! [`source`] reads the documents of a channel and locale batch by batch, [`make`] turns each into items and
//! what marketplaces would not take of it, [`format`] writes the items, [`stream`] sends them and [`report`]
//! tells of the rest. How it is done is said by staff per channel: [`settings`].

pub(super) mod api;
mod field;
mod finding;
mod format;
mod gtin;
mod item;
mod link;
mod make;
mod offer;
mod report;
mod settings;
mod source;
mod store;
mod stream;
mod text;

use std::sync::Arc;

use problem::{Kind, Problem, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(crate) use field::{CONDITIONS, Field};
pub(crate) use link::LinkTemplate;
use report::Counting;

/// Feeds that are sent at the same time.
const MAX_STREAMS: usize = 4;

/// What feeds share.
pub(super) struct Feeds {
    streams: Arc<Semaphore>,
    counting: Counting,
}

impl Default for Feeds {
    fn default() -> Self {
        Self { streams: Arc::new(Semaphore::new(MAX_STREAMS)), counting: Counting::default() }
    }
}

impl Feeds {
    /// To send one feed; 503 if too many are being sent.
    fn permit(&self) -> Result<OwnedSemaphorePermit> {
        self.streams.clone().try_acquire_owned().map_err(|_| {
            let detail = "too many feeds are read at the same time";
            Problem::new(Kind::Unavailable, "too_many_feeds", detail).retry_after(30)
        })
    }
}
