use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use arc_swap::ArcSwap;
use jsonwebtoken::{EncodingKey, jwk::JwkSet};
use serde_json::json;
use sqlx::PgPool;

use super::{KeyRing, NewKey, Signer, public_jwk, store, store::StoredKey};
use crate::vault::Vault;

/// How long another replica's new key may stay unknown here.
const RELOAD_INTERVAL: Duration = Duration::from_secs(30);

/// The keys; the first replica of all creates one, under a lock.
pub(crate) async fn load_or_create(db: &PgPool, vault: &Vault) -> Result<KeyRing> {
    let mut transaction = db.begin().await?;
    store::lock(&mut transaction).await?;
    let mut keys = store::list(&mut *transaction).await?;
    if keys.is_empty() {
        let key = NewKey::generate()?;
        let sealed = vault.seal(place(&key.key_id).as_bytes(), &key.private);
        store::insert(&mut *transaction, &key, &sealed).await?;
        keys = store::list(&mut *transaction).await?;
    }
    transaction.commit().await?;
    let (signer, published) = open(&keys, vault)?;
    Ok(KeyRing {
        signer: Arc::new(ArcSwap::from_pointee(signer)),
        published: Arc::new(ArcSwap::from_pointee(published)),
    })
}

/// Takes over what other replicas changed, for ever.
pub(crate) async fn reload_periodically(ring: KeyRing, db: PgPool, vault: Vault) {
    loop {
        tokio::time::sleep(RELOAD_INTERVAL).await;
        if let Err(error) = reload(&ring, &db, &vault).await {
            tracing::warn!(%error, "the signing keys could not be read, the last ones stay");
        }
    }
}

async fn reload(ring: &KeyRing, db: &PgPool, vault: &Vault) -> Result<()> {
    let (signer, published) = open(&store::list(db).await?, vault)?;
    ring.published.store(Arc::new(published));
    ring.signer.store(Arc::new(signer));
    Ok(())
}

fn open(keys: &[StoredKey], vault: &Vault) -> Result<(Signer, JwkSet)> {
    let newest = keys.first().context("there is no signing key")?;
    let private = vault.open(place(&newest.key_id).as_bytes(), &newest.private_key).context(
        "the signing key does not open: VITRINE_MASTER_KEY is not the one it was sealed under",
    )?;
    let signer =
        Signer { key_id: newest.key_id.clone(), private: EncodingKey::from_ed_der(&private) };
    let jwks: Vec<_> = keys.iter().map(|key| public_jwk(&key.key_id, &key.public_key)).collect();
    Ok((signer, serde_json::from_value(json!({ "keys": jwks }))?))
}

fn place(key_id: &str) -> String {
    format!("signing_key {key_id}")
}
