use std::collections::HashMap;

use super::{
    Reason, ReasonCode, Recommendation,
    list::List,
    person::Person,
    surfaces::{goes_with, offer_trending, session},
};
use crate::{
    learning::{Item, popularity::Popularity, sort_ranked},
    model::Serving,
};

/// What a companion of everything bought counts, against an item that was bought in every order.
const COMPANION_WEIGHT: f32 = 0.1;
/// What the most popular item counts.
const POPULARITY_WEIGHT: f32 = 0.1;
/// The same where nothing bought before competes.
const POPULARITY_WEIGHT_AMONG_NEW: f32 = 0.03;
/// Popular items that are considered even if nothing else speaks for them.
const POPULAR_CANDIDATES: usize = 500;

/// Products for a person. A customer: what they buy again and again, what goes with it, and a little of
/// what is popular, each as a share of its highest value. A visitor who only looked: what comes next.
/// A stranger: what is much asked for. `only_new` leaves out what was bought before.
pub(super) fn for_you(
    serving: &Serving,
    person: &Person,
    only_new: bool,
    limit: usize,
) -> Vec<Recommendation> {
    if person.bought.is_empty() {
        let viewed: Vec<Item> = person.viewed.iter().map(|(item, _)| *item).collect();
        return session(serving, &viewed, limit);
    }
    let bought = person.bought.iter().map(|(item, ..)| *item).filter(|_| only_new);
    let mut list = List::without(serving, bought, limit);
    let mut scores = Scores::default();
    scores.add_bought(person);
    scores.add_companions(serving, person);
    let weight = if only_new { POPULARITY_WEIGHT_AMONG_NEW } else { POPULARITY_WEIGHT };
    scores.add_popularity(&serving.model.popularity, weight);
    scores.offer(&mut list);
    offer_trending(&mut list, None);
    list.finish()
}

#[derive(Default)]
struct Scores(HashMap<Item, (f32, Option<Reason>)>);

impl Scores {
    fn add_bought(&mut self, person: &Person) {
        let most = person.bought.iter().map(|(_, times, _)| *times).max().unwrap_or(1);
        for (item, times, at) in &person.bought {
            let reason = Reason::counted(ReasonCode::BoughtBefore, "Bought before", *times).at(*at);
            self.0.insert(*item, (*times as f32 / most as f32, Some(reason)));
        }
    }

    fn add_companions(&mut self, serving: &Serving, person: &Person) {
        let ranked = goes_with(&serving.model, person).ranked();
        let most = ranked.first().map_or(1.0, |(_, score, _)| *score);
        for (item, score, (with, count)) in ranked {
            let entry = self.0.entry(item).or_default();
            entry.0 += COMPANION_WEIGHT * score / most;
            entry.1.get_or_insert_with(|| {
                let what = "Seen together with earlier products";
                Reason::counted(ReasonCode::GoesWithHistory, what, count)
                    .with_product(serving.model.assortment.product_id(with))
            });
        }
    }

    fn add_popularity(&mut self, popularity: &Popularity, weight: f32) {
        for &item in popularity.ranking.iter().take(POPULAR_CANDIDATES) {
            if popularity.share(item) > 0.0 {
                self.0.entry(item).or_default();
            }
        }
        for (item, (score, _)) in &mut self.0 {
            *score += weight * popularity.share(*item);
        }
    }

    fn offer(mut self, list: &mut List<'_>) {
        let mut ranked: Vec<(Item, f32)> =
            self.0.iter().map(|(&item, &(score, _))| (item, score)).collect();
        sort_ranked(&mut ranked);
        for (item, score) in ranked {
            let reason = self.0.remove(&item).and_then(|(_, reason)| reason);
            list.offer(item, score, || {
                reason.unwrap_or_else(|| Reason::new(ReasonCode::Trending, "Popular right now"))
            });
        }
    }
}
