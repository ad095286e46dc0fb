//! Conditions on where pages are published.

use super::{
    Context, Target,
    clause::{Clause, Operand},
    computed::read_scope,
};
use crate::management::{
    error::{Refusal, Result},
    search::Condition,
};

/// A condition on the state of the row's page in a channel: `draft` or `published`.
pub(super) fn read_publication(
    target: Target,
    condition: &Condition,
    context: &Context,
) -> Result<Clause> {
    let is_draft = match condition.text()? {
        "draft" => true,
        "published" => false,
        other => {
            return Err(Refusal::unprocessable(format!(
                "Property \"{}\" expects \"draft\" or \"published\" as data, \"{other}\" given.",
                condition.property
            )));
        }
    };
    let wants_draft = match condition.operator.as_str() {
        "=" => is_draft,
        "!=" => !is_draft,
        _ => return Err(condition.unsupported()),
    };
    let page = match target {
        Target::Product => {
            "case when m.id is null then 'product' else 'product_model' end
               and c.code = coalesce(r.code, m.code, p.id::text)"
        }
        Target::Model => "'product_model' and c.code = coalesce(m.code, p.code)",
        Target::Record => return Err(condition.unsupported()),
    };
    let not = if wants_draft { "" } else { "not " };
    let scope = read_scope(condition, context)?;
    Ok(Clause::new(format!("{not}exists (select from channel_publication c where c.channel = "))
        .bind(Operand::Text(scope))
        .sql(format!(" and c.state = 'draft' and c.kind = {page})")))
}
