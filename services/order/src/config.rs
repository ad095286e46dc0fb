//! The service's configuration.

use anyhow::Result;
use contracts::{PeerConfig, payment::PaymentCells};
use types::{CountryCode, CurrencyCode};
use web::{Env, Secret, ServerConfig};

use crate::Settings;

/// What the order service reads from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens (port 8083, admin port 9083) and how it ends.
    pub server: ServerConfig,
    /// `VITRINE_DATABASE_URL` (or `…_FILE`): the database, with a role that owns the schema `orders`.
    pub database_url: Secret,
    /// `VITRINE_DATABASE_CONNECTIONS`: size of the pool, 10.
    pub max_connections: u32,
    /// How it signs in to the other services.
    pub peers: PeerConfig,
    /// `VITRINE_CATALOG_URL`: address of the catalog, `http://127.0.0.1:8082`.
    pub catalog_url: String,
    /// `VITRINE_PAYMENT_URL`: address of the payment service, `http://127.0.0.1:8084`.
    pub payment_url: String,
    /// The payment cells and their countries; with them `payment_url` is not used.
    pub payment_cells: PaymentCells,
    /// What decides about carts and orders.
    pub settings: Settings,
}

impl Config {
    /// Reads the variables.
    pub fn from_env(env: &mut Env) -> Result<Self> {
        Ok(Self {
            server: ServerConfig::from_env(env, 8083, 9083)?,
            database_url: env.secret("VITRINE_DATABASE_URL")?,
            max_connections: env.or("VITRINE_DATABASE_CONNECTIONS", 10)?,
            peers: PeerConfig::from_env(env, "order")?,
            catalog_url: env.or("VITRINE_CATALOG_URL", "http://127.0.0.1:8082".to_owned())?,
            payment_url: env.or("VITRINE_PAYMENT_URL", "http://127.0.0.1:8084".to_owned())?,
            payment_cells: PaymentCells::from_env(env)?,
            settings: read_settings(env)?,
        })
    }
}

fn read_settings(env: &mut Env) -> Result<Settings> {
    let default = Settings::default();
    Ok(Settings {
        currency: env.or::<CurrencyCode>("VITRINE_DEFAULT_CURRENCY", default.currency)?,
        country: env.or::<CountryCode>("VITRINE_DEFAULT_COUNTRY", default.country)?,
        reservation: env
            .seconds_or("VITRINE_RESERVATION_SECONDS", default.reservation.as_secs())?,
        reservation_cap: env
            .seconds_or("VITRINE_RESERVATION_CAP_SECONDS", default.reservation_cap.as_secs())?,
        price_fresh: env
            .seconds_or("VITRINE_PRICE_FRESH_SECONDS", default.price_fresh.as_secs())?,
        price_grace: env
            .seconds_or("VITRINE_PRICE_GRACE_SECONDS", default.price_grace.as_secs())?,
    })
}
