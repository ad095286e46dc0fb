//! Writes up to a hundred product models in a few statements, as products are.

use std::collections::HashSet;

use serde_json::{Map, Value};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;
use web::IfMatch;

use super::{ProductModel, store};
use crate::management::{
    associations::{End, find_changes, write_other_sides},
    batch::split_rounds,
    bulk::Saved,
    content,
    error::Result,
    lookup::{Lookup, Needs},
    projection,
    report::Report,
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
pub async fn save_all(connection: &mut PgConnection, lines: &[Line]) -> Result<Vec<Result<Saved>>> {
    let rounds = split_rounds(lines.iter().map(|line| (line.code.as_str(), &line.body)));
    let mut saved = Vec::with_capacity(lines.len());
    for round in rounds {
        saved.extend(save_round(connection, &lines[round]).await?);
    }
    Ok(saved)
}

/// Lines of different models that do not refer to each other.
async fn save_round(connection: &mut PgConnection, lines: &[Line]) -> Result<Vec<Result<Saved>>> {
    let mut attempt = connection.begin().await?;
    match try_round(&mut attempt, lines).await {
        Ok(saved) => {
            attempt.commit().await?;
            Ok(saved)
        }
        // Somebody else took a code or an axis in the meantime: find out whose line it is.
        Err(refusal) if !refusal.is_ours() && lines.len() > 1 => {
            attempt.rollback().await?;
            let mut saved = Vec::with_capacity(lines.len());
            for line in lines {
                saved.extend(Box::pin(save_round(connection, std::slice::from_ref(line))).await?);
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
}

async fn try_round(connection: &mut PgConnection, lines: &[Line]) -> Result<Vec<Result<Saved>>> {
    let codes: Vec<&str> = lines.iter().map(|line| line.code.as_str()).collect();
    let mut existing = store::find_for_update(connection, &codes).await?;
    let mut needs = Needs::default();
    for model in existing.values() {
        needs.add_variant(&model.family_variant);
        model.parent_id.into_iter().for_each(|id| needs.add_model(id));
    }
    let bodies: Vec<_> = lines.iter().map(|line| &line.body).collect();
    let lookup = Lookup::load(connection, needs, &bodies).await?;
    let mut drafts: Vec<Result<Draft>> =
        lines.iter().map(|line| draft(line, existing.remove(&line.code), &lookup)).collect();
    check_siblings(connection, &mut drafts).await?;
    write_changed(connection, &drafts, &lookup).await?;
    Ok(drafts.into_iter().map(|draft| draft.and_then(Draft::finish)).collect())
}

fn draft(line: &Line, before: Option<ProductModel>, lookup: &Lookup) -> Result<Draft> {
    if let Some(before) = &before {
        line.if_match.check(before.version)?;
    }
    let mut after = before.clone().unwrap_or_else(|| ProductModel::new(&line.code));
    let mut report = Report::default();
    after.take_over(before.as_ref(), &line.body, lookup, &mut report);
    Ok(Draft { before, after, report })
}

impl Draft {
    fn is_changed(&self) -> bool {
        self.before.as_ref() != Some(&self.after)
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
    let mut siblings = store::find_siblings(connection, &submodels).await?;
    for draft in drafts.iter_mut().flatten() {
        let (Some(parent), Some(axes)) = (draft.after.parent_id, &draft.after.axis_values) else {
            continue;
        };
        let holder = *siblings.entry((parent, axes.to_string())).or_insert(draft.after.id);
        if holder != draft.after.id {
            content::report_sibling(axes, &mut draft.report);
        }
    }
    Ok(())
}

async fn write_changed(
    connection: &mut PgConnection,
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
    let models = |is_new: bool| -> Vec<ProductModel> {
        let chosen = good.iter().filter(|draft| draft.before.is_none() == is_new);
        chosen.map(|draft| draft.after.clone()).collect()
    };
    store::insert(connection, &models(true)).await?;
    store::update(connection, &models(false)).await?;
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
    write_other_sides(connection, &changes).await?;
    let roots: HashSet<Uuid> = good.iter().map(|draft| draft.after.root(lookup)).collect();
    Ok(projection::enqueue(connection, &roots.into_iter().collect::<Vec<_>>()).await?)
}
