use rustc_hash::FxHashMap;

use super::{BestFirst, Item, attributes::AttributeIndex, companions::Companions};

/// Newcomers that are considered, the newest.
const MOST_NEWCOMERS: usize = 1_000;
/// Bought items that a newcomer is compared with: those most like it.
const MOST_LIKES: usize = 100;
/// What speaks for the likes of a newcomer counts so much against its own likeness with the cart.
const COMPANY_SHARE: f32 = 2.0;
/// A newcomer that is like nothing inherits little.
const LITTLE_LIKENESS: f32 = 0.3;

/// Items that nobody bought yet. What goes with their likes goes with them, each counting by the square of
/// its likeness.
#[derive(Debug, Default)]
pub(crate) struct Newcomers {
    /// Newest first.
    items: Vec<Item>,
    /// The newcomers like each bought item.
    like: FxHashMap<Item, Vec<Like>>,
}

/// That a newcomer is like an item.
#[derive(Debug)]
struct Like {
    newcomer: Item,
    /// Their cosine.
    likeness: f32,
    /// What part of what the newcomer inherits is this item's.
    share: f32,
}

impl Newcomers {
    /// Compares those of the candidates, newest first, that nobody bought with what was bought.
    pub(crate) fn compare(
        candidates: impl Iterator<Item = Item>,
        is_bought: impl Fn(Item) -> bool,
        attributes: &AttributeIndex,
    ) -> Self {
        let new = candidates.filter(|item| !is_bought(*item)).take(MOST_NEWCOMERS);
        let mut newcomers = Self { items: new.collect(), ..Self::default() };
        for &newcomer in &newcomers.items {
            let mut likes = attributes.find_similar(newcomer);
            likes.retain(|(item, _)| is_bought(*item));
            likes.truncate(MOST_LIKES);
            let squares: f32 = likes.iter().map(|(_, likeness)| likeness * likeness).sum();
            for (item, likeness) in likes {
                let share = likeness * likeness / (squares + LITTLE_LIKENESS);
                let like = Like { newcomer, likeness, share };
                newcomers.like.entry(item).or_default().push(like);
            }
        }
        newcomers
    }

    /// All of them, newest first.
    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    /// Those that complete a basket, best first: what is like one of its items, and twice what speaks
    /// for their likes.
    pub(crate) fn complete(&self, basket: &[Item], companions: &Companions) -> BestFirst {
        let mut nearest: FxHashMap<Item, f32> = FxHashMap::default();
        for like in basket.iter().flat_map(|item| self.likes(*item)) {
            let likeness = nearest.entry(like.newcomer).or_default();
            *likeness = likeness.max(like.likeness);
        }
        let mut scores = nearest;
        for (item, score) in companions.scores() {
            for like in self.likes(item) {
                *scores.entry(like.newcomer).or_default() += COMPANY_SHARE * score * like.share;
            }
        }
        BestFirst::of(scores.into_iter())
    }

    fn likes(&self, item: Item) -> &[Like] {
        self.like.get(&item).map_or(&[], |likes| likes)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::attributes::Description, super::co_occurrence::Neighbour, *};
    use crate::learning::linear::LinearModel;

    fn complete(basket: &[Item], row: &[Neighbour]) -> Vec<Item> {
        let names = ["green tea", "tea pot", "oak chair", "oak stool", "china pot"];
        let attributes = AttributeIndex::build(names.iter().map(|name| Description {
            name,
            brand: None,
            categories: &[],
            features: &[],
            price: None,
        }));
        let newcomers = Newcomers::compare([4, 3].into_iter(), |item| item < 3, &attributes);
        assert_eq!(newcomers.items(), [4, 3]);
        let companions = Companions::of_basket(basket, |_| row, &LinearModel::default());
        newcomers.complete(basket, &companions).map(|(item, _)| item).collect()
    }

    #[test]
    fn a_newcomer_goes_with_what_its_likes_go_with_and_with_what_it_is_like() {
        let with = |item| [Neighbour { item, score: 0.2, count: 9 }];
        assert_eq!(complete(&[0], &with(1)), [4]);
        assert_eq!(complete(&[0], &with(2)), [3]);
        assert_eq!(complete(&[1], &with(2)), [4, 3], "the other pot, and what is like the chair");
        assert!(complete(&[0], &[]).is_empty());
    }
}
