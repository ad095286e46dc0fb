use axum::body::{Body, BodyDataStream, Bytes};
use futures::StreamExt;
use sha2::{Digest, Sha256};

use super::Upload;
use crate::management::{
    body::unreadable,
    error::{Refusal, Result},
};

/// A body that is counted and hashed while it arrives.
pub(super) struct Pieces {
    stream: BodyDataStream,
    hash: Sha256,
    bytes: u64,
    max_bytes: u64,
}

impl Pieces {
    /// Of a body of at most so many bytes.
    pub(super) fn new(body: Body, max_bytes: u64) -> Self {
        Self { stream: body.into_data_stream(), hash: Sha256::new(), bytes: 0, max_bytes }
    }

    /// The next piece; 413 if the body gets too large.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        let Some(piece) = self.stream.next().await else { return Ok(None) };
        let piece = piece.map_err(|_| unreadable())?;
        self.bytes += piece.len() as u64;
        if self.bytes > self.max_bytes {
            return Err(Refusal::too_large("The body is too large."));
        }
        self.hash.update(&piece);
        Ok(Some(piece))
    }

    /// What was uploaded.
    pub(super) fn finish(self) -> Upload {
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Upload { bytes: self.bytes, sha256 }
    }
}
