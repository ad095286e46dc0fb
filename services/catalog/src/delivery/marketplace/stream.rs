//! A feed on its way out, packed as the client likes it.

use std::io;

use bytes::Bytes;
use futures::{Stream, stream};
use problem::{Problem, Result};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::{
    format::Format,
    source::{Batch, Source},
};
use crate::delivery::pack::{Coding, Packer};

/// What is left to send.
struct Rest {
    source: Source,
    format: Format,
    packer: Packer,
    /// Where the next batch begins; `None` after the last.
    next: Option<Uuid>,
    /// Held until the end: feeds are few at a time.
    _permit: OwnedSemaphorePermit,
}

/// The bytes of a feed. A failure breaks it off, which the client sees.
pub(super) fn feed(
    source: Source,
    format: Format,
    coding: Option<Coding>,
    permit: OwnedSemaphorePermit,
) -> Result<impl Stream<Item = Result<Bytes>>> {
    let mut packer = Packer::new(coding).map_err(Problem::internal)?;
    let maker = &source.maker;
    let (channel, locale) = (&maker.view.channel, &maker.view.locale.code);
    let title = format!("{channel} {locale} {}", maker.view.currency);
    format.begin(&title, &maker.public_url, &mut packer).map_err(Problem::internal)?;
    let rest = Rest { source, format, packer, next: Some(Uuid::nil()), _permit: permit };
    Ok(stream::try_unfold(Some(rest), |rest| async {
        let Some(rest) = rest else { return Ok(None) };
        rest.send_some().await.inspect_err(Problem::log).map(Some)
    }))
}

impl Rest {
    /// The next bytes, and what is left then.
    async fn send_some(mut self) -> Result<(Bytes, Option<Self>)> {
        while let Some(first) = self.next {
            let batch = self.source.read(first).await?;
            self.next = batch.next();
            let work = tokio::task::spawn_blocking(move || self.write(&batch));
            self = work.await.map_err(Problem::internal)??;
            let bytes = self.packer.take();
            if !bytes.is_empty() {
                return Ok((bytes, Some(self)));
            }
        }
        self.finish().map(|bytes| (bytes, None)).map_err(Problem::internal)
    }

    fn write(mut self, batch: &Batch) -> Result<Self> {
        for listing in batch.listings() {
            self.format.write(&listing?, &mut self.packer).map_err(Problem::internal)?;
        }
        Ok(self)
    }

    fn finish(mut self) -> io::Result<Bytes> {
        self.format.end(&mut self.packer)?;
        self.packer.finish()
    }
}
