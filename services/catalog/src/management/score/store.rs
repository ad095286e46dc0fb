use std::collections::HashMap;

use sqlx::{FromRow, PgConnection};

use super::{Counts, Place, Rule, Rules};
use crate::management::error::Result;

/// An attribute that counts for products of a family.
#[derive(FromRow)]
struct Row {
    family: String,
    rules_version: i64,
    code: String,
    localizable: bool,
    scopable: bool,
    available_locales: Vec<String>,
    is_main_identifier: bool,
    is_of_family: bool,
    is_picture: bool,
    required_in: Vec<String>,
}

impl From<Row> for Rule {
    fn from(row: Row) -> Self {
        let Row { code, localizable, scopable, is_main_identifier, .. } = row;
        Self { code, localizable, scopable, is_main_identifier, counts: Vec::new() }
    }
}

impl Row {
    fn counts(&self, place: &Place) -> Counts {
        if !self.available_locales.is_empty() && !self.available_locales.contains(&place.locale) {
            return Counts::default();
        }
        let required = self.is_main_identifier || self.required_in.contains(&place.channel);
        Counts {
            required: required.into(),
            of_family: self.is_of_family.into(),
            required_of_family: (required && self.is_of_family).into(),
            pictures: self.is_picture.into(),
        }
    }
}

pub(super) async fn load_places(connection: &mut PgConnection) -> Result<Vec<Place>> {
    let places = sqlx::query_as(
        "select channel, locale from channel_locale order by channel collate \"C\", locale collate \"C\"",
    )
    .fetch_all(connection)
    .await?;
    Ok(places)
}

pub(super) async fn load(
    connection: &mut PgConnection,
    families: &[&str],
) -> Result<HashMap<String, Rules>> {
    // The version comes first: what is read after it can only be newer, and is then taken to be of before.
    let rows: Vec<Row> = sqlx::query_as(
        "select f.code as family, f.rules_version, a.code, a.localizable, a.scopable,
                a.available_locales, a.is_main_identifier, counted.is_of_family,
                counted.is_of_family and coalesce(a.code = f.attribute_as_image, false) as is_picture,
                coalesce(required.channels, '{}') as required_in
         from family f
         cross join lateral (
             select attribute, true as is_of_family from family_attribute where family = f.code
             union all
             select code, false from attribute
             where is_main_identifier
               and not exists (select from family_attribute
                               where family = f.code and attribute = attribute.code)
         ) counted
         join attribute a on a.code = counted.attribute
         left join (
             select family, attribute, array_agg(channel) as channels from family_requirement
             where family = any($1) group by family, attribute
         ) required on required.family = f.code and required.attribute = a.code
         where f.code = any($1)",
    )
    .bind(families)
    .fetch_all(&mut *connection)
    .await?;
    let places = load_places(connection).await?;
    let mut found: HashMap<String, (i64, Vec<Rule>)> = HashMap::new();
    for mut row in rows {
        let (_, attributes) = found
            .entry(std::mem::take(&mut row.family))
            .or_insert_with(|| (row.rules_version, Vec::new()));
        let counts = places.iter().map(|place| row.counts(place)).collect();
        attributes.push(Rule { counts, ..row.into() });
    }
    let rules = found.into_iter().map(|(family, (version, attributes))| {
        (family, Rules::new(version, places.clone(), attributes))
    });
    Ok(rules.collect())
}
