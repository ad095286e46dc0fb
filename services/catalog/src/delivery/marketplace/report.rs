//! What was left out of a feed and why: the findings page by page, and how many there are of each sort.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use moka::future::Cache;
use problem::{Problem, Result};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Mutex, Semaphore, watch},
    time::{Instant, timeout_at},
};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Cursor;

use super::{
    finding::{Finding, Rule, Severity},
    item::Listing,
    source::Source,
};

/// Batches looked through for one page of findings.
const MAX_BATCHES: usize = 20;
/// How long an answer waits for what is being counted.
const PATIENCE: Duration = Duration::from_secs(5);
/// Feeds whose counts are kept.
const MAX_FEEDS: u64 = 100;

/// How far a list of findings is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The page to go on with.
    page: Uuid,
    /// So many of its findings were told.
    told: usize,
}

/// Some findings of this severity, or of both, and where to go on. There may be fewer than asked for: an
/// answer does not look through a whole catalog.
pub(super) async fn findings(
    source: &Source,
    severity: Option<Severity>,
    begin: Option<Progress>,
    limit: usize,
) -> Result<(Vec<Finding>, Option<Cursor>)> {
    let begin = begin.unwrap_or(Progress { page: Uuid::nil(), told: 0 });
    let (mut findings, mut first) = (Vec::new(), begin.page);
    for _ in 0..MAX_BATCHES {
        let batch = source.read(first).await?;
        let next = batch.next();
        for Listing { page_id, findings: found, .. } in batch.into_listings().await? {
            let told = if page_id == begin.page { begin.told } else { 0 };
            let is_asked_for = |finding: &Finding| severity.is_none_or(|s| finding.severity == s);
            let wanted: Vec<Finding> = found.into_iter().filter(is_asked_for).skip(told).collect();
            let room = limit - findings.len();
            let is_whole = wanted.len() <= room;
            findings.extend(wanted.into_iter().take(room));
            if !is_whole {
                let progress = Progress { page: page_id, told: told + room };
                return Ok((findings, Some(Cursor::encode(&progress))));
            }
        }
        match next {
            Some(next) => first = next,
            None => return Ok((findings, None)),
        }
    }
    Ok((findings, Some(Cursor::encode(&Progress { page: first, told: 0 }))))
}

/// What is in a feed and what is not.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = FeedCounts)]
pub(crate) struct Counts {
    /// Whether every page was counted. Large catalogs take a while: ask again.
    pub complete: bool,
    /// The position of the catalog at which it was begun to count.
    pub position: i64,
    /// Product pages counted.
    pub pages: u64,
    /// Items in the feed.
    pub items: u64,
    /// Items that are left out.
    pub left_out: u64,
    /// How often each rule is broken, by severity, field and rule.
    pub findings: Vec<FindingCount>,
}

/// How often a rule is broken.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FeedFindingCount)]
pub(crate) struct FindingCount {
    severity: Severity,
    /// The field of the feed.
    #[schema(example = "image_link")]
    field: &'static str,
    rule: Rule,
    /// Items of which this was found.
    count: u64,
}

/// Counts of feeds, in bounded memory. One feed is counted at a time.
pub(super) struct Counting {
    feeds: Cache<String, Arc<Mutex<Feed>>>,
    turn: Arc<Semaphore>,
}

/// What counts are made of: the position of the catalog, and the version of what staff say.
type State = (i64, i64);

/// The counts of one feed.
#[derive(Default)]
struct Feed {
    /// The last that were complete, and what they were made of.
    last: Option<(State, Counts)>,
    /// Those that are being made.
    running: Option<watch::Receiver<Counts>>,
}

impl Default for Counting {
    fn default() -> Self {
        Self { feeds: Cache::new(MAX_FEEDS), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Counting {
    /// The counts of the feed at this position, the same in all formats. Where they take long, those of
    /// before, or as far as they are.
    pub(super) async fn counts(&self, source: &Source, position: i64) -> Result<Counts> {
        let state = (position, source.maker.settings.version);
        let deadline = Instant::now() + PATIENCE;
        let key = source.maker.view.name.to_string();
        let feed = self.feeds.get_with(key, async { Arc::default() }).await;
        loop {
            let mut running = {
                let mut known = feed.lock().await;
                match &known.last {
                    Some((counted, counts)) if *counted == state => return Ok(counts.clone()),
                    _ => {}
                }
                // Of one that broke off nothing comes any more.
                known.running.take_if(|running| running.has_changed().is_err());
                let begin = || self.begin(source.clone(), state, feed.clone());
                known.running.get_or_insert_with(begin).clone()
            };
            let complete = running.wait_for(|counts| counts.complete);
            match timeout_at(deadline, complete).await.map(|counted| counted.is_ok()) {
                // They may have been begun before the feed changed.
                Ok(true) => {}
                Ok(false) => return Err(Problem::unavailable("the count of the feed")),
                Err(_) => {
                    let last = feed.lock().await.last.clone().map(|(_, counts)| counts);
                    return Ok(last.unwrap_or_else(|| running.borrow().clone()));
                }
            }
        }
    }

    fn begin(
        &self,
        source: Source,
        state: State,
        feed: Arc<Mutex<Feed>>,
    ) -> watch::Receiver<Counts> {
        let (sender, receiver) = watch::channel(Counts { position: state.0, ..Counts::default() });
        let turn = self.turn.clone();
        tokio::spawn(async move {
            let Ok(_turn) = turn.acquire_owned().await else { return };
            let counted = count(&source, &sender).await;
            let mut feed = feed.lock().await;
            feed.running = None;
            match counted {
                Ok(counts) => {
                    feed.last = Some((state, counts.clone()));
                    sender.send_replace(counts);
                }
                Err(problem) => problem.log(),
            }
        });
        receiver
    }
}

/// Counts a whole feed, and tells how far it is after each batch.
async fn count(source: &Source, progress: &watch::Sender<Counts>) -> Result<Counts> {
    let mut counts = progress.borrow().clone();
    let mut sums: BTreeMap<(Severity, &'static str, Rule), u64> = BTreeMap::new();
    let mut next = Some(Uuid::nil());
    while let Some(first) = next {
        let batch = source.read(first).await?;
        next = batch.next();
        for listing in batch.into_listings().await? {
            counts.add(&listing);
            for Finding { severity, field, rule, .. } in &listing.findings {
                *sums.entry((*severity, field, *rule)).or_default() += 1;
            }
        }
        let sorts = sums.iter();
        let sorts = sorts.map(|(&(severity, field, rule), &count)| FindingCount {
            severity,
            field,
            rule,
            count,
        });
        counts.findings = sorts.collect();
        progress.send_replace(counts.clone());
    }
    Ok(Counts { complete: true, ..counts })
}

impl Counts {
    fn add(&mut self, listing: &Listing) {
        self.pages += 1;
        self.items += listing.items.len() as u64;
        self.left_out += listing.left_out as u64;
    }
}
