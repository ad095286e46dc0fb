use rustc_hash::FxHashMap;

use super::{BestFirst, Item, co_occurrence::Neighbour, linear::LinearModel};

/// What the linear model says counts so much against the neighbours of a cart's items.
const LINEAR_SHARE: f32 = 2.0;

/// Why an item is among the companions: the item it goes with most, and in how many groups it did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence {
    strength: f32,
    pub(crate) with: Item,
    pub(crate) count: u32,
}

/// What goes with several items, added up.
#[derive(Debug, Default)]
pub(crate) struct Companions(FxHashMap<Item, (f32, Option<Evidence>)>);

impl Companions {
    /// What completes a basket of these items: neighbours in other baskets, each by its cosine, and
    /// twice what the linear model says.
    pub(crate) fn of_basket<R: AsRef<[Neighbour]>>(
        items: &[Item],
        row: impl Fn(Item) -> R,
        linear: &LinearModel,
    ) -> Self {
        let mut companions = Self::default();
        for &item in items {
            companions.add_neighbours(item, 1.0, row(item).as_ref());
            companions.add_weights(item, LINEAR_SHARE, linear);
        }
        companions
    }

    /// What goes with everything that somebody bought: what the linear model says, or else the neighbours.
    pub(crate) fn of_history<R: AsRef<[Neighbour]>>(
        items: impl Iterator<Item = Item>,
        row: impl Fn(Item) -> R,
        linear: &LinearModel,
    ) -> Self {
        let mut companions = Self::default();
        for item in items {
            if linear.is_empty() {
                companions.add_neighbours(item, 1.0, row(item).as_ref());
            } else {
                companions.add_weights(item, 1.0, linear);
            }
        }
        companions
    }

    /// Adds the neighbours of `item`, which count `weight`.
    pub(crate) fn add_neighbours(&mut self, item: Item, weight: f32, neighbours: &[Neighbour]) {
        for other in neighbours {
            let strength = weight * other.score;
            let (score, evidence) = self.0.entry(other.item).or_default();
            *score += strength;
            if evidence.is_none_or(|known| strength > known.strength) {
                *evidence = Some(Evidence { strength, with: item, count: other.count });
            }
        }
    }

    /// Adds what the linear model says about `item`, which counts `weight`.
    fn add_weights(&mut self, item: Item, weight: f32, linear: &LinearModel) {
        for &(other, value) in linear.weights(item) {
            self.0.entry(other).or_default().0 += weight * value;
        }
    }

    /// Adds others, so that the best of them count as much as the best of these.
    pub(crate) fn add_shares(&mut self, others: &Self) {
        let most = self.most();
        for (item, share) in others.shares() {
            let (score, evidence) = self.0.entry(item).or_default();
            *score += most * share;
            *evidence = evidence.or(others.evidence(item));
        }
    }

    /// All that something speaks for, best first.
    pub(crate) fn ranked(&self) -> BestFirst {
        BestFirst::of(self.scores())
    }

    /// Everything that something speaks for, or against.
    pub(crate) fn scores(&self) -> impl Iterator<Item = (Item, f32)> {
        self.0.iter().map(|(&item, &(score, _))| (item, score))
    }

    /// Whether more speaks for the item than against it.
    pub(crate) fn speaks_for(&self, item: Item) -> bool {
        self.0.get(&item).is_some_and(|(score, _)| *score > 0.0)
    }

    /// Why the item is among them; `None` where only the linear model speaks for it.
    pub(crate) fn evidence(&self, item: Item) -> Option<Evidence> {
        self.0.get(&item).and_then(|(_, evidence)| *evidence)
    }

    /// Every item with its score as a share of the highest one.
    pub(crate) fn shares(&self) -> impl Iterator<Item = (Item, f32)> {
        let most = self.most();
        self.0.iter().map(move |(&item, &(score, _))| (item, score / most))
    }

    /// The highest score; a little where there is none.
    fn most(&self) -> f32 {
        self.0.values().map(|(score, _)| *score).fold(f32::MIN_POSITIVE, f32::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbour(item: Item, score: f32, count: u32) -> Neighbour {
        Neighbour { item, score, count }
    }

    #[test]
    fn neighbours_add_up_and_the_strongest_is_the_evidence() {
        let rows = [vec![neighbour(2, 0.3, 3), neighbour(3, 0.5, 9)], vec![neighbour(2, 0.4, 4)]];
        let companions =
            Companions::of_basket(&[0, 1], |item| &rows[item as usize], &LinearModel::default());
        let order: Vec<Item> = companions.ranked().map(|(item, _)| item).collect();
        assert_eq!(order, [2, 3]);
        let evidence = companions.evidence(2).unwrap();
        assert_eq!((evidence.with, evidence.count), (1, 4));
    }

    #[test]
    fn what_the_model_speaks_against_is_no_companion() {
        let mut weights = super::super::lists::Lists::default();
        weights.push([(1, 0.2), (2, -0.3)]);
        let rows = [vec![neighbour(2, 0.3, 3)]];
        let linear = LinearModel::new(weights);
        let companions = Companions::of_basket(&[0], |item| &rows[item as usize], &linear);
        assert_eq!(companions.ranked().collect::<Vec<_>>(), [(1, 0.4)]);
        assert_eq!(companions.evidence(1), None);
    }
}
