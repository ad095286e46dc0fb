//! Sending what is due.

use std::time::{Duration, Instant};

use contracts::event::Event;
use problem::Result;
use sqlx::PgPool;
use tokio::{task::JoinSet, time::sleep};
use vault::Vault;
use web::Lifecycle;

use super::{
    attempt::{self, Outcome},
    outcome::settle,
    schedule::Schedule,
    store::{self, Claim},
};
use crate::{
    WebhookConfig,
    egress::Egress,
    webhook::{MAX_WEBHOOKS, secret::WebhookSecret},
};

const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// After the database did not answer.
const BACKOFF: Duration = Duration::from_secs(2);
/// What a process was sending when it was killed, another one sends after this time.
const LEASE: Duration = Duration::from_secs(10);
/// How often a lease is renewed while an address keeps us waiting.
const RENEWAL: Duration = Duration::from_secs(3);
/// Tries of one webhook at a time, by all processes together. Each webhook has its own share, so that none
/// can keep the others waiting; in all there are no more than this times the number of webhooks.
const AT_A_TIME: i64 = 8;
const BACKLOG_INTERVAL: Duration = Duration::from_secs(15);

/// Sends deliveries; cheap to clone.
#[derive(Clone)]
pub struct Sender {
    pub(crate) db: PgPool,
    pub(crate) vault: Vault,
    pub(crate) egress: Egress,
    pub(crate) schedule: Schedule,
}

impl Sender {
    /// Sends what is in this database.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(db: PgPool, config: &WebhookConfig) -> anyhow::Result<Self> {
        Ok(Self {
            db,
            vault: Vault::new(&config.master_key),
            egress: Egress::new(config.allow.clone(), config.timeout)?,
            schedule: config.schedule.clone(),
        })
    }

    /// Tries what is due until the lifecycle stops, then waits for what is under way. Several processes share
    /// the work.
    pub async fn run(self, lifecycle: Lifecycle) {
        let most = usize::try_from(AT_A_TIME * MAX_WEBHOOKS).unwrap_or(usize::MAX);
        let mut tries = JoinSet::new();
        while !lifecycle.is_stopped() {
            let mut pause = POLL_INTERVAL;
            if tries.len() < most {
                match store::claim(&self.db, AT_A_TIME, LEASE).await {
                    Ok(claims) => {
                        for claim in claims {
                            tries.spawn(self.clone().attempt(claim));
                        }
                    }
                    Err(problem) => {
                        problem.log();
                        pause = BACKOFF;
                    }
                }
            }
            // Where one ended there is room for the next, at once.
            tokio::select! {
                Some(_) = tries.join_next() => while tries.try_join_next().is_some() {},
                () = sleep(pause) => {}
                () = lifecycle.stopped() => {}
            }
        }
        tries.join_all().await;
    }

    /// An error leaves the delivery as it is: it is tried again when the lease has ended.
    async fn attempt(self, claim: Claim) {
        let began = Instant::now();
        let outcome = match self.post(&claim).await {
            Ok(outcome) => outcome,
            Err(problem) => return problem.log(),
        };
        let name = match outcome {
            Outcome::Accepted(_) => "accepted",
            Outcome::Gone => "gone",
            Outcome::Failed { .. } => "failed",
        };
        metrics::histogram!("webhook_try_duration_seconds", "outcome" => name)
            .record(began.elapsed().as_secs_f64());
        if let Err(problem) = settle(&self.db, &self.schedule, &claim, &outcome).await {
            problem.log();
        }
    }

    /// Sends the event, and keeps the lease meanwhile.
    async fn post(&self, claim: &Claim) -> Result<Outcome> {
        let open = |sealed: &[u8]| WebhookSecret::open(&self.vault, claim.webhook_id, sealed);
        let mut secrets = vec![open(&claim.secret)?];
        if let Some(sealed) = &claim.old_secret {
            secrets.push(open(sealed)?);
        }
        let event = Event::from(claim.event.clone());
        let mut trying = std::pin::pin!(attempt::post(&self.egress, &claim.url, event, &secrets));
        loop {
            tokio::select! {
                outcome = &mut trying => return outcome,
                () = sleep(RENEWAL) => {
                    if let Err(problem) = store::renew(&self.db, claim, LEASE).await {
                        problem.log();
                    }
                }
            }
        }
    }
}

/// Tells how much is to be sent, for ever.
pub(crate) async fn measure_backlog(db: PgPool) {
    loop {
        match store::backlog(&db).await {
            Ok(backlog) => {
                metrics::gauge!("webhook_deliveries_pending").set(backlog.pending as f64);
                metrics::gauge!("webhook_deliveries_overdue_seconds").set(backlog.overdue_seconds);
            }
            Err(problem) => problem.log(),
        }
        sleep(BACKLOG_INTERVAL).await;
    }
}
