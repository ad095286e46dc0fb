//! The rules that decide about a cart's price, and the basket made of both.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use problem::Result;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Loaded, StoredCart,
    store::{self, Whole},
};
use crate::{
    coupon::{self, Coupon, CouponRefusal},
    pricing::{Basket, Item, Offer, Shipping},
    promotion::{self, Promotion},
    shipping::{self, ShippingMethod},
    tax::{self, TaxRate},
};

/// Countries whose taxes are kept.
const MAX_TAX_RATES: i64 = 100_000;
/// Promotions that a cart is tried with.
const MAX_PROMOTIONS: usize = 1000;

/// Rules that are the same for every cart.
#[derive(Debug)]
pub(crate) struct StandingRules {
    version: i64,
    /// Those that run and those that will, the most important first.
    promotions: Vec<Promotion>,
    tax_rates: HashMap<String, Vec<TaxRate>>,
    shipping_methods: Vec<ShippingMethod>,
}

/// The standing rules of the last version that was seen: carts are read with the number of the version
/// that holds, so that a change counts at once on every replica.
#[derive(Clone, Default)]
pub struct RuleCache(Arc<Mutex<Option<Arc<StandingRules>>>>);

impl RuleCache {
    /// The rules of this version, or of a later one if they are just being changed.
    async fn find(&self, db: &mut PgConnection, version: i64) -> Result<Arc<StandingRules>> {
        if let Some(kept) = self.lock().as_ref().filter(|kept| kept.version == version) {
            return Ok(kept.clone());
        }
        let rules = Arc::new(StandingRules::load(db, version).await?);
        let mut kept = self.lock();
        if kept.as_ref().is_none_or(|kept| kept.version < version) {
            *kept = Some(rules.clone());
        }
        Ok(rules)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<StandingRules>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StandingRules {
    async fn load(db: &mut PgConnection, version: i64) -> Result<Self> {
        let mut tax_rates: HashMap<String, Vec<TaxRate>> = HashMap::new();
        for rate in tax::store::list(&mut *db, None, MAX_TAX_RATES).await? {
            tax_rates.entry(rate.rule.country.to_string()).or_default().push(rate);
        }
        Ok(Self {
            version,
            promotions: promotion::store::list_active(&mut *db).await?,
            tax_rates,
            shipping_methods: shipping::store::list_active(db).await?,
        })
    }
}

/// What decides about one cart's price.
pub(crate) struct Rules {
    standing: Arc<StandingRules>,
    now: DateTime<Utc>,
    coupons: Vec<Coupon>,
    uses: HashMap<String, i64>,
}

/// The owner's cart with everything in it.
pub(crate) async fn load_cart(
    db: &mut PgConnection,
    rules: &RuleCache,
    owner: &str,
    cart_id: Uuid,
) -> Result<Option<Loaded>> {
    let Some(whole) = store::find_whole(&mut *db, owner, cart_id).await? else { return Ok(None) };
    let rules = rules.find(db, whole.cart.rules_version).await?;
    let Whole { cart, lines, coupons } = whole;
    Ok(Some(Loaded { cart, lines: lines.0, coupons, rules }))
}

impl Loaded {
    /// Goes on with the cart as it was read again, its lines being the same: other rules may hold by then.
    pub(crate) async fn renew(
        &mut self,
        db: &mut PgConnection,
        rules: &RuleCache,
        cart: StoredCart,
    ) -> Result<()> {
        self.rules = rules.find(db, cart.rules_version).await?;
        self.cart = cart;
        Ok(())
    }
}

/// The rules that may matter for the cart.
pub(crate) async fn load_rules(db: &mut PgConnection, loaded: &Loaded) -> Result<Rules> {
    let (cart, codes) = (&loaded.cart, &loaded.coupons);
    let (mut coupons, mut uses) = (Vec::new(), HashMap::new());
    if !codes.is_empty() {
        coupons = coupon::store::find_all(&mut *db, codes).await?;
        let email = cart.email.as_deref();
        let counted = coupon::store::count_uses(&mut *db, codes, &cart.owner, email).await?;
        uses = counted.into_iter().collect();
    }
    Ok(Rules { standing: loaded.rules.clone(), now: cart.now, coupons, uses })
}

impl Rules {
    /// What the pricing function is asked.
    pub(crate) fn basket(&self, loaded: &Loaded) -> Basket {
        let cart = &loaded.cart;
        let (offers, refused_coupons) = self.offers(loaded);
        let tax_rates = self.standing.tax_rates.get(cart.destination().0).into_iter().flatten();
        Basket {
            currency: cart.currency.clone(),
            items: loaded.lines.iter().map(item).collect(),
            offers,
            refused_coupons,
            shipping: self.chosen_shipping(loaded).map(|(_, shipping)| shipping),
            tax_rates: tax_rates.map(|rate| rate.rule.clone()).collect(),
            region: cart.destination().1.map(str::to_owned),
        }
    }

    /// Those that run.
    fn promotions(&self) -> impl Iterator<Item = &Promotion> {
        let running = self.standing.promotions.iter().filter(|it| it.rule.runs_at(self.now));
        running.take(MAX_PROMOTIONS)
    }

    fn offers(&self, loaded: &Loaded) -> (Vec<Offer>, Vec<(String, CouponRefusal)>) {
        let (mut offers, mut refused) = (Vec::new(), Vec::new());
        for code in &loaded.coupons {
            match self.check_coupon(code) {
                Ok(promotion) => offers
                    .push(Offer { promotion: promotion.rule.clone(), coupon: Some(code.clone()) }),
                Err(refusal) => refused.push((code.clone(), refusal)),
            }
        }
        let automatic = self.promotions().filter(|it| !it.rule.requires_coupon);
        offers.extend(automatic.map(|it| Offer { promotion: it.rule.clone(), coupon: None }));
        (offers, refused)
    }

    /// The promotion that a coupon opens for the cart's owner.
    pub(crate) fn check_coupon(&self, code: &str) -> Result<&Promotion, CouponRefusal> {
        let coupon = self.coupons.iter().find(|coupon| coupon.rule.code.as_str() == code);
        let coupon = coupon.ok_or(CouponRefusal::Unknown)?;
        if let Some(refusal) = coupon.refusal(self.uses.get(code).copied().unwrap_or(0)) {
            return Err(refusal);
        }
        let opened = self.promotions().find(|it| it.rule.code == coupon.rule.promotion);
        opened.ok_or(CouponRefusal::PromotionInactive)
    }

    /// Every method that the cart can be sent by, with its costs before promotions.
    pub(crate) fn shipping_options(&self, loaded: &Loaded) -> Vec<(&ShippingMethod, Shipping)> {
        let cart = &loaded.cart;
        let option = |method: &ShippingMethod| {
            let price = method.rule.price_for(cart.currency.as_str(), cart.destination().0)?;
            Some(Shipping {
                amount: price.amount,
                free_over: price.free_over,
                tax_class: method.rule.tax_class.to_string(),
            })
        };
        let methods = self.standing.shipping_methods.iter();
        methods.filter_map(|method| option(method).map(|shipping| (method, shipping))).collect()
    }

    /// The chosen method, if the cart can be sent by it.
    pub(crate) fn chosen_shipping(&self, loaded: &Loaded) -> Option<(&ShippingMethod, Shipping)> {
        let code = loaded.cart.shipping_method.as_deref()?;
        let mut options = self.shipping_options(loaded).into_iter();
        options.find(|(method, _)| method.rule.code.as_str() == code)
    }
}

impl Rules {
    /// Name of a shipping method that is offered.
    pub(crate) fn shipping_name(&self, code: &str) -> Option<&str> {
        let mut methods = self.standing.shipping_methods.iter();
        methods.find(|it| it.rule.code.as_str() == code).map(|it| it.rule.name.as_str())
    }
}

fn item(line: &super::StoredLine) -> Item {
    Item {
        sku: line.sku.to_string(),
        quantity: line.quantity,
        unit_price: line.unit_price.unwrap_or(0),
        tax_class: line.tax_class.clone(),
        categories: line.categories.clone(),
    }
}
