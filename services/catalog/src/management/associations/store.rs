use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::{Associations, other_side::End};
use crate::management::{error::Result, terms};

/// A thing whose associations are about to change, locked.
#[derive(Debug)]
pub(super) struct Thing {
    pub(super) end: End,
    id: Uuid,
    /// The root of its page.
    pub(super) root_id: Uuid,
    pub(super) version: i64,
    pub(super) associations: Associations,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    /// Of a model.
    code: Option<String>,
    root_id: Uuid,
    version: i64,
    #[sqlx(json)]
    associations: Associations,
}

impl From<Row> for Thing {
    fn from(row: Row) -> Self {
        let Row { id, code, root_id, version, associations } = row;
        Self { end: code.map_or(End::Product(id), End::Model), id, root_id, version, associations }
    }
}

/// The thing at an association's end.
pub(super) async fn find_thing(connection: &mut PgConnection, end: &End) -> Result<Option<Thing>> {
    let row: Option<Row> = match end {
        End::Product(id) => {
            sqlx::query_as(
                "select p.id, null as code,
                        coalesce((select coalesce(m.parent_id, m.id) from product_model m
                                  where m.id = p.parent_id), p.id) as root_id,
                        p.version, p.associations
                 from product p where p.id = $1 for update of p",
            )
            .bind(id)
            .fetch_optional(connection)
            .await?
        }
        End::Model(code) => {
            sqlx::query_as(
                "select id, code, coalesce(parent_id, id) as root_id, version, associations
                 from product_model where code = $1 for update",
            )
            .bind(code)
            .fetch_optional(connection)
            .await?
        }
    };
    Ok(row.map(Thing::from))
}

/// What is associated with this one.
pub(super) async fn find_referrers(connection: &mut PgConnection, end: &End) -> Result<Vec<Thing>> {
    let name = match end {
        End::Product(id) => id.to_string(),
        End::Model(code) => code.clone(),
    };
    let products: Vec<Row> = sqlx::query_as(
        "select p.id, null as code,
                coalesce((select coalesce(m.parent_id, m.id) from product_model m
                          where m.id = p.parent_id), p.id) as root_id,
                p.version, p.associations
         from product p
         where (p.terms && array[$1::integer] or p.scored_version is distinct from p.version)
           and strpos(p.associations::text, to_jsonb($2::text)::text) > 0
         order by p.id for update of p",
    )
    .bind(terms::of_end(end))
    .bind(&name)
    .fetch_all(&mut *connection)
    .await?;
    let models: Vec<Row> = sqlx::query_as(
        "select id, code, coalesce(parent_id, id) as root_id, version, associations
         from product_model
         where (terms && array[$1::integer] or scored_version is distinct from version)
           and strpos(associations::text, to_jsonb($2::text)::text) > 0
         order by id for update",
    )
    .bind(terms::of_end(end))
    .bind(&name)
    .fetch_all(connection)
    .await?;
    Ok(products.into_iter().chain(models).map(Thing::from).collect())
}

/// Writes the associations that things have now, with the terms of those that begin. Terms of those that end do
/// no harm.
pub(super) async fn write(
    connection: &mut PgConnection,
    things: &[(Thing, Associations)],
) -> Result<()> {
    for statement in [
        "update product t
         set associations = n.associations,
             terms = t.terms || array(select term from unnest(n.terms::integer[]) term
                                      where term <> all (t.terms)),
             version = t.version + 1, terms_version = t.terms_version + 1,
             scored_version = t.scored_version + 1, updated_at = now()
         from unnest($1::uuid[], $2::jsonb[], $3::text[]) as n (id, associations, terms)
         where t.id = n.id",
        "update product_model t
         set associations = n.associations,
             terms = t.terms || array(select term from unnest(n.terms::integer[]) term
                                      where term <> all (t.terms)),
             version = t.version + 1, terms_version = t.terms_version + 1,
             scored_version = t.scored_version + 1, updated_at = now()
         from unnest($1::uuid[], $2::jsonb[], $3::text[]) as n (id, associations, terms)
         where t.id = n.id",
    ] {
        sqlx::query(statement)
            .bind(things.iter().map(|(thing, _)| thing.id).collect::<Vec<_>>())
            .bind(things.iter().map(|(_, associations)| Json(associations)).collect::<Vec<_>>())
            .bind(things.iter().map(begun).collect::<Vec<_>>())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Terms of the associations that a thing did not have, as an array literal.
fn begun((thing, associations): &(Thing, Associations)) -> String {
    let had: Vec<End> = thing.associations.ends().map(|(_, end)| end).collect();
    let begun = associations.ends().filter(|(_, end)| !had.contains(end));
    terms::literal(&begun.map(|(_, end)| terms::of_end(&end)).collect::<Vec<i32>>())
}
