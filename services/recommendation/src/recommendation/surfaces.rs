//! What each surface shows, from memory alone.

use rustc_hash::FxHashMap;

use super::{Reason, ReasonCode, Recommendation, Surface, list::List, person::Person};
use crate::{
    learning::{BestFirst, Item, companions::Companions, visits},
    recommender::View,
};

/// At this many visits behaviour and attributes weigh the same.
const VISITS_FOR_HALF: f32 = 20.0;
/// Similar products whose companions stand in for those of a product that nobody bought yet.
const STAND_INS: usize = 10;

/// Products like this one: by what people view in the same visits and by attributes, the former
/// gaining weight with the number of visits n as n/(n + 20); then what is much asked for.
pub(super) fn similar(view: &View<'_>, item: Item, limit: usize) -> Vec<Recommendation> {
    let mut list = List::about(view, Surface::Similar, &[item], limit);
    offer_similar(&mut list, item);
    offer_trending(&mut list, None);
    list.finish()
}

fn offer_similar(list: &mut List<'_>, item: Item) {
    let view = list.view;
    let visits = view.knowledge.visits().groups_of(item).len() as f32;
    let share = visits / (visits + VISITS_FOR_HALF);
    let mut scores: FxHashMap<Item, (f32, u32)> = FxHashMap::default();
    for &(other, cosine) in view.attributes.similar(item).iter() {
        scores.entry(other).or_default().0 += (1.0 - share) * cosine;
    }
    for other in view.knowledge.viewed_together(item).as_ref() {
        let entry = scores.entry(other.item).or_default();
        *entry = (entry.0 + share * other.score, other.count);
    }
    let scored = scores.iter().map(|(&item, &(score, _))| (item, score));
    list.offer_all(BestFirst::of(scored), |other| match scores[&other].1 {
        0 => Reason::new(ReasonCode::Similar, "Similar"),
        count => Reason::counted(ReasonCode::ViewedTogether, "Viewed together", count),
    });
}

/// What is bought with this product; where that is not known, what is bought with similar ones, then
/// what is much asked for.
pub(super) fn bought_together(view: &View<'_>, item: Item, limit: usize) -> Vec<Recommendation> {
    let mut list = List::about(view, Surface::BoughtTogether, &[item], limit);
    for other in view.knowledge.bought_together(item).as_ref() {
        list.offer(other.item, other.score, || {
            Reason::counted(ReasonCode::BoughtTogether, "Bought together", other.count)
        });
    }
    offer_stand_ins(&mut list, item);
    offer_trending(&mut list, None);
    list.finish()
}

/// What is bought with the products that are most like this one.
fn offer_stand_ins(list: &mut List<'_>, item: Item) {
    if list.is_full() {
        return;
    }
    let view = list.view;
    let similar = view.attributes.similar(item);
    let likes = &similar[..similar.len().min(STAND_INS)];
    let mut companions = Companions::default();
    for &(like, likeness) in likes {
        companions.add_neighbours(like, likeness, view.knowledge.cart(like).as_ref());
    }
    // What is like the product replaces it and does not complete it.
    let completing = |(other, _): &(Item, f32)| likes.iter().all(|(like, _)| like != other);
    list.offer_all(companions.ranked().filter(completing), |_| {
        Reason::new(ReasonCode::BoughtWithSimilar, "Bought with similar products")
    });
}

/// What completes the cart, and then what is much asked for.
pub(super) fn cart(view: &View<'_>, items: &[Item], limit: usize) -> Vec<Recommendation> {
    let mut list = List::about(view, Surface::Cart, items, limit);
    let row = |item| view.knowledge.cart(item);
    let companions = Companions::of_basket(items, row, &view.model.linear);
    list.offer_all(companions.ranked(), |other| match companions.evidence(other) {
        Some(evidence) => Reason::counted(
            ReasonCode::GoesWithCart,
            "Bought with a product in the cart",
            evidence.count,
        )
        .with_product(view.assortment.product_id(evidence.with)),
        None => Reason::new(ReasonCode::GoesWithCart, "Goes with what is in the cart"),
    });
    if let [item] = items {
        offer_stand_ins(&mut list, *item);
    }
    offer_trending(&mut list, None);
    list.finish()
}

/// What completes the cart of what nobody bought yet, and then the newest of that.
pub(super) fn newcomers(view: &View<'_>, items: &[Item], limit: usize) -> Vec<Recommendation> {
    let mut list = List::about(view, Surface::Cart, items, limit);
    let row = |item| view.knowledge.cart(item);
    let companions = Companions::of_basket(items, row, &view.model.linear);
    // Somebody may have bought one since.
    let is_new = |(item, _): &(Item, f32)| !view.knowledge.is_bought(*item);
    let fitting = view.newcomers.complete(items, &companions);
    list.offer_all(fitting.filter(is_new), |_| {
        Reason::new(ReasonCode::New, "New, and like what goes with the cart")
    });
    let newest = view.newcomers.items().iter().map(|item| (*item, 0.0));
    list.offer_all(newest.filter(is_new), |_| Reason::new(ReasonCode::New, "New in the shop"));
    list.finish()
}

/// What comes next in this visit, then what is like the product being viewed, then what is much asked
/// for. Items latest first.
pub(super) fn session(
    view: &View<'_>,
    surface: Surface,
    items: &[Item],
    limit: usize,
) -> Vec<Recommendation> {
    let latest = &items[..items.len().min(1)];
    let mut list = List::about(view, surface, latest, limit);
    offer_next(&mut list, items);
    list.finish()
}

fn offer_next(list: &mut List<'_>, items: &[Item]) {
    list.offer_all(visits::predict(list.view.knowledge.visits(), items), |_| {
        Reason::new(ReasonCode::ViewedNext, "People in a visit like this went on to it")
    });
    if let Some(&latest) = items.first().filter(|_| !list.is_full()) {
        offer_similar(list, latest);
    }
    offer_trending(list, None);
}

/// What is much asked for now, in a category or everywhere, then what is new. Where a category has
/// nothing to show it is as if none was named.
pub(super) fn trending(
    view: &View<'_>,
    category: Option<&str>,
    limit: usize,
) -> Vec<Recommendation> {
    let mut list = List::in_category(view, category, limit);
    offer_trending(&mut list, category);
    if list.is_empty() {
        offer_trending(&mut list, None);
    }
    list.finish()
}

pub(super) fn offer_trending(list: &mut List<'_>, category: Option<&str>) {
    let view = list.view;
    let popularity = view.knowledge.popularity();
    let most = list.lowest_score();
    for &item in popularity.ranking() {
        if list.is_full() {
            return;
        }
        if category.is_some_and(|code| !view.assortment.is_in_category(item, code)) {
            continue;
        }
        let share = popularity.share(item);
        list.offer(item, most * share, || {
            if share > 0.0 {
                Reason::new(ReasonCode::Trending, "Popular right now")
            } else {
                Reason::new(ReasonCode::New, "New in the shop")
            }
        });
    }
}

/// What the person viewed, latest first; of who viewed nothing, what they bought. With `is_filled`, then
/// what comes next, as for a visit.
pub(super) fn recently_viewed(
    view: &View<'_>,
    person: &Person,
    is_filled: bool,
    limit: usize,
) -> Vec<Recommendation> {
    let mut list = List::about(view, Surface::RecentlyViewed, &[], limit);
    for (place, (item, at)) in (1u16..).zip(&person.viewed) {
        list.offer(*item, 1.0 / f32::from(place), || {
            Reason::new(ReasonCode::RecentlyViewed, "Viewed recently").at(*at)
        });
    }
    if list.is_empty() {
        for (item, times, at) in &person.bought {
            list.offer(*item, 1.0, || Reason::bought_before(*times, *at));
        }
    }
    if is_filled {
        let viewed: Vec<Item> = person.viewed.iter().map(|(item, _)| *item).collect();
        offer_next(&mut list, &viewed);
    }
    list.finish()
}
