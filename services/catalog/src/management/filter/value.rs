use std::fmt::Write;

use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    Context, Target,
    clause::{Clause, Operand},
    property::{pair, read_text},
};
use crate::management::{
    attribute::{Attribute, Kind},
    error::{Refusal, Result},
    measurement_family::{MeasurementFamily, Operator, Unit},
    search::Condition,
    values::{read_date, read_decimal},
};

/// A condition on the values of an attribute. `e` is one value of the row.
pub(super) fn read(target: Target, condition: &Condition, context: &Context) -> Result<Clause> {
    let attribute =
        context.attributes.get(&condition.property).ok_or_else(|| condition.unsupported())?;
    if attribute.is_main_identifier && target == Target::Product {
        return read_text("p.identifier", condition);
    }
    if !operators(attribute.kind).contains(&condition.operator.as_str()) {
        return Err(condition.unsupported());
    }
    check_place(attribute, condition, context)?;
    match condition.operator.as_str() {
        "EMPTY" => {
            Ok(Clause::new("not ").then(exists(target, attribute, condition, Clause::new("true"))))
        }
        "NOT EMPTY" => Ok(exists(target, attribute, condition, Clause::new("true"))),
        _ => {
            let test = read_test(attribute, condition, context)?;
            Ok(exists(target, attribute, condition, test))
        }
    }
}

fn operators(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Identifier | Kind::Text | Kind::TextArea => &[
            "STARTS WITH",
            "CONTAINS",
            "DOES NOT CONTAIN",
            "=",
            "!=",
            "EMPTY",
            "NOT EMPTY",
            "IN",
            "NOT IN",
        ],
        Kind::File | Kind::Image => {
            &["STARTS WITH", "CONTAINS", "DOES NOT CONTAIN", "=", "!=", "EMPTY", "NOT EMPTY"]
        }
        Kind::SimpleSelect
        | Kind::MultiSelect
        | Kind::ReferenceEntity
        | Kind::ReferenceEntityCollection
        | Kind::AssetCollection => &["IN", "NOT IN", "EMPTY", "NOT EMPTY"],
        Kind::Boolean => &["=", "!=", "EMPTY", "NOT EMPTY"],
        Kind::Date => &["<", "=", "!=", ">", "BETWEEN", "NOT BETWEEN", "EMPTY", "NOT EMPTY"],
        Kind::Number | Kind::Metric | Kind::PriceCollection => {
            &["<", "<=", "=", "!=", ">=", ">", "EMPTY", "NOT EMPTY"]
        }
    }
}

pub(super) fn check_place(
    attribute: &Attribute,
    condition: &Condition,
    context: &Context,
) -> Result<()> {
    let code = &attribute.code;
    if attribute.localizable {
        match &condition.locale {
            None => {
                return Err(Refusal::unprocessable(format!(
                    "Attribute \"{code}\" expects a locale, none given."
                )));
            }
            Some(locale) if !context.locales.contains(locale) => {
                return Err(Refusal::unprocessable(format!(
                    "Attribute \"{code}\" expects an existing and activated locale, \"{locale}\" given."
                )));
            }
            _ => {}
        }
    }
    if attribute.scopable {
        match &condition.scope {
            None => {
                return Err(Refusal::unprocessable(format!(
                    "Attribute \"{code}\" expects a scope, none given."
                )));
            }
            Some(scope) if !context.channels.contains(scope) => {
                return Err(Refusal::unprocessable(format!(
                    "Attribute \"{code}\" expects an existing scope, \"{scope}\" given."
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

fn exists(target: Target, attribute: &Attribute, condition: &Condition, test: Clause) -> Clause {
    Clause::new("exists (select")
        .then(entries(target, attribute, condition))
        .sql(" and ")
        .then(test)
        .sql(")")
}

/// The value `e` of the attribute with the condition's locale and channel, from the first of the three rows
/// that has the attribute.
pub(super) fn entries(target: Target, attribute: &Attribute, condition: &Condition) -> Clause {
    let code = || Operand::Text(attribute.code.clone());
    let locale = condition.locale.clone().filter(|_| attribute.localizable);
    let scope = condition.scope.clone().filter(|_| attribute.scopable);
    let mut values = Clause::new("p.values -> ").bind(code());
    if target != Target::Record {
        values = values.sql(", m.values -> ").bind(code()).sql(", r.values -> ").bind(code());
    }
    Clause::new(" from jsonb_array_elements(coalesce(")
        .then(values)
        .sql(")) e where e ->> 'locale' is not distinct from ")
        .bind(Operand::OptionalText(locale))
        .sql(" and e ->> 'scope' is not distinct from ")
        .bind(Operand::OptionalText(scope))
}

fn read_test(attribute: &Attribute, condition: &Condition, context: &Context) -> Result<Clause> {
    match attribute.kind {
        Kind::Identifier
        | Kind::Text
        | Kind::TextArea
        | Kind::SimpleSelect
        | Kind::ReferenceEntity => read_text("(e ->> 'data')", condition),
        Kind::File | Kind::Image => read_text(
            "(select f.original_filename from media_file f where f.code = e ->> 'data')",
            condition,
        ),
        Kind::MultiSelect | Kind::ReferenceEntityCollection | Kind::AssetCollection => {
            read_multi_select(condition)
        }
        Kind::Boolean => read_boolean(condition),
        Kind::Date => read_day(condition),
        Kind::Number => {
            let number = read_number(condition, &condition.value)?;
            compare("(e ->> 'data')::numeric", number, condition)
        }
        Kind::Metric => read_metric(attribute, condition, context),
        Kind::PriceCollection => read_price(condition),
    }
}

fn read_multi_select(condition: &Condition) -> Result<Clause> {
    let any = Clause::new("(e -> 'data') ?| ").bind(Operand::Texts(condition.texts()?));
    match condition.operator.as_str() {
        "IN" => Ok(any),
        "NOT IN" => Ok(Clause::new("not ").then(any)),
        _ => Err(condition.unsupported()),
    }
}

fn read_boolean(condition: &Condition) -> Result<Clause> {
    let operator = match condition.operator.as_str() {
        "=" => "=",
        "!=" => "<>",
        _ => return Err(condition.unsupported()),
    };
    let value = Operand::Boolean(condition.boolean()?);
    Ok(Clause::new(format!("(e ->> 'data')::boolean {operator} ")).bind(value))
}

fn read_day(condition: &Condition) -> Result<Clause> {
    let date = |value: &Value| {
        let date = value.as_str().and_then(read_date);
        date.map(Operand::Date)
            .ok_or_else(|| condition.expects("a string with the format \"yyyy-mm-dd\""))
    };
    let column = "left(e ->> 'data', 10)::date";
    let clause = match condition.operator.as_str() {
        operator @ ("<" | ">" | "=") => {
            Clause::new(format!("{column} {operator} ")).bind(date(&condition.value)?)
        }
        "!=" => Clause::new(format!("{column} <> ")).bind(date(&condition.value)?),
        operator @ ("BETWEEN" | "NOT BETWEEN") => {
            let (from, to) = pair(condition)?;
            let not = if operator == "BETWEEN" { "" } else { "not " };
            Clause::new(format!("{column} {not}between "))
                .bind(date(from)?)
                .sql(" and ")
                .bind(date(to)?)
        }
        _ => return Err(condition.unsupported()),
    };
    Ok(clause)
}

fn read_number(condition: &Condition, value: &Value) -> Result<Decimal> {
    read_decimal(value).ok_or_else(|| condition.expects("a numeric"))
}

fn read_comparison(condition: &Condition) -> Result<&str> {
    match condition.operator.as_str() {
        operator @ ("<" | "<=" | "=" | ">=" | ">") => Ok(operator),
        "!=" => Ok("<>"),
        _ => Err(condition.unsupported()),
    }
}

fn compare(expression: &str, number: Decimal, condition: &Condition) -> Result<Clause> {
    let operator = read_comparison(condition)?;
    Ok(Clause::new(format!("{expression} {operator} ")).bind(Operand::Decimal(number)))
}

fn read_metric(attribute: &Attribute, condition: &Condition, context: &Context) -> Result<Clause> {
    let Measurement { family, unit, amount, .. } = read_measurement(attribute, condition, context)?;
    // Both sides are converted by the same arithmetic, or an amount would not equal itself in units
    // with endless fractions.
    let asked = in_standard(unit, Clause::new("").bind(Operand::Decimal(amount)).sql("::numeric"));
    let operator = read_comparison(condition)?;
    Ok(Clause::new(format!("{} {operator} ", standard_amount(family))).then(asked))
}

/// What a condition on a metric compares with.
pub(super) struct Measurement<'a> {
    family: &'a MeasurementFamily,
    unit: &'a Unit,
    amount: Decimal,
    /// About the same in the standard unit.
    pub(super) standard: Decimal,
}

/// Reads the operand of a condition on a metric.
pub(super) fn read_measurement<'a>(
    attribute: &Attribute,
    condition: &Condition,
    context: &'a Context,
) -> Result<Measurement<'a>> {
    let amount = condition
        .value
        .get("amount")
        .ok_or_else(|| condition.expects("an array with the key \"amount\""))?;
    let unit = condition.value.get("unit").and_then(Value::as_str);
    let amount = read_number(condition, amount)?;
    let family = attribute.metric_family.as_ref().and_then(|code| context.measurements.get(code));
    let unit =
        family.zip(unit).and_then(|(family, unit)| family.units.get(family.find_unit(unit)?));
    let (Some(family), Some(unit)) = (family, unit) else {
        return Err(condition.expects("an array with a valid unit"));
    };
    let standard = unit.to_standard(amount).ok_or_else(|| condition.expects("a smaller amount"))?;
    Ok(Measurement { family, unit, amount, standard })
}

/// The amount of `e` in the standard unit; units are told apart by their codes, quoted.
pub(super) fn standard_amount(family: &MeasurementFamily) -> String {
    let mut cases = String::from("case e -> 'data' ->> 'unit'");
    for (code, unit) in &family.units {
        let code = code.replace('\'', "''");
        let (before, after) = standard_steps(unit);
        // Writing to a String cannot fail.
        let _ =
            write!(cases, " when '{code}' then {before}(e -> 'data' ->> 'amount')::numeric{after}");
    }
    cases.push_str(" end");
    cases
}

/// An amount of the unit in the standard unit.
fn in_standard(unit: &Unit, amount: Clause) -> Clause {
    let (before, after) = standard_steps(unit);
    Clause::new(before).then(amount).sql(after)
}

/// What stands before and after an amount to convert it. Operations are numbers of ours.
fn standard_steps(unit: &Unit) -> (String, String) {
    let steps = &unit.convert_from_standard;
    let after = steps.iter().map(|step| {
        let operator = match step.operator {
            Operator::Mul => '*',
            Operator::Div => '/',
            Operator::Add => '+',
            Operator::Sub => '-',
        };
        format!(" {operator} ({}))", step.value)
    });
    ("(".repeat(steps.len()), after.collect())
}

fn read_price(condition: &Condition) -> Result<Clause> {
    let part = |key: &str| condition.value.get(key);
    let currency = part("currency").and_then(Value::as_str);
    let currency =
        currency.ok_or_else(|| condition.expects("an array with the key \"currency\""))?;
    let amount =
        part("amount").ok_or_else(|| condition.expects("an array with the key \"amount\""))?;
    let amount = read_number(condition, amount)?;
    let test = compare("(price ->> 'amount')::numeric", amount, condition)?;
    Ok(Clause::new(
        "exists (select from jsonb_array_elements(e -> 'data') price where price ->> 'currency' = ",
    )
    .bind(Operand::Text(currency.to_owned()))
    .sql(" and ")
    .then(test)
    .sql(")"))
}
