//! Conditions on records that are not about a value.

use super::{
    clause::{Clause, Operand},
    property::{read_text, read_time},
};
use crate::management::{
    error::{Refusal, Result},
    search::Condition,
};

/// A condition on a property of records; none if there is no such property.
pub(super) fn read(condition: &Condition) -> Result<Option<Clause>> {
    let clause = match condition.property.as_str() {
        "code" => read_text("p.code", condition)?,
        "created" => read_time("p.created_at", condition)?,
        "updated" => read_time("p.updated_at", condition)?,
        "complete" => read_complete(condition)?,
        _ => return Ok(None),
    };
    Ok(Some(clause))
}

/// Whether every required value is there, in the channel and each of the locales.
fn read_complete(condition: &Condition) -> Result<Clause> {
    let unprocessable = |key: &str| {
        Refusal::unprocessable(format!(
            "Property \"complete\" expects an array with the key \"{key}\"."
        ))
    };
    if condition.operator != "=" {
        return Err(condition.unsupported());
    }
    let channel = condition.scope.clone().ok_or_else(|| unprocessable("channel"))?;
    if condition.locales.is_empty() {
        return Err(unprocessable("locales"));
    }
    let not = if condition.boolean()? { "not " } else { "" };
    let missing = Clause::new(format!(
        "{not}exists (select from record_attribute a, unnest("
    ))
    .bind(Operand::Texts(condition.locales.clone()))
    .sql(
        ") l where a.owner = p.owner and a.is_required_for_completeness
         and not exists (select from jsonb_array_elements(p.values -> a.code) e
                         where e ->> 'locale' is not distinct from case when a.value_per_locale then l end
                           and e ->> 'scope' is not distinct from case when a.value_per_channel then ",
    )
    .bind(Operand::Text(channel))
    .sql(" end))");
    Ok(missing)
}
