//! Which rows can meet a condition on a value or a score at all: found by their terms, before they are
//! looked at.

use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::{
    Context, Target,
    clause::{Clause, Operand},
    property::pair,
    value::read_measurement,
};
use crate::management::{
    attribute::{Attribute, Kind},
    error::Result,
    search::Condition,
    terms,
    values::{read_date, read_decimal},
};

/// With more models than these that have a term, each row looks at its own.
const MAX_MODELS: i64 = 2_000;
/// With more products than these that have one of several terms, a page of them is found soon in its order.
const MAX_PRODUCTS: i64 = 5_000;
/// With more products than these whose scores are of before, all are looked at until upkeep has made them anew.
const MAX_UNSCORED: i64 = 10_000;

/// The rows that have one of the terms, themselves or inherited, and those whose terms are not made yet.
pub(super) async fn find(
    connection: &mut PgConnection,
    target: Target,
    terms: Vec<i32>,
) -> Result<Clause> {
    let models = terms::find_models(connection, &terms, MAX_MODELS).await?;
    let has_term = |row: &str| {
        Clause::new(format!("{row}.terms && "))
            .bind(Operand::Terms(terms.clone()))
            .sql(format!(" or {row}.has_terms is null"))
    };
    let own = match find_few(connection, target, &terms).await? {
        Some(ids) => {
            Clause::new("p.id = any(").bind(Operand::Ids(ids)).sql(") or p.has_terms is null")
        }
        None => has_term("p"),
    };
    if is_less(&models, MAX_MODELS) {
        return Ok(own.sql(" or p.parent_id = any(").bind(Operand::Ids(models)).sql(")"));
    }
    let or = |clause: Clause, row: &str| {
        clause.sql(format!(" or {row}.id is not null and (")).then(has_term(row)).sql(")")
    };
    Ok(or(or(own, "m"), "r"))
}

/// Adds that a row has a score with one of the terms of each list, or that such a product is below the model;
/// products whose scores are of before may have it, too.
pub(super) async fn find_scored(
    connection: &mut PgConnection,
    target: Target,
    scores: &[Vec<i32>],
) -> Result<Clause> {
    if scores.is_empty() {
        return Ok(Clause::default());
    }
    let mut transaction = connection.begin().await?;
    terms::prefer_indexes(&mut transaction).await?;
    let unscored = terms::find_unscored(&mut transaction, MAX_UNSCORED).await?;
    transaction.rollback().await?;
    if !is_less(&unscored, MAX_UNSCORED) {
        return Ok(Clause::default());
    }
    let unscored = terms::keep_those_with(connection, &unscored, scores).await?;
    let mut clause = Clause::default();
    for terms in scores {
        clause = clause.then(find_with_score(connection, target, terms, &unscored).await?);
    }
    Ok(clause)
}

async fn find_with_score(
    connection: &mut PgConnection,
    target: Target,
    terms: &[i32],
    unscored: &[Uuid],
) -> Result<Clause> {
    let few = match target {
        Target::Product => find_few(connection, target, terms).await?,
        Target::Model | Target::Record => {
            let models = terms::find_parents(connection, terms, unscored, MAX_MODELS).await?;
            Some(models).filter(|models| is_less(models, MAX_MODELS))
        }
    };
    let clause = match (few, target) {
        (Some(ids), _) => Clause::new("p.id = any(").bind(Operand::Ids(ids)).sql(")"),
        (None, Target::Product) => Clause::new("p.terms && ").bind(Operand::Terms(terms.to_vec())),
        (None, _) => return Ok(Clause::default()),
    };
    let clause = match target {
        Target::Product => {
            clause.sql(" or p.id = any(").bind(Operand::Ids(unscored.to_vec())).sql(")")
        }
        Target::Model | Target::Record => clause,
    };
    Ok(Clause::new("(").then(clause).sql(") and "))
}

fn is_less(ids: &[Uuid], limit: i64) -> bool {
    i64::try_from(ids.len()).is_ok_and(|found| found < limit)
}

/// Products that have one of several terms, if they are few.
async fn find_few(
    connection: &mut PgConnection,
    target: Target,
    terms: &[i32],
) -> Result<Option<Vec<Uuid>>> {
    if target != Target::Product || terms.len() < 2 {
        return Ok(None);
    }
    if terms::are_frequent(connection, terms).await? {
        return Ok(None);
    }
    let mut transaction = connection.begin().await?;
    terms::prefer_indexes(&mut transaction).await?;
    let ids = terms::find_products(&mut transaction, terms, MAX_PRODUCTS).await?;
    transaction.rollback().await?;
    Ok(Some(ids).filter(|ids| is_less(ids, MAX_PRODUCTS)))
}

/// The terms one of which a row needs to meet the condition; none if rows without a value meet it, or
/// values are not what it is about.
pub(super) fn read(target: Target, condition: &Condition, context: &Context) -> Option<Vec<i32>> {
    let attribute = context.attributes.get(&condition.property)?;
    if target == Target::Record || attribute.is_main_identifier || condition.operator == "EMPTY" {
        return None;
    }
    let terms = match attribute.kind {
        Kind::Boolean => read_boolean(attribute, condition),
        Kind::Date => read_days(attribute, condition),
        Kind::Number => read_numbers(attribute, "", condition, read_decimal(&condition.value)),
        Kind::Metric => {
            let asked = read_measurement(attribute, condition, context).ok();
            read_numbers(attribute, "", condition, asked.map(|asked| asked.standard))
        }
        Kind::PriceCollection => {
            let currency = condition.value.get("currency").and_then(Value::as_str);
            let amount = condition.value.get("amount").and_then(read_decimal);
            read_numbers(attribute, currency.unwrap_or_default(), condition, amount)
        }
        // Searched by their names.
        Kind::File | Kind::Image => None,
        _ => read_texts(attribute, condition),
    };
    Some(terms.unwrap_or_else(|| vec![terms::of_attribute(&attribute.code)]))
}

fn read_texts(attribute: &Attribute, condition: &Condition) -> Option<Vec<i32>> {
    let texts = match condition.operator.as_str() {
        "=" => vec![condition.text().ok()?.to_owned()],
        "IN" => condition.texts().ok()?,
        _ => return None,
    };
    let terms: Option<Vec<_>> =
        texts.iter().map(|text| terms::of_text(&attribute.code, text)).collect();
    Some(terms?.concat())
}

fn read_boolean(attribute: &Attribute, condition: &Condition) -> Option<Vec<i32>> {
    let value = condition.boolean().ok()?;
    (condition.operator == "=").then(|| vec![terms::of_boolean(&attribute.code, value)])
}

fn read_days(attribute: &Attribute, condition: &Condition) -> Option<Vec<i32>> {
    let day = |value: &Value| value.as_str().and_then(read_date);
    let one = || day(&condition.value);
    let (from, to) = match condition.operator.as_str() {
        "=" => (one(), one()),
        ">" => (one(), None),
        "<" => (None, one()),
        "BETWEEN" => {
            let (from, to) = pair(condition).ok()?;
            (day(from), day(to))
        }
        _ => return None,
    };
    Some(terms::in_days(&attribute.code, from, to))
}

fn read_numbers(
    attribute: &Attribute,
    unit: &str,
    condition: &Condition,
    number: Option<Decimal>,
) -> Option<Vec<i32>> {
    let (from, to) = match condition.operator.as_str() {
        "=" => (number, number),
        ">" | ">=" => (number, None),
        "<" | "<=" => (None, number),
        _ => return None,
    };
    Some(terms::in_numbers(&attribute.code, unit, from, to))
}
