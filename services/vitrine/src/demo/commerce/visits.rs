//! What visitors looked at: those who bought, and the many who only browsed.

use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;

use super::orders::{Taste, draw_time, draw_variant};
use super::{Customer, Interaction, PastOrder};
use crate::demo::model::Model;
use crate::demo::shop::fingerprint;

const VISITS_WITHOUT_ORDER: usize = 1500;

pub(super) fn draw_interactions(
    seed: u64,
    now: DateTime<Utc>,
    models: &[Model],
    companions: &[Vec<usize>],
    customers: &[Customer],
    orders: &[PastOrder],
) -> Vec<Interaction> {
    let mut rng = Rng::with_seed(seed ^ fingerprint("visits"));
    let taste = Taste::new(models);
    let mut interactions: Vec<Interaction> =
        orders.iter().flat_map(|order| visit_of(order, &mut rng)).collect();
    for number in 0..VISITS_WITHOUT_ORDER {
        let customer = (rng.u8(0..100) < 40).then(|| rng.choice(customers)).flatten();
        let mut visit = Visit {
            customer: customer.map(|customer| customer.email.clone()),
            session: format!("demo-visit-b{number:05}"),
            at: draw_time(now, &mut rng),
        };
        interactions.extend(browse(&mut visit, models, companions, &taste, &mut rng));
    }
    interactions.sort_by_key(|interaction| interaction.at);
    interactions
}

/// A visitor and the moment the visit has reached.
struct Visit {
    customer: Option<String>,
    session: String,
    at: DateTime<Utc>,
}

impl Visit {
    /// What the visitor does next, half a minute or two later.
    fn does(&mut self, kind: &'static str, sku: &str, rng: &mut Rng) -> Interaction {
        self.at += Duration::seconds(rng.i64(15..120));
        Interaction {
            kind,
            customer: self.customer.clone(),
            session: Some(self.session.clone()),
            order: None,
            sku: sku.to_owned(),
            quantity: (kind != "view").then_some(1),
            at: self.at,
        }
    }
}

/// Looking at everything, putting it into the cart, buying it.
fn visit_of(order: &PastOrder, rng: &mut Rng) -> Vec<Interaction> {
    let mut visit = Visit {
        customer: order.customer.clone(),
        session: order.session.clone(),
        at: order.placed_at - Duration::minutes(15 + rng.i64(0..10)),
    };
    let mut interactions = Vec::new();
    for line in &order.lines {
        interactions.push(visit.does("view", &line.sku, rng));
        let cart = visit.does("add_to_cart", &line.sku, rng);
        interactions.push(Interaction { quantity: Some(line.quantity), ..cart });
    }
    interactions.extend(order.lines.iter().map(|line| Interaction {
        kind: "purchase",
        customer: order.customer.clone(),
        session: Some(order.session.clone()),
        order: Some(order.reference.clone()),
        sku: line.sku.clone(),
        quantity: Some(line.quantity),
        at: order.placed_at,
    }));
    interactions
}

/// A walk: from a model to another of its kind, to a companion, now and then into the cart.
fn browse(
    visit: &mut Visit,
    models: &[Model],
    companions: &[Vec<usize>],
    taste: &Taste,
    rng: &mut Rng,
) -> Vec<Interaction> {
    let mut interactions = Vec::new();
    let mut here = taste.draw(rng);
    for _ in 0..rng.usize(3..=8) {
        let sku = &draw_variant(&models[here], rng).sku;
        interactions.push(visit.does("view", sku, rng));
        if rng.u8(0..100) < 8 {
            interactions.push(visit.does("add_to_cart", sku, rng));
        }
        here = step(here, models, companions, rng);
    }
    interactions
}

fn step(here: usize, models: &[Model], companions: &[Vec<usize>], rng: &mut Rng) -> usize {
    if rng.u8(0..100) < 45
        && let Some(companion) = rng.choice(&companions[here])
    {
        return *companion;
    }
    let of_kind: Vec<usize> = (0..models.len())
        .filter(|&index| models[index].kind.code == models[here].kind.code)
        .collect();
    rng.choice(of_kind).unwrap_or(here)
}
