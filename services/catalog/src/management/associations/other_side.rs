//! The other side of associations: what one side writes appears on the other where they hold in both
//! directions, and what is deleted disappears from all that lead to it.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Associations, Links, ModelLink, ProductLink,
    store::{self, Thing},
};
use crate::management::{
    error::Result,
    history::{self, Action, Entry},
    lookup::Lookup,
    product, product_model, projection,
};

/// Which thing an association ends at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A product.
    Product(Uuid),
    /// A product model, by code.
    Model(String),
}

/// One association that began or ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    association_type: String,
    from: End,
    to: End,
    begins: bool,
}

/// What changed in the two-way associations of a thing.
pub fn find_changes(
    own: &End,
    before: Option<&Associations>,
    after: &Associations,
    lookup: &Lookup,
) -> Vec<Change> {
    let empty = Associations::default();
    let (before, after) = (ends(before.unwrap_or(&empty), lookup), ends(after, lookup));
    let change = |(code, to): &(String, End), begins| Change {
        association_type: code.clone(),
        from: own.clone(),
        to: to.clone(),
        begins,
    };
    let begun = after.iter().filter(|end| !before.contains(end)).map(|end| change(end, true));
    let ended = before.iter().filter(|end| !after.contains(end)).map(|end| change(end, false));
    begun.chain(ended).collect()
}

fn ends(associations: &Associations, lookup: &Lookup) -> Vec<(String, End)> {
    let two_way = |code: &str| lookup.association_type(code).is_some_and(|shape| shape.is_two_way);
    let ends = associations.ends().filter(|(code, _)| two_way(code));
    ends.map(|(code, end)| (code.clone(), end)).collect()
}

/// Writes the changes on their other side, and has the pages there built anew; answers what is to be
/// told of the other sides.
pub async fn write_other_sides(
    connection: &mut PgConnection,
    changes: &[Change],
) -> Result<Vec<Entry>> {
    let mut by_end: BTreeMap<&End, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        by_end.entry(&change.to).or_default().push(change);
    }
    let mut written = Vec::new();
    for (end, changes) in by_end {
        let Some(thing) = store::find_thing(connection, end).await? else { continue };
        let mut associations = thing.associations.clone();
        changes.iter().for_each(|change| change.apply(&mut associations));
        written.push((thing, associations));
    }
    write_all(connection, written).await
}

/// Removes what leads to a thing that is deleted, and has the pages there built anew; answers what is to be
/// told of those who had it.
pub async fn forget(connection: &mut PgConnection, gone: &End) -> Result<Vec<Entry>> {
    let mut written = Vec::new();
    for thing in store::find_referrers(connection, gone).await? {
        let mut associations = thing.associations.clone();
        for links in associations.0.values_mut() {
            links.products.retain(|link| End::Product(link.id()) != *gone);
            links.product_models.retain(|link| End::Model(link.code().clone()) != *gone);
        }
        associations.forget_empty();
        written.push((thing, associations));
    }
    write_all(connection, written).await
}

/// Writes the things whose associations became others.
async fn write_all(
    connection: &mut PgConnection,
    mut things: Vec<(Thing, Associations)>,
) -> Result<Vec<Entry>> {
    things.retain(|(thing, associations)| *associations != thing.associations);
    if things.is_empty() {
        return Ok(Vec::new());
    }
    store::write(connection, &things).await?;
    let roots: Vec<Uuid> = things.iter().map(|(thing, _)| thing.root_id).collect();
    projection::enqueue(connection, &roots).await?;
    Ok(things.iter().map(|(thing, associations)| tell(thing, associations)).collect())
}

fn tell(thing: &Thing, after: &Associations) -> Entry {
    let (kind, code) = match &thing.end {
        End::Product(id) => (product::KIND, id.to_string()),
        End::Model(code) => (product_model::KIND, code.clone()),
    };
    let change = history::Change {
        property: "associations".into(),
        place: None,
        old: thing.associations.tell(),
        new: after.tell(),
    };
    Entry {
        kind,
        owner: String::new(),
        code,
        identifier: None,
        version: thing.version + 1,
        action: Action::Updated,
        changes: vec![change],
    }
}

impl Change {
    fn apply(&self, associations: &mut Associations) {
        let links: &mut Links = associations.0.entry(self.association_type.clone()).or_default();
        match &self.from {
            End::Product(id) => {
                links.products.retain(|link| link.id() != *id);
                links.products.extend(self.begins.then_some(ProductLink::Plain(*id)));
            }
            End::Model(code) => {
                let link = ModelLink::Plain(code.clone());
                links.product_models.retain(|other| *other != link);
                links.product_models.extend(self.begins.then_some(link));
            }
        }
        associations.forget_empty();
    }
}
