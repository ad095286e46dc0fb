//! Products as clients read them: with what they inherit, and what was asked for beside.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::store;
use crate::management::{
    associations::{Associations, Naming},
    error::Result,
    links::Links,
    reading::{self, Reading},
    score::{Place, Rules, Score},
    time,
    values::Values,
};

/// A product with what it inherits.
#[derive(Debug, FromRow)]
pub(super) struct FullProduct {
    /// Id.
    pub id: Uuid,
    /// The sku.
    pub identifier: Option<String>,
    /// Whether it is sold.
    pub enabled: bool,
    /// Its family.
    pub family: Option<String>,
    /// Code of the model above.
    pub parent: Option<String>,
    /// Code of the model at the top, if there are two.
    pub root_parent: Option<String>,
    /// All values.
    #[sqlx(json)]
    pub values: Values,
    /// All categories, in order.
    pub categories: Vec<String>,
    /// Its groups, in order.
    pub groups: Vec<String>,
    /// Its own associations.
    #[sqlx(json)]
    pub associations: Associations,
    /// Those of the models above.
    #[sqlx(json)]
    pub inherited_associations: Vec<Associations>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Row version.
    pub version: i64,
}

/// The bodies of these products, in order.
pub(super) async fn represent_all(
    connection: &mut PgConnection,
    products: Vec<FullProduct>,
    naming: Naming,
    reading: &Reading,
    links: &Links,
) -> Result<Vec<Map<String, Value>>> {
    let context = Context::load(connection, &products, reading).await?;
    let mut bodies = Vec::with_capacity(products.len());
    for product in products {
        bodies.push(context.represent(product, naming, reading, links));
    }
    Ok(bodies)
}

/// What the bodies need beside the products.
struct Context {
    main_identifier: String,
    association_types: Vec<(String, bool)>,
    names: HashMap<Uuid, Option<String>>,
    /// Of the families, if scores are to be told.
    rules: HashMap<String, Rules>,
    values: reading::ValueContext,
}

impl Context {
    async fn load(
        connection: &mut PgConnection,
        products: &[FullProduct],
        reading: &Reading,
    ) -> Result<Self> {
        let linked: Vec<Uuid> = products
            .iter()
            .flat_map(|product| {
                product.inherited_associations.iter().chain([&product.associations])
            })
            .flat_map(Associations::products)
            .collect();
        let families: Vec<&str> =
            products.iter().filter_map(|product| product.family.as_deref()).collect();
        let rules = match reading.with_completenesses || reading.with_quality_scores {
            true => Rules::load(connection, &families).await?,
            false => HashMap::new(),
        };
        let values = products.iter().map(|product| &product.values);
        Ok(Self {
            main_identifier: reading::find_main_identifier(connection).await?,
            association_types: reading::find_association_types(connection).await?,
            names: store::find_names(connection, &linked).await?,
            rules,
            values: reading::ValueContext::load(connection, values, reading).await?,
        })
    }

    fn represent(
        &self,
        product: FullProduct,
        naming: Naming,
        reading: &Reading,
        links: &Links,
    ) -> Map<String, Value> {
        let mut associations = product.associations;
        product.inherited_associations.iter().for_each(|from| associations.inherit(from));
        let name = |id: Uuid| {
            let identifier = self.names.get(&id)?;
            if naming == Naming::Uuid { Some(id.to_string()) } else { identifier.clone() }
        };
        let key = if naming == Naming::Uuid { "uuid" } else { "identifier" };
        let mut values = product.values;
        if let Some(identifier) = &product.identifier {
            values.set(&self.main_identifier, None, None, Some(identifier.clone().into()));
        }
        let mut body = Map::from_iter([
            ("uuid".to_owned(), json!(product.id)),
            ("enabled".to_owned(), json!(product.enabled)),
            ("family".to_owned(), json!(product.family)),
            ("categories".to_owned(), json!(product.categories)),
            ("groups".to_owned(), json!(product.groups)),
            ("parent".to_owned(), json!(product.parent)),
            ("created".to_owned(), json!(time::format(&product.created_at))),
            ("updated".to_owned(), json!(time::format(&product.updated_at))),
            ("associations".to_owned(), associations.represent(&self.association_types, name)),
            (
                "quantified_associations".to_owned(),
                associations.represent_quantified(&self.association_types, key, name),
            ),
            ("metadata".to_owned(), json!({"workflow_status": "working_copy"})),
        ]);
        if product.parent.is_some() {
            let root = product.root_parent.or(product.parent);
            body.insert("root_parent".into(), json!(root));
        }
        if naming == Naming::Identifier {
            body.insert("identifier".into(), json!(product.identifier));
        }
        let rules = product.family.as_ref().and_then(|family| self.rules.get(family));
        let scores: Vec<(&Place, Score)> = rules
            .map(|rules| rules.score(product.identifier.is_some(), &[&values]).collect())
            .unwrap_or_default();
        let list = |data: fn(&Score) -> Value| -> Value {
            let entry = |(place, score): &(&Place, Score)| json!({"scope": place.channel, "locale": place.locale, "data": data(score)});
            scores.iter().map(entry).collect()
        };
        if reading.with_completenesses {
            body.insert("completenesses".into(), list(|score| score.completeness.into()));
        }
        if reading.with_quality_scores {
            body.insert("quality_scores".into(), list(|score| score.grade.into()));
        }
        body.insert("values".into(), self.values.represent(values, reading, links));
        body
    }
}
