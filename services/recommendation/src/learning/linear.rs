use std::sync::Arc;

use faer::{
    Mat, Side,
    linalg::solvers::{DenseSolveCore, Llt},
};

use super::{
    Cancelled, Item, Watch,
    baskets::Basket,
    co_occurrence::{HALF_LIFE_DAYS, LARGEST_GROUP},
    growth,
    lists::Lists,
};

/// Items with weights of their own, those that are bought most: its memory is three times their square,
/// 300 MB here, and its time their cube, two seconds. The others are known by their neighbours alone.
const MOST_ITEMS: usize = 5_000;
/// Items in fewer baskets say nothing.
const LEAST_BASKETS: u32 = 3;
/// Weights kept per item, the largest in either direction: more change nothing that anyone sees.
const KEPT: usize = 300;
/// How much the weights are held back, against how often a usual item is bought.
const RIDGE: f32 = 1.5;

/// A linear model of baskets: what each item in a basket says for, and against, every other one
/// (EASE; Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019).
///
/// Where neighbours are counted one by one, these weights are found all at once: of two items that say
/// the same only one counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinearModel {
    /// Shared between models that differ in nothing else.
    weights: Arc<Lists<(Item, f32)>>,
}

impl LinearModel {
    /// From the weights of each item.
    pub(crate) fn new(weights: Lists<(Item, f32)>) -> Self {
        Self { weights: Arc::new(weights) }
    }

    /// Learns from baskets: each of L items counts 1/√L, halved every 90 days.
    pub(crate) fn fit(
        baskets: &[Basket],
        item_count: usize,
        watch: Watch<'_>,
    ) -> Result<Self, Cancelled> {
        let head = Head::find(baskets, item_count);
        let newest = baskets.iter().map(|basket| basket.at).max().unwrap_or_default();
        let mut gram = Mat::<f32>::zeros(head.items.len(), head.items.len());
        let mut places = Vec::new();
        for basket in baskets.iter().filter(|basket| basket.items.len() <= LARGEST_GROUP) {
            places.clear();
            places.extend(basket.items.iter().filter_map(|item| head.place[*item as usize]));
            let size = basket.items.len() as f64;
            let weight = (growth(basket.at - newest, HALF_LIFE_DAYS) / size.sqrt()) as f32;
            for &one in &places {
                for &other in &places {
                    gram[(other as usize, one as usize)] += weight;
                }
            }
        }
        Self::solve(gram, &head, watch)
    }

    /// From how often each two items of the head are bought together.
    fn solve(mut gram: Mat<f32>, head: &Head, watch: Watch<'_>) -> Result<Self, Cancelled> {
        watch(0.2)?;
        let count = head.items.len();
        let mean = (0..count).map(|n| gram[(n, n)]).sum::<f32>() / count.max(1) as f32;
        for n in 0..count {
            gram[(n, n)] += RIDGE * mean;
        }
        // Fails only where nothing was bought at all.
        let Ok(factors) = Llt::new(gram.as_ref(), Side::Lower) else {
            return Ok(Self::default());
        };
        drop(gram);
        watch(0.5)?;
        let inverse = factors.inverse();
        drop(factors);
        watch(0.8)?;
        let mut rows = vec![Vec::new(); head.place.len()];
        for (one, item) in head.items.iter().enumerate() {
            let mut row: Vec<(Item, f32)> = (0..count)
                .filter(|other| *other != one)
                .map(|other| (head.items[other], -inverse[(one, other)] / inverse[(other, other)]))
                .collect();
            if row.len() > KEPT {
                row.select_nth_unstable_by(KEPT, |a, b| b.1.abs().total_cmp(&a.1.abs()));
                row.truncate(KEPT);
                // Else every row keeps the room of a whole one.
                row.shrink_to_fit();
            }
            row.sort_unstable_by_key(|(item, _)| *item);
            rows[*item as usize] = row;
        }
        let mut weights = Lists::default();
        rows.into_iter().for_each(|row| weights.push(row));
        watch(1.0)?;
        Ok(Self::new(weights))
    }

    /// As if nobody watched.
    #[cfg(test)]
    pub(crate) fn of(baskets: &[Basket], item_count: usize) -> Self {
        Self::fit(baskets, item_count, &|_| Ok(())).unwrap()
    }

    /// What the item says for others, and against those with a negative weight, ordered by item.
    pub(crate) fn weights(&self, item: Item) -> &[(Item, f32)] {
        self.weights.get(item as usize)
    }

    /// Whether it knows nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }
}

/// The items with weights of their own.
struct Head {
    items: Vec<Item>,
    /// Place of each item in `items`.
    place: Vec<Option<u32>>,
}

impl Head {
    fn find(baskets: &[Basket], item_count: usize) -> Self {
        let mut counts = vec![0u32; item_count];
        for item in baskets.iter().flat_map(|basket| &basket.items) {
            counts[*item as usize] += 1;
        }
        let mut items: Vec<Item> = (0..item_count as Item)
            .filter(|item| counts[*item as usize] >= LEAST_BASKETS)
            .collect();
        items.sort_by_key(|item| std::cmp::Reverse(counts[*item as usize]));
        items.truncate(MOST_ITEMS);
        items.sort_unstable();
        let mut place = vec![None; item_count];
        for (number, item) in (0..).zip(&items) {
            place[*item as usize] = Some(number);
        }
        Self { items, place }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baskets(baskets: &[&[Item]]) -> Vec<Basket> {
        baskets.iter().map(|items| Basket { at: 0, customer: 0, items: items.to_vec() }).collect()
    }

    fn weight(model: &LinearModel, from: Item, to: Item) -> f32 {
        model.weights(from).iter().find(|(item, _)| *item == to).map_or(0.0, |(_, weight)| *weight)
    }

    #[test]
    fn what_goes_together_speaks_for_each_other_and_never_for_itself() {
        let pairs: [&[Item]; 2] = [&[0, 1], &[2, 3]];
        let model = LinearModel::of(&baskets(&pairs.repeat(10)), 4);
        assert!(weight(&model, 0, 1) > 0.1 && weight(&model, 0, 2).abs() < 1e-6);
        assert_eq!(weight(&model, 0, 0), 0.0);
    }

    #[test]
    fn what_is_explained_by_another_item_says_little_itself() {
        // 2 goes with 1; 0 is only ever there when 1 is.
        let some: [&[Item]; 4] = [&[0, 1, 2], &[1, 2], &[0, 1], &[3]];
        let model = LinearModel::of(&baskets(&some.repeat(20)), 4);
        assert!(weight(&model, 0, 2) < weight(&model, 1, 2) / 2.0);
    }

    #[test]
    fn who_watches_may_end_it() {
        let some: [&[Item]; 2] = [&[0, 1], &[0, 1]];
        let model = LinearModel::fit(&baskets(&some.repeat(3)), 2, &|done| {
            if done < 0.5 { Ok(()) } else { Err(Cancelled) }
        });
        assert_eq!(model.unwrap_err(), Cancelled);
    }

    #[test]
    fn rarely_bought_items_and_no_baskets_at_all_say_nothing() {
        let some: [&[Item]; 4] = [&[0, 1], &[0, 1], &[0, 1], &[0, 2]];
        let model = LinearModel::of(&baskets(&some), 3);
        assert!(model.weights(2).is_empty() && !model.weights(0).is_empty());
        assert!(LinearModel::of(&[], 3).weights(0).is_empty());
    }
}
