use super::{Item, groups::Groups};

/// What was bought at once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Basket {
    /// When, in seconds since 1970.
    pub(crate) at: i64,
    /// By whom; 0 if nobody knows.
    pub(crate) customer: u64,
    /// Distinct items.
    pub(crate) items: Vec<Item>,
}

/// All that is not empty, oldest first.
pub(crate) fn collect(groups: &Groups, customer_of: impl Fn(u32) -> u64) -> Vec<Basket> {
    let mut baskets: Vec<Basket> = (0..groups.len() as u32)
        .filter(|group| !groups.members(*group).is_empty())
        .map(|group| Basket {
            at: groups.began(group),
            customer: customer_of(group),
            items: groups.members(group).to_vec(),
        })
        .collect();
    baskets.sort_by_key(|basket| basket.at);
    baskets
}
