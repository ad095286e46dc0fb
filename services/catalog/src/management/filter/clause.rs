use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// A piece of SQL with its operands.
#[derive(Debug, Clone, Default)]
pub(super) struct Clause {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Sql(String),
    Operand(Operand),
}

/// What a condition compares with.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    Text(String),
    OptionalText(Option<String>),
    Texts(Vec<String>),
    Boolean(bool),
    Decimal(Decimal),
    Integer(i32),
    Date(NaiveDate),
    Time(DateTime<Utc>),
    Ids(Vec<Uuid>),
    Terms(Vec<i32>),
}

impl Clause {
    /// SQL of ours, without operands.
    pub(super) fn new(sql: impl Into<String>) -> Self {
        Self::default().sql(sql)
    }

    /// Adds SQL of ours.
    pub(super) fn sql(mut self, sql: impl Into<String>) -> Self {
        self.parts.push(Part::Sql(sql.into()));
        self
    }

    /// Adds an operand, which is bound, never spliced.
    pub(super) fn bind(mut self, operand: Operand) -> Self {
        self.parts.push(Part::Operand(operand));
        self
    }

    /// Adds another clause.
    pub(super) fn then(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    pub(super) fn push(&self, query: &mut QueryBuilder<Postgres>) {
        for part in &self.parts {
            match part {
                Part::Sql(sql) => query.push(sql),
                Part::Operand(operand) => operand.push(query),
            };
        }
    }
}

impl Operand {
    fn push<'a>(&self, query: &'a mut QueryBuilder<Postgres>) -> &'a mut QueryBuilder<Postgres> {
        match self.clone() {
            Self::Text(text) => query.push_bind(text),
            Self::OptionalText(text) => query.push_bind(text).push("::text"),
            Self::Texts(texts) => query.push_bind(texts),
            Self::Boolean(value) => query.push_bind(value),
            Self::Decimal(number) => query.push_bind(number),
            Self::Integer(number) => query.push_bind(number),
            Self::Date(date) => query.push_bind(date),
            Self::Time(time) => query.push_bind(time),
            Self::Ids(ids) => query.push_bind(ids),
            Self::Terms(terms) => query.push_bind(terms),
        }
    }
}
