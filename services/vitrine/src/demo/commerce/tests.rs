//! What the trade of the demo shop promises.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::*;
use crate::demo::{DEMO_SEED, generate};

static COMMERCE: LazyLock<DemoCommerce> = LazyLock::new(|| generate_commerce(DEMO_SEED, noon()));
static SKUS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let products = generate(DEMO_SEED).products;
    products
        .iter()
        .filter_map(|product| product["identifier"].as_str().map(str::to_owned))
        .collect()
});

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("it is a time")
}

#[test]
fn the_same_seed_and_time_give_the_same_trade() {
    assert_eq!(generate_commerce(7, noon()), generate_commerce(7, noon()));
}

#[test]
fn every_sku_has_stock_in_both_locations_and_some_are_sold_out() {
    let mut stock: HashMap<&str, u32> = HashMap::new();
    for level in &COMMERCE.stock {
        *stock.entry(&level.sku).or_default() += level.on_hand;
    }
    assert_eq!(stock.len(), SKUS.len());
    assert!(stock.keys().all(|sku| SKUS.contains(*sku)));
    assert_eq!(COMMERCE.stock.len(), 2 * stock.len());
    let sold_out = stock.values().filter(|on_hand| **on_hand == 0).count();
    assert!((stock.len() / 50..stock.len() / 10).contains(&sold_out), "{sold_out}");
}

#[test]
fn past_orders_name_real_skus_and_customers_and_lie_in_the_past_year() {
    let emails: HashSet<&str> =
        COMMERCE.customers.iter().map(|customer| customer.email.as_str()).collect();
    assert_eq!((emails.len(), COMMERCE.customers.len()), (40, 40));
    assert!(COMMERCE.orders.len() >= 1500);
    for order in &COMMERCE.orders {
        assert!((1..=5).contains(&order.lines.len()));
        assert!(order.lines.iter().all(|line| SKUS.contains(&line.sku) && line.quantity > 0));
        assert!(order.customer.as_deref().is_none_or(|email| emails.contains(email)));
        assert!(order.placed_at < noon() && order.placed_at > noon() - chrono::Duration::days(368));
    }
}

#[test]
fn interactions_are_in_order_and_past() {
    let views =
        COMMERCE.interactions.iter().filter(|interaction| interaction.kind == "view").count();
    assert!(views >= 6000, "{views}");
    assert!(COMMERCE.interactions.is_sorted_by_key(|interaction| interaction.at));
    assert!(COMMERCE.interactions.last().is_some_and(|last| last.at < noon()));
}

#[test]
fn tents_are_bought_with_what_one_needs_outside() {
    let with_tent = || {
        COMMERCE
            .orders
            .iter()
            .filter(|order| order.lines.iter().any(|line| line.sku.starts_with("TEN-")))
    };
    let together = |prefix: &str| {
        with_tent()
            .filter(|order| order.lines.iter().any(|line| line.sku.starts_with(prefix)))
            .count()
    };
    assert!(with_tent().count() >= 20);
    assert!(
        together("LAN-") * 4 > with_tent().count(),
        "{} of {}",
        together("LAN-"),
        with_tent().count()
    );
    assert_eq!(together("BAK-"), 0);
}
