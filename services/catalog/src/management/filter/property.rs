use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Context, Target,
    clause::{Clause, Operand},
    publication::read_publication,
};
use crate::management::{
    error::{Refusal, Result},
    search::Condition,
};

/// A condition on a property that is not an attribute; none if there is no such property.
pub(super) fn read(
    target: Target,
    condition: &Condition,
    context: &Context,
) -> Result<Option<Clause>> {
    let clause = match condition.property.as_str() {
        "uuid" if target == Target::Product => read_ids(condition)?,
        "identifier" => read_identifier(target, condition)?,
        "code" if target == Target::Model => read_identifier(target, condition)?,
        "enabled" if target == Target::Product => read_enabled(condition)?,
        "family" => read_family(target, condition)?,
        "groups" if target == Target::Product => read_groups(condition)?,
        "parent" => read_parent(condition)?,
        "publication" => read_publication(target, condition, context)?,
        "created" => read_time("p.created_at", condition)?,
        "updated" => read_time("p.updated_at", condition)?,
        _ => return Ok(None),
    };
    Ok(Some(clause))
}

fn read_ids(condition: &Condition) -> Result<Clause> {
    let ids: Option<Vec<Uuid>> =
        condition.texts()?.iter().map(|text| Uuid::parse_str(text).ok()).collect();
    let ids = ids.ok_or_else(|| condition.expects("an array of UUIDs"))?;
    match condition.operator.as_str() {
        "IN" => Ok(Clause::new("p.id = any(").bind(Operand::Ids(ids)).sql(")")),
        "NOT IN" => Ok(Clause::new("p.id <> all(").bind(Operand::Ids(ids)).sql(")")),
        _ => Err(condition.unsupported()),
    }
}

fn read_identifier(target: Target, condition: &Condition) -> Result<Clause> {
    let column = if target == Target::Product { "p.identifier" } else { "p.code" };
    read_text(column, condition)
}

/// Operators of texts, on an expression of ours.
pub(super) fn read_text(expression: &str, condition: &Condition) -> Result<Clause> {
    let text = || condition.text().map(|text| Operand::Text(text.to_owned()));
    let lower = || condition.text().map(|text| Operand::Text(text.to_lowercase()));
    let list = || condition.texts().map(Operand::Texts);
    let clause = match condition.operator.as_str() {
        "=" => Clause::new(format!("{expression} = ")).bind(text()?),
        "!=" => Clause::new(format!("{expression} <> ")).bind(text()?),
        "IN" => Clause::new(format!("{expression} = any(")).bind(list()?).sql(")"),
        "NOT IN" => Clause::new(format!("{expression} <> all(")).bind(list()?).sql(")"),
        "STARTS WITH" => {
            Clause::new(format!("starts_with(lower({expression}), ")).bind(lower()?).sql(")")
        }
        "CONTAINS" => {
            Clause::new("strpos(lower(".to_owned() + expression + "), ").bind(lower()?).sql(") > 0")
        }
        "DOES NOT CONTAIN" => {
            Clause::new("strpos(lower(".to_owned() + expression + "), ").bind(lower()?).sql(") = 0")
        }
        "EMPTY" => Clause::new(format!("{expression} is null")),
        "NOT EMPTY" => Clause::new(format!("{expression} is not null")),
        _ => return Err(condition.unsupported()),
    };
    Ok(clause)
}

fn read_enabled(condition: &Condition) -> Result<Clause> {
    match condition.operator.as_str() {
        "=" => Ok(Clause::new("p.enabled = ").bind(Operand::Boolean(condition.boolean()?))),
        "!=" => Ok(Clause::new("p.enabled <> ").bind(Operand::Boolean(condition.boolean()?))),
        _ => Err(condition.unsupported()),
    }
}

fn read_family(target: Target, condition: &Condition) -> Result<Clause> {
    let family = match target {
        Target::Product => "p.family",
        Target::Model | Target::Record => {
            "(select v.family from family_variant v where v.code = p.family_variant)"
        }
    };
    match condition.operator.as_str() {
        "IN" | "EMPTY" | "NOT EMPTY" => read_text(family, condition),
        "NOT IN" => {
            let rest = read_text(family, condition)?;
            Ok(Clause::new(format!("{family} is null or ")).then(rest))
        }
        _ => Err(condition.unsupported()),
    }
}

fn read_groups(condition: &Condition) -> Result<Clause> {
    let any = Clause::new("exists (select from product_in_group g where g.product_id = p.id");
    let named = |any: Clause| {
        let codes = Operand::Texts(condition.texts()?);
        Ok::<_, Refusal>(any.sql(" and g.group_code = any(").bind(codes).sql("))"))
    };
    match condition.operator.as_str() {
        "IN" => named(any),
        "NOT IN" => Ok(Clause::new("not ").then(named(any)?)),
        "NOT EMPTY" => Ok(any.sql(")")),
        "EMPTY" => Ok(Clause::new("not ").then(any.sql(")"))),
        _ => Err(condition.unsupported()),
    }
}

fn read_parent(condition: &Condition) -> Result<Clause> {
    match condition.operator.as_str() {
        "=" => {
            let code = Operand::Text(condition.text()?.to_owned());
            let above = Clause::new("p.parent_id = any(array(select id from product_model where code = ")
                .bind(code.clone())
                .sql(" union all select below.id from product_model below join product_model above on above.id = below.parent_id where above.code = ")
                .bind(code);
            Ok(above.sql("))"))
        }
        "IN" => Ok(Clause::new(
            "p.parent_id = any(array(select id from product_model where code = any(",
        )
        .bind(Operand::Texts(condition.texts()?))
        .sql(")))")),
        "EMPTY" => Ok(Clause::new("p.parent_id is null")),
        "NOT EMPTY" => Ok(Clause::new("p.parent_id is not null")),
        _ => Err(condition.unsupported()),
    }
}

/// Operators of moments, on a column of ours.
pub(super) fn read_time(column: &str, condition: &Condition) -> Result<Clause> {
    let one = || moment(condition, &condition.value);
    let clause = match condition.operator.as_str() {
        ">" => Clause::new(format!("{column} > ")).bind(Operand::Time(one()?)),
        "<" => Clause::new(format!("{column} < ")).bind(Operand::Time(one()?)),
        // Equal means: during that day.
        "=" => during(column, day(one()?), day(one()?) + Duration::days(1)),
        "!=" => {
            let clause = during(column, day(one()?), day(one()?) + Duration::days(1));
            Clause::new("not (").then(clause).sql(")")
        }
        operator @ ("BETWEEN" | "NOT BETWEEN") => {
            let (from, to) = pair(condition)?;
            let clause = during(column, moment(condition, from)?, moment(condition, to)?);
            if operator == "BETWEEN" { clause } else { Clause::new("not (").then(clause).sql(")") }
        }
        "SINCE LAST N DAYS" => {
            let days = condition.value.as_i64().and_then(|days| i32::try_from(days).ok());
            let days =
                days.filter(|days| *days >= 0).ok_or_else(|| condition.expects("an integer"))?;
            Clause::new(format!("{column} > now() - make_interval(days => "))
                .bind(Operand::Integer(days))
                .sql(")")
        }
        _ => return Err(condition.unsupported()),
    };
    Ok(clause)
}

fn during(column: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Clause {
    Clause::new(format!("{column} >= "))
        .bind(Operand::Time(from))
        .sql(format!(" and {column} < "))
        .bind(Operand::Time(to))
}

fn day(time: DateTime<Utc>) -> DateTime<Utc> {
    time.date_naive().and_time(chrono::NaiveTime::MIN).and_utc()
}

/// The two operands of an interval.
pub(super) fn pair(condition: &Condition) -> Result<(&Value, &Value)> {
    match condition.value.as_array().map(Vec::as_slice) {
        Some([from, to]) => Ok((from, to)),
        _ => Err(condition.expects("an array with two values")),
    }
}

fn moment(condition: &Condition, value: &Value) -> Result<DateTime<Utc>> {
    let text = value.as_str().ok_or_else(|| condition.expects("a string"))?;
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").map(|time| time.and_utc()))
        .map_err(|_| {
            Refusal::unprocessable(format!(
                "Property \"{}\" expects a string with the format \"yyyy-mm-dd H:i:s\" as data, \"{text}\" given.",
                condition.property
            ))
        })
}
