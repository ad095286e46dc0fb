use proptest::prelude::*;

use super::*;

fn item(sku: &str, quantity: i32, unit_price: i64) -> Item {
    Item {
        sku: sku.to_owned(),
        quantity,
        unit_price,
        tax_class: "standard".to_owned(),
        categories: vec![format!("category-of-{sku}")],
    }
}

fn basket(items: Vec<Item>) -> Basket {
    Basket {
        currency: CurrencyCode::parse("EUR").unwrap(),
        items,
        offers: Vec::new(),
        refused_coupons: Vec::new(),
        shipping: None,
        tax_rates: Vec::new(),
        region: None,
    }
}

fn offer(json: serde_json::Value) -> Offer {
    Offer { promotion: serde_json::from_value(json).unwrap(), coupon: None }
}

fn percent(code: &str, basis_points: i32) -> Offer {
    offer(serde_json::json!({
        "code": code, "name": code, "kind": "percent", "basis_points": basis_points
    }))
}

fn fixed(code: &str, amount: i64) -> Offer {
    offer(serde_json::json!({
        "code": code, "name": code, "kind": "fixed", "amount": amount, "currency": "EUR"
    }))
}

fn rate(ppm: i32, included: bool) -> NewTaxRate {
    serde_json::from_value(serde_json::json!({
        "name": "tax", "country": "DE", "rate_ppm": ppm, "included": included
    }))
    .unwrap()
}

fn reasons(quote: &Quote) -> Vec<(&str, &str)> {
    quote
        .discounts
        .iter()
        .map(|d| (d.promotion.as_deref().unwrap_or("-"), d.reason.code.as_str()))
        .collect()
}

#[test]
fn an_included_tax_changes_no_total() {
    let mut basket = basket(vec![item("a", 1, 11_900)]);
    basket.tax_rates = vec![rate(190_000, true)];
    let totals = quote(&basket).totals;
    assert_eq!((totals.tax, totals.tax_included, totals.total), (1900, 1900, 11_900));
}

#[test]
fn an_excluded_tax_is_added_on_top() {
    let mut basket = basket(vec![item("a", 1, 10_000)]);
    basket.tax_rates = vec![rate(72_500, false)];
    let totals = quote(&basket).totals;
    assert_eq!((totals.tax, totals.tax_included, totals.total), (725, 0, 10_725));
}

#[test]
fn the_region_has_precedence_and_an_unknown_class_is_standard() {
    let mut basket = basket(vec![item("a", 1, 10_000)]);
    basket.items[0].tax_class = "food".to_owned();
    let mut regional = rate(80_000, false);
    regional.region = Some("CA".to_owned());
    basket.tax_rates = vec![rate(50_000, false), regional];
    basket.region = Some("ca".to_owned());
    assert_eq!(quote(&basket).totals.tax, 800);
    basket.region = Some("NV".to_owned());
    assert_eq!(quote(&basket).totals.tax, 500);
}

#[test]
fn a_cart_discount_is_split_so_that_the_parts_add_up() {
    let mut basket = basket(vec![item("a", 1, 100), item("b", 1, 100), item("c", 1, 100)]);
    basket.offers = vec![fixed("ten", 100)];
    let quote = quote(&basket);
    let parts: Vec<i64> = quote.lines.iter().map(|line| line.discount).collect();
    assert_eq!(parts, [34, 33, 33]);
}

#[test]
fn a_discount_never_exceeds_what_it_selects() {
    let mut basket = basket(vec![item("a", 1, 100), item("b", 1, 900)]);
    let mut only_a = fixed("big", 5000);
    only_a.promotion.skus = vec!["a".to_owned()];
    basket.offers = vec![only_a];
    let totals = quote(&basket).totals;
    assert_eq!((totals.discount, totals.total), (100, 900));
}

#[test]
fn percentages_are_taken_of_what_is_left() {
    let mut basket = basket(vec![item("a", 1, 1000)]);
    basket.offers = vec![percent("a", 5000), percent("b", 5000)];
    assert_eq!(quote(&basket).totals.discount, 750);
}

#[test]
fn an_exclusive_promotion_stands_alone() {
    let mut basket = basket(vec![item("a", 1, 1000)]);
    let mut exclusive = percent("exclusive", 1000);
    exclusive.promotion.exclusive = true;
    exclusive.promotion.priority = 1;
    basket.offers = vec![percent("other", 1000), exclusive.clone()];
    assert_eq!(reasons(&quote(&basket)), [("exclusive", "applied"), ("other", "not_combinable")]);
    basket.offers[1].promotion.priority = -1;
    assert_eq!(reasons(&quote(&basket)), [("other", "applied"), ("exclusive", "not_combinable")]);
}

#[test]
fn why_a_discount_does_not_apply_is_said() {
    let mut basket = basket(vec![item("a", 1, 1000)]);
    let mut minimum = percent("minimum", 1000);
    minimum.promotion.min_amount = Some(1001);
    let mut elsewhere = percent("elsewhere", 1000);
    elsewhere.promotion.categories = vec!["garden".to_owned()];
    let mut dollars = percent("dollars", 1000);
    dollars.promotion.currency = CurrencyCode::parse("USD").ok();
    basket.offers = vec![minimum, elsewhere, dollars];
    basket.refused_coupons = vec![("OLD".to_owned(), CouponRefusal::UsedUp)];
    assert_eq!(
        reasons(&quote(&basket)),
        [
            ("dollars", "other_currency"),
            ("elsewhere", "nothing_selected"),
            ("minimum", "minimum_not_reached"),
            ("-", "coupon_used_up"),
        ]
    );
}

#[test]
fn shipping_is_free_over_the_limit_after_discounts() {
    let mut basket = basket(vec![item("a", 1, 5000)]);
    let tax_class = "standard".to_owned();
    basket.shipping = Some(Shipping { amount: 490, free_over: Some(5000), tax_class });
    assert_eq!(quote(&basket).totals.shipping, 0);
    basket.offers = vec![percent("a", 100)];
    assert_eq!(quote(&basket).totals.shipping, 490);
    basket.offers.push(offer(serde_json::json!({
        "code": "free", "name": "free", "kind": "free_shipping"
    })));
    let quote = quote(&basket);
    assert_eq!((quote.totals.shipping, quote.discounts[1].amount), (0, 490));
}

#[test]
fn shipping_has_its_own_tax() {
    let mut basket = basket(vec![item("a", 1, 0)]);
    let tax_class = "standard".to_owned();
    basket.shipping = Some(Shipping { amount: 1190, free_over: None, tax_class });
    basket.tax_rates = vec![rate(190_000, true)];
    let totals = quote(&basket).totals;
    assert_eq!((totals.shipping_tax, totals.tax, totals.total), (190, 190, 1190));
}

fn any_offer() -> impl Strategy<Value = Offer> {
    (0..3u8, 1..=10_000i32, 1i64..500_000, 0i64..300_000, any::<(bool, bool)>(), 0..3i32).prop_map(
        |(kind, points, amount, minimum, (exclusive, selective), priority)| {
            let mut offer = match kind {
                0 => percent("percent", points),
                1 => fixed("fixed", amount),
                _ => offer(serde_json::json!({
                    "code": "free", "name": "free", "kind": "free_shipping"
                })),
            };
            offer.promotion.code =
                crate::codes::RuleCode::parse(&format!("{kind}-{points}-{amount}")).unwrap();
            offer.promotion.min_amount = Some(minimum);
            offer.promotion.exclusive = exclusive;
            offer.promotion.priority = priority;
            if selective {
                offer.promotion.skus = vec!["0".to_owned(), "2".to_owned()];
            }
            offer
        },
    )
}

fn any_basket() -> impl Strategy<Value = Basket> {
    (
        proptest::collection::vec((1..9999i32, 0i64..10_000_000), 0..12),
        proptest::collection::vec(any_offer(), 0..6),
        proptest::option::of((0i64..5000, proptest::option::of(0i64..100_000))),
        proptest::option::of((0..=1_000_000i32, any::<bool>())),
    )
        .prop_map(|(items, offers, shipping, tax)| {
            let items = items.into_iter().enumerate().map(|(i, (q, p))| item(&i.to_string(), q, p));
            let mut basket = basket(items.collect());
            basket.offers = offers;
            basket.shipping = shipping.map(|(amount, free_over)| Shipping {
                amount,
                free_over,
                tax_class: "standard".to_owned(),
            });
            basket.tax_rates = tax.map(|(ppm, included)| rate(ppm, included)).into_iter().collect();
            basket
        })
}

proptest! {
    #[test]
    fn all_parts_add_up_and_nothing_is_negative(basket in any_basket()) {
        let quote = quote(&basket);
        let totals = &quote.totals;
        let sum = |part: fn(&PricedLine) -> i64| quote.lines.iter().map(part).sum::<i64>();
        prop_assert_eq!(sum(|line| line.subtotal), totals.items);
        prop_assert_eq!(sum(|line| line.discount), totals.discount);
        prop_assert_eq!(sum(|line| line.tax) + totals.shipping_tax, totals.tax);
        prop_assert_eq!(quote.taxes.iter().map(|line| line.tax).sum::<i64>(), totals.tax);
        prop_assert_eq!(
            totals.items - totals.discount + totals.shipping + totals.tax - totals.tax_included,
            totals.total
        );
        let taken: i64 = quote
            .discounts
            .iter()
            .filter(|d| basket.offers.iter().any(|o| {
                Some(o.promotion.code.as_str()) == d.promotion.as_deref()
                    && o.promotion.kind != PromotionKind::FreeShipping
            }))
            .map(|d| d.amount)
            .sum();
        prop_assert_eq!(taken, totals.discount);
        for line in &quote.lines {
            prop_assert_eq!(line.discounts.iter().map(|d| d.amount).sum::<i64>(), line.discount);
            prop_assert_eq!(line.subtotal - line.discount + line.tax - line.tax_included, line.total);
            prop_assert!(line.discount >= 0 && line.discount <= line.subtotal);
            prop_assert!(line.tax >= 0 && line.tax_included <= line.tax);
        }
        prop_assert!(totals.shipping >= 0 && totals.total >= 0);
    }
}
