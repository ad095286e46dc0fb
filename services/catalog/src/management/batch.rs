//! Which lines of a batch can be written together, and what to do when another batch is in the way.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{error::Result, lookup::Needs};

/// Tries of a write that the database ends in favour of another one.
const MAX_TRIES: u32 = 4;

/// Does a write, and does it again while the database ends it in favour of another one.
pub async fn try_again<T, W>(write: impl Fn() -> W) -> Result<T>
where
    W: Future<Output = Result<T>>,
{
    for _ in 1..MAX_TRIES {
        match write().await {
            Err(refusal) if refusal.is_lost_race() => {}
            result => return result,
        }
    }
    write().await
}

/// Splits lines, in order, into rounds: within one no key comes twice and no line refers to another.
pub fn split_rounds<'a>(
    lines: impl IntoIterator<Item = (&'a str, &'a Map<String, Value>)>,
) -> Vec<Range<usize>> {
    let mut rounds = Vec::new();
    let mut keys: HashSet<String> = HashSet::new();
    let (mut start, mut end) = (0, 0);
    for (key, body) in lines {
        let mut needs = Needs::default();
        needs.add_body(body);
        let refers =
            needs.named_products().chain(needs.named_models()).any(|name| keys.contains(name));
        if keys.contains(key) || refers {
            rounds.push(start..end);
            start = end;
            keys.clear();
        }
        keys.insert(key.to_owned());
        end += 1;
    }
    if end > start {
        rounds.push(start..end);
    }
    rounds
}

/// The order of the things of a batch.
pub struct Order(HashMap<Uuid, usize>);

impl Order {
    /// Of things in this order.
    pub fn new(things: impl IntoIterator<Item = Uuid>) -> Self {
        let mut places = HashMap::new();
        for (thing, place) in things.into_iter().zip(0..) {
            places.entry(thing).or_insert(place);
        }
        Self(places)
    }

    /// Whether one comes before the other, and both are of the batch.
    pub fn is_before(&self, one: Uuid, other: Uuid) -> bool {
        self.0.get(&one).zip(self.0.get(&other)).is_some_and(|(one, other)| one < other)
    }
}

/// Leaves the lines before the first that collides with an earlier one; the first line never does.
pub fn cut<D>(drafts: &mut Vec<Result<D>>, collides: impl Fn(&D) -> bool) {
    let first = drafts.iter().position(|draft| draft.as_ref().is_ok_and(&collides));
    drafts.truncate(first.map_or(drafts.len(), |first| first.max(1)));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rounds(lines: &[(&str, Value)]) -> Vec<Range<usize>> {
        split_rounds(lines.iter().map(|(key, body)| (*key, body.as_object().unwrap())))
    }

    #[test]
    fn a_key_that_comes_again_begins_a_round() {
        let lines = [("a", json!({})), ("b", json!({})), ("a", json!({})), ("c", json!({}))];
        assert_eq!(rounds(&lines), [0..2, 2..4]);
    }

    #[test]
    fn a_line_that_refers_to_one_before_it_begins_a_round() {
        let child = json!({"parent": "a"});
        assert_eq!(rounds(&[("a", json!({})), ("b", child)]), [0..1, 1..2]);
        let link = json!({"associations": {"PACK": {"products": ["a"]}}});
        assert_eq!(rounds(&[("a", json!({})), ("b", link)]), [0..1, 1..2]);
        assert!(rounds(&[]).is_empty());
    }
}
