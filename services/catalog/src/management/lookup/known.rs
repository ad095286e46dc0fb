//! Attributes, options, units and rules of scores that this process has read at one version of the
//! structure: batches of an import refer to the same ones again and again.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use moka::sync::Cache;
use regex::Regex;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::management::{
    attribute::Attribute, error::Result, measurement_family::MeasurementFamily, score::Rules,
    values::pattern,
};

const MAX_ATTRIBUTES: u64 = 10_000;
const MAX_MEASUREMENTS: u64 = 1_000;
const MAX_FAMILIES: u64 = 1_000;
const MAX_OPTIONS: u64 = 100_000;

/// The newest that was read; catalogs of other databases take turns.
static NEWEST: Mutex<Option<(Version, Known)>> = Mutex::new(None);

/// The structure of one catalog between two changes.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
struct Version {
    database: String,
    catalog_id: Uuid,
    structure_version: i64,
}

/// What is known at one version. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// Code of the attribute.
    pub(super) main_identifier: Arc<OnceLock<String>>,
    /// By code.
    pub(super) attributes: Cache<String, Arc<KnownAttribute>>,
    /// By code.
    pub(super) measurements: Cache<String, Arc<MeasurementFamily>>,
    /// Codes of attributes with a default value, by family.
    pub(super) defaults: Cache<String, Arc<Vec<String>>>,
    /// By family.
    pub(super) rules: Cache<String, Arc<Rules>>,
    /// The option's code by its attribute and its code in lower case.
    pub(super) options: Cache<(String, String), String>,
}

/// An attribute with its regular expression.
#[derive(Debug)]
pub(super) struct KnownAttribute {
    pub(super) attribute: Attribute,
    pub(super) pattern: Option<Regex>,
}

impl From<Attribute> for KnownAttribute {
    fn from(attribute: Attribute) -> Self {
        let regexp = attribute.properties.validation_regexp.as_deref();
        Self { pattern: regexp.and_then(pattern::compile), attribute }
    }
}

impl Known {
    fn nothing() -> Self {
        Self {
            main_identifier: Arc::default(),
            attributes: Cache::new(MAX_ATTRIBUTES),
            measurements: Cache::new(MAX_MEASUREMENTS),
            defaults: Cache::new(MAX_FAMILIES),
            rules: Cache::new(MAX_FAMILIES),
            options: Cache::new(MAX_OPTIONS),
        }
    }

    /// What is known of the structure as it is at this moment. Nothing is while changes are there that
    /// the version does not count yet: they count when the projector takes them (`structure_change`).
    pub(super) async fn now(connection: &mut PgConnection) -> Result<Self> {
        let version: Option<Version> = sqlx::query_as(
            "select current_database()::text as database, catalog_id, structure_version
             from projection_state
             where (select change_id from structure_change order by change_id limit 1) is null",
        )
        .fetch_optional(connection)
        .await?;
        let Some(version) = version else { return Ok(Self::nothing()) };
        let mut newest = NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
        match &*newest {
            Some((known_version, known)) if *known_version == version => Ok(known.clone()),
            _ => Ok(newest.insert((version, Self::nothing())).1.clone()),
        }
    }
}

/// What is kept of these, and the keys of the rest.
pub(super) fn find<K, V>(
    kept: &Cache<K, V>,
    keys: impl IntoIterator<Item = K>,
) -> (HashMap<K, V>, Vec<K>)
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let (mut found, mut missing) = (HashMap::new(), Vec::new());
    for key in keys {
        match kept.get(&key) {
            Some(value) => drop(found.insert(key, value)),
            None => missing.push(key),
        }
    }
    (found, missing)
}
