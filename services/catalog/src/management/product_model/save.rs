//! Writes up to a hundred product models in a few statements, as products are.

use std::collections::HashSet;

use serde_json::{Map, Value};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;
use web::IfMatch;

use super::{
    KIND, ProductModel,
    store::{self, ModelRow},
};
use crate::management::{
    associations::{End, Naming, find_changes, write_other_sides},
    batch::{Order, cut, split_rounds},
    bulk::Saved,
    content,
    error::Result,
    history::{self, Action, Entry, Writer, compare},
    lookup::{Lookup, Needs},
    projection, removal,
    report::Report,
    terms,
};

/// One model to be written.
pub struct Line {
    /// Its code.
    pub code: String,
    /// What to write.
    pub body: Map<String, Value>,
    /// The version that the client saw.
    pub if_match: IfMatch,
}

/// Writes the lines, each on its own, in the caller's transaction. The same model may come twice and a
/// line may refer to one before it.
pub async fn save_all(
    connection: &mut PgConnection,
    writer: &Writer,
    naming: Naming,
    lines: &[Line],
) -> Result<Vec<Result<Saved>>> {
    removal::hold_off(connection).await?;
    let rounds = split_rounds(lines.iter().map(|line| (line.code.as_str(), &line.body)));
    let mut saved = Vec::with_capacity(lines.len());
    for round in rounds {
        let mut rest = &lines[round];
        while !rest.is_empty() {
            let written = save_round(connection, writer, naming, rest).await?;
            rest = &rest[written.len()..];
            saved.extend(written);
        }
    }
    Ok(saved)
}

/// Lines of different models that do not refer to each other: all of them, or those before one that wants the
/// axes of an earlier one.
async fn save_round(
    connection: &mut PgConnection,
    writer: &Writer,
    naming: Naming,
    lines: &[Line],
) -> Result<Vec<Result<Saved>>> {
    let mut attempt = connection.begin().await?;
    match try_round(&mut attempt, writer, naming, lines).await {
        Ok(saved) => {
            attempt.commit().await?;
            Ok(saved)
        }
        // Somebody else took a code or an axis in the meantime: find out whose line it is.
        Err(refusal) if !refusal.is_ours() && lines.len() > 1 => {
            attempt.rollback().await?;
            let mut saved = Vec::with_capacity(lines.len());
            for line in lines {
                let one = std::slice::from_ref(line);
                saved.extend(Box::pin(save_round(connection, writer, naming, one)).await?);
            }
            Ok(saved)
        }
        Err(refusal) if !refusal.is_ours() => {
            attempt.rollback().await?;
            Ok(vec![Err(refusal)])
        }
        Err(refusal) => Err(refusal),
    }
}

struct Draft {
    before: Option<ProductModel>,
    after: ProductModel,
    report: Report,
    /// Whether an earlier line of the round has, had or wants the same axes.
    collides: bool,
}

async fn try_round(
    connection: &mut PgConnection,
    writer: &Writer,
    naming: Naming,
    lines: &[Line],
) -> Result<Vec<Result<Saved>>> {
    let codes: Vec<&str> = lines.iter().map(|line| line.code.as_str()).collect();
    let mut existing = store::find_for_update(connection, &codes).await?;
    let mut needs = Needs::default();
    for model in existing.values() {
        needs.add_variant(&model.family_variant);
        model.parent_id.into_iter().for_each(|id| needs.add_model(id));
        needs.add_units(&model.values);
    }
    let bodies: Vec<_> = lines.iter().map(|line| &line.body).collect();
    let lookup = Lookup::load(connection, needs, &bodies).await?;
    let mut drafts: Vec<Result<Draft>> = lines
        .iter()
        .map(|line| draft(line, existing.remove(&line.code), writer, naming, &lookup))
        .collect();
    check_siblings(connection, &mut drafts).await?;
    cut(&mut drafts, |draft| draft.collides);
    continue_versions(connection, &mut drafts).await?;
    write_changed(connection, writer, &drafts, &lookup).await?;
    Ok(drafts.into_iter().map(|draft| draft.and_then(Draft::finish)).collect())
}

fn draft(
    line: &Line,
    before: Option<ProductModel>,
    writer: &Writer,
    naming: Naming,
    lookup: &Lookup,
) -> Result<Draft> {
    match &before {
        Some(before) => line.if_match.check(before.version)?,
        None => line.if_match.check_absent()?,
    }
    let mut after = before.clone().unwrap_or_else(|| ProductModel::new(&line.code));
    let mut report = Report::default();
    after.take_over(before.as_ref(), &line.body, naming, lookup, &mut report);
    if before.is_none() && writer.restored_version.is_none() {
        after.add_defaults(&line.body, lookup);
    }
    Ok(Draft { before, after, report, collides: false })
}

impl Draft {
    fn is_changed(&self) -> bool {
        self.before.as_ref() != Some(&self.after)
    }

    fn entry(&self, lookup: &Lookup) -> Entry {
        let parent = |model: &ProductModel| Some(lookup.model(model.parent_id?)?.code.as_str());
        let changes = self.before.as_ref().map(|before| {
            compare(&before.state(parent(before)), &self.after.state(parent(&self.after)))
        });
        Entry {
            kind: KIND,
            owner: String::new(),
            code: self.after.code.clone(),
            identifier: None,
            version: self.before.as_ref().unwrap_or(&self.after).version + 1,
            action: if changes.is_some() { Action::Updated } else { Action::Created },
            changes: changes.unwrap_or_default(),
        }
    }

    fn finish(self) -> Result<Saved> {
        let saved = match &self.before {
            None => Saved::Created,
            Some(before) if *before == self.after => Saved::Unchanged,
            Some(_) => Saved::Changed,
        };
        self.report.into_result()?;
        Ok(saved)
    }
}

async fn check_siblings(connection: &mut PgConnection, drafts: &mut [Result<Draft>]) -> Result<()> {
    let submodels: Vec<(Uuid, Value)> = drafts
        .iter()
        .flatten()
        .filter_map(|draft| Some((draft.after.parent_id?, draft.after.axis_values.clone()?)))
        .collect();
    if submodels.is_empty() {
        return Ok(());
    }
    let order = Order::new(drafts.iter().flatten().map(|draft| draft.after.id));
    let mut siblings = store::find_siblings(connection, &submodels).await?;
    for draft in drafts.iter_mut().flatten() {
        let (Some(parent), Some(axes)) = (draft.after.parent_id, &draft.after.axis_values) else {
            continue;
        };
        let holder = *siblings.entry((parent, axes.to_string())).or_insert(draft.after.id);
        if holder != draft.after.id {
            draft.collides |= order.is_before(holder, draft.after.id);
            content::report_sibling(axes, &mut draft.report);
        }
    }
    Ok(())
}

/// Models that were deleted and are made again count on.
async fn continue_versions(
    connection: &mut PgConnection,
    drafts: &mut [Result<Draft>],
) -> Result<()> {
    let new = drafts.iter_mut().flatten().filter(|draft| draft.before.is_none());
    let mut models: Vec<&mut ProductModel> = new.map(|draft| &mut draft.after).collect();
    if models.is_empty() {
        return Ok(());
    }
    let codes: Vec<&str> = models.iter().map(|model| model.code.as_str()).collect();
    let last = history::find_last_versions(connection, KIND, "", &codes).await?;
    for model in &mut models {
        model.version = last.get(&model.code).copied().unwrap_or_default();
    }
    Ok(())
}

async fn write_changed(
    connection: &mut PgConnection,
    writer: &Writer,
    drafts: &[Result<Draft>],
    lookup: &Lookup,
) -> Result<()> {
    let good: Vec<&Draft> = drafts
        .iter()
        .flatten()
        .filter(|draft| draft.report.is_empty() && draft.is_changed())
        .collect();
    if good.is_empty() {
        return Ok(());
    }
    let rows = |is_new: bool| -> Vec<ModelRow> {
        let chosen = good.iter().filter(|draft| draft.before.is_none() == is_new);
        let models = chosen.map(|draft| &draft.after);
        models
            .map(|model| {
                let terms = terms::of_model(&model.values, &model.associations, lookup);
                ModelRow { model, terms }
            })
            .collect()
    };
    store::insert(connection, &rows(true)).await?;
    store::update(connection, &rows(false)).await?;
    let moved: Vec<&ProductModel> = good
        .iter()
        .filter(|draft| {
            draft.before.as_ref().map_or(!draft.after.categories.0.is_empty(), |before| {
                before.categories != draft.after.categories
            })
        })
        .map(|draft| &draft.after)
        .collect();
    store::replace_categories(connection, &moved).await?;
    let changes: Vec<_> = good
        .iter()
        .flat_map(|draft| {
            let before = draft.before.as_ref().map(|before| &before.associations);
            let own = End::Model(draft.after.code.clone());
            find_changes(&own, before, &draft.after.associations, lookup)
        })
        .collect();
    let mut entries: Vec<Entry> = good.iter().map(|draft| draft.entry(lookup)).collect();
    entries.extend(write_other_sides(connection, &changes).await?);
    history::record(connection, writer, &entries).await?;
    let roots: HashSet<Uuid> = good.iter().map(|draft| draft.after.root(lookup)).collect();
    Ok(projection::enqueue(connection, &roots.into_iter().collect::<Vec<_>>()).await?)
}
