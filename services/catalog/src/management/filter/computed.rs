//! Conditions on what is computed for a channel and a locale: completeness and the quality grade.

use sqlx::PgConnection;

use super::{
    Context, Target, candidate,
    clause::{Clause, Operand},
};
use crate::management::{
    error::{Refusal, Result},
    score::GRADES,
    search::Condition,
    terms,
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

/// A condition and the terms one of which, of each list, a product needs to meet it; or one of the products
/// below a model, to meet it with the others. None: it may have any.
type Computed = (Clause, Vec<Vec<i32>>);

/// A condition on completeness or the quality grade, checked exactly on those rows that can meet it.
pub(super) async fn read(
    connection: &mut PgConnection,
    target: Target,
    condition: &Condition,
    context: &Context,
) -> Result<Clause> {
    let (exact, terms) = match (condition.property.as_str(), target) {
        (_, Target::Record) => return Err(condition.unsupported()),
        ("quality_score", _) => read_quality(target, condition, context)?,
        (_, Target::Product) => read_completeness(condition, context)?,
        (_, Target::Model) => read_completeness_below(condition, context)?,
    };
    let is_scored = |locale: &String| {
        context
            .places
            .iter()
            .any(|(channel, other)| Some(channel) == condition.scope.as_ref() && other == locale)
    };
    // There are scores only for the locales of a channel.
    let candidates = match condition.locale.iter().chain(&condition.locales).all(is_scored) {
        true => candidate::find_scored(connection, target, &terms).await?,
        false => Clause::default(),
    };
    Ok(candidates.sql("(").then(exact).sql(")"))
}

/// A condition on the completeness of products.
fn read_completeness(condition: &Condition, context: &Context) -> Result<Computed> {
    let (operator, is_met): (_, fn(&i32, &i32) -> bool) = match condition.operator.as_str() {
        "=" => ("=", i32::eq),
        "!=" => ("<>", i32::ne),
        "<" | "LOWER THAN ON ALL LOCALES" => ("<", i32::lt),
        "<=" | "LOWER OR EQUALS THAN ON ALL LOCALES" => ("<=", i32::le),
        ">" | "GREATER THAN ON ALL LOCALES" => (">", i32::gt),
        ">=" | "GREATER OR EQUALS THAN ON ALL LOCALES" => (">=", i32::ge),
        _ => return Err(condition.unsupported()),
    };
    let scope = read_scope(condition, context)?;
    let percent = condition.value.as_i64().and_then(|percent| i32::try_from(percent).ok());
    let percent = percent.ok_or_else(|| condition.expects("an integer"))?;
    let terms =
        |locale: &String| terms::of_completeness(&scope, locale, |other| is_met(&other, &percent));
    let test = Clause::new("completeness(p.family, p.identifier, v.all_values, ")
        .bind(Operand::Text(scope.clone()))
        .sql(format!(", l.locale) {operator} "))
        .bind(Operand::Integer(percent));
    if condition.operator.ends_with("ON ALL LOCALES") {
        let locales = read_locales(condition, context)?;
        let of_locales = locales.iter().map(terms).collect();
        let clause = Clause::new(format!("not exists (select from {VALUES_ONCE}, unnest("))
            .bind(Operand::Texts(locales))
            .sql(") l (locale) where not coalesce(")
            .then(test)
            .sql(", false))");
        return Ok((clause, of_locales));
    }
    let clause = Clause::new(format!(
        "exists (select from {VALUES_ONCE}, channel_locale l where l.channel = "
    ))
    .bind(Operand::Text(scope.clone()))
    .sql(" and ");
    let (clause, terms) = match &condition.locale {
        Some(locale) => {
            check_locale(locale, context)?;
            let clause = clause.sql("l.locale = ").bind(Operand::Text(locale.clone())).sql(" and ");
            (clause, terms(locale))
        }
        None => (clause, context.locales.iter().flat_map(terms).collect()),
    };
    Ok((clause.then(test).sql(")"), vec![terms]))
}

/// A condition on the completeness of the products below a model.
fn read_completeness_below(condition: &Condition, context: &Context) -> Result<Computed> {
    let (every, is_complete) = match condition.operator.as_str() {
        "AT LEAST COMPLETE" => ("bool_or", true),
        "AT LEAST INCOMPLETE" => ("bool_or", false),
        "ALL COMPLETE" => ("bool_and", true),
        "ALL INCOMPLETE" => ("bool_and", false),
        _ => return Err(condition.unsupported()),
    };
    let scope = read_scope(condition, context)?;
    let locale = read_locale(condition, context)?;
    let terms = terms::of_completeness(&scope, &locale, |percent| (percent == 100) == is_complete);
    let comparison = if is_complete { " = 100)" } else { " < 100)" };
    let clause = Clause::new(format!(
        "(select {every}(completeness(variant.family, variant.identifier,
             coalesce(b.values, '{{}}') || a.values || variant.values, "
    ))
    .bind(Operand::Text(scope))
    .sql(", ")
    .bind(Operand::Text(locale))
    .sql(format!("){comparison}{VARIANTS}"));
    Ok((clause, vec![terms]))
}

/// A condition on the quality grade. Models have no terms of grades.
fn read_quality(target: Target, condition: &Condition, context: &Context) -> Result<Computed> {
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
    let (family, identifier, elsewhere, terms) = match target {
        Target::Model => ("v.family", "null", BELOW, vec![]),
        Target::Product | Target::Record => {
            ("p.family", "p.identifier", "'{}'", vec![terms::of_grades(&scope, &locale, &grades)])
        }
    };
    let clause = Clause::new(format!("quality_grade({family}, {identifier}, {ALL_VALUES}, "))
        .bind(Operand::Text(scope))
        .sql(", ")
        .bind(Operand::Text(locale))
        .sql(format!(", {elsewhere}) = any("))
        .bind(Operand::Texts(grades))
        .sql(")");
    Ok((clause, terms))
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
