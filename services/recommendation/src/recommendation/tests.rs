//! What holds for every list, whatever was learned and whatever the rules say.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use types::RuleCode;
use uuid::Uuid;

use super::{
    ReasonCode, Recommendation, Surface, Surfaces, for_you::for_you, person::Person, surfaces,
};
use crate::{
    interaction::store::Row,
    knowledge::{Assortment, Reader},
    learning::Item,
    model::Trained,
    product::Product,
    recommender::{Serving, SoldOut, View},
    rule::{Action, NewRule},
};

const PRODUCTS: u8 = 12;
const COLORS: [&str; 3] = ["color=red", "color=green", "color=blue"];

fn sku(item: u8) -> String {
    char::from(b'a' + item).to_string()
}

fn color(item: Item) -> &'static str {
    COLORS[item as usize % COLORS.len()]
}

/// A shop with these products, of which some are not published.
fn assortment(unpublished: &[u8]) -> Assortment {
    let product = |item: u8| Product {
        product_id: Uuid::from_u128(item.into()),
        name: format!("Thing {item}"),
        brand: None,
        categories: vec!["all".to_owned()],
        features: vec![color(item.into()).to_owned()],
        skus: vec![sku(item)],
        price: Some(100),
        published: !unpublished.contains(&item),
    };
    let skus = (0..PRODUCTS).map(|item| (sku(item), Uuid::from_u128(item.into()))).collect();
    Assortment::new((0..PRODUCTS).map(product).collect(), skus)
}

fn sold_out(items: &[u8]) -> SoldOut {
    Arc::new(ArcSwap::from_pointee(items.iter().copied().map(sku).collect()))
}

prop_compose! {
    fn a_deed()(
        minute in 0i64..100_000, is_purchase: bool, item in 0..PRODUCTS, group in 1u8..12,
    ) -> Row {
        let group = Some(group.to_string());
        let (kind, session, order_ref) = match is_purchase {
            true => ("purchase", None, group),
            false => ("view", group, None),
        };
        Row {
            xact_id: 1,
            interaction_id: 1,
            at: DateTime::from_timestamp(minute * 60, 0).unwrap(),
            kind: kind.to_owned(),
            sku: Some(sku(item)),
            product_id: None,
            customer: None,
            session,
            order_ref,
        }
    }
}

prop_compose! {
    fn a_rule()(
        action in prop::sample::select(vec![
            Action::Pin, Action::Boost, Action::Bury, Action::Exclude, Action::Only,
        ]),
        items in prop::collection::vec(0..PRODUCTS, 1..4),
        colors in prop::collection::vec(prop::sample::select(COLORS.to_vec()), 0..2),
        position in 0i32..3,
    ) -> NewRule {
        let is_pin = action == Action::Pin;
        NewRule {
            code: RuleCode::parse("rule").unwrap(),
            name: "Rule".to_owned(),
            action,
            surfaces: Surfaces::default(),
            in_categories: Vec::new(),
            skus: items.into_iter().map(sku).collect(),
            categories: Vec::new(),
            brands: Vec::new(),
            features: colors.into_iter().filter(|_| !is_pin).map(str::to_owned).collect(),
            active_from: None,
            active_until: None,
            position,
            active: true,
        }
    }
}

fn is_about(rule: &NewRule, item: Item) -> bool {
    rule.skus.contains(&sku(item as u8)) || rule.features.iter().any(|own| own == color(item))
}

fn items(view: &View<'_>, list: &[Recommendation]) -> Vec<Item> {
    list.iter().map(|one| view.assortment.find_page(one.product_id.0).unwrap()).collect()
}

proptest! {
    #[test]
    fn rules_and_exclusions_always_hold(
        mut deeds in prop::collection::vec(a_deed(), 0..80),
        unpublished in prop::collection::vec(0..PRODUCTS, 0..3),
        sold in prop::collection::vec(0..PRODUCTS, 0..3),
        mut rules in prop::collection::vec(a_rule(), 0..4),
        asked in prop::collection::vec(0..PRODUCTS, 1..4),
        bought in prop::collection::vec(0..PRODUCTS, 0..4),
        only_new: bool,
        limit in 1usize..15,
    ) {
        deeds.sort_by_key(|deed| deed.at);
        rules.sort_by_key(|rule| rule.position);
        let reader = Reader::of(deeds);
        let trained = Trained::default();
        let serving = Serving::build(
            reader.history(), assortment(&unpublished), &trained, sold_out(&sold),
        );
        serving.merchandise(&rules);
        let view = serving.view();
        let asked: Vec<Item> = asked.into_iter().map(Item::from).collect();
        let one = asked[0];
        let history: Vec<(Item, u32, DateTime<Utc>)> = {
            let mut bought: Vec<Item> = bought.into_iter().map(Item::from).collect();
            bought.sort_unstable();
            bought.dedup();
            bought.into_iter().map(|item| (item, 1, DateTime::UNIX_EPOCH)).collect()
        };
        let known: Vec<Item> = history.iter().map(|(item, ..)| *item).collect();
        let person = Person { bought: history, viewed: Vec::new() };
        let hidden = if only_new { known } else { Vec::new() };
        let lists = [
            (surfaces::similar(&view, one, limit), vec![one]),
            (surfaces::bought_together(&view, one, limit), vec![one]),
            (surfaces::cart(&view, &asked, limit), asked.clone()),
            (surfaces::session(&view, Surface::Session, &asked, limit), vec![one]),
            (surfaces::trending(&view, None, limit), Vec::new()),
            (surfaces::trending(&view, Some("nothing"), limit), Vec::new()),
            (for_you(&view, &person, only_new, limit), hidden),
        ];
        let first = |item: Item, action: Action| {
            rules.iter().find(|rule| rule.action == action && is_about(rule, item))
        };
        let may_show = |item: Item| {
            !unpublished.contains(&(item as u8))
                && !sold.contains(&(item as u8))
                && first(item, Action::Exclude).is_none()
                && rules.iter().filter(|rule| rule.action == Action::Only)
                    .all(|rule| is_about(rule, item))
        };
        for (place, (list, excluded)) in lists.iter().enumerate() {
            let shown = items(&view, list);
            prop_assert!(shown.len() <= limit);
            if rules.is_empty() {
                let is_filler = |one: &Recommendation| {
                    matches!(one.reason.code, ReasonCode::Trending | ReasonCode::New)
                };
                let scores = |fills: bool| {
                    list.iter().filter(move |one| is_filler(one) == fills).map(|one| one.score)
                };
                let lowest = scores(false).fold(1.0, f32::min);
                // What is for a person weighs popularity with the rest.
                let is_mixed = place == 6 && !person.bought.is_empty();
                prop_assert!(is_mixed || scores(true).all(|score| score <= lowest), "{place}");
            }
            for (n, item) in shown.iter().enumerate() {
                prop_assert!(may_show(*item) && !excluded.contains(item), "{place}: {item}");
                prop_assert!(!shown[..n].contains(item), "{place}: {item} twice");
            }
            let mut pinned: Vec<Item> = Vec::new();
            for rule in rules.iter().filter(|rule| rule.action == Action::Pin) {
                for name in &rule.skus {
                    let item = view.assortment.find(name).unwrap();
                    if may_show(item) && !excluded.contains(&item) && !pinned.contains(&item) {
                        pinned.push(item);
                    }
                }
            }
            pinned.truncate(limit);
            prop_assert_eq!(&shown[..pinned.len()], &pinned[..], "{}", place);
            let tier = |item: &Item| {
                let boost = first(*item, Action::Boost).map_or(i32::MAX, |rule| rule.position);
                let bury = first(*item, Action::Bury).map_or(i32::MAX, |rule| rule.position);
                match (boost, bury) {
                    (i32::MAX, i32::MAX) => Some(1),
                    // Of two at one place the first in the list decides: not looked at here.
                    (boost, bury) if boost == bury => None,
                    (boost, bury) => Some(if boost < bury { 0 } else { 2 }),
                }
            };
            let tiers: Vec<i32> = shown[pinned.len()..].iter().filter_map(tier).collect();
            prop_assert!(tiers.is_sorted(), "{}: {:?} of {:?}", place, tiers, shown);
            // A surface is not empty in a shop with products that may be shown.
            let can_show = (0..Item::from(PRODUCTS))
                .any(|item| may_show(item) && !excluded.contains(&item));
            prop_assert_eq!(shown.is_empty(), !can_show, "{}", place);
        }
    }
}
