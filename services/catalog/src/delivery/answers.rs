//! Answers of public reads as ready bytes, plain and packed, in bounded memory.
//!
//! A read is known by its question and by the state of the catalog that it is asked in: a change of the
//! catalog makes other questions of all, and the old answers leave the memory unasked for. Whatever is
//! asked for at the same time is made once.

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use moka::{future::Cache, policy::EvictionPolicy};
use problem::{Kind, Problem, Result};

use super::{
    pack::Coding,
    reply::{Answer, Standing},
    view::View,
};

/// Memory for answers, in bytes.
const ANSWER_BYTES: u64 = 64 * 1024 * 1024;
/// Memory for packed ones, in bytes.
const PACKED_BYTES: u64 = 64 * 1024 * 1024;
/// What an entry takes beside its bytes.
const OVERHEAD: usize = 250;
/// Smaller answers fit into one packet as they are, in bytes.
const WORTH_PACKING: usize = 1_000;

type PackedKey = (Arc<str>, Coding);

/// The caches.
pub(super) struct Answers {
    made: Cache<String, Arc<Answer>>,
    /// By the tag, which names the bytes: what changes without changing its bytes is not packed anew.
    packed: Cache<PackedKey, Bytes>,
}

impl Default for Answers {
    fn default() -> Self {
        let weigh = |length: usize| u32::try_from(length + OVERHEAD).unwrap_or(u32::MAX);
        Self {
            // The oldest goes first, since what is out of date is never asked for again, however
            // often it was.
            made: Cache::builder()
                .eviction_policy(EvictionPolicy::lru())
                .max_capacity(ANSWER_BYTES)
                .weigher(move |key: &String, answer: &Arc<Answer>| {
                    weigh(key.len() + answer.body.len())
                })
                .build(),
            packed: Cache::builder()
                .eviction_policy(EvictionPolicy::lru())
                .max_capacity(PACKED_BYTES)
                .weigher(move |_: &PackedKey, bytes: &Bytes| weigh(bytes.len()))
                .build(),
        }
    }
}

impl Answers {
    /// The answer to a question, as it was given before or as `make` gives it.
    pub(super) async fn get_or_make(
        &self,
        read: &'static str,
        question: String,
        make: impl Future<Output = Result<Answer>>,
    ) -> Result<Arc<Answer>> {
        let make = async {
            metrics::counter!("catalog_answers_made_total", "read" => read).increment(1);
            make.await.map(Arc::new).inspect_err(Problem::log)
        };
        self.made.try_get_with(question, make).await.map_err(|problem| same(&problem))
    }

    /// The response to one who asks: 304 if it has the answer, else packed as it likes.
    pub(super) async fn respond(
        &self,
        answer: &Answer,
        view: &View,
        standing: Standing,
        headers: &HeaderMap,
    ) -> Result<Response> {
        if web::if_none_match(headers, &answer.etag) {
            return Ok(answer.unchanged(view, standing));
        }
        match Coding::liked(headers).filter(|_| answer.body.len() > WORTH_PACKING) {
            Some(coding) => {
                let packed = self.pack(answer, coding).await?;
                Ok(answer.packed(coding, packed, view, standing))
            }
            None => Ok(answer.plain(view, standing)),
        }
    }

    async fn pack(&self, answer: &Answer, coding: Coding) -> Result<Bytes> {
        let body = answer.body.clone();
        let pack = async {
            metrics::counter!("catalog_answers_packed_total", "coding" => coding.name())
                .increment(1);
            let work = tokio::task::spawn_blocking(move || coding.pack(&body));
            let packed = work.await.map_err(Problem::internal)?;
            packed.map_err(Problem::internal).inspect_err(Problem::log)
        };
        let key = (answer.etag.clone(), coding);
        self.packed.try_get_with(key, pack).await.map_err(|problem| same(&problem))
    }
}

/// The same problem for everyone who waited, without its cause: that is logged already.
pub(super) fn same(problem: &Arc<Problem>) -> Problem {
    let same = match problem.violations() {
        [] => Problem::new(problem.kind(), problem.code().to_owned(), problem.detail().to_owned()),
        violations => Problem::invalid_all(violations.to_vec()),
    };
    if problem.kind() == Kind::Unavailable { same.retry_after(1) } else { same }
}
