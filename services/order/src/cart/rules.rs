//! The rules that decide about a cart's price, and the basket made of both.

use std::collections::HashMap;

use problem::Result;
use sqlx::PgConnection;

use super::{Loaded, store};
use crate::{
    coupon::{self, Coupon, CouponRefusal},
    pricing::{Basket, Item, Offer, Shipping},
    promotion::{self, Promotion},
    shipping::{self, ShippingMethod},
    tax::{self, TaxRate},
};

/// Everything staff wrote that may matter to one cart.
pub(crate) struct Rules {
    promotions: Vec<Promotion>,
    coupons: Vec<Coupon>,
    uses: HashMap<String, i64>,
    tax_rates: Vec<TaxRate>,
    shipping_methods: Vec<ShippingMethod>,
}

/// A cart with its lines and coupons, if it is the owner's.
pub(crate) async fn load_cart(
    db: &mut PgConnection,
    owner: &str,
    cart_id: uuid::Uuid,
) -> Result<Option<Loaded>> {
    let Some(cart) = store::find(&mut *db, owner, cart_id).await? else { return Ok(None) };
    let lines = store::lines(&mut *db, cart_id).await?;
    let coupons = store::coupons(db, cart_id).await?;
    Ok(Some(Loaded { cart, lines, coupons }))
}

/// The rules for this cart as they stand now.
pub(crate) async fn load_rules(db: &mut PgConnection, loaded: &Loaded) -> Result<Rules> {
    let (cart, codes) = (&loaded.cart, &loaded.coupons);
    let (mut coupons, mut uses) = (Vec::new(), HashMap::new());
    if !codes.is_empty() {
        coupons = coupon::store::find_all(&mut *db, codes).await?;
        let email = cart.email.as_deref();
        let counted = coupon::store::count_uses(&mut *db, codes, &cart.owner, email).await?;
        uses = counted.into_iter().collect();
    }
    Ok(Rules {
        promotions: promotion::store::list_current(&mut *db).await?,
        coupons,
        uses,
        tax_rates: tax::store::list_of_country(&mut *db, cart.destination().0).await?,
        shipping_methods: shipping::store::list_active(db).await?,
    })
}

impl Rules {
    /// What the pricing function is asked.
    pub(crate) fn basket(&self, loaded: &Loaded) -> Basket {
        let cart = &loaded.cart;
        let (offers, refused_coupons) = self.offers(loaded);
        Basket {
            currency: cart.currency.clone(),
            items: loaded.lines.iter().map(item).collect(),
            offers,
            refused_coupons,
            shipping: self.chosen_shipping(loaded).map(|(_, shipping)| shipping),
            tax_rates: self.tax_rates.iter().map(|rate| rate.rule.clone()).collect(),
            region: cart.destination().1.map(str::to_owned),
        }
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
        let automatic = self.promotions.iter().filter(|it| !it.rule.requires_coupon);
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
        let opened = self.promotions.iter().find(|it| it.rule.code == coupon.rule.promotion);
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
        let methods = self.shipping_methods.iter();
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
        let mut methods = self.shipping_methods.iter();
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
