use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{Associations, two_way::End};
use crate::management::error::Result;

/// The thing at an association's end: its id, its page, its version and its associations, locked.
pub(super) async fn find_end(
    connection: &mut PgConnection,
    end: &End,
) -> Result<Option<(Uuid, Uuid, i64, Associations)>> {
    let row: Option<(Uuid, Uuid, i64, Json<Associations>)> = match end {
        End::Product(id) => {
            sqlx::query_as(
                "select p.id,
                        coalesce((select coalesce(m.parent_id, m.id) from product_model m
                                  where m.id = p.parent_id), p.id),
                        p.version, p.associations
                 from product p where p.id = $1 for update of p",
            )
            .bind(id)
            .fetch_optional(connection)
            .await?
        }
        End::Model(code) => {
            sqlx::query_as(
                "select id, coalesce(parent_id, id), version, associations
                 from product_model where code = $1 for update",
            )
            .bind(code)
            .fetch_optional(connection)
            .await?
        }
    };
    Ok(row.map(|(id, root, version, associations)| (id, root, version, associations.0)))
}

/// Writes the associations of the thing at an association's end.
pub(super) async fn write_end(
    connection: &mut PgConnection,
    end: &End,
    id: Uuid,
    associations: &Associations,
) -> Result<()> {
    let query = match end {
        End::Product(_) => sqlx::query(
            "update product
             set associations = $2, version = version + 1, terms_version = terms_version + 1,
                 updated_at = now()
             where id = $1",
        ),
        End::Model(_) => sqlx::query(
            "update product_model
             set associations = $2, version = version + 1, terms_version = terms_version + 1,
                 updated_at = now()
             where id = $1",
        ),
    };
    query.bind(id).bind(Json(associations)).execute(connection).await?;
    Ok(())
}
