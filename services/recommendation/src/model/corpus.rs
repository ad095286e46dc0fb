use std::collections::HashSet;

use super::{Assortment, Event, History};
use crate::{
    interaction::Kind,
    learning::{
        DAY, Item,
        groups::{Groups, Membership},
        popularity::{HORIZON_SECONDS, Sign},
        sessions::LONGEST_SESSION,
    },
};

/// Apart from each other, so that the same hash of an order and a session makes two groups.
const BY_ORDER: u64 = 0x9e37_79b9_7f4a_7c15;
const BY_SESSION: u64 = 0xc2b2_ae3d_27d4_eb4f;

/// History in terms of items: what was bought together, what was viewed in one visit, what interests.
pub(crate) struct Corpus {
    pub(crate) baskets: Groups,
    pub(crate) sessions: Groups,
    pub(crate) signs: Vec<Sign>,
    /// When the newest interaction happened, in seconds since 1970: the age of all others is counted
    /// from there, so that a shop that was closed for a month does not forget.
    pub(crate) newest: i64,
    pub(crate) interactions: usize,
    pub(crate) customers: usize,
}

impl Corpus {
    /// Sorts the history of known products.
    pub(crate) fn collect(history: &History, assortment: &Assortment) -> Self {
        let items: Vec<Option<Item>> =
            history.references().iter().map(|reference| assortment.resolve(reference)).collect();
        let known =
            history.events().filter_map(|event| Some((event, items[event.reference as usize]?)));
        let newest = known.clone().map(|(event, _)| event.at).max().unwrap_or_default();
        let customers: HashSet<u64> = known.clone().map(|(event, _)| event.customer).collect();
        Self {
            baskets: Groups::gather(basket_lines(known.clone()), usize::MAX),
            sessions: Groups::gather(session_items(known.clone()), LONGEST_SESSION),
            signs: signs(known.clone(), newest),
            newest,
            interactions: known.count(),
            customers: customers.len() - usize::from(customers.contains(&0)),
        }
    }
}

/// Purchases by order, or else by visit, or else by customer and day. A purchase that a shop reports
/// besides the order itself is the same purchase and counts once.
fn basket_lines<'a>(known: impl Iterator<Item = (&'a Event, Item)> + Clone) -> Vec<Membership> {
    let purchases = || known.clone().filter(|(event, _)| event.kind == Kind::Purchase);
    let ordered: HashSet<(u64, Item, i64)> = purchases()
        .filter(|(event, _)| event.order != 0 && event.customer != 0)
        .map(|(event, item)| (event.customer, item, event.at / DAY))
        .collect();
    let is_reported_twice = |event: &Event, item: Item| {
        event.order == 0
            && (-1..=1).any(|day| ordered.contains(&(event.customer, item, event.at / DAY + day)))
    };
    purchases()
        .filter(|(event, item)| !is_reported_twice(event, *item))
        .filter_map(|(event, item)| {
            let group = if event.order != 0 { event.order ^ BY_ORDER } else { visit(event)? };
            Some(Membership { group, at: event.at, item })
        })
        .collect()
}

/// Everything but purchases, by visit.
fn session_items<'a>(known: impl Iterator<Item = (&'a Event, Item)>) -> Vec<Membership> {
    known
        .filter(|(event, _)| event.kind != Kind::Purchase)
        .filter_map(|(event, item)| Some(Membership { group: visit(event)?, at: event.at, item }))
        .collect()
}

/// The visit: the session, or else a customer's day.
fn visit(event: &Event) -> Option<u64> {
    match (event.session, event.customer) {
        (0, 0) => None,
        (0, customer) => Some(customer.wrapping_add((event.at / DAY) as u64)),
        (session, _) => Some(session ^ BY_SESSION),
    }
}

/// Recent interest. Who does the same with the same product twice on a day counts once.
fn signs<'a>(known: impl Iterator<Item = (&'a Event, Item)>, newest: i64) -> Vec<Sign> {
    let mut seen = HashSet::new();
    known
        .filter(|(event, _)| newest - event.at <= HORIZON_SECONDS)
        .filter(|(event, item)| {
            let actor = [event.customer, event.session, event.order];
            let actor = actor.into_iter().find(|key| *key != 0);
            actor.is_none_or(|key| seen.insert((key, *item, event.kind, event.at / DAY)))
        })
        .map(|(event, item)| Sign { item, at: event.at, weight: event.kind.interest() })
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::{interaction::store::Row, product::Product};

    fn assortment() -> Assortment {
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
        let skus = [("a", 1), ("b", 2)].map(|(sku, id)| (sku.to_owned(), Uuid::from_u128(id)));
        Assortment::new(vec![page(1), page(2)], skus.into())
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

    fn collect(rows: Vec<Row>) -> Corpus {
        Corpus::collect(&History::of(rows), &assortment())
    }

    fn lists(groups: &Groups) -> Vec<&[Item]> {
        groups.members.iter().collect()
    }

    #[test]
    fn a_purchase_that_is_reported_besides_its_order_counts_once() {
        let corpus = collect(vec![
            row("purchase", "a", "c", "", "o"),
            row("purchase", "b", "c", "", "o"),
            row("purchase", "a", "c", "s", ""),
            row("purchase", "a", "d", "t", ""),
        ]);
        let mut baskets = lists(&corpus.baskets);
        baskets.sort_unstable();
        assert_eq!(baskets, [&[0][..], &[0, 1]], "the one of d has no order");
    }

    #[test]
    fn a_visit_is_a_session_or_a_day_of_a_customer() {
        let corpus = collect(vec![
            row("view", "a", "c", "", ""),
            row("click", "b", "c", "", ""),
            row("view", "b", "c", "s", ""),
            row("view", "a", "", "", ""),
        ]);
        let mut visits = lists(&corpus.sessions);
        visits.sort_unstable();
        assert_eq!(visits, [&[0, 1][..], &[1]]);
        assert_eq!(corpus.customers, 1);
    }

    #[test]
    fn interest_of_one_person_on_one_day_counts_once_and_unknown_products_not_at_all() {
        let corpus = collect(vec![
            row("view", "a", "c", "", ""),
            row("view", "a", "c", "", ""),
            row("view", "a", "d", "", ""),
            row("view", "?", "d", "", ""),
        ]);
        assert_eq!((corpus.signs.len(), corpus.interactions), (2, 3));
    }
}
