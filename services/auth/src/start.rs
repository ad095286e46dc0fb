use std::{sync::Arc, thread::available_parallelism};

use access::{KeySource, Verifier};
use anyhow::Result;
use chrono::Utc;
use serde_json::json;
use sqlx::PgPool;
use tokio::net::TcpListener;
use vault::Vault;
use web::Lifecycle;

use crate::{
    MIGRATOR, SCHEMA, app,
    app::App,
    audit::{self, EventType, Fact},
    cleanup, client,
    config::Config,
    mail,
    mail::Mailer,
    password::Hasher,
    retention, signing_key, staff,
};

/// Mails that are sent at a time.
const MAIL_WORKERS: usize = 4;

/// Migrates, prepares and serves until the lifecycle stops.
pub async fn run(config: Config, listener: TcpListener, lifecycle: Lifecycle) -> Result<()> {
    web::database::migrate(&config.database_url, SCHEMA, &MIGRATOR).await?;
    let db = web::database::connect(&config.database_url, SCHEMA, config.max_connections).await?;
    let app = web::database::at_start(|| prepare(&config, db.clone())).await?;
    lifecycle.spawn(signing_key::watch(
        app.keys.clone(),
        app.db.clone(),
        app.vault.clone(),
        app.schedule.clone(),
    ));
    lifecycle.spawn(cleanup::clean_periodically(app.db.clone()));
    for _ in 0..MAIL_WORKERS {
        lifecycle.spawn(mail::deliver_for_ever(app.clone()));
    }
    lifecycle.set_ready();
    web::serve(listener, app::router(app), lifecycle, config.server.grace).await;
    Ok(())
}

/// What the routes need, from a migrated schema: keys, service clients and the first administrator
/// are there afterwards.
pub async fn prepare(config: &Config, db: PgPool) -> Result<App> {
    let vault = Vault::new(&config.master_key);
    retention::keep_partitions(&db, Utc::now()).await?;
    let hasher = Hasher::new(available_parallelism().map_or(1, usize::from))?;
    let keys = signing_key::load_or_create(&db, &vault, config.access_token_algorithm).await?;
    if let Some(clients) = &config.service_clients {
        client::seed::seed(&db, clients).await?;
    }
    staff::prepare_staff(&db, &hasher, config).await?;
    let mailer = Mailer::new(&config.mail)?;
    if !mailer.sends() {
        tracing::warn!("no mail is sent: neither VITRINE_SMTP_URL nor VITRINE_MAIL_DIR is set");
    }
    let source = KeySource::Shared(keys.published.clone());
    Ok(App {
        verifier: Verifier::new(&config.issuer, source, contracts::http_client()),
        issuer: Arc::from(config.issuer.as_str()),
        trusted_proxies: config.trusted_proxies.clone(),
        db,
        keys,
        schedule: config.key_schedule(),
        vault,
        hasher,
        storefront: client::Storefront::default(),
        mailer,
        registration: config.registration,
        staff_totp: config.staff_totp,
    })
}

/// Publishes the next signing keys, for operators: `auth rotate-keys`.
pub async fn rotate_keys(config: Config) -> Result<()> {
    let db = web::database::connect(&config.database_url, SCHEMA, 1).await?;
    let mut transaction = db.begin().await?;
    let vault = Vault::new(&config.master_key);
    signing_key::rotate(&mut transaction, &vault, &config.key_schedule(), Utc::now()).await?;
    let fact = Fact::new(EventType::SigningKeyRotated, "signing-keys", json!({}));
    audit::record(&mut transaction, fact).await?;
    Ok(transaction.commit().await?)
}
