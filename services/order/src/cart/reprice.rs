//! What the catalog says of the things in a cart.

use std::time::Duration;

use contracts::{
    PeerError,
    catalog::{CatalogClient, SellableItem, SellableItemsQuery},
};
use problem::{Problem, Result};
use sqlx::PgPool;
use types::{ChannelCode, CurrencyCode, Sku};

use super::{
    Loaded, MAX_UNIT_PRICE, StoredCart, StoredLine,
    rules::{RuleCache, load_cart},
    store::{self, CatalogFacts},
};
use crate::tax::STANDARD;

/// Skus per question to the catalog.
const BATCH: usize = 100;

/// What the catalog says of these skus, for sale in this cart.
pub(crate) async fn ask_catalog(
    catalog: &CatalogClient,
    cart: &StoredCart,
    skus: &[Sku],
) -> Result<Vec<CatalogFacts>, PeerError> {
    let channel = cart.channel.as_deref().and_then(|code| ChannelCode::parse(code).ok());
    let mut facts = Vec::with_capacity(skus.len());
    for batch in skus.chunks(BATCH) {
        let query = SellableItemsQuery {
            skus: batch.to_vec(),
            channel: channel.clone(),
            locale: None,
            currency: cart.currency.clone(),
        };
        let items = catalog.find_sellable_items(&query).await?;
        facts.extend(items.into_iter().map(|item| read_item(item, &cart.currency)));
    }
    Ok(facts)
}

fn read_item(item: SellableItem, currency: &CurrencyCode) -> CatalogFacts {
    let price = item.price.filter(|price| price.currency == *currency).map(|price| price.amount);
    CatalogFacts {
        sku: item.sku.to_string(),
        sellable: true,
        product_id: item.product_id.0,
        name: item.name,
        image: item.image,
        unit_price: price.filter(|amount| (0..=MAX_UNIT_PRICE).contains(amount)),
        tax_class: item.tax_class.unwrap_or_else(|| STANDARD.to_owned()),
        categories: item.categories,
    }
}

/// A price that is not what the shopper saw last.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct PriceChange {
    pub(crate) sku: String,
    pub(crate) old_unit_price: Option<i64>,
    pub(crate) new_unit_price: Option<i64>,
}

/// Asks the catalog about every line older than `max_age` and keeps the answers, unless they are only the
/// same again. Returns what changed. 503 if the catalog does not answer.
pub(crate) async fn reprice(
    db: &PgPool,
    rules: &RuleCache,
    catalog: &CatalogClient,
    loaded: &mut Loaded,
    max_age: Duration,
) -> Result<Vec<PriceChange>> {
    let (changes, facts) = ask(catalog, loaded, max_age).await?;
    if !facts.is_empty() {
        keep(db, rules, loaded, &facts).await?;
    }
    Ok(changes)
}

/// The same for a cart that is checked out at once: what is only the same again need not be kept.
pub(crate) async fn reprice_to_buy(
    db: &PgPool,
    rules: &RuleCache,
    catalog: &CatalogClient,
    loaded: &mut Loaded,
) -> Result<Vec<PriceChange>> {
    let (changes, facts) = ask(catalog, loaded, Duration::ZERO).await?;
    let is_news = |new: &CatalogFacts| {
        loaded.lines.iter().any(|line| new.sku == line.sku.as_str() && !new.is_of(line))
    };
    if facts.iter().any(is_news) {
        keep(db, rules, loaded, &facts).await?;
    }
    Ok(changes)
}

async fn ask(
    catalog: &CatalogClient,
    loaded: &Loaded,
    max_age: Duration,
) -> Result<(Vec<PriceChange>, Vec<CatalogFacts>)> {
    let old: Vec<&StoredLine> =
        loaded.lines.iter().filter(|line| is_older(line, max_age)).collect();
    if old.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let skus: Vec<Sku> = old.iter().map(|line| line.sku.clone()).collect();
    let mut facts = ask_catalog(catalog, &loaded.cart, &skus).await?;
    let gone = old.iter().filter(|line| !facts.iter().any(|new| new.sku == line.sku.as_str()));
    let gone: Vec<CatalogFacts> = gone.map(|line| not_sellable(line)).collect();
    facts.extend(gone);
    let changes = old.iter().filter_map(|line| change(line, &facts)).collect();
    Ok((changes, facts))
}

impl CatalogFacts {
    /// Whether the line says the same.
    fn is_of(&self, line: &StoredLine) -> bool {
        (self.sellable, self.product_id, self.unit_price)
            == (line.sellable, line.product_id, line.unit_price)
            && self.name == line.name
            && self.image == line.image
            && self.tax_class == line.tax_class
            && self.categories == line.categories
    }
}

pub(crate) fn is_older(line: &StoredLine, max_age: Duration) -> bool {
    line.age_seconds >= max_age.as_secs_f64()
}

fn not_sellable(line: &StoredLine) -> CatalogFacts {
    CatalogFacts {
        sku: line.sku.to_string(),
        sellable: false,
        product_id: line.product_id,
        name: line.name.clone(),
        image: line.image.clone(),
        unit_price: line.unit_price,
        tax_class: line.tax_class.clone(),
        categories: line.categories.clone(),
    }
}

fn change(line: &StoredLine, facts: &[CatalogFacts]) -> Option<PriceChange> {
    let new = facts.iter().find(|new| new.sku == line.sku.as_str())?;
    (new.unit_price != line.unit_price).then(|| PriceChange {
        sku: new.sku.clone(),
        old_unit_price: line.unit_price,
        new_unit_price: new.unit_price,
    })
}

async fn keep(
    db: &PgPool,
    rules: &RuleCache,
    loaded: &mut Loaded,
    facts: &[CatalogFacts],
) -> Result<()> {
    let (owner, cart_id) = (loaded.cart.owner.clone(), loaded.cart.cart_id);
    let mut tx = db.begin().await?;
    let cart = store::lock(&mut tx, &owner, cart_id).await?;
    if cart.is_none_or(|cart| cart.status != "open") {
        return Ok(());
    }
    if store::reprice(&mut tx, cart_id, facts).await? > 0 {
        store::touch(&mut *tx, cart_id).await?;
    }
    let kept = load_cart(&mut tx, rules, &owner, cart_id).await?;
    *loaded = kept.ok_or_else(|| Problem::not_found("cart"))?;
    tx.commit().await?;
    Ok(())
}
