//! Conditions on what is computed for a channel and a locale: completeness and the quality grade.

use super::{
    Context, Target,
    clause::{Clause, Operand},
};
use crate::management::{
    error::{Refusal, Result},
    quality::GRADES,
    search::Condition,
};

/// Values of a product, and of a model, with what they inherit.
const ALL_VALUES: &str = "coalesce(r.values, '{}') || coalesce(m.values, '{}') || p.values";
/// The same as a table of one row `v`, so that they are put together once and not for each attribute.
const VALUES_ONCE: &str = "(select coalesce(r.values, '{}') || coalesce(m.values, '{}') || p.values as all_values offset 0) v";
/// Attributes that are filled below the model's level.
const BELOW: &str = "array(select unnest(below.attributes) from family_variant_level below
     where below.family_variant = p.family_variant and below.level > (p.parent_id is not null)::integer)";
/// Every product below the model: `a` is the model above it, `b` the one above that.
const VARIANTS: &str = " from product variant
     join product_model a on a.id = variant.parent_id
     left join product_model b on b.id = a.parent_id
     where a.id = p.id or a.parent_id = p.id)";

/// A condition on the completeness of products, or of those below a model.
pub(super) fn read_completeness(
    target: Target,
    condition: &Condition,
    context: &Context,
) -> Result<Clause> {
    match target {
        Target::Product => read_of_product(condition, context),
        Target::Model => read_of_model(condition, context),
        Target::Record => Err(condition.unsupported()),
    }
}

fn read_of_product(condition: &Condition, context: &Context) -> Result<Clause> {
    let on_all = condition.operator.strip_suffix(" ON ALL LOCALES");
    let operator = match on_all.unwrap_or(&condition.operator) {
        "GREATER THAN" if on_all.is_some() => ">",
        "GREATER OR EQUALS THAN" if on_all.is_some() => ">=",
        "LOWER THAN" if on_all.is_some() => "<",
        "LOWER OR EQUALS THAN" if on_all.is_some() => "<=",
        operator @ ("<" | "<=" | "=" | ">=" | ">") if on_all.is_none() => operator,
        "!=" if on_all.is_none() => "<>",
        _ => return Err(condition.unsupported()),
    };
    let scope = read_scope(condition, context)?;
    let percent = condition.value.as_i64().and_then(|percent| i32::try_from(percent).ok());
    let percent = percent.ok_or_else(|| condition.expects("an integer"))?;
    let test = Clause::new("completeness(p.family, p.identifier, v.all_values, ")
        .bind(Operand::Text(scope.clone()))
        .sql(format!(", l.locale) {operator} "))
        .bind(Operand::Integer(percent));
    if on_all.is_some() {
        let locales = read_locales(condition, context)?;
        return Ok(Clause::new(format!("not exists (select from {VALUES_ONCE}, unnest("))
            .bind(Operand::Texts(locales))
            .sql(") l (locale) where not coalesce(")
            .then(test)
            .sql(", false))"));
    }
    let is_complete = matches!((operator, percent), ("=" | ">=", 100) | (">", 99));
    let candidates = if is_complete { can_be_complete(&scope) } else { Clause::default() };
    let clause = candidates
        .sql(format!("exists (select from {VALUES_ONCE}, channel_locale l where l.channel = "))
        .bind(Operand::Text(scope))
        .sql(" and ");
    let clause = match &condition.locale {
        Some(locale) => {
            check_locale(locale, context)?;
            clause.sql("l.locale = ").bind(Operand::Text(locale.clone())).sql(" and ")
        }
        None => clause,
    };
    Ok(clause.then(test).sql(")"))
}

/// A cheap look before the values are read: a simple product lacks no term of what is required in every
/// locale of the channel.
fn can_be_complete(scope: &str) -> Clause {
    Clause::new(
        "(p.parent_id is not null or p.has_terms is null or not exists (
             select from family_requirement required
             join attribute a on a.code = required.attribute and a.available_locales = '{}'
                             and not a.is_main_identifier
             where required.family = p.family and required.channel = ",
    )
    .bind(Operand::Text(scope.to_owned()))
    .sql(" and not p.terms @> array[term(required.attribute)])) and ")
}

fn read_of_model(condition: &Condition, context: &Context) -> Result<Clause> {
    let (every, comparison) = match condition.operator.as_str() {
        "AT LEAST COMPLETE" => ("bool_or", " = 100)"),
        "AT LEAST INCOMPLETE" => ("bool_or", " < 100)"),
        "ALL COMPLETE" => ("bool_and", " = 100)"),
        "ALL INCOMPLETE" => ("bool_and", " < 100)"),
        _ => return Err(condition.unsupported()),
    };
    let scope = read_scope(condition, context)?;
    let locale = read_locale(condition, context)?;
    Ok(Clause::new(format!(
        "(select {every}(completeness(variant.family, variant.identifier,
             coalesce(b.values, '{{}}') || a.values || variant.values, "
    ))
    .bind(Operand::Text(scope))
    .sql(", ")
    .bind(Operand::Text(locale))
    .sql(format!("){comparison}{VARIANTS}")))
}

/// A condition on the quality grade.
pub(super) fn read_quality(
    target: Target,
    condition: &Condition,
    context: &Context,
) -> Result<Clause> {
    if condition.operator != "IN" {
        return Err(condition.unsupported());
    }
    let grades = condition.texts()?;
    if let Some(other) = grades.iter().find(|grade| !GRADES.contains(&grade.as_str())) {
        return Err(Refusal::unprocessable(format!(
            "Property \"{}\" expects an array with the grades \"A\" to \"E\", \"{other}\" given.",
            condition.property
        )));
    }
    let scope = read_scope(condition, context)?;
    let locale = read_locale(condition, context)?;
    let (family, identifier, elsewhere) = match target {
        Target::Product => ("p.family", "p.identifier", "'{}'"),
        Target::Model => ("v.family", "null", BELOW),
        Target::Record => return Err(condition.unsupported()),
    };
    Ok(Clause::new(format!("quality_grade({family}, {identifier}, {ALL_VALUES}, "))
        .bind(Operand::Text(scope))
        .sql(", ")
        .bind(Operand::Text(locale))
        .sql(format!(", {elsewhere}) = any("))
        .bind(Operand::Texts(grades))
        .sql(")"))
}

/// The channel that a condition names.
pub(super) fn read_scope(condition: &Condition, context: &Context) -> Result<String> {
    let property = &condition.property;
    match &condition.scope {
        Some(scope) if context.channels.contains(scope) => Ok(scope.clone()),
        Some(scope) => Err(Refusal::unprocessable(format!(
            "Property \"{property}\" expects an existing scope, \"{scope}\" given."
        ))),
        None => Err(Refusal::unprocessable(format!(
            "Property \"{property}\" expects a scope, none given."
        ))),
    }
}

fn read_locale(condition: &Condition, context: &Context) -> Result<String> {
    let locale = condition.locale.clone().ok_or_else(|| {
        let property = &condition.property;
        Refusal::unprocessable(format!("Property \"{property}\" expects a locale, none given."))
    })?;
    check_locale(&locale, context)?;
    Ok(locale)
}

fn read_locales(condition: &Condition, context: &Context) -> Result<Vec<String>> {
    if condition.locales.is_empty() {
        return Err(Refusal::unprocessable(format!(
            "Property \"{}\" expects an array with the key \"locales\".",
            condition.property
        )));
    }
    for locale in &condition.locales {
        check_locale(locale, context)?;
    }
    Ok(condition.locales.clone())
}

fn check_locale(locale: &str, context: &Context) -> Result<()> {
    if context.locales.iter().any(|other| other == locale) {
        return Ok(());
    }
    Err(Refusal::unprocessable(format!("Locale \"{locale}\" does not exist or is not activated.")))
}
