//! What is known from the interactions, learned one by one as they happen and held in memory: what goes
//! with what, what is viewed in one visit, what is popular.

mod assortment;
mod history;
mod repeated;
mod visitors;

pub(crate) use assortment::Assortment;
pub(crate) use history::{Event, History, Reader, Reference};

use repeated::Repeated;
use rustc_hash::{FxHashMap, FxHashSet};
use visitors::{Visitor, Visitors};

use crate::{
    interaction::Kind,
    learning::{
        DAY, Item,
        baskets::{self, Basket},
        co_occurrence::{CoOccurrence, Measure, Neighbour},
        groups::Groups,
        popularity::{Popularity, Ranking},
        visits::LONGEST_VISIT,
    },
};

/// Apart from each other, so that the same hash of an order and a session makes two groups.
const BY_ORDER: u64 = 0x9e37_79b9_7f4a_7c15;
const BY_SESSION: u64 = 0xc2b2_ae3d_27d4_eb4f;
/// What happened this much before the newest interaction cannot be learned in its place any more.
const LATE_SECONDS: i64 = 3_600;
/// Weights grow with time and must stay numbers: this long after its epoch everything is learned anew.
const LONGEST_SECONDS: i64 = 100 * DAY;

/// What is known.
pub(crate) struct Knowledge {
    /// What was bought at once.
    baskets: Groups,
    /// Customers of baskets.
    buyers: FxHashMap<u32, u64>,
    /// What was viewed in one visit.
    visits: Groups,
    bought_together: CoOccurrence,
    cart: CoOccurrence,
    viewed_together: CoOccurrence,
    popularity: Popularity,
    repeated: Repeated,
    visitors: Visitors,
    customers: FxHashSet<u64>,
    interactions: u64,
    epoch: i64,
    newest: i64,
}

impl Knowledge {
    /// Of this many items; `epoch` is when the newest interaction happened, in seconds since 1970: the
    /// age of others is counted from there, so that a shop that was closed for a month does not forget.
    fn new(item_count: usize, epoch: i64) -> Self {
        let co_occurrence = |measure| CoOccurrence::new(measure, item_count, epoch);
        Self {
            baskets: Groups::of(item_count),
            buyers: FxHashMap::default(),
            visits: Groups::of(item_count),
            bought_together: co_occurrence(Measure::BoughtTogether),
            cart: co_occurrence(Measure::Cosine),
            viewed_together: co_occurrence(Measure::Cosine),
            popularity: Popularity::new(item_count, epoch),
            repeated: Repeated::default(),
            visitors: Visitors::default(),
            customers: FxHashSet::default(),
            interactions: 0,
            epoch,
            newest: epoch,
        }
    }

    /// All that can be learned from history.
    pub(crate) fn build(history: &History, assortment: &Assortment) -> Self {
        let items: Vec<Option<Item>> =
            history.references().iter().map(|reference| assortment.resolve(reference)).collect();
        let mut events: Vec<(&Event, Item)> = history
            .events()
            .filter_map(|event| Some((event, items[event.reference as usize]?)))
            .collect();
        events.sort_by_key(|(event, _)| event.at);
        let newest = events.last().map_or(0, |(event, _)| event.at);
        let mut knowledge = Self::new(assortment.len(), newest);
        for (event, item) in events {
            knowledge.learn(event, item);
        }
        knowledge.set_ranking(knowledge.rank());
        knowledge
    }

    /// Whether the event can be learned by itself; if it comes too late, everything must be built anew.
    pub(crate) fn can_learn(&self, event: &Event) -> bool {
        (self.newest - LATE_SECONDS..self.epoch + LONGEST_SECONDS).contains(&event.at)
    }

    /// Learns from one interaction.
    pub(crate) fn learn(&mut self, event: &Event, item: Item) {
        self.interactions += 1;
        if event.customer != 0 {
            self.customers.insert(event.customer);
        }
        self.newest = self.newest.max(event.at);
        self.repeated.forget_before(event.at / DAY - 2);
        self.visitors.forget_before(event.at / DAY - 2);
        let is_first = self.repeated.is_first_of_the_day(event, item);
        if is_first && let Some(robot) = self.visitors.note(event, item) {
            self.take_back(robot);
        }
        if self.visitors.is_robot(event) {
            return;
        }
        if is_first {
            self.popularity.count(item, event.at, event.kind.interest().into());
        }
        match event.kind {
            Kind::Purchase => self.learn_purchase(event, item),
            _ => self.learn_view(event, item),
        }
    }

    /// As if a visitor who turned out to be a robot had not come today.
    fn take_back(&mut self, robot: Visitor) {
        for (kind, item, at) in robot.deeds {
            self.popularity.count(item, at, -f64::from(kind.interest()));
        }
        for basket in robot.baskets {
            self.change_basket(basket, |baskets| baskets.clear(basket));
        }
        for visit in robot.visits {
            self.viewed_together.forget(&self.visits, visit);
            self.visits.clear(visit);
        }
    }

    /// Baskets are orders, or else what was bought in a visit, or else by a customer on one day. A
    /// purchase that a shop reports besides the order itself is the same purchase and counts once.
    fn learn_purchase(&mut self, event: &Event, item: Item) {
        if event.order == 0 && self.repeated.is_ordered(event, item) {
            return;
        }
        let key = if event.order != 0 { Some(event.order ^ BY_ORDER) } else { visit(event) };
        let Some(key) = key else { return };
        let basket = self.baskets.open(key, event.at);
        self.visitors.shopped(event, basket);
        if event.customer != 0 {
            self.buyers.insert(basket, event.customer);
            if event.order != 0 {
                for reported in self.repeated.order(event, item) {
                    self.change_basket(reported, |baskets| baskets.remove(reported, item));
                }
            } else {
                self.repeated.report(event, item, basket);
            }
        }
        if !self.baskets.members(basket).contains(&item) {
            self.change_basket(basket, |baskets| baskets.insert(basket, item));
        }
    }

    fn change_basket(&mut self, basket: u32, change: impl FnOnce(&mut Groups)) {
        self.bought_together.forget(&self.baskets, basket);
        self.cart.forget(&self.baskets, basket);
        change(&mut self.baskets);
        self.bought_together.learn(&self.baskets, basket);
        self.cart.learn(&self.baskets, basket);
    }

    fn learn_view(&mut self, event: &Event, item: Item) {
        let Some(key) = visit(event) else { return };
        let visit = self.visits.open(key, event.at);
        self.visitors.visited(event, visit);
        if self.visits.touch(visit, item) {
            return;
        }
        self.viewed_together.forget(&self.visits, visit);
        self.visits.insert(visit, item);
        if self.visits.members(visit).len() > LONGEST_VISIT {
            self.visits.remove(visit, self.visits.members(visit)[0]);
        }
        self.viewed_together.learn(&self.visits, visit);
    }

    /// What is popular, in order: takes longer than to learn, so that it is done by itself.
    pub(crate) fn rank(&self) -> Ranking {
        self.popularity.rank(self.newest)
    }

    /// Goes by this ranking from now on.
    pub(crate) fn set_ranking(&mut self, ranking: Ranking) {
        self.popularity.set_ranking(ranking);
    }

    /// What the item is bought with.
    pub(crate) fn bought_together(&self, item: Item) -> impl AsRef<[Neighbour]> + use<> {
        self.bought_together.row(&self.baskets, item)
    }

    /// The same, to be summed over several items.
    pub(crate) fn cart(&self, item: Item) -> impl AsRef<[Neighbour]> + use<> {
        self.cart.row(&self.baskets, item)
    }

    /// What is viewed in the same visits.
    pub(crate) fn viewed_together(&self, item: Item) -> impl AsRef<[Neighbour]> + use<> {
        self.viewed_together.row(&self.visits, item)
    }

    /// Whether anybody bought the item.
    pub(crate) fn is_bought(&self, item: Item) -> bool {
        !self.baskets.groups_of(item).is_empty()
    }

    /// What was viewed in one visit.
    pub(crate) fn visits(&self) -> &Groups {
        &self.visits
    }

    /// What is popular.
    pub(crate) fn popularity(&self) -> &Popularity {
        &self.popularity
    }

    /// All baskets, oldest first.
    pub(crate) fn baskets(&self) -> Vec<Basket> {
        baskets::collect(&self.baskets, |basket| {
            self.buyers.get(&basket).copied().unwrap_or_default()
        })
    }

    /// How many baskets there are, and how many of them began after a time.
    pub(crate) fn count_baskets(&self, after: i64) -> (usize, usize) {
        let all = 0..self.baskets.len() as u32;
        (all.len(), all.filter(|basket| self.baskets.began(*basket) > after).count())
    }

    /// How many customers are known.
    pub(crate) fn customer_count(&self) -> usize {
        self.customers.len()
    }

    /// How many interactions with known products it learned from.
    pub(crate) fn interaction_count(&self) -> u64 {
        self.interactions
    }
}

/// The visit: the session, or else a customer's day.
fn visit(event: &Event) -> Option<u64> {
    match (event.session, event.customer) {
        (0, 0) => None,
        (0, customer) => Some(customer.wrapping_add((event.at / DAY) as u64)),
        (session, _) => Some(session ^ BY_SESSION),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{interaction::store::Row, product::Product};

    fn assortment(count: u128) -> Assortment {
        let page = |number: u128| Product {
            product_id: Uuid::from_u128(number),
            name: String::new(),
            brand: None,
            categories: Vec::new(),
            features: Vec::new(),
            skus: Vec::new(),
            price: None,
            published: true,
        };
        let sku = |number: u128| char::from(b'a' + number as u8).to_string();
        let skus = (0..count).map(|number| (sku(number), Uuid::from_u128(number))).collect();
        Assortment::new((0..count).map(page).collect(), skus)
    }

    fn row(kind: &str, sku: &str, customer: &str, session: &str, order: &str) -> Row {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Row {
            xact_id: 1,
            interaction_id: 1,
            at: DateTime::UNIX_EPOCH,
            kind: kind.to_owned(),
            sku: text(sku),
            product_id: None,
            customer: text(customer),
            session: text(session),
            order_ref: text(order),
        }
    }

    fn build(rows: Vec<Row>) -> Knowledge {
        Knowledge::build(Reader::of(rows).history(), &assortment(2))
    }

    fn members(groups: &Groups) -> Vec<Vec<Item>> {
        let all = (0..groups.len() as u32).map(|group| groups.members(group).to_vec());
        let mut all: Vec<_> = all.filter(|members| !members.is_empty()).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn a_purchase_that_is_reported_besides_its_order_counts_once_whichever_came_first() {
        let order = [row("purchase", "a", "c", "", "o"), row("purchase", "b", "c", "", "o")];
        let report = [row("purchase", "a", "c", "s", ""), row("purchase", "a", "d", "t", "")];
        for rows in [[order.clone(), report.clone()], [report, order]] {
            let knowledge = build(rows.concat());
            let baskets = members(&knowledge.baskets);
            assert_eq!(baskets, [&[0][..], &[0, 1]], "the one of d has no order");
        }
    }

    #[test]
    fn a_visit_is_a_session_or_a_day_of_a_customer() {
        let knowledge = build(vec![
            row("view", "a", "c", "", ""),
            row("click", "b", "c", "", ""),
            row("view", "b", "c", "s", ""),
            row("view", "a", "", "", ""),
        ]);
        assert_eq!(members(&knowledge.visits), [&[0, 1][..], &[1]]);
        assert_eq!(knowledge.customer_count(), 1);
    }

    #[test]
    fn interest_of_one_person_on_one_day_counts_once_and_unknown_products_not_at_all() {
        let knowledge = build(vec![
            row("view", "a", "c", "", ""),
            row("view", "a", "c", "", ""),
            row("view", "b", "d", "", ""),
            row("view", "?", "d", "", ""),
        ]);
        assert_eq!(knowledge.interaction_count(), 3);
        assert!((knowledge.popularity().share(0) - 1.0).abs() < 1e-6, "as much as b");
    }

    #[test]
    fn a_visitor_at_inhuman_pace_moves_nothing() {
        let item = |n: usize| char::from(b'a' + n as u8).to_string();
        let at = |mut row: Row, second: i64| {
            row.at = DateTime::from_timestamp(second, 0).unwrap();
            row
        };
        let people = || {
            let look = |n: i64, sku: &str| at(row("view", sku, "", &format!("s{n}"), ""), n * 900);
            (0..9).flat_map(move |n| [look(n, "a"), look(n, "b")])
        };
        let robot = |pace: i64| {
            let look = move |n: usize| at(row("view", &item(n), "", "robot", ""), n as i64 * pace);
            (2..80).map(look)
        };
        let build = |rows: Vec<Row>| Knowledge::build(Reader::of(rows).history(), &assortment(80));
        let (usual, patient) =
            (build(people().collect()), build(people().chain(robot(7)).collect()));
        let hasty = build(people().chain(robot(0)).collect());
        let seen =
            |knowledge: &Knowledge| (2..80).any(|item| knowledge.popularity().share(item) > 0.0);
        assert!(seen(&patient) && !patient.viewed_together(79).as_ref().is_empty());
        assert!(!seen(&hasty) && hasty.viewed_together(79).as_ref().is_empty());
        assert_eq!(members(&hasty.visits), members(&usual.visits));
        assert_eq!(hasty.popularity().ranking(), usual.popularity().ranking());
    }

    prop_compose! {
        fn an_event()(
            minute in 0i64..20_000, kind in 0usize..3, item in 0u8..8, customer in 0u8..4,
            session in 0u8..6, order in 0u8..6,
        ) -> Row {
            let kind = ["view", "add_to_cart", "purchase"][kind];
            let key = |prefix: &str, number: u8| match number {
                0 => String::new(),
                number => format!("{prefix}{number}"),
            };
            let order = if kind == "purchase" { key("o", order) } else { String::new() };
            Row {
                at: DateTime::from_timestamp(minute * 60, 0).unwrap(),
                ..row(kind, &char::from(b'a' + item).to_string(), &key("c", customer),
                      &key("s", session), &order)
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_learned_as_it_happens_is_what_is_learned_from_all_of_it(
            mut rows in prop::collection::vec(an_event(), 1..200), known in 0usize..200,
        ) {
            rows.sort_by_key(|row| row.at);
            let reader = Reader::of(rows);
            let history = reader.history();
            let assortment = assortment(8);
            let whole = Knowledge::build(history, &assortment);
            let known = known.min(history.len());
            let events: Vec<&Event> = history.events().collect();
            let mut grown = Knowledge::new(8, events[0].at);
            for event in &events {
                let item = assortment.resolve(&history.references()[event.reference as usize]);
                grown.learn(event, item.unwrap());
                if event.at > events[known.saturating_sub(1)].at {
                    // What is asked for in between must not stay as it was.
                    (0..8).for_each(|item| _ = grown.bought_together(item));
                }
            }
            grown.set_ranking(grown.rank());
            prop_assert_eq!(members(&whole.baskets), members(&grown.baskets));
            prop_assert_eq!(members(&whole.visits), members(&grown.visits));
            prop_assert_eq!(whole.baskets(), grown.baskets());
            for item in 0..8 {
                let counts = |row: &[Neighbour]| {
                    let mut counts: Vec<_> = row.iter().map(|n| (n.item, n.count)).collect();
                    counts.sort_unstable();
                    counts
                };
                prop_assert_eq!(
                    counts(whole.bought_together(item).as_ref()),
                    counts(grown.bought_together(item).as_ref())
                );
                prop_assert!((whole.popularity.share(item) - grown.popularity.share(item)).abs() < 1e-4);
            }
        }
    }
}
