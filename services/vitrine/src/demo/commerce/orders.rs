//! Past orders: people buy something and what goes with it, so that what is bought together means
//! something.

use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;

use super::{Customer, PastLine, PastOrder};
use crate::demo::model::{Model, Variant};
use crate::demo::shop::fingerprint;

const ORDERS: usize = 3000;
const DAYS: i64 = 365;
const MAX_LINES: usize = 5;

pub(super) fn draw_orders(
    seed: u64,
    now: DateTime<Utc>,
    models: &[Model],
    companions: &[Vec<usize>],
    customers: &[Customer],
) -> Vec<PastOrder> {
    let mut rng = Rng::with_seed(seed ^ fingerprint("orders"));
    let taste = Taste::new(models);
    let mut times: Vec<DateTime<Utc>> = (0..ORDERS).map(|_| draw_time(now, &mut rng)).collect();
    times.sort_unstable();
    (1..)
        .zip(times)
        .map(|(number, placed_at)| {
            let customer = (rng.u8(0..100) < 70).then(|| rng.choice(customers)).flatten();
            let (currency, country) = match customer {
                Some(customer) => (customer.currency, customer.address.country),
                None => rng
                    .choice([
                        ("EUR", "DE"),
                        ("EUR", "DE"),
                        ("EUR", "FR"),
                        ("EUR", "AT"),
                        ("USD", "US"),
                    ])
                    .expect("it is not empty"),
            };
            PastOrder {
                reference: format!("D-{number:06}"),
                customer: customer.map(|customer| customer.email.clone()),
                session: format!("demo-visit-o{number:05}"),
                lines: draw_lines(models, companions, &taste, &mut rng),
                currency,
                country,
                placed_at,
            }
        })
        .collect()
}

/// Which models people like: a few of each kind sell most.
pub(super) struct Taste {
    /// Model indexes, each as often as it is popular.
    lots: Vec<usize>,
}

impl Taste {
    pub(super) fn new(models: &[Model]) -> Taste {
        let mut lots = Vec::new();
        let mut rank = 0;
        for (index, model) in models.iter().enumerate() {
            let first_of_kind = index == 0 || models[index - 1].kind.code != model.kind.code;
            rank = if first_of_kind { 1 } else { rank + 1 };
            // Small things are bought more often than furniture.
            let ease = match model.price().eur {
                ..3000 => 24,
                3000..10_000 => 14,
                10_000..40_000 => 8,
                _ => 4,
            };
            lots.extend(std::iter::repeat_n(index, (ease / rank).max(1)));
        }
        Taste { lots }
    }

    pub(super) fn draw(&self, rng: &mut Rng) -> usize {
        self.lots[rng.usize(..self.lots.len())]
    }
}

fn draw_lines(
    models: &[Model],
    companions: &[Vec<usize>],
    taste: &Taste,
    rng: &mut Rng,
) -> Vec<PastLine> {
    let anchor = taste.draw(rng);
    let mut chosen = vec![anchor];
    for (position, &companion) in companions[anchor].iter().enumerate() {
        // The likeliest companion first, each further one less often.
        if rng.u8(0..100) < [68, 50, 36, 24][position.min(3)] {
            chosen.push(companion);
        }
    }
    if rng.u8(0..100) < 12 {
        chosen.push(taste.draw(rng));
    }
    let mut lines: Vec<PastLine> = Vec::new();
    for index in chosen.into_iter().take(MAX_LINES) {
        let model = &models[index];
        let sku = draw_variant(model, rng).sku.clone();
        if lines.iter().all(|line| line.sku != sku) {
            lines.push(PastLine { sku, quantity: draw_quantity(model, rng) });
        }
    }
    lines
}

/// The first variants sell best.
pub(super) fn draw_variant<'a>(model: &'a Model, rng: &mut Rng) -> &'a Variant {
    let (one, other) = (rng.usize(..model.variants.len()), rng.usize(..model.variants.len()));
    &model.variants[one.min(other)]
}

/// Chairs, plates and bulbs come in numbers.
fn draw_quantity(model: &Model, rng: &mut Rng) -> u32 {
    match model.kind.code {
        "chair" | "plate" | "bowl" | "tumbler" | "mug" | "towel" => {
            rng.choice([1, 2, 2, 4, 4, 6]).unwrap_or(1)
        }
        "led-bulb" | "cushion" | "filter-coffee" | "espresso" | "enamel-mug" | "candle" => {
            rng.u32(1..=3)
        }
        _ => 1,
    }
}

/// Some time in the past year: more in the evening, more lately than long ago.
pub(super) fn draw_time(now: DateTime<Utc>, rng: &mut Rng) -> DateTime<Utc> {
    let share = rng.f64();
    let days = (share * share * 0.5 + share * 0.5) * DAYS as f64;
    let midnight = now
        - Duration::days(days as i64 + 1)
        - Duration::seconds(i64::from(now.timestamp().rem_euclid(86_400) as i32));
    let hour =
        rng.choice([7, 9, 11, 12, 12, 15, 17, 18, 19, 19, 20, 20, 20, 21, 21, 22]).unwrap_or(12);
    let time = midnight + Duration::hours(hour) + Duration::seconds(rng.i64(0..3600));
    DateTime::from_timestamp(time.timestamp(), 0).unwrap_or(time)
}
