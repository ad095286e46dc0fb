use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::{
    interaction::{Kind, store::Deed},
    knowledge::{Assortment, Reference},
    learning::Item,
};

/// What a person did, in terms of items.
#[derive(Debug, Default)]
pub(super) struct Person {
    /// What was bought, in how many orders and when last; latest first.
    pub(super) bought: Vec<(Item, u32, DateTime<Utc>)>,
    /// What was viewed, clicked or put into a cart; latest first.
    pub(super) viewed: Vec<(Item, DateTime<Utc>)>,
}

impl Person {
    /// From deeds, latest first; several variants of a product are one item.
    pub(super) fn from_deeds(deeds: Vec<Deed>, assortment: &Assortment) -> Self {
        let mut person = Self::default();
        let (mut bought_at, mut viewed_at) = (HashMap::new(), HashMap::new());
        for deed in deeds {
            let times = u32::try_from(deed.times).unwrap_or(u32::MAX);
            let reference = Reference { sku: deed.sku, product_id: deed.product_id };
            let Some(item) = assortment.resolve(&reference) else { continue };
            if Kind::parse(&deed.kind) == Some(Kind::Purchase) {
                let place = *bought_at.entry(item).or_insert(person.bought.len());
                match person.bought.get_mut(place) {
                    Some((_, total, _)) => *total = total.saturating_add(times),
                    None => person.bought.push((item, times, deed.last_at)),
                }
            } else {
                viewed_at.entry(item).or_insert_with(|| person.viewed.push((item, deed.last_at)));
            }
        }
        person
    }

    /// Whether nothing is known.
    pub(super) fn is_unknown(&self) -> bool {
        self.bought.is_empty() && self.viewed.is_empty()
    }
}
