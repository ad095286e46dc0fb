use std::collections::HashMap;

use super::{Item, groups::Groups, lists::Lists, sort_ranked};

/// Items of a session that count; its latest.
pub(crate) const LONGEST_SESSION: usize = 20;
/// Sessions looked at per item; its latest.
const RECENT_SESSIONS: usize = 1500;
/// Sessions that vote: those most like this one.
const NEIGHBOURS: usize = 288;
/// Items of the running session that are compared; its latest.
const COMPARED_ITEMS: usize = 4;
/// A neighbour that shares only the n-th last item votes with 1 - n/10.
const VOTE_LOSS: f32 = 0.1;

/// Sessions by their items, for VMIS-kNN: what did people do next who clicked like this?
/// (Kersbergen, Sprangers, Schelter: Serenade, SIGMOD 2022.)
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionIndex {
    sessions: Groups,
    /// The sessions of each item, latest first.
    recent: Lists<u32>,
    /// How much a vote for each item says: less for what is in every session.
    idf: Vec<f32>,
}

impl SessionIndex {
    /// Indexes sessions.
    pub(crate) fn build(sessions: Groups, item_count: usize) -> Self {
        let sessions_of = sessions.members.invert(item_count);
        let count = sessions.len() as f32;
        let idf =
            sessions_of.iter().map(|list| (count / list.len().max(1) as f32).ln_1p()).collect();
        let mut recent = Lists::default();
        for list in sessions_of.iter() {
            recent.push(list.iter().rev().take(RECENT_SESSIONS).copied());
        }
        Self { sessions, recent, idf }
    }

    /// What comes next after these items, latest first; the latest itself is left out.
    pub(crate) fn predict(&self, clicked: &[Item]) -> Vec<(Item, f32)> {
        let mut compared = Vec::new();
        for &item in clicked {
            if compared.len() < COMPARED_ITEMS && !compared.contains(&item) {
                compared.push(item);
            }
        }
        let mut votes: HashMap<Item, f32> = HashMap::new();
        for (session, similarity) in self.neighbours(&compared) {
            let members = self.sessions.members.get(session as usize);
            let shared = compared.iter().position(|item| members.binary_search(item).is_ok());
            let weight = 1.0 - VOTE_LOSS * (shared.unwrap_or_default() + 1) as f32;
            for &item in members {
                *votes.entry(item).or_default() += weight * similarity * self.idf[item as usize];
            }
        }
        votes.retain(|item, score| Some(item) != clicked.first() && *score > 0.0);
        let mut found: Vec<(Item, f32)> = votes.into_iter().collect();
        sort_ranked(&mut found);
        found
    }

    /// The sessions most like these items, with their similarity: later items count more.
    fn neighbours(&self, compared: &[Item]) -> Vec<(u32, f32)> {
        let mut similarity: HashMap<u32, f32> = HashMap::new();
        for (place, &item) in compared.iter().enumerate() {
            let weight = (compared.len() - place) as f32 / compared.len() as f32;
            for &session in self.recent.get(item as usize) {
                *similarity.entry(session).or_default() += weight;
            }
        }
        let mut found: Vec<(u32, f32)> = similarity.into_iter().collect();
        // Equally similar: the later one.
        let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0));
        if found.len() > NEIGHBOURS {
            found.select_nth_unstable_by(NEIGHBOURS, order);
            found.truncate(NEIGHBOURS);
        }
        // Sums of floats depend on their order: fix it.
        found.sort_unstable_by(order);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{super::groups::Membership, *};

    fn index(sessions: &[&[Item]], item_count: usize) -> SessionIndex {
        let memberships = (0..).zip(sessions).flat_map(|(group, items)| {
            items.iter().map(move |&item| Membership { group, at: group as i64, item })
        });
        SessionIndex::build(Groups::gather(memberships.collect(), LONGEST_SESSION), item_count)
    }

    fn order(predicted: &[(Item, f32)]) -> Vec<Item> {
        predicted.iter().map(|(item, _)| *item).collect()
    }

    #[test]
    fn sessions_that_share_more_vote_louder() {
        let index = index(&[&[0, 1, 2], &[1, 3], &[4, 5]], 6);
        assert_eq!(order(&index.predict(&[1, 0])), [0, 2, 3], "3: its session shares only one");
    }

    #[test]
    fn the_item_being_viewed_is_never_predicted() {
        let index = index(&[&[0, 1], &[0, 1], &[2]], 3);
        assert_eq!(order(&index.predict(&[0])), [1]);
        assert!(index.predict(&[]).is_empty());
    }
}
