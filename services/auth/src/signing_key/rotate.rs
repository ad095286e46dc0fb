use chrono::{DateTime, Utc};
use problem::{Problem, Result};
use sqlx::{PgConnection, PgPool};
use vault::Vault;

use super::{
    KeyAlgorithm, Schedule,
    generate::NewKey,
    schedule::{KeyState, states},
    store::{self, MAX_KEYS, StoredKey},
};

/// Publishes the next key of every algorithm; it signs when everyone has had time to fetch it.
///
/// # Errors
/// 409 `too_many_keys` when this was done too often for the old ones to be forgotten.
pub(crate) async fn rotate(
    transaction: &mut PgConnection,
    vault: &Vault,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<()> {
    store::lock(transaction).await?;
    if store::list(&mut *transaction).await?.len() + KeyAlgorithm::ALL.len() > MAX_KEYS {
        let detail =
            "there are too many keys already; the old ones go a day after they signed last";
        return Err(Problem::conflict("too_many_keys", detail));
    }
    for algorithm in KeyAlgorithm::ALL {
        create(transaction, vault, algorithm, now + schedule.publish).await?;
    }
    Ok(())
}

/// Deletes a key whose private part somebody else may know; tokens that it signed fail from now on. If
/// it signs, another one takes its place at once; whether there was such a key.
pub(crate) async fn withdraw(
    transaction: &mut PgConnection,
    vault: &Vault,
    key_id: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    store::lock(transaction).await?;
    let keys = store::list(&mut *transaction).await?;
    let Some(key) = keys.iter().find(|key| key.key_id == key_id) else { return Ok(false) };
    store::delete(&mut *transaction, &[key_id]).await?;
    create_missing(transaction, vault, now).await?;
    tracing::warn!(
        key.id = key_id,
        algorithm = key.algorithm.name(),
        "a signing key was withdrawn"
    );
    Ok(true)
}

/// Does what the schedule says: publishes the next key of each algorithm in time, deletes what nobody
/// needs any more.
pub(super) async fn keep_schedule(
    db: &PgPool,
    vault: &Vault,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut transaction = db.begin().await?;
    store::lock(&mut transaction).await?;
    let keys = store::list(&mut *transaction).await?;
    for algorithm in KeyAlgorithm::ALL {
        let keys: Vec<_> = keys.iter().filter(|key| key.algorithm == algorithm).collect();
        if keys.first().is_some_and(|newest| schedule.is_due(newest, now)) {
            create(&mut transaction, vault, algorithm, now + schedule.publish).await?;
        }
        let retired: Vec<&str> = keys
            .iter()
            .zip(states(&keys, now))
            .filter(|(_, state)| *state == KeyState::Retired)
            .map(|(key, _)| key.key_id.as_str())
            .collect();
        store::delete(&mut *transaction, &retired).await?;
    }
    Ok(transaction.commit().await?)
}

/// A key that signs at once, of each algorithm that has none. The caller holds the lock.
pub(super) async fn create_missing(
    transaction: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<()> {
    let keys = store::list(&mut *transaction).await?;
    let signs = |key: &StoredKey, algorithm| key.algorithm == algorithm && key.signs_from <= now;
    for algorithm in KeyAlgorithm::ALL {
        if !keys.iter().any(|key| signs(key, algorithm)) {
            create(transaction, vault, algorithm, now).await?;
        }
    }
    Ok(())
}

async fn create(
    transaction: &mut PgConnection,
    vault: &Vault,
    algorithm: KeyAlgorithm,
    signs_from: DateTime<Utc>,
) -> Result<()> {
    let key = tokio::task::spawn_blocking(move || NewKey::generate(algorithm))
        .await
        .map_err(Problem::internal)?
        .map_err(Problem::internal)?;
    let sealed = vault.seal(place(&key.key_id).as_bytes(), &key.private);
    store::insert(transaction, &key, &sealed, signs_from).await?;
    tracing::info!(key.id = key.key_id, algorithm = algorithm.name(), %signs_from, "a key was made");
    Ok(())
}

/// Where the private part is sealed.
pub(super) fn place(key_id: &str) -> String {
    format!("signing_key {key_id}")
}
