//! Filters of products and models: conditions become SQL over the row `p`, the model above it `m` and
//! the one above that `r`.

mod candidate;
mod category;
mod clause;
mod computed;
mod order;
mod property;
mod publication;
mod record;
mod store;
mod value;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use clause::Clause;
pub use order::{Order, SortParameters};

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
    /// Records of reference entities and assets: the row `p` alone.
    Record,
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
    /// Those that any channel has.
    locales: Vec<String>,
    /// Channels with their locales.
    places: Vec<(String, String)>,
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
            clauses.push(read_condition(connection, target, condition, &context).await?);
        }
        if let Some(tree) = &reading.category_tree {
            clauses.push(category::in_tree(connection, target, tree).await?);
        }
        Ok(Self { clauses })
    }

    /// The same for records, whose family has these attributes.
    pub async fn read_of_records(
        connection: &mut PgConnection,
        attributes: Vec<Attribute>,
        conditions: &[Condition],
    ) -> Result<Self> {
        let mut context = Context::default();
        if !conditions.is_empty() {
            context.load_places(connection).await?;
        }
        context.attributes = attributes.into_iter().map(|one| (one.code.clone(), one)).collect();
        let clauses = conditions.iter().map(|condition| match record::read(condition)? {
            Some(clause) => Ok(clause),
            None => value::read(Target::Record, condition, &context),
        });
        Ok(Self { clauses: clauses.collect::<Result<_>>()? })
    }

    /// Adds the conditions to a statement that has a `where`.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>) {
        for clause in &self.clauses {
            query.push(" and (");
            clause.push(query);
            query.push(")");
        }
    }

    /// The same, of rows that were made until this moment: the next after this id, in order of ids.
    pub fn push_next(
        &self,
        query: &mut QueryBuilder<Postgres>,
        until: DateTime<Utc>,
        after: Option<Uuid>,
        limit: i64,
    ) {
        query.push(" and p.created_at <= ").push_bind(until);
        self.push(query);
        if let Some(after) = after {
            query.push(" and p.id > ").push_bind(after);
        }
        query.push(" order by p.id limit ").push_bind(limit);
    }
}

async fn read_condition(
    connection: &mut PgConnection,
    target: Target,
    condition: &Condition,
    context: &Context,
) -> Result<Clause> {
    match condition.property.as_str() {
        "categories" => return category::read(connection, target, condition).await,
        "completeness" | "quality_score" => {
            return computed::read(connection, target, condition, context).await;
        }
        _ => {}
    }
    if let Some(clause) = property::read(target, condition, context)? {
        return Ok(clause);
    }
    // A value is checked on those rows whose terms let them meet the condition.
    let exact = value::read(target, condition, context)?;
    let Some(terms) = candidate::read(target, condition, context) else { return Ok(exact) };
    let candidates = candidate::find(connection, target, terms).await?;
    Ok(Clause::new("(").then(candidates).sql(") and ").then(exact))
}
