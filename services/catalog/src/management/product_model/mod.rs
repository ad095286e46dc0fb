//! Product models: what variants have in common, on one or two levels.

mod act;
pub mod api;
mod apply;
mod export;
mod history;
mod read;
mod save;
mod schema;
mod store;

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

pub use act::read;
pub use export::{count_matching, find_attributes, find_bodies, find_matching};
pub use history::{KIND, lock_all, lock_present, serve_history};
pub use save::{Line, save_all};

use super::{associations::Associations, error::Result, product::Codes, values::Values};

/// Whether there is a model with this code.
pub async fn exists(connection: &mut PgConnection, code: &str) -> Result<bool> {
    store::exists(connection, code).await
}

/// A product model as it is kept: what it inherits is not here.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ProductModel {
    /// Id, for ever; of a root also that of its page.
    pub id: Uuid,
    /// Chosen by staff, never changed.
    pub code: String,
    /// How its products vary.
    pub family_variant: String,
    /// The model above.
    pub parent_id: Option<Uuid>,
    /// Values of its axes, if it is on the second level.
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
    version: i64,
}

impl ProductModel {
    fn new(code: &str) -> Self {
        Self {
            id: Uuid::now_v7(),
            code: code.to_owned(),
            family_variant: String::new(),
            parent_id: None,
            axis_values: None,
            values: Values::default(),
            associations: Associations::default(),
            categories: Codes::default(),
            version: 0,
        }
    }
}
