//! A cart as its owner sees it: priced, and with everything that keeps it from becoming an order.

use access::Subject;
use problem::Result;
use sqlx::PgConnection;
use types::ProductId;

use super::{
    Cart, CartLine, CartProblem, Loaded, StoredLine,
    rules::{Rules, load_rules},
};
use crate::pricing::{PricedLine, Quote, quote};

/// A cart with all that was found out about it.
pub(crate) struct Viewed {
    pub(crate) cart: Cart,
    pub(crate) quote: Quote,
    pub(crate) rules: Rules,
}

/// Prices and checks a cart by the rules and the stock of this moment.
pub(crate) async fn view(db: &mut PgConnection, loaded: &Loaded) -> Result<Viewed> {
    let rules = load_rules(db, loaded).await?;
    let quote = quote(&rules.basket(loaded));
    let cart = show(loaded, &rules, &quote);
    Ok(Viewed { cart, quote, rules })
}

fn show(loaded: &Loaded, rules: &Rules, quote: &Quote) -> Cart {
    let cart = &loaded.cart;
    let lines: Vec<CartLine> =
        loaded.lines.iter().zip(&quote.lines).map(|(line, price)| show_line(line, price)).collect();
    Cart {
        id: cart.cart_id,
        version: cart.version,
        status: cart.status.clone(),
        currency: cart.currency.clone(),
        channel: cart.channel.clone(),
        country: cart.country.clone(),
        email: cart.email.clone(),
        problems: find_problems(loaded, rules, &lines),
        lines,
        totals: quote.totals.clone(),
        taxes: quote.taxes.clone(),
        discounts_explained: quote.discounts.clone(),
        coupons: loaded.coupons.clone(),
        shipping_address: cart.shipping_address.as_ref().map(|json| json.0.clone()),
        billing_address: cart.billing_address.as_ref().map(|json| json.0.clone()),
        shipping_method: cart.shipping_method.clone(),
    }
}

fn show_line(line: &StoredLine, price: &PricedLine) -> CartLine {
    CartLine {
        id: line.line_id,
        sku: line.sku.clone(),
        product_id: ProductId(line.product_id),
        name: line.name.clone(),
        image: line.image.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        subtotal: price.subtotal,
        discounts: price.discounts.clone(),
        discount: price.discount,
        tax: price.tax,
        total: price.total,
        available: line.available.max(0),
    }
}

fn find_problems(loaded: &Loaded, rules: &Rules, lines: &[CartLine]) -> Vec<CartProblem> {
    let cart = &loaded.cart;
    let mut problems = Vec::new();
    let mut note = |code, detail: &str| {
        problems.push(CartProblem { code, detail: detail.to_owned(), line: None, coupon: None });
    };
    if lines.is_empty() {
        note("empty", "there is nothing in the cart");
    }
    // A customer's account has an address to write to, a shopper without account does not.
    let is_anonymous = matches!(Subject::parse(&cart.owner), Subject::Anonymous(_));
    if cart.email.is_none() && is_anonymous {
        note("email_missing", "an e-mail address is needed");
    }
    if cart.shipping_address.is_none() {
        note("shipping_address_missing", "a shipping address is needed");
    }
    if cart.shipping_method.is_none() {
        note("shipping_method_missing", "a shipping method is needed");
    } else if rules.chosen_shipping(loaded).is_none() {
        note("shipping_method_unavailable", "the shipping method is not offered for this cart");
    }
    for (line, stored) in lines.iter().zip(&loaded.lines) {
        problems.extend(line_problem(line, stored));
    }
    for code in &loaded.coupons {
        if let Err(refusal) = rules.check_coupon(code) {
            problems.push(CartProblem {
                code: "coupon_not_usable",
                detail: refusal.text().to_owned(),
                line: None,
                coupon: Some(code.clone()),
            });
        }
    }
    problems
}

fn line_problem(line: &CartLine, stored: &StoredLine) -> Option<CartProblem> {
    let (code, detail) = if !stored.sellable {
        ("line_unavailable", format!("{} is not sold any more", line.sku))
    } else if line.unit_price.is_none() {
        ("no_price", format!("{} is not sold in this currency", line.sku))
    } else if line.available < i64::from(line.quantity) {
        ("out_of_stock", format!("there are {} of {} in stock", line.available, line.sku))
    } else {
        return None;
    };
    Some(CartProblem { code, detail, line: Some(line.id), coupon: None })
}
