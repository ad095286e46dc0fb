//! Product models as exports have them, by the rules of products.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{read::represent_exported, store};
use crate::management::{
    associations::Associations, error::Result, filter::Filter, links::Links, reading::Reading,
};

/// Bodies of the models that the filter leaves of those made until this moment, the next after this id, in
/// order of ids. Products are named by their ids.
pub async fn find_bodies(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
    reading: &Reading,
    links: &Links,
) -> Result<Vec<(Uuid, Map<String, Value>)>> {
    let mut models = store::find_full_matching(connection, filter, until, after, limit).await?;
    models.iter_mut().for_each(|model| model.inherited_associations = Associations::default());
    let ids: Vec<Uuid> = models.iter().map(|model| model.id).collect();
    let bodies = represent_exported(connection, models, reading, links).await?;
    Ok(ids.into_iter().zip(bodies).collect())
}

/// The last of those models, none if there are no more, and the attributes that they have values of.
pub async fn find_attributes(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<(Option<Uuid>, Vec<String>)> {
    store::find_attributes(connection, filter, until, after, limit).await
}

/// Ids and codes of those models.
pub async fn find_matching(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, Option<String>)>> {
    store::find_matching(connection, filter, until, after, limit).await
}

/// How many models the filter leaves that were made until this moment.
pub async fn count_matching(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
) -> Result<i64> {
    store::count_matching(connection, filter, until).await
}
