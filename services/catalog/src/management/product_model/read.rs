//! Product models as clients read them: with what they inherit.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::store;
use crate::management::{
    associations::Associations,
    error::Result,
    links::Links,
    reading::{Reading, ValueContext, find_association_types},
    score, time,
    values::Values,
};

/// A model with what it inherits.
#[derive(Debug, FromRow)]
pub(super) struct FullModel {
    /// Id.
    pub id: Uuid,
    /// Code.
    pub code: String,
    /// How its products vary.
    pub family_variant: String,
    /// Its family.
    pub family: String,
    /// Code of the model above.
    pub parent: Option<String>,
    /// All values.
    #[sqlx(json)]
    pub values: Values,
    /// All categories, in order.
    pub categories: Vec<String>,
    /// Its own associations.
    #[sqlx(json)]
    pub associations: Associations,
    /// Those of the model above.
    #[sqlx(json)]
    pub inherited_associations: Associations,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Row version.
    pub version: i64,
}

/// The bodies of these models, in order.
pub(super) async fn represent_all(
    connection: &mut PgConnection,
    models: Vec<FullModel>,
    reading: &Reading,
    links: &Links,
) -> Result<Vec<Map<String, Value>>> {
    let linked: Vec<Uuid> = models
        .iter()
        .flat_map(|model| [&model.associations, &model.inherited_associations])
        .flat_map(Associations::products)
        .collect();
    let names = store::find_identifiers(connection, &linked).await?;
    let types = find_association_types(connection).await?;
    let values = models.iter().map(|model| &model.values);
    let values = ValueContext::load(connection, values, reading).await?;
    let ids: Vec<Uuid> = models.iter().map(|model| model.id).collect();
    let represent = |model| represent(model, &names, &types, &values, reading, links);
    let mut bodies: Vec<Map<String, Value>> = models.into_iter().map(represent).collect();
    if reading.with_quality_scores {
        let grades = score::find_grades(connection, &ids).await?;
        for (body, id) in bodies.iter_mut().zip(ids) {
            body.insert("quality_scores".into(), grades.of(id));
        }
    }
    Ok(bodies)
}

/// The same for exports: products are named by their ids, which all have.
pub(super) async fn represent_exported(
    connection: &mut PgConnection,
    models: Vec<FullModel>,
    reading: &Reading,
    links: &Links,
) -> Result<Vec<Map<String, Value>>> {
    let linked = models.iter().flat_map(|model| model.associations.products());
    let names = linked.map(|id| (id, id.to_string())).collect();
    let types = find_association_types(connection).await?;
    let values = models.iter().map(|model| &model.values);
    let values = ValueContext::load(connection, values, reading).await?;
    let represent = |model| represent(model, &names, &types, &values, reading, links);
    Ok(models.into_iter().map(represent).collect())
}

fn represent(
    model: FullModel,
    names: &HashMap<Uuid, String>,
    types: &[(String, bool)],
    values: &ValueContext,
    reading: &Reading,
    links: &Links,
) -> Map<String, Value> {
    let mut associations = model.associations;
    associations.inherit(&model.inherited_associations);
    let name = |id: Uuid| names.get(&id).cloned();
    Map::from_iter([
        ("code".to_owned(), json!(model.code)),
        ("family".to_owned(), json!(model.family)),
        ("family_variant".to_owned(), json!(model.family_variant)),
        ("parent".to_owned(), json!(model.parent)),
        ("categories".to_owned(), json!(model.categories)),
        ("values".to_owned(), values.represent(model.values, reading, links)),
        ("created".to_owned(), json!(time::format(&model.created_at))),
        ("updated".to_owned(), json!(time::format(&model.updated_at))),
        ("associations".to_owned(), associations.represent(types, name)),
        (
            "quantified_associations".to_owned(),
            associations.represent_quantified(types, "identifier", name),
        ),
        ("metadata".to_owned(), json!({"workflow_status": "working_copy"})),
    ])
}
