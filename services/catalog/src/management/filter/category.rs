//! Conditions on categories, own and inherited ones.

use sqlx::PgConnection;

use super::{
    Target,
    clause::{Clause, Operand},
    store,
};
use crate::management::{error::Result, search::Condition};

/// With more products than these, each row is asked for its categories: enough for a page are found soon.
const MAX_PRODUCTS: i64 = 5_000;

/// No more categories than these are looked up in an index for each row.
const FEW: usize = 20;

/// A condition on categories.
pub(super) async fn read(
    connection: &mut PgConnection,
    target: Target,
    condition: &Condition,
) -> Result<Clause> {
    let codes = match condition.operator.as_str() {
        "IN" | "NOT IN" | "IN OR UNCLASSIFIED" => condition.texts()?,
        "IN CHILDREN" | "NOT IN CHILDREN" => {
            store::find_below(connection, &condition.texts()?).await?
        }
        "UNCLASSIFIED" => Vec::new(),
        _ => return Err(condition.unsupported()),
    };
    let not = |clause: Clause| Clause::new("not (").then(clause).sql(")");
    let unclassified = || not(has_category(target, Clause::new("c.category is not null")));
    match condition.operator.as_str() {
        "IN" | "IN CHILDREN" => is_in(connection, target, codes).await,
        "UNCLASSIFIED" => Ok(unclassified()),
        "IN OR UNCLASSIFIED" => Ok(is_one_of(target, codes).sql(" or ").then(unclassified())),
        _ => Ok(not(is_one_of(target, codes))),
    }
}

/// Whether the row is in this tree.
pub(super) async fn in_tree(
    connection: &mut PgConnection,
    target: Target,
    tree: &str,
) -> Result<Clause> {
    let codes = store::find_below(connection, &[tree.to_owned()]).await?;
    is_in(connection, target, codes).await
}

async fn is_in(
    connection: &mut PgConnection,
    target: Target,
    codes: Vec<String>,
) -> Result<Clause> {
    if target == Target::Product {
        let products = store::find_products_in(connection, &codes, MAX_PRODUCTS).await?;
        if i64::try_from(products.len()).is_ok_and(|found| found < MAX_PRODUCTS) {
            return Ok(Clause::new("p.id = any(").bind(Operand::Ids(products)).sql(")"));
        }
    }
    Ok(is_one_of(target, codes))
}

fn is_one_of(target: Target, codes: Vec<String>) -> Clause {
    // An expression instead of the column, so that a long list is hashed once and not sorted for each row to be
    // looked up in an index.
    let column = if codes.len() > FEW { "(c.category || '')" } else { "c.category" };
    let test = Clause::new(format!("{column} = any(")).bind(Operand::Texts(codes));
    has_category(target, test.sql(")"))
}

/// Whether a category of the row, or of what is above it, passes the test.
fn has_category(target: Target, test: Clause) -> Clause {
    match target {
        Target::Product => Clause::new("exists (select from product_category c where c.product_id = p.id and ")
            .then(test.clone())
            .sql(") or exists (select from product_model_category c where c.product_model_id in (m.id, r.id) and ")
            .then(test)
            .sql(")"),
        Target::Model | Target::Record => Clause::new("exists (select from product_model_category c where c.product_model_id in (p.id, m.id) and ")
            .then(test)
            .sql(")"),
    }
}
