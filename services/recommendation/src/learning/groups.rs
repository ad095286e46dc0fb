use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::Item;

/// Groups of distinct items that grow as things happen: baskets, visits.
///
/// A group is a number, given in the order in which groups begin. Keys are hashes that nobody can foretell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Groups {
    by_key: FxHashMap<u64, u32>,
    /// Most groups are small: a few items need no memory of their own.
    members: Vec<SmallVec<[Item; 4]>>,
    began: Vec<i64>,
    groups_of: Vec<Vec<u32>>,
}

impl Groups {
    /// No groups yet, of this many items.
    pub(crate) fn of(item_count: usize) -> Self {
        Self { groups_of: vec![Vec::new(); item_count], ..Self::default() }
    }

    /// The group of this key, which begins now if there is none.
    pub(crate) fn open(&mut self, key: u64, at: i64) -> u32 {
        *self.by_key.entry(key).or_insert_with(|| {
            self.members.push(SmallVec::new());
            self.began.push(at);
            (self.members.len() - 1) as u32
        })
    }

    /// Adds an item that is not in the group, as its latest.
    pub(crate) fn insert(&mut self, group: u32, item: Item) {
        self.members[group as usize].push(item);
        self.groups_of[item as usize].push(group);
    }

    /// Takes an item out of the group.
    pub(crate) fn remove(&mut self, group: u32, item: Item) {
        self.members[group as usize].retain(|member| *member != item);
        self.drop_group(item, group);
    }

    /// Takes all items out of the group.
    pub(crate) fn clear(&mut self, group: u32) {
        for item in std::mem::take(&mut self.members[group as usize]) {
            self.drop_group(item, group);
        }
    }

    fn drop_group(&mut self, item: Item, group: u32) {
        let groups = &mut self.groups_of[item as usize];
        // Nearly always one of the last.
        if let Some(place) = groups.iter().rposition(|other| *other == group) {
            groups.remove(place);
        }
    }

    /// Makes an item of the group its latest; whether it is in there.
    pub(crate) fn touch(&mut self, group: u32, item: Item) -> bool {
        let members = &mut self.members[group as usize];
        let place = members.iter().rposition(|member| *member == item);
        if let Some(place) = place {
            members[place..].rotate_left(1);
        }
        place.is_some()
    }

    /// The items of a group, in the order in which they came last.
    pub(crate) fn members(&self, group: u32) -> &[Item] {
        &self.members[group as usize]
    }

    /// When a group began, in seconds since 1970.
    pub(crate) fn began(&self, group: u32) -> i64 {
        self.began[group as usize]
    }

    /// The groups of an item, in the order in which it came into them.
    pub(crate) fn groups_of(&self, item: Item) -> &[u32] {
        &self.groups_of[item as usize]
    }

    /// How many groups there are, empty ones included.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_begins_once_and_keeps_its_items_in_the_order_they_came_last() {
        let mut groups = Groups::of(10);
        let first = groups.open(77, 5);
        let second = groups.open(78, 6);
        for item in [4, 2, 9] {
            groups.insert(first, item);
        }
        groups.insert(second, 2);
        assert!(groups.touch(first, 4) && !groups.touch(first, 5));
        assert_eq!((groups.open(77, 9), groups.began(first)), (first, 5));
        assert_eq!(groups.members(first), [2, 9, 4]);
        assert_eq!(groups.groups_of(2), [first, second]);
        groups.remove(first, 2);
        assert_eq!((groups.members(first), groups.groups_of(2)), (&[9, 4][..], &[second][..]));
        groups.clear(first);
        assert!(groups.members(first).is_empty() && groups.groups_of(9).is_empty());
    }
}
