use std::collections::HashMap;

use super::{
    Reason, ReasonCode, Recommendation, Surface,
    list::List,
    person::Person,
    surfaces::{offer_trending, session},
};
use crate::{
    learning::{Item, companions::Companions, regulars},
    recommender::View,
};

/// Products for a person. A customer: what they buy again and again, what goes with it and with what they
/// looked at, and a little of what is popular. A visitor who only looked: what comes next. A stranger:
/// what is much asked for. `only_new` leaves out what was bought before.
pub(super) fn for_you(
    view: &View<'_>,
    person: &Person,
    only_new: bool,
    limit: usize,
) -> Vec<Recommendation> {
    if person.bought.is_empty() {
        let viewed: Vec<Item> = person.viewed.iter().map(|(item, _)| *item).collect();
        return session(view, Surface::ForYou, &viewed, limit);
    }
    let history: Vec<(Item, u32)> =
        person.bought.iter().map(|(item, times, _)| (*item, *times)).collect();
    let companions = companions(view, person);
    let popularity = view.knowledge.popularity();
    let (ranked, excluded) = if only_new {
        let bought = history.iter().map(|(item, _)| *item).collect();
        (regulars::rank_new(&history, &companions, popularity), bought)
    } else {
        (regulars::rank(&history, &companions, popularity, view.model.weights), Vec::new())
    };
    let mut list = List::for_person(view, &excluded, limit);
    let reasons = Reasons::of(view, person, &companions);
    list.offer_all(ranked, |item| reasons.find(item));
    offer_trending(&mut list, None);
    list.finish()
}

/// What goes with everything the person bought and viewed.
fn companions(view: &View<'_>, person: &Person) -> Companions {
    let bought = person.bought.iter().map(|(item, ..)| *item);
    let row = |item| view.knowledge.cart(item);
    let mut companions = Companions::of_history(bought, row, &view.model.linear);
    let mut along = Companions::default();
    for (item, _) in &person.viewed {
        along.add_neighbours(*item, 1.0, view.knowledge.viewed_together(*item).as_ref());
    }
    companions.add_shares(&along);
    companions
}

/// Why an item is in the list: the strongest thing that speaks for it.
struct Reasons<'a> {
    view: &'a View<'a>,
    bought: HashMap<Item, Reason>,
    companions: &'a Companions,
}

impl<'a> Reasons<'a> {
    fn of(view: &'a View<'a>, person: &Person, companions: &'a Companions) -> Self {
        let bought = person
            .bought
            .iter()
            .map(|(item, times, at)| (*item, Reason::bought_before(*times, *at)));
        Self { view, bought: bought.collect(), companions }
    }

    fn find(&self, item: Item) -> Reason {
        if let Some(reason) = self.bought.get(&item) {
            return reason.clone();
        }
        if !self.companions.speaks_for(item) {
            return Reason::new(ReasonCode::Trending, "Popular right now");
        }
        match self.companions.evidence(item) {
            Some(evidence) => {
                let what = "Seen together with earlier products";
                Reason::counted(ReasonCode::GoesWithHistory, what, evidence.count)
                    .with_product(self.view.assortment.product_id(evidence.with))
            }
            None => Reason::new(ReasonCode::GoesWithHistory, "Goes with earlier products"),
        }
    }
}
