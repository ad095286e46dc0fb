use rustc_hash::{FxHashMap, FxHashSet};

use super::Event;
use crate::{
    interaction::Kind,
    learning::{DAY, Item},
};

/// Deeds of the last days, to know the same one when it comes again.
#[derive(Default)]
pub(super) struct Repeated {
    /// Who did what with which item on which day.
    deeds: FxHashSet<(u64, Kind, Item, i64)>,
    /// Which customer ordered which item on which day.
    ordered: FxHashSet<(u64, Item, i64)>,
    /// Purchases without an order, with their basket.
    reported: FxHashMap<(u64, Item, i64), u32>,
    first_day: i64,
}

impl Repeated {
    /// Whether this person did not do the same with the same item on this day before. All of whom
    /// nothing is known are one person: nobody can tell how many they are.
    pub(super) fn is_first_of_the_day(&mut self, event: &Event, item: Item) -> bool {
        let actor = [event.customer, event.session, event.order].into_iter().find(|key| *key != 0);
        self.deeds.insert((actor.unwrap_or_default(), event.kind, item, event.at / DAY))
    }

    /// Whether the customer ordered the item at about this time.
    pub(super) fn is_ordered(&self, event: &Event, item: Item) -> bool {
        days(event).any(|day| self.ordered.contains(&(event.customer, item, day)))
    }

    /// The customer ordered the item; the baskets in which it was reported without the order.
    pub(super) fn order(&mut self, event: &Event, item: Item) -> Vec<u32> {
        self.ordered.insert((event.customer, item, event.at / DAY));
        days(event).filter_map(|day| self.reported.remove(&(event.customer, item, day))).collect()
    }

    pub(super) fn report(&mut self, event: &Event, item: Item, basket: u32) {
        self.reported.insert((event.customer, item, event.at / DAY), basket);
    }

    pub(super) fn forget_before(&mut self, first_day: i64) {
        if first_day > self.first_day {
            self.first_day = first_day;
            self.deeds.retain(|(.., day)| *day >= first_day);
            self.ordered.retain(|(.., day)| *day >= first_day);
            self.reported.retain(|(.., day), _| *day >= first_day);
        }
    }
}

/// The day of the event, and those next to it: clocks and midnights differ.
fn days(event: &Event) -> impl Iterator<Item = i64> + use<> {
    let day = event.at / DAY;
    day - 1..=day + 1
}
