use sqlx::PgConnection;
use uuid::Uuid;

type Result = sqlx::Result<()>;

/// A change of no more pages than these does not wait for larger ones.
const FEW: usize = 20;

/// These pages.
pub async fn enqueue(connection: &mut PgConnection, roots: &[Uuid]) -> Result {
    if roots.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into projection_task (root_id, is_bulk)
         select distinct root_id, $2 from unnest($1::uuid[]) as pages (root_id)",
    )
    .bind(roots)
    .bind(roots.len() > FEW)
    .execute(connection)
    .await?;
    Ok(())
}

/// Every page.
pub async fn enqueue_all(connection: &mut PgConnection) -> Result {
    sqlx::query(
        "insert into projection_task (root_id, is_bulk)
         select id, true from product where parent_id is null
         union
         select id, true from product_model where parent_id is null",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Pages of products of the family.
pub async fn enqueue_of_family(connection: &mut PgConnection, family: &str) -> Result {
    sqlx::query(
        "insert into projection_task (root_id, is_bulk)
         select id, true from product where parent_id is null and family = $1
         union
         select m.id, true from product_model m join family_variant v on v.code = m.family_variant
         where m.parent_id is null and v.family = $1",
    )
    .bind(family)
    .execute(connection)
    .await?;
    Ok(())
}

/// Pages with a value of the attribute, on any level.
pub async fn enqueue_of_attribute(connection: &mut PgConnection, attribute: &str) -> Result {
    sqlx::query(
        "insert into projection_task (root_id, is_bulk)
         select coalesce(m.parent_id, m.id, p.id), true
         from product p left join product_model m on m.id = p.parent_id
         where (p.terms && array[term($1)] or p.has_terms is null) and p.values ? $1
         union
         select coalesce(parent_id, id), true from product_model
         where (terms && array[term($1)] or has_terms is null) and values ? $1",
    )
    .bind(attribute)
    .execute(connection)
    .await?;
    Ok(())
}

/// Pages with the option, on any level.
pub async fn enqueue_of_option(
    connection: &mut PgConnection,
    attribute: &str,
    option: &str,
) -> Result {
    sqlx::query(
        "insert into projection_task (root_id, is_bulk)
         select coalesce(m.parent_id, m.id, p.id), true
         from product p left join product_model m on m.id = p.parent_id
         where (p.terms && array[term($1 || E'\\n' || $2)] or p.has_terms is null) and has_data(p.values, $1, $2)
         union
         select coalesce(parent_id, id), true from product_model m
         where (m.terms && array[term($1 || E'\\n' || $2)] or m.has_terms is null) and has_data(m.values, $1, $2)",
    )
    .bind(attribute)
    .bind(option)
    .execute(connection)
    .await?;
    Ok(())
}

/// Pages of products in the category or below it.
pub async fn enqueue_of_category_tree(connection: &mut PgConnection, category: &str) -> Result {
    sqlx::query(
        "with recursive below (code) as (
             select $1::text
             union
             select c.code from category c join below b on c.parent = b.code
         )
         insert into projection_task (root_id, is_bulk)
         select coalesce(m.parent_id, m.id, p.id), true
         from below b
         join product_category pc on pc.category = b.code
         join product p on p.id = pc.product_id
         left join product_model m on m.id = p.parent_id
         union
         select coalesce(m.parent_id, m.id), true
         from below b
         join product_model_category mc on mc.category = b.code
         join product_model m on m.id = mc.product_model_id",
    )
    .bind(category)
    .execute(connection)
    .await?;
    Ok(())
}

/// Pages with an association of the type.
pub async fn enqueue_of_products_associated_by(
    connection: &mut PgConnection,
    association_type: &str,
) -> Result {
    sqlx::query(
        "insert into projection_task (root_id, is_bulk)
         select coalesce(m.parent_id, m.id, p.id), true
         from product p left join product_model m on m.id = p.parent_id where p.associations ? $1
         union
         select coalesce(parent_id, id), true from product_model where associations ? $1",
    )
    .bind(association_type)
    .execute(connection)
    .await?;
    Ok(())
}
