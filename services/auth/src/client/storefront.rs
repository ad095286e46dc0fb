use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use problem::{Problem, Result};
use sqlx::PgPool;

use super::{Client, STOREFRONT, authenticate::check};

/// How long what was read holds: so late does a change by staff reach every replica.
const FRESH: TimeDelta = TimeDelta::seconds(1);

/// The client of first-party logins, which every one of them needs.
#[derive(Clone, Default)]
pub(crate) struct Storefront(Arc<Mutex<Option<Reading>>>);

struct Reading {
    at: DateTime<Utc>,
    client: Arc<Client>,
}

impl Storefront {
    /// As it was at most a second ago.
    pub(crate) async fn get(&self, db: &PgPool, now: DateTime<Utc>) -> Result<Arc<Client>> {
        if let Some(reading) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner)
            && (now - reading.at).abs() < FRESH
        {
            return Ok(reading.client.clone());
        }
        let found = check(db, STOREFRONT, None).await?;
        let gone = || Problem::internal(anyhow::anyhow!("the client storefront is gone"));
        let client = Arc::new(found.ok_or_else(gone)?);
        let reading = Reading { at: now, client: client.clone() };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        Ok(client)
    }
}
