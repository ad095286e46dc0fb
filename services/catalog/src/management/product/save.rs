//! Writes up to a hundred products in a few statements: everything they refer to is loaded at once,
//! each line is checked in memory, what changed is written together.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;
use web::IfMatch;

use super::{
    Codes, KIND, Product,
    store::{self, ProductRow, UniqueValue},
};
use crate::management::{
    associations::{End, Naming, find_changes, write_other_sides},
    batch::{Order, cut, split_rounds},
    bulk::Saved,
    content,
    error::{Refusal, Result},
    history::{self, Action, Entry, Writer, compare},
    lookup::{Lookup, Needs},
    projection, removal,
    report::{Place, Report},
    terms,
};

/// More products than these are written with more memory.
const FEW: usize = 20;

/// One product to be written.
pub struct Line {
    /// Its id or identifier, as the client names it.
    pub key: String,
    /// What to write.
    pub body: Map<String, Value>,
    /// The version that the client saw.
    pub if_match: IfMatch,
}

/// Writes the lines, each on its own, in the caller's transaction. The same product may come twice and
/// a line may refer to one before it.
pub async fn save_all(
    connection: &mut PgConnection,
    writer: &Writer,
    naming: Naming,
    lines: &[Line],
) -> Result<Vec<Result<Saved>>> {
    removal::hold_off(connection).await?;
    let rounds = split_rounds(lines.iter().map(|line| (line.key.as_str(), &line.body)));
    let mut written = Vec::with_capacity(lines.len());
    for round in rounds {
        let mut rest = &lines[round];
        while !rest.is_empty() {
            let saved = save_round(connection, writer, naming, rest).await?;
            rest = &rest[saved.len()..];
            written.extend(saved);
        }
    }
    Ok(written)
}

/// Lines of different products that do not refer to each other: all of them, or those before one that wants
/// what an earlier one has or had.
async fn save_round(
    connection: &mut PgConnection,
    writer: &Writer,
    naming: Naming,
    lines: &[Line],
) -> Result<Vec<Result<Saved>>> {
    let mut attempt = connection.begin().await?;
    let result = try_round(&mut attempt, writer, naming, lines).await;
    match result {
        Ok(written) => {
            attempt.commit().await?;
            Ok(written)
        }
        // Somebody else took a value in the meantime: find out whose line it is.
        Err(refusal) if !refusal.is_ours() && lines.len() > 1 => {
            attempt.rollback().await?;
            let mut written = Vec::with_capacity(lines.len());
            for line in lines {
                let one = std::slice::from_ref(line);
                written.extend(Box::pin(save_round(connection, writer, naming, one)).await?);
            }
            Ok(written)
        }
        Err(refusal) if !refusal.is_ours() => {
            attempt.rollback().await?;
            Ok(vec![Err(refusal)])
        }
        Err(refusal) => Err(refusal),
    }
}

struct Draft {
    before: Option<Product>,
    after: Product,
    report: Report,
    /// Whether an earlier line of the round has, had or wants what only one product may have.
    collides: bool,
}

async fn try_round(
    connection: &mut PgConnection,
    writer: &Writer,
    naming: Naming,
    lines: &[Line],
) -> Result<Vec<Result<Saved>>> {
    let keys: Vec<&str> = lines.iter().map(|line| line.key.as_str()).collect();
    let mut existing = store::find_for_update(connection, naming, &keys).await?;
    let mut needs = Needs::default();
    for product in existing.values() {
        product.parent_id.into_iter().for_each(|id| needs.add_model(id));
        product.family.iter().for_each(|family| needs.add_family(family));
        needs.add_units(&product.values);
    }
    let bodies: Vec<_> = lines.iter().map(|line| &line.body).collect();
    let lookup = Lookup::load(connection, needs, &bodies).await?;
    let mut drafts: Vec<Result<Draft>> = lines
        .iter()
        .map(|line| draft(line, existing.remove(&line.key), writer, naming, &lookup))
        .collect();
    find_conflicts(connection, &mut drafts, &lookup).await?;
    cut(&mut drafts, |draft| draft.collides);
    if naming == Naming::Uuid {
        continue_versions(connection, &mut drafts).await?;
    }
    write_changed(connection, writer, &drafts, &lookup).await?;
    Ok(drafts.into_iter().map(|draft| draft.and_then(Draft::finish)).collect())
}

fn draft(
    line: &Line,
    before: Option<Product>,
    writer: &Writer,
    naming: Naming,
    lookup: &Lookup,
) -> Result<Draft> {
    match &before {
        Some(before) => line.if_match.check(before.version)?,
        None => line.if_match.check_absent()?,
    }
    let mut after = match &before {
        Some(before) => before.clone(),
        None => new_product(&line.key, naming)?,
    };
    let mut report = Report::default();
    after.take_over(before.as_ref(), &line.body, naming, lookup, &mut report);
    if before.is_none() && writer.restored_version.is_none() {
        after.add_defaults(&line.body, lookup);
    }
    Ok(Draft { before, after, report, collides: false })
}

fn new_product(key: &str, naming: Naming) -> Result<Product> {
    match naming {
        Naming::Uuid => Uuid::parse_str(key).map(Product::new).map_err(|_| not_a_uuid()),
        Naming::Identifier => {
            let mut product = Product::new(Uuid::now_v7());
            product.identifier = Some(key.to_owned());
            Ok(product)
        }
    }
}

/// 422: the key of a product is no UUID.
pub fn not_a_uuid() -> Refusal {
    let mut report = Report::default();
    report.rule("uuid", "This is not a valid UUID.");
    report.into()
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

    fn entry(&self, lookup: &Lookup) -> Entry {
        let parent = |product: &Product| Some(lookup.model(product.parent_id?)?.code.as_str());
        let changes = self.before.as_ref().map(|before| {
            compare(&before.state(parent(before)), &self.after.state(parent(&self.after)))
        });
        Entry {
            kind: KIND,
            owner: String::new(),
            code: self.after.id.to_string(),
            identifier: None,
            version: self.before.as_ref().unwrap_or(&self.after).version + 1,
            action: if changes.is_some() { Action::Updated } else { Action::Created },
            changes: changes.unwrap_or_default(),
        }
    }

    fn unique_values(&self, lookup: &Lookup) -> Vec<UniqueValue> {
        let unique =
            |code: &&String| lookup.attribute(code).is_some_and(|attribute| attribute.unique);
        let values = self.after.values.0.keys().filter(unique).filter_map(|code| {
            let value = self.after.values.plain(code)?;
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(UniqueValue { attribute: code.clone(), value, product_id: self.after.id })
        });
        values.collect()
    }
}

/// Products that were deleted and are made again count on.
async fn continue_versions(
    connection: &mut PgConnection,
    drafts: &mut [Result<Draft>],
) -> Result<()> {
    let mut new: Vec<&mut Draft> =
        drafts.iter_mut().flatten().filter(|draft| draft.before.is_none()).collect();
    if new.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = new.iter().map(|draft| draft.after.id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let last = history::find_last_versions(connection, KIND, "", &ids).await?;
    for (draft, id) in new.iter_mut().zip(ids) {
        draft.after.version = last.get(id).copied().unwrap_or_default();
    }
    Ok(())
}

/// What only one product may have: identifier, unique values, axes among siblings.
async fn find_conflicts(
    connection: &mut PgConnection,
    drafts: &mut [Result<Draft>],
    lookup: &Lookup,
) -> Result<()> {
    let order = Order::new(drafts.iter().flatten().map(|draft| draft.after.id));
    let mut drafts: Vec<&mut Draft> =
        drafts.iter_mut().flatten().filter(|draft| draft.is_changed()).collect();
    check_identifiers(connection, &mut drafts, &order).await?;
    check_unique_values(connection, &mut drafts, &order, lookup).await?;
    check_siblings(connection, &mut drafts, &order).await
}

async fn check_identifiers(
    connection: &mut PgConnection,
    drafts: &mut [&mut Draft],
    order: &Order,
) -> Result<()> {
    let is_new = |draft: &Draft| {
        draft.before.as_ref().is_none_or(|before| before.identifier != draft.after.identifier)
    };
    let given: Vec<String> = drafts
        .iter()
        .filter(|draft| is_new(draft))
        .filter_map(|draft| draft.after.identifier.clone())
        .collect();
    let mut holders = store::find_ids(connection, &given).await?;
    for draft in drafts.iter_mut().filter(|draft| is_new(draft)) {
        let Some(identifier) = &draft.after.identifier else { continue };
        let holder = *holders.entry(identifier.clone()).or_insert(draft.after.id);
        if holder != draft.after.id {
            draft.collides |= order.is_before(holder, draft.after.id);
            draft.report.rule(
                "identifier",
                format!("The {identifier} identifier is already used for another product."),
            );
        }
    }
    Ok(())
}

async fn check_unique_values(
    connection: &mut PgConnection,
    drafts: &mut [&mut Draft],
    order: &Order,
    lookup: &Lookup,
) -> Result<()> {
    let given: Vec<UniqueValue> =
        drafts.iter().flat_map(|draft| draft.unique_values(lookup)).collect();
    if given.is_empty() {
        return Ok(());
    }
    let mut holders: HashMap<(String, String), Uuid> =
        store::find_holders(connection, &given).await?;
    for draft in drafts {
        for unique in draft.unique_values(lookup) {
            let key = (unique.attribute.clone(), unique.value.clone());
            let holder = *holders.entry(key).or_insert(draft.after.id);
            if holder != draft.after.id {
                draft.collides |= order.is_before(holder, draft.after.id);
                let UniqueValue { attribute, value, .. } = unique;
                let message = format!(
                    "The {value} value is already set on another product for the unique {attribute} attribute"
                );
                let place = Place { attribute, locale: None, scope: None };
                draft.report.value_rule(&place, message);
            }
        }
    }
    Ok(())
}

async fn check_siblings(
    connection: &mut PgConnection,
    drafts: &mut [&mut Draft],
    order: &Order,
) -> Result<()> {
    let variants: Vec<(Uuid, &Value)> = drafts
        .iter()
        .filter_map(|draft| Some((draft.after.parent_id?, draft.after.axis_values.as_ref()?)))
        .collect();
    if variants.is_empty() {
        return Ok(());
    }
    let mut siblings = store::find_siblings(connection, &variants).await?;
    for draft in drafts {
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
    if good.len() > FEW {
        store::allow_memory(connection).await?;
    }
    let (new, changed): (Vec<&Draft>, Vec<&Draft>) =
        good.iter().partition(|draft| draft.before.is_none());
    store::insert(connection, &rows(&new, lookup)).await?;
    store::update(connection, &rows(&changed, lookup)).await?;
    store::replace_categories(connection, &moved(&good, |product| &product.categories)).await?;
    store::replace_groups(connection, &moved(&good, |product| &product.groups)).await?;
    write_unique_values(connection, &good, lookup).await?;
    let changes: Vec<_> = good
        .iter()
        .flat_map(|draft| {
            let before = draft.before.as_ref().map(|before| &before.associations);
            find_changes(&End::Product(draft.after.id), before, &draft.after.associations, lookup)
        })
        .collect();
    let mut entries: Vec<Entry> = good.iter().map(|draft| draft.entry(lookup)).collect();
    entries.extend(write_other_sides(connection, &changes).await?);
    history::record(connection, writer, &entries).await?;
    let roots: HashSet<Uuid> = good
        .iter()
        .flat_map(|draft| draft.before.iter().chain([&draft.after]))
        .map(|product| product.root(lookup))
        .collect();
    Ok(projection::enqueue(connection, &roots.into_iter().collect::<Vec<_>>()).await?)
}

fn rows<'a>(drafts: &[&'a Draft], lookup: &Lookup) -> Vec<ProductRow<'a>> {
    let row = |draft: &&'a Draft| {
        let product = &draft.after;
        let terms = terms::of_product(
            product.family.as_deref(),
            product.identifier.is_some(),
            product.parent_id,
            &product.values,
            &product.associations,
            lookup,
        );
        ProductRow { product, terms }
    };
    drafts.iter().map(row).collect()
}

/// Products whose categories, or groups, changed.
fn moved<'a>(drafts: &[&'a Draft], codes: fn(&Product) -> &Codes) -> Vec<&'a Product> {
    let is_moved = |draft: &&&Draft| {
        let after = codes(&draft.after);
        draft.before.as_ref().map_or(!after.0.is_empty(), |before| codes(before) != after)
    };
    drafts.iter().filter(is_moved).map(|draft| &draft.after).collect()
}

/// Only attributes that the lines write are known; those that vanish are found by their absence.
async fn write_unique_values(
    connection: &mut PgConnection,
    drafts: &[&Draft],
    lookup: &Lookup,
) -> Result<()> {
    let changed: Vec<&&Draft> = drafts
        .iter()
        .filter(|draft| {
            draft.before.as_ref().map_or(!draft.after.values.0.is_empty(), |before| {
                before.values != draft.after.values
            })
        })
        .collect();
    let unique: Vec<UniqueValue> =
        changed.iter().flat_map(|draft| draft.unique_values(lookup)).collect();
    let touched: Vec<(Uuid, &String)> = changed
        .iter()
        .filter_map(|draft| Some((draft, draft.before.as_ref()?)))
        .flat_map(|(draft, before)| before.values.0.keys().map(move |code| (draft.after.id, code)))
        .filter(|(_, code)| lookup.attribute(code).is_some_and(|attribute| attribute.unique))
        .collect();
    store::replace_unique_values(connection, &touched, &unique).await?;
    Ok(())
}
