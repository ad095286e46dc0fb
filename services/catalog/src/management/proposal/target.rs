//! Products and models as things to be proposed for.

use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;
use web::IfMatch;

use crate::{
    App,
    management::{
        associations::Naming,
        bulk::Saved,
        error::{Refusal, Result},
        history::{State, Writer},
        product, product_model,
    },
};

/// What is proposed for, and how clients name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A product.
    Product(Naming),
    /// A product model.
    Model,
}

/// A product or a model as it is now.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) noun: Noun,
    pub(super) id: Uuid,
    /// As clients name it.
    pub(super) key: String,
    pub(super) version: i64,
    pub(super) state: State<'static>,
}

impl Noun {
    /// As an address names it: `/{resource}/{code}/draft`.
    pub(super) fn of_path(resource: &str) -> Result<Self> {
        match resource {
            "products-uuid" => Ok(Self::Product(Naming::Uuid)),
            "products" => Ok(Self::Product(Naming::Identifier)),
            "product-models" => Ok(Self::Model),
            other => Err(Refusal::not_found(format!("There are no drafts of \"{other}\"."))),
        }
    }

    /// Path segment of its list.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Product(Naming::Uuid) => "products-uuid",
            Self::Product(Naming::Identifier) => "products",
            Self::Model => "product-models",
        }
    }

    /// The property that holds the key in a line of a bulk body.
    pub(super) fn key_property(self) -> &'static str {
        match self {
            Self::Product(Naming::Uuid) => "uuid",
            Self::Product(Naming::Identifier) => "identifier",
            Self::Model => "code",
        }
    }

    /// The thing, locked until the transaction ends; 404 if it is not there.
    pub(super) async fn lock(self, connection: &mut PgConnection, key: &str) -> Result<Target> {
        let found = match self {
            Self::Product(naming) => product::lock_present(connection, naming, key).await?,
            Self::Model => product_model::lock_present(connection, key).await?,
        };
        let (id, version, state) = found.ok_or_else(|| self.missing(key))?;
        Ok(Target { noun: self, id, key: key.to_owned(), version, state })
    }

    /// Locks those of the things that are there, in the order in which all writers do.
    pub(super) async fn lock_all(self, connection: &mut PgConnection, keys: &[&str]) -> Result<()> {
        match self {
            Self::Product(naming) => product::lock_all(connection, naming, keys).await,
            Self::Model => product_model::lock_all(connection, keys).await,
        }
    }

    fn missing(self, key: &str) -> Refusal {
        let noun = if self == Self::Model { "Product model" } else { "Product" };
        Refusal::not_found(format!("{noun} \"{key}\" does not exist."))
    }
}

impl Target {
    /// Writes a body as every client of the API would, in the caller's transaction. `naming`: how it
    /// names the products that it associates.
    pub(super) async fn save(
        &self,
        connection: &mut PgConnection,
        writer: &Writer,
        naming: Naming,
        body: Map<String, Value>,
    ) -> Result<Saved> {
        let if_match = IfMatch::any();
        let saved = match self.noun {
            Noun::Product(_) if naming == Naming::Uuid => {
                let line = product::Line { key: self.id.to_string(), body, if_match };
                product::save_all(connection, writer, naming, &[line]).await?
            }
            Noun::Product(_) => {
                // A draft may have changed it.
                let state = self.read_state(connection).await?;
                let key = state.properties.get("identifier").and_then(Value::as_str);
                let key = key.unwrap_or_default().to_owned();
                let line = product::Line { key, body, if_match };
                product::save_all(connection, writer, naming, &[line]).await?
            }
            Noun::Model => {
                let line = product_model::Line { code: self.key.clone(), body, if_match };
                product_model::save_all(connection, writer, naming, &[line]).await?
            }
        };
        Ok(saved.into_iter().next().transpose()?.unwrap_or(Saved::Unchanged))
    }

    /// The thing as it reads by now.
    pub(super) async fn read(
        &self,
        app: &App,
        connection: &mut PgConnection,
        parameters: &[(String, String)],
    ) -> Result<Map<String, Value>> {
        let found = match self.noun {
            Noun::Product(naming) => {
                product::read(app, connection, naming, self.id, parameters).await?
            }
            Noun::Model => product_model::read(app, connection, &self.key, parameters).await?,
        };
        found.ok_or_else(|| self.noun.missing(&self.key))
    }

    /// Its state after writes of the same transaction.
    pub(super) async fn read_state(&self, connection: &mut PgConnection) -> Result<State<'static>> {
        let found = match self.noun {
            Noun::Product(_) => {
                let id = self.id.to_string();
                product::lock_present(connection, Naming::Uuid, &id).await?
            }
            Noun::Model => product_model::lock_present(connection, &self.key).await?,
        };
        let (.., state) = found.ok_or_else(|| self.noun.missing(&self.key))?;
        Ok(state)
    }

    /// Path segments of its address.
    pub(super) fn path(&self) -> [&str; 2] {
        [self.noun.path(), &self.key]
    }
}
