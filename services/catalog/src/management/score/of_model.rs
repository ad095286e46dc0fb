//! Grades of product models: only attributes of their own level and above count.

use std::collections::HashMap;

use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::management::error::Result;

/// Grades of models.
#[derive(Debug, Default)]
pub struct Grades(HashMap<Uuid, Vec<Value>>);

impl Grades {
    /// One entry per channel and locale.
    pub fn of(&self, id: Uuid) -> Value {
        self.0.get(&id).cloned().unwrap_or_default().into()
    }
}

/// Grades of these models, with what they inherit.
pub async fn find_grades(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Grades> {
    let rows: Vec<(Uuid, String, String, String)> = sqlx::query_as(
        "select p.id, l.channel, l.locale,
                quality_grade(v.family, null, coalesce(m.values, '{}') || p.values, l.channel, l.locale,
                              array(select unnest(below.attributes) from family_variant_level below
                                    where below.family_variant = p.family_variant
                                      and below.level > (p.parent_id is not null)::integer))
         from product_model p
         join family_variant v on v.code = p.family_variant
         left join product_model m on m.id = p.parent_id
         cross join channel_locale l
         where p.id = any($1)
         order by l.channel, l.locale",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    let mut grades = Grades::default();
    for (id, channel, locale, grade) in rows {
        let entry = json!({"scope": channel, "locale": locale, "data": grade});
        grades.0.entry(id).or_default().push(entry);
    }
    Ok(grades)
}
