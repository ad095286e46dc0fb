//! Stock: what lies where, what is kept for whom, and what can still be sold.
//!
//! Available is what lies there, less what is allocated to confirmed orders, less what is held for
//! pending ones. A hold ends at its `expires_at` by the database's clock, to the microsecond: every
//! reader ignores it from then on, and the next writer of the row tidies it away first.

pub(crate) mod api;
pub(crate) mod reserve;
pub(crate) mod sold_out;
pub(crate) mod store;
pub(crate) mod update;

use std::collections::BTreeMap;

use problem::Problem;
use serde::{Deserialize, Serialize};

/// At or below this many units a sku is `low_stock`.
const LOW_STOCK: i64 = 5;

/// How many units of each sku are wanted; one entry per sku.
pub(crate) type Demand = BTreeMap<String, i32>;

/// What a shopper may know of a sku.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Availability {
    /// Which sku.
    pub sku: String,
    /// Units that can be bought now.
    pub available: i64,
    /// `in_stock`, `low_stock` (5 or fewer) or `out_of_stock`.
    #[schema(example = "in_stock")]
    pub status: &'static str,
}

impl Availability {
    pub(crate) fn new(sku: String, available: i64) -> Self {
        let status = match available {
            i64::MIN..=0 => "out_of_stock",
            1..=LOW_STOCK => "low_stock",
            _ => "in_stock",
        };
        Self { sku, available: available.max(0), status }
    }
}

/// Stock of a sku at one location.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub(crate) struct StockLevel {
    /// Code of the location.
    pub location: String,
    /// Units that lie there.
    pub on_hand: i32,
    /// Units held for pending orders.
    pub reserved: i64,
    /// Units of confirmed orders that are not shipped yet.
    pub allocated: i32,
    /// Units that can be sold; none where the location is switched off.
    pub available: i64,
}

/// One line of a stock update.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StockLine {
    /// Which sku.
    #[schema(max_length = 255, example = "MUG-BLUE-S")]
    pub sku: String,
    /// Where; the location with the lowest position if absent.
    pub location: Option<String>,
    /// Units that lie there now.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub on_hand: i64,
}

/// What became of one line of a stock update.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct StockLineResult {
    /// Number of the line, from 1.
    pub line: usize,
    /// Its sku, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Its location, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// `ok`, `kept` (with `only_new`: stock of it is kept there already) or `error`.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// Code of the error: `invalid_line`, `unknown_location`, `duplicate_line`, `stock_committed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// The error in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A locked row of stock at a location that sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shelf {
    pub(crate) sku: String,
    pub(crate) location: String,
    pub(crate) free: i32,
}

/// Units of a sku taken from one location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) sku: String,
    pub(crate) location: String,
    pub(crate) quantity: i32,
}

/// Units of a sku that are not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Shortage {
    pub(crate) sku: String,
    pub(crate) wanted: i32,
    pub(crate) available: i64,
}

/// From which shelves the demand is met, the first ones first; or everything that is short.
pub(crate) fn pick(shelves: &[Shelf], demand: &Demand) -> Result<Vec<Pick>, Vec<Shortage>> {
    let (mut picks, mut shortages) = (Vec::new(), Vec::new());
    for (sku, &wanted) in demand {
        let mut missing = wanted;
        for shelf in shelves.iter().filter(|shelf| shelf.sku == *sku) {
            let quantity = missing.min(shelf.free.max(0));
            if quantity > 0 {
                let location = shelf.location.clone();
                picks.push(Pick { sku: sku.clone(), location, quantity });
                missing -= quantity;
            }
        }
        if missing > 0 {
            let available = i64::from(wanted - missing);
            shortages.push(Shortage { sku: sku.clone(), wanted, available });
        }
    }
    if shortages.is_empty() { Ok(picks) } else { Err(shortages) }
}

/// 409 `out_of_stock` with `lines: [{sku, wanted, available}]`.
pub(crate) fn out_of_stock(shortages: &[Shortage]) -> Problem {
    let lines = serde_json::to_value(shortages).expect("shortages are plain data");
    Problem::conflict("out_of_stock", "there is not enough of it in stock").with("lines", lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(sku: &str, location: &str, free: i32) -> Shelf {
        Shelf { sku: sku.to_owned(), location: location.to_owned(), free }
    }

    #[test]
    fn the_first_location_is_emptied_before_the_next() {
        let shelves = [shelf("a", "x", 2), shelf("a", "y", 5)];
        let picks = pick(&shelves, &Demand::from([("a".to_owned(), 3)])).unwrap();
        let quantities: Vec<_> =
            picks.iter().map(|pick| (pick.location.as_str(), pick.quantity)).collect();
        assert_eq!(quantities, [("x", 2), ("y", 1)]);
    }

    #[test]
    fn all_or_nothing_and_every_shortage_is_named() {
        let shelves = [shelf("a", "x", 2), shelf("b", "x", 9)];
        let demand = Demand::from([("a".to_owned(), 3), ("b".to_owned(), 1), ("c".to_owned(), 1)]);
        let short = pick(&shelves, &demand).unwrap_err();
        let named: Vec<_> = short.iter().map(|s| (s.sku.as_str(), s.available)).collect();
        assert_eq!(named, [("a", 2), ("c", 0)]);
    }
}
