//! Filters of products and models: conditions become SQL over the row `p`, the model above it `m` and
//! the one above that `r`.

mod clause;
mod computed;
mod property;
mod store;
mod value;

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder};

use clause::Clause;

use super::{
    attribute::Attribute, error::Result, measurement_family::MeasurementFamily, reading::Reading,
    search::Condition,
};

/// What is filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Products.
    Product,
    /// Product models.
    Model,
}

/// Conditions, all of which must hold.
#[derive(Debug, Default)]
pub struct Filter {
    clauses: Vec<Clause>,
}

/// What conditions need to be understood.
#[derive(Debug, Default)]
struct Context {
    attributes: HashMap<String, Attribute>,
    measurements: HashMap<String, MeasurementFamily>,
    channels: Vec<String>,
    locales: Vec<String>,
}

impl Filter {
    /// Understands the conditions; a channel asked for leaves only products in its tree.
    pub async fn read(
        connection: &mut PgConnection,
        target: Target,
        conditions: &[Condition],
        reading: &Reading,
    ) -> Result<Self> {
        let context = Context::load(connection, conditions).await?;
        let mut clauses = Vec::with_capacity(conditions.len() + 1);
        for condition in conditions {
            let clause = match property::read(target, condition, &context)? {
                Some(clause) => clause,
                None => value::read(target, condition, &context)?,
            };
            clauses.push(clause);
        }
        if let Some(tree) = &reading.category_tree {
            clauses.push(property::in_tree(target, vec![tree.clone()]));
        }
        Ok(Self { clauses })
    }

    /// Adds the conditions to a statement that has a `where`.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>) {
        for clause in &self.clauses {
            query.push(" and (");
            clause.push(query);
            query.push(")");
        }
    }
}
