use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use arc_swap::ArcSwap;
use chrono::Utc;
use jsonwebtoken::{EncodingKey, jwk::JwkSet};
use serde_json::{Value, json};
use sqlx::PgPool;
use vault::Vault;

use super::{
    KeyAlgorithm, KeyRing, Schedule,
    generate::public_jwk,
    ring::Signer,
    rotate::{create_missing, keep_schedule, place},
    store::{self, StoredKey},
};

/// How long another replica's new key may stay unknown here, at most.
const RELOAD_INTERVAL: Duration = Duration::from_secs(30);

/// The keys; the first replica of all creates them, under a lock.
pub(crate) async fn load_or_create(
    db: &PgPool,
    vault: &Vault,
    access_algorithm: KeyAlgorithm,
) -> Result<KeyRing> {
    let mut transaction = db.begin().await?;
    store::lock(&mut transaction).await?;
    create_missing(&mut transaction, vault, Utc::now()).await?;
    let keys = store::list(&mut *transaction).await?;
    transaction.commit().await?;
    let (signers, published) = open(&keys, vault)?;
    Ok(KeyRing {
        signers: Arc::new(ArcSwap::from_pointee(signers)),
        published: Arc::new(ArcSwap::from_pointee(published)),
        access_algorithm,
    })
}

/// Keeps the schedule and takes over what other replicas changed, for ever.
pub(crate) async fn watch(ring: KeyRing, db: PgPool, vault: Vault, schedule: Schedule) {
    // Every replica must have a key before any of them signs with it.
    let publish = schedule.publish.to_std().unwrap_or_default();
    let interval = RELOAD_INTERVAL.min(publish / 4).max(Duration::from_millis(100));
    loop {
        tokio::time::sleep(interval).await;
        if let Err(problem) = keep_schedule(&db, &vault, &schedule, Utc::now()).await {
            problem.log();
        }
        if let Err(error) = reload(&ring, &db, &vault).await {
            tracing::warn!(%error, "the signing keys could not be read, the last ones stay");
        }
    }
}

/// Takes over what is in the database.
pub(super) async fn reload(ring: &KeyRing, db: &PgPool, vault: &Vault) -> Result<()> {
    let (signers, published) = open(&store::list(db).await?, vault)?;
    // First what others check against, then what signs.
    ring.published.store(Arc::new(published));
    ring.signers.store(Arc::new(signers));
    Ok(())
}

fn open(keys: &[StoredKey], vault: &Vault) -> Result<(Vec<Signer>, JwkSet)> {
    let signers = keys.iter().map(|key| open_one(key, vault)).collect::<Result<_>>()?;
    let jwks = keys
        .iter()
        .map(|key| public_jwk(&key.key_id, key.algorithm, &key.public_key))
        .collect::<Result<Vec<Value>>>()?;
    Ok((signers, serde_json::from_value(json!({ "keys": jwks }))?))
}

fn open_one(key: &StoredKey, vault: &Vault) -> Result<Signer> {
    let private = vault.open(place(&key.key_id).as_bytes(), &key.private_key).context(
        "a signing key does not open: VITRINE_MASTER_KEY is not the one it was sealed under",
    )?;
    Ok(Signer {
        key_id: key.key_id.clone(),
        algorithm: key.algorithm,
        signs_from: key.signs_from,
        private: match key.algorithm {
            KeyAlgorithm::EdDSA => EncodingKey::from_ed_der(&private),
            KeyAlgorithm::RS256 => EncodingKey::from_rsa_der(&private),
        },
    })
}
