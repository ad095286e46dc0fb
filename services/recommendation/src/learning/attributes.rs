use std::{cell::RefCell, collections::HashMap, sync::Arc};

use moka::sync::Cache;

use super::{Item, compare_ranked, lists::Lists, sort_ranked};

/// Words in more than this share of the products say nothing.
const COMMON_SHARE: f32 = 0.25;
/// In a shop this small every word says something.
const SMALL_SHOP: usize = 200;

/// Nobody looks further.
const MOST_SIMILAR: usize = 200;
/// Memory for lists of similar items that were asked for.
const KEPT_BYTES: u64 = 32 * 1024 * 1024;

/// What is known about a product without anybody having looked at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Description<'a> {
    pub(crate) name: &'a str,
    pub(crate) brand: Option<&'a str>,
    pub(crate) categories: &'a [String],
    pub(crate) features: &'a [String],
    /// Minor units.
    pub(crate) price: Option<i64>,
}

/// Products by what describes them: tf-idf over words of the name, features, categories, brand and
/// price band, with an index from each term to its products.
#[derive(Debug)]
pub(crate) struct AttributeIndex {
    /// The terms of each item with their weight; the weights of an item have length 1.
    terms_of: Lists<(u32, f32)>,
    /// The items of each term with the same weight.
    items_of: Lists<(Item, f32)>,
    /// What is asked for again and again is added up once.
    similar: Cache<Item, Arc<[(Item, f32)]>>,
}

impl AttributeIndex {
    /// Indexes all products in order of their numbers.
    pub(crate) fn build<'a>(descriptions: impl Iterator<Item = Description<'a>>) -> Self {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut document_counts: Vec<usize> = Vec::new();
        let mut documents: Vec<Vec<(u32, f32)>> = Vec::new();
        for description in descriptions {
            let mut document: Vec<(u32, f32)> = terms(&description)
                .into_iter()
                .map(|(term, weight)| {
                    let next = numbers.len() as u32;
                    (*numbers.entry(term).or_insert(next), weight)
                })
                .collect();
            document.sort_unstable_by_key(|(term, _)| *term);
            document.dedup_by_key(|(term, _)| *term);
            document_counts.resize(numbers.len(), 0);
            document.iter().for_each(|(term, _)| document_counts[*term as usize] += 1);
            documents.push(document);
        }
        Self::weigh(documents, &document_counts)
    }

    fn weigh(documents: Vec<Vec<(u32, f32)>>, document_counts: &[usize]) -> Self {
        let count = documents.len();
        let common = (count as f32 * COMMON_SHARE) as usize;
        let mut terms_of = Lists::default();
        let mut items_of = vec![Vec::new(); document_counts.len()];
        for (item, mut document) in (0..).zip(documents) {
            if count > SMALL_SHOP {
                document.retain(|(term, _)| document_counts[*term as usize] <= common);
            }
            for (term, weight) in &mut document {
                *weight *= (count as f32 / document_counts[*term as usize] as f32).ln_1p();
            }
            normalize(&mut document);
            for (term, weight) in &document {
                items_of[*term as usize].push((item, *weight));
            }
            terms_of.push(document);
        }
        let mut lists = Lists::default();
        items_of.into_iter().for_each(|items| lists.push(items));
        let similar = Cache::builder()
            .weigher(|_, list: &Arc<[(Item, f32)]>| size_of_val(&**list) as u32)
            .max_capacity(KEPT_BYTES)
            .build();
        Self { terms_of, items_of: lists, similar }
    }

    /// The items most like this one, at most 200 and never itself, with the cosine; most similar first.
    pub(crate) fn similar(&self, item: Item) -> Arc<[(Item, f32)]> {
        self.similar.get_with(item, || self.find_similar(item).into())
    }

    /// The same, and not kept.
    pub(crate) fn find_similar(&self, item: Item) -> Vec<(Item, f32)> {
        let mut found = SUMS.with_borrow_mut(|sums| {
            sums.resize(self.terms_of.len().max(sums.len()), 0.0);
            let mut touched = Vec::new();
            for &(term, own) in self.terms_of.get(item as usize) {
                for &(other, weight) in self.items_of.get(term as usize) {
                    let sum = &mut sums[other as usize];
                    if *sum == 0.0 {
                        touched.push(other);
                    }
                    *sum += own * weight;
                }
            }
            let take = |other: Item| (other, std::mem::take(&mut sums[other as usize]));
            touched.into_iter().map(take).filter(|(other, _)| *other != item).collect::<Vec<_>>()
        });
        if found.len() > MOST_SIMILAR {
            found.select_nth_unstable_by(MOST_SIMILAR, compare_ranked);
            found.truncate(MOST_SIMILAR);
        }
        sort_ranked(&mut found);
        found
    }
}

thread_local! {
    /// Sums of weights while similar items are looked for; all zero between.
    static SUMS: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

fn normalize(document: &mut [(u32, f32)]) {
    let length = document.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    if length > 0.0 {
        document.iter_mut().for_each(|(_, weight)| *weight /= length);
    }
}

/// The terms of a product and what each sort of term weighs.
fn terms(description: &Description<'_>) -> Vec<(String, f32)> {
    let words = description
        .name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 1)
        .map(|word| (format!("word {}", word.to_lowercase()), 1.0));
    let categories = description.categories.iter().map(|code| (format!("category {code}"), 1.0));
    let features = description.features.iter().map(|text| (format!("feature {text}"), 1.0));
    let brand = description.brand.map(|brand| (format!("brand {brand}"), 0.5));
    let price = description.price.map(|price| (format!("price {}", price_band(price)), 0.5));
    words.chain(categories).chain(features).chain(brand).chain(price).collect()
}

/// Prices within about 40 % share a band.
fn price_band(price: i64) -> i64 {
    ((price.max(1) as f64).log2() * 2.0).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Product(&'static str, Vec<String>, Vec<String>);

    fn product(name: &'static str, category: &str, feature: &str) -> Product {
        Product(name, vec!["all".to_owned(), category.to_owned()], vec![feature.to_owned()])
    }

    fn index(products: &[Product]) -> AttributeIndex {
        AttributeIndex::build(products.iter().map(|Product(name, categories, features)| {
            Description { name, brand: None, categories, features, price: Some(1000) }
        }))
    }

    #[test]
    fn what_shares_rare_terms_comes_first() {
        let index = index(&[
            product("Oak table", "tables", "material=oak"),
            product("Oak chair", "chairs", "material=oak"),
            product("Steel table", "tables", "material=steel"),
            product("Round oak table", "tables", "material=oak"),
            product("Mug", "mugs", "material=clay"),
        ]);
        let order: Vec<Item> = index.similar(0).iter().map(|(item, _)| *item).collect();
        assert_eq!(order, [3, 1, 2, 4], "never itself; the mug shares only category and price");
    }

    #[test]
    fn a_product_without_terms_has_nothing_similar() {
        let index = AttributeIndex::build(
            [Description { name: "", brand: None, categories: &[], features: &[], price: None }; 2]
                .into_iter(),
        );
        assert!(index.similar(0).is_empty());
    }
}
