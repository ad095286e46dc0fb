//! Conversion between units: over all that every installation begins with.

use catalog::management::measurement_family::MeasurementFamily;
use fastrand::Rng;
use rust_decimal::Decimal;

use super::start;
use crate::pim::Pim;

/// Amounts of each pair of units.
const AMOUNTS: usize = 4;

#[tokio::test]
async fn an_amount_comes_back_from_every_unit_as_it_was() {
    let mut random = start();
    for family in families().await {
        for (from, unit) in &family.units {
            for to in family.units.keys() {
                for _ in 0..AMOUNTS {
                    let amount = draw_amount(&mut random);
                    let standard = unit.to_standard(amount).unwrap();
                    let back = unit.from_standard(standard).unwrap();
                    assert_equal(back, amount, &[standard], from);
                    let there = family.convert(amount, from, to).unwrap();
                    let back = family.convert(there, to, from).unwrap();
                    assert_equal(back, amount, &[standard, there], &format!("{from} to {to}"));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_detour_over_a_third_unit_leads_to_the_same_amount() {
    let mut random = start();
    for family in families().await {
        let units: Vec<&str> = family.units.keys().map(String::as_str).collect();
        for from in &units {
            for to in &units {
                let over = random.choice(&units).unwrap();
                let amount = draw_amount(&mut random);
                let standard = family.units[*from].to_standard(amount).unwrap();
                let direct = family.convert(amount, from, to).unwrap();
                let there = family.convert(amount, from, over).unwrap();
                let detour = family.convert(there, over, to).unwrap();
                let names = format!("{from} over {over} to {to}");
                assert_equal(detour, direct, &[standard, there, direct], &names);
            }
        }
    }
}

/// Numbers have 28 places after the point: the smallest number on the way says how exact an amount can
/// be, and of others the first 22 digits are right.
#[track_caller]
fn assert_equal(found: Decimal, expected: Decimal, on_the_way: &[Decimal], what: &str) {
    let smallest = on_the_way.iter().map(Decimal::abs).min().unwrap();
    let share = Decimal::new(1, 22) + Decimal::new(1, 27).checked_div(smallest).unwrap();
    let difference = (found - expected).abs();
    assert!(difference <= expected.abs() * share, "{what}: {found} is not {expected}");
}

async fn families() -> Vec<MeasurementFamily> {
    let pim = Pim::open().await;
    let families: Vec<MeasurementFamily> = sqlx::query_as(
        "select code, labels, standard_unit_code, units, version from measurement_family",
    )
    .fetch_all(&pim.db)
    .await
    .unwrap();
    assert!(families.len() > 20, "{}", families.len());
    families
}

/// One to twelve digits, a part of them after the point.
fn draw_amount(random: &mut Rng) -> Decimal {
    let digits = random.u32(1..=12);
    Decimal::new(random.i64(1..10_i64.pow(digits)), random.u32(0..=digits.min(6)))
}
