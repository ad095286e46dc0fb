use rustc_hash::FxHashMap;

use super::Event;
use crate::{
    interaction::Kind,
    learning::{DAY, Item},
};

/// Nobody looks at more different products within a minute, or within a day.
const MOST_A_MINUTE: usize = 60;
const MOST_A_DAY: usize = 1_000;
const MINUTE: i64 = 60;

/// What visitors did on the last days, to tell robots from people. Orders are no sign of a robot: they are
/// paid for.
#[derive(Default)]
pub(super) struct Visitors {
    /// By visitor and day.
    days: FxHashMap<(u64, i64), Visitor>,
    first_day: i64,
}

/// What somebody did on one day; nothing of a robot.
#[derive(Default)]
pub(super) struct Visitor {
    is_robot: bool,
    /// What was done with which item when.
    pub(super) deeds: Vec<(Kind, Item, i64)>,
    pub(super) visits: Vec<u32>,
    pub(super) baskets: Vec<u32>,
}

impl Visitors {
    /// Notes something that the visitor did not do yet on this day. If it shows that they are a robot:
    /// all that they did until then.
    pub(super) fn note(&mut self, event: &Event, item: Item) -> Option<Visitor> {
        let visitor = self.days.entry(key(event)?).or_default();
        if visitor.is_robot {
            return None;
        }
        let lately = visitor.deeds.iter().rev().filter(|(.., at)| (event.at - at).abs() < MINUTE);
        if lately.count() < MOST_A_MINUTE && visitor.deeds.len() < MOST_A_DAY {
            visitor.deeds.push((event.kind, item, event.at));
            return None;
        }
        let robot = Visitor { is_robot: true, ..Visitor::default() };
        Some(std::mem::replace(visitor, robot))
    }

    /// Whether a robot did it.
    pub(super) fn is_robot(&self, event: &Event) -> bool {
        key(event).and_then(|key| self.days.get(&key)).is_some_and(|visitor| visitor.is_robot)
    }

    /// It belongs to this visit.
    pub(super) fn visited(&mut self, event: &Event, visit: u32) {
        if let Some(visitor) = self.find(event)
            && !visitor.visits.contains(&visit)
        {
            visitor.visits.push(visit);
        }
    }

    /// It belongs to this basket.
    pub(super) fn shopped(&mut self, event: &Event, basket: u32) {
        if let Some(visitor) = self.find(event)
            && !visitor.baskets.contains(&basket)
        {
            visitor.baskets.push(basket);
        }
    }

    fn find(&mut self, event: &Event) -> Option<&mut Visitor> {
        self.days.get_mut(&key(event)?)
    }

    pub(super) fn forget_before(&mut self, first_day: i64) {
        if first_day > self.first_day {
            self.first_day = first_day;
            self.days.retain(|(_, day), _| *day >= first_day);
        }
    }
}

/// Who did it on which day; `None` for orders, and where nobody knows.
fn key(event: &Event) -> Option<(u64, i64)> {
    let visitor = [event.customer, event.session].into_iter().find(|key| *key != 0)?;
    (event.order == 0).then_some((visitor, event.at / DAY))
}
