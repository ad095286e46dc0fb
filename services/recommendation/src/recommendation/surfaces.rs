//! What each surface shows, from the model alone.

use std::collections::HashMap;

use super::{Reason, ReasonCode, Recommendation, list::List, person::Person};
use crate::{
    learning::{Item, co_occurrence::Neighbour, lists::Lists, sort_ranked},
    model::{Model, Serving},
};

/// At this many visits behaviour and attributes weigh the same.
const VISITS_FOR_HALF: f32 = 20.0;
/// Similar products whose companions stand in for those of a product that nobody bought yet.
const STAND_INS: usize = 10;

/// Products like this one: by what people view in the same visits and by attributes, the former
/// gaining weight with the number of visits n as n/(n + 20).
pub(super) fn similar(serving: &Serving, item: Item, limit: usize) -> Vec<Recommendation> {
    let mut list = List::without(serving, [item], limit);
    offer_similar(&mut list, item);
    list.finish()
}

fn offer_similar(list: &mut List<'_>, item: Item) {
    let model = list.serving.model.clone();
    let visits = model.visits[item as usize] as f32;
    let share = visits / (visits + VISITS_FOR_HALF);
    let mut scores: HashMap<Item, (f32, u32)> = HashMap::new();
    for (other, cosine) in model.attributes.similar(item) {
        scores.entry(other).or_default().0 += (1.0 - share) * cosine;
    }
    for other in model.viewed_together.get(item as usize) {
        let entry = scores.entry(other.item).or_default();
        *entry = (entry.0 + share * other.score, other.count);
    }
    let mut ranked: Vec<(Item, f32)> =
        scores.iter().map(|(&item, &(score, _))| (item, score)).collect();
    sort_ranked(&mut ranked);
    for (other, score) in ranked {
        list.offer(other, score, || match scores[&other].1 {
            0 => Reason::new(ReasonCode::Similar, "Similar"),
            count => Reason::counted(ReasonCode::ViewedTogether, "Viewed together", count),
        });
        if list.is_full() {
            break;
        }
    }
}

/// What is bought with this product; where that is not known, what is bought with similar ones.
pub(super) fn bought_together(serving: &Serving, item: Item, limit: usize) -> Vec<Recommendation> {
    let mut list = List::without(serving, [item], limit);
    for other in serving.model.bought_together.get(item as usize) {
        list.offer(other.item, other.score, || {
            Reason::counted(ReasonCode::BoughtTogether, "Bought together", other.count)
        });
    }
    offer_stand_ins(&mut list, item);
    list.finish()
}

/// What is bought with the products that are most like this one.
fn offer_stand_ins(list: &mut List<'_>, item: Item) {
    if list.is_full() {
        return;
    }
    let model = list.serving.model.clone();
    let mut likes = model.attributes.similar(item);
    likes.truncate(STAND_INS);
    let mut sums = Sums::default();
    for &(like, likeness) in &likes {
        sums.add(like, likeness, model.cart.get(like as usize));
    }
    for (other, score, _) in sums.ranked() {
        // What is like the product replaces it and does not complete it.
        if likes.iter().all(|(like, _)| *like != other) {
            list.offer(other, score, || {
                Reason::new(ReasonCode::BoughtWithSimilar, "Bought with similar products")
            });
        }
    }
}

/// What completes the cart, and then what is much asked for.
pub(super) fn cart(serving: &Serving, items: &[Item], limit: usize) -> Vec<Recommendation> {
    let model = &serving.model;
    let mut list = List::without(serving, items.iter().copied(), limit);
    let mut sums = Sums::default();
    for &item in items {
        sums.add(item, 1.0, model.cart.get(item as usize));
    }
    for (other, score, (with, count)) in sums.ranked() {
        list.offer(other, score, || {
            Reason::counted(ReasonCode::GoesWithCart, "Bought with a product in the cart", count)
                .with_product(model.assortment.product_id(with))
        });
    }
    if let [item] = items {
        offer_stand_ins(&mut list, *item);
    }
    offer_trending(&mut list, None);
    list.finish()
}

/// What comes next in this visit, then what is like the product being viewed, then what is much asked
/// for. Items latest first.
pub(super) fn session(serving: &Serving, items: &[Item], limit: usize) -> Vec<Recommendation> {
    let mut list = List::without(serving, items.first().copied(), limit);
    for (item, score) in serving.model.sessions.predict(items) {
        list.offer(item, score, || {
            Reason::new(ReasonCode::ViewedNext, "People in a visit like this went on to it")
        });
    }
    if let Some(&latest) = items.first().filter(|_| !list.is_full()) {
        offer_similar(&mut list, latest);
    }
    offer_trending(&mut list, None);
    list.finish()
}

/// What is much asked for now, in a category or everywhere, then what is new.
pub(super) fn trending(
    serving: &Serving,
    category: Option<&str>,
    limit: usize,
) -> Vec<Recommendation> {
    let mut list = List::without(serving, [], limit);
    offer_trending(&mut list, category);
    list.finish()
}

pub(super) fn offer_trending(list: &mut List<'_>, category: Option<&str>) {
    let model = list.serving.model.clone();
    for &item in &model.popularity.ranking {
        if list.is_full() {
            return;
        }
        if category.is_some_and(|code| !model.assortment.is_in_category(item, code)) {
            continue;
        }
        let score = model.popularity.score[item as usize];
        list.offer(item, score, || {
            if score > 0.0 {
                Reason::new(ReasonCode::Trending, "Popular right now")
            } else {
                Reason::new(ReasonCode::New, "New in the shop")
            }
        });
    }
}

/// What the person viewed, latest first.
pub(super) fn recently_viewed(
    serving: &Serving,
    person: &Person,
    limit: usize,
) -> Vec<Recommendation> {
    let mut list = List::without(serving, [], limit);
    for (place, (item, at)) in (1u16..).zip(&person.viewed) {
        list.offer(*item, 1.0 / f32::from(place), || {
            Reason::new(ReasonCode::RecentlyViewed, "Viewed recently").at(*at)
        });
    }
    list.finish()
}

/// Neighbours of several items, added up.
#[derive(Default)]
pub(super) struct Sums {
    scores: HashMap<Item, (f32, f32, (Item, u32))>,
}

impl Sums {
    /// Adds the neighbours of `item`, which count `weight`.
    pub(super) fn add(&mut self, item: Item, weight: f32, neighbours: &[Neighbour]) {
        for other in neighbours {
            let part = weight * other.score;
            let sum = self.scores.entry(other.item).or_insert((0.0, 0.0, (item, 0)));
            sum.0 += part;
            if part > sum.1 {
                (sum.1, sum.2) = (part, (item, other.count));
            }
        }
    }

    /// Every neighbour with its sum and the item that contributed most, with their count; best first.
    pub(super) fn ranked(&self) -> Vec<(Item, f32, (Item, u32))> {
        let mut ranked: Vec<(Item, f32)> =
            self.scores.iter().map(|(&item, &(score, ..))| (item, score)).collect();
        sort_ranked(&mut ranked);
        ranked.into_iter().map(|(item, score)| (item, score, self.scores[&item].2)).collect()
    }
}

/// The neighbours of everything the person bought or viewed.
pub(super) fn goes_with(model: &Model, person: &Person) -> Sums {
    let mut sums = Sums::default();
    let mut add = |items: &mut dyn Iterator<Item = Item>, rows: &Lists<Neighbour>| {
        items.for_each(|item| sums.add(item, 1.0, rows.get(item as usize)));
    };
    add(&mut person.bought.iter().map(|(item, ..)| *item), &model.cart);
    add(&mut person.viewed.iter().map(|(item, _)| *item), &model.viewed_together);
    sums
}
