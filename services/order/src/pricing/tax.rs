//! Tax of lines and shipping.

use super::{Basket, NewTaxRate, TaxLine, share};
use crate::tax::STANDARD;

const WHOLE_PPM: i64 = 1_000_000;

#[derive(Default)]
pub(super) struct Tax {
    pub(super) amount: i64,
    /// The part that the price contains.
    pub(super) included: i64,
    pub(super) rate_ppm: i32,
}

/// Computes taxes and sums them up per rate.
pub(super) struct Taxes<'a> {
    basket: &'a Basket,
    lines: Vec<TaxLine>,
}

impl<'a> Taxes<'a> {
    pub(super) fn new(basket: &'a Basket) -> Self {
        Self { basket, lines: Vec::new() }
    }

    /// The tax of an amount, discounts taken off.
    pub(super) fn add(&mut self, class: &str, amount: i64) -> Tax {
        let Some(rate) = self.find(class) else { return Tax::default() };
        let ppm = i64::from(rate.rate_ppm);
        let base = if rate.included { WHOLE_PPM + ppm } else { WHOLE_PPM };
        let tax = share(&self.basket.currency, amount, ppm, base);
        self.sum_up(rate, amount, tax);
        let included = if rate.included { tax } else { 0 };
        Tax { amount: tax, included, rate_ppm: rate.rate_ppm }
    }

    /// The rate of the region before that of the country, of the class before the standard one.
    fn find(&self, class: &str) -> Option<&'a NewTaxRate> {
        let region = self.basket.region.as_deref();
        let find = |class: &str, region: Option<&str>| {
            self.basket.tax_rates.iter().find(|rate| {
                let same_region = match (rate.region.as_deref(), region) {
                    (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                    (a, b) => a == b,
                };
                rate.tax_class.as_str() == class && same_region
            })
        };
        find(class, region)
            .or_else(|| find(class, None))
            .or_else(|| find(STANDARD, region))
            .or_else(|| find(STANDARD, None))
    }

    fn sum_up(&mut self, rate: &NewTaxRate, taxable: i64, tax: i64) {
        let same = |line: &&mut TaxLine| {
            line.name == rate.name
                && line.rate_ppm == rate.rate_ppm
                && line.included == rate.included
        };
        if let Some(line) = self.lines.iter_mut().find(same) {
            line.taxable += taxable;
            line.tax += tax;
            return;
        }
        self.lines.push(TaxLine {
            name: rate.name.clone(),
            rate_ppm: rate.rate_ppm,
            included: rate.included,
            taxable,
            tax,
        });
    }

    pub(super) fn into_lines(self) -> Vec<TaxLine> {
        self.lines
    }
}
