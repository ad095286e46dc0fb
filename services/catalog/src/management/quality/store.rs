use sqlx::PgConnection;
use uuid::Uuid;

use super::Grades;
use crate::management::error::Result;

type Row = (Uuid, String, String, String);

/// Grades of these products, with what they inherit.
pub async fn find_of_products(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Grades> {
    let rows: Vec<Row> = sqlx::query_as(
        "select p.id, l.channel, l.locale,
                quality_grade(p.family, p.identifier,
                              coalesce(r.values, '{}') || coalesce(m.values, '{}') || p.values,
                              l.channel, l.locale, '{}')
         from product p
         left join product_model m on m.id = p.parent_id
         left join product_model r on r.id = m.parent_id
         cross join channel_locale l
         where p.id = any($1) and p.family is not null
         order by l.channel, l.locale",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(collect(rows))
}

/// Grades of these models: only attributes of their own level and above count.
pub async fn find_of_models(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Grades> {
    let rows: Vec<Row> = sqlx::query_as(
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
    Ok(collect(rows))
}

fn collect(rows: Vec<Row>) -> Grades {
    let mut grades = Grades::default();
    for (id, channel, locale, grade) in rows {
        grades.add(id, &channel, &locale, &grade);
    }
    grades
}
