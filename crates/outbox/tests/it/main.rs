//! The promises of the outbox, on a real PostgreSQL with real concurrency.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod feed;
mod follow;

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use testing::TestDatabase;

/// The tables that every schema has; any service's first migration.
const TABLES: &str = include_str!("../../../../migrations/catalog/20261123000001_shared.sql");

async fn database() -> TestDatabase {
    let migration = Migration::new(
        1,
        Cow::Borrowed("shared"),
        MigrationType::Simple,
        sqlx::SqlStr::from_static(TABLES),
        false,
    );
    testing::database("facts", &Migrator::with_migrations(vec![migration])).await
}
