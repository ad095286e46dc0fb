//! Products as exports have them: with the values and categories that they inherit, and their own
//! associations only, so that what is imported again changes nothing.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{read::represent_all, store};
use crate::management::{
    associations::Naming, error::Result, filter::Filter, links::Links, reading::Reading,
};

/// Bodies of the products that the filter leaves of those made until this moment, the next after this id,
/// in order of ids. Products are named by their ids.
pub async fn find_bodies(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
    reading: &Reading,
    links: &Links,
) -> Result<Vec<(Uuid, Map<String, Value>)>> {
    let mut products = store::find_full_matching(connection, filter, until, after, limit).await?;
    products.iter_mut().for_each(|product| product.inherited_associations.clear());
    let ids: Vec<Uuid> = products.iter().map(|product| product.id).collect();
    let bodies = represent_all(connection, products, Naming::Uuid, reading, links).await?;
    Ok(ids.into_iter().zip(bodies).collect())
}

/// The last of those products, none if there are no more, and the attributes that they have values of.
pub async fn find_attributes(
    connection: &mut PgConnection,
    filter: &Filter,
    until: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<(Option<Uuid>, Vec<String>)> {
    store::find_attributes(connection, filter, until, after, limit).await
}
