use super::{Item, lists::Lists};

/// One item in one group: a line of a basket, a view of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Membership {
    /// Key of the group.
    pub(crate) group: u64,
    /// When, in seconds since 1970.
    pub(crate) at: i64,
    /// The item.
    pub(crate) item: Item,
}

/// Groups of distinct items (baskets, sessions), oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Groups {
    /// The items of each group, ascending.
    pub(crate) members: Lists<Item>,
    /// When each group happened last, in seconds since 1970.
    pub(crate) at: Vec<i64>,
}

impl Groups {
    /// Gathers memberships, in any order. A group keeps its `largest` latest items.
    pub(crate) fn gather(mut memberships: Vec<Membership>, largest: usize) -> Self {
        memberships.sort_unstable();
        let mut found: Vec<(i64, u64, Vec<Item>)> = memberships
            .chunk_by(|a, b| a.group == b.group)
            .map(|group| {
                let last = group[group.len() - 1];
                (last.at, last.group, latest_items(group, largest))
            })
            .collect();
        found.sort_unstable();
        let mut groups = Self::default();
        for (at, _, items) in found {
            groups.members.push(items);
            groups.at.push(at);
        }
        groups
    }

    /// How many groups there are.
    pub(crate) fn len(&self) -> usize {
        self.at.len()
    }

    /// Everything before the group of this number, and everything from it on.
    pub(crate) fn split_at(&self, number: usize) -> (Self, Self) {
        let mut parts = (Self::default(), Self::default());
        for (index, (items, &at)) in self.members.iter().zip(&self.at).enumerate() {
            let part = if index < number { &mut parts.0 } else { &mut parts.1 };
            part.members.push(items.iter().copied());
            part.at.push(at);
        }
        parts
    }
}

/// Distinct items, latest kept, ascending.
fn latest_items(group: &[Membership], largest: usize) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    if group.len() > largest {
        for member in group.iter().rev() {
            if items.len() < largest && !items.contains(&member.item) {
                items.push(member.item);
            }
        }
    } else {
        items.extend(group.iter().map(|member| member.item));
    }
    items.sort_unstable();
    items.dedup();
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(group: u64, at: i64, item: Item) -> Membership {
        Membership { group, at, item }
    }

    #[test]
    fn groups_come_oldest_first_with_distinct_items() {
        let groups = Groups::gather(
            vec![
                membership(1, 20, 5),
                membership(2, 10, 7),
                membership(1, 30, 3),
                membership(1, 31, 5),
            ],
            10,
        );
        assert_eq!(groups.members.iter().collect::<Vec<_>>(), [&[7][..], &[3, 5]]);
        assert_eq!(groups.at, [10, 31]);
    }

    #[test]
    fn a_large_group_keeps_its_latest_items() {
        let views = (0..5).map(|n| membership(1, i64::from(n), n)).collect();
        assert_eq!(Groups::gather(views, 2).members.get(0), [3, 4]);
    }
}
