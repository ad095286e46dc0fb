//! Products: simple ones and variants, with an sku.

mod act;
pub mod api;
pub mod api_by_identifier;
mod apply;
mod export;
mod history;
mod read;
mod save;
mod schema;
mod store;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

pub use act::read;
pub use export::{find_attributes, find_bodies};
pub use history::{KIND, body_of, lock_all, lock_present, serve_history};
pub use save::{Line, not_a_uuid, save_all};

use super::{
    associations::{Associations, Naming},
    error::Result,
    filter::Filter,
    values::Values,
};

/// Whether there is a product with this key.
pub async fn exists(connection: &mut PgConnection, naming: Naming, key: &str) -> Result<bool> {
    store::exists(connection, naming, key).await
}

/// How many products the filter leaves that were made until this moment.
pub async fn count_matching(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
) -> Result<i64> {
    store::count_matching(connection, filter, until).await
}

/// The same products: ids and skus of the next after this id, in order of ids.
pub async fn find_matching(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, Option<String>)>> {
    store::find_matching(connection, filter, until, after, limit).await
}

/// A product as it is kept: what it inherits is not here.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Product {
    /// Id, for ever.
    pub id: Uuid,
    /// The sku.
    pub identifier: Option<String>,
    /// Whether it is sold.
    pub enabled: bool,
    /// Its family; of a variant, that of its parent.
    pub family: Option<String>,
    /// The model it varies.
    pub parent_id: Option<Uuid>,
    /// Values of its axes, if it is a variant.
    #[sqlx(json(nullable))]
    pub axis_values: Option<Value>,
    /// Its own values.
    #[sqlx(json)]
    pub values: Values,
    /// Its own associations.
    #[sqlx(json)]
    pub associations: Associations,
    /// Its own categories.
    #[sqlx(try_from = "Vec<String>")]
    pub categories: Codes,
    /// Its groups.
    #[sqlx(try_from = "Vec<String>")]
    pub groups: Codes,
    version: i64,
}

/// A set of codes, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes(pub BTreeSet<String>);

impl From<Vec<String>> for Codes {
    fn from(codes: Vec<String>) -> Self {
        Self(codes.into_iter().collect())
    }
}

impl Product {
    fn new(id: Uuid) -> Self {
        Self {
            id,
            identifier: None,
            enabled: true,
            family: None,
            parent_id: None,
            axis_values: None,
            values: Values::default(),
            associations: Associations::default(),
            categories: Codes::default(),
            groups: Codes::default(),
            version: 0,
        }
    }
}
