//! The words of a catalog, for spelling and completion.

use std::collections::HashMap;

use tantivy::{Searcher, schema::Field};

/// Words of the index with the number of documents that have them.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Vocabulary {
    /// In alphabetical order.
    words: Vec<Word>,
    places: HashMap<String, usize>,
}

#[derive(Debug)]
struct Word {
    text: String,
    length: usize,
    /// One bit per letter: two words differ in at least half as many edits as bits.
    letters: u64,
    documents: u32,
}

/// Words shorter than this are not corrected.
const MIN_LENGTH: usize = 3;
/// Corrections of a word that are considered.
const MAX_CORRECTIONS: usize = 4;
/// From this length on two edits are forgiven.
const TWO_EDITS: usize = 8;
/// Letters of each part of a compound, at least.
const MIN_PART: usize = 3;
/// Endings of a word, in letters: `tischen`.
const MAX_ENDING: usize = 3;
/// What stands between the parts of a compound: `Arbeitstisch`, `Lampenschirm`.
const LINKS: &[&str] = &["", "s", "es", "n", "en", "er", "e"];
/// Compounds of a word that are looked for.
const MAX_COMPOUNDS: usize = 50;

impl Vocabulary {
    /// The words of one field.
    pub(super) fn read(searcher: &Searcher, field: Field) -> tantivy::Result<Self> {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            let mut terms = inverted.terms().stream()?;
            while terms.advance() {
                if let Ok(word) = std::str::from_utf8(terms.key()) {
                    *counts.entry(word.to_owned()).or_default() += terms.value().doc_freq;
                }
            }
        }
        Ok(Self::from_counts(counts))
    }

    fn from_counts(counts: HashMap<String, u32>) -> Self {
        let mut words: Vec<Word> = counts
            .into_iter()
            .map(|(text, documents)| {
                let (length, letters) = (text.chars().count(), letters(&text));
                Word { text, length, letters, documents }
            })
            .collect();
        words.sort_unstable_by(|one, other| one.text.cmp(&other.text));
        let places = words.iter().enumerate().map(|(at, word)| (word.text.clone(), at)).collect();
        Self { words, places }
    }

    /// Whether the catalog has the word.
    pub(in crate::delivery) fn contains(&self, word: &str) -> bool {
        self.places.contains_key(word)
    }

    /// Words that begin like this, most frequent first.
    pub(in crate::delivery) fn complete(&self, prefix: &str, limit: usize) -> Vec<&str> {
        most_frequent(self.beginning(prefix).collect(), limit)
    }

    fn beginning<'a>(&'a self, prefix: &str) -> impl Iterator<Item = &'a Word> {
        let start = self.words.partition_point(|word| word.text.as_str() < prefix);
        self.words[start..].iter().take_while(move |word| word.text.starts_with(prefix))
    }

    /// Compounds whose last part has this stem, most frequent first: `holztische` of `tisch`.
    pub(in crate::delivery) fn compounds(
        &self,
        part: &str,
        mut stem: impl FnMut(&str) -> String,
    ) -> Vec<&str> {
        if part.len() < MIN_PART {
            return Vec::new();
        }
        let wanted = letters(part);
        let mut is_compound = |word: &&Word| {
            if word.letters & wanted != wanted {
                return false; // most are done with here
            }
            let Some(at) = word.text.rfind(part).filter(|at| *at >= MIN_PART) else { return false };
            let (first, last) = word.text.split_at(at);
            last.len() - part.len() <= MAX_ENDING
                && stem(&word.text).strip_prefix(first) == Some(part)
                && self.is_first_part(first, part)
        };
        most_frequent(self.words.iter().filter(&mut is_compound).collect(), MAX_COMPOUNDS)
    }

    /// Whether the catalog knows this as a word, be it in another form, or before other words: what else
    /// ends like a compound is none, as `praktisch`.
    fn is_first_part(&self, first: &str, last: &str) -> bool {
        let is_word = LINKS.iter().any(|link| {
            let word = first.strip_suffix(link).filter(|word| word.len() >= MIN_PART);
            word.is_some_and(|word| self.contains(word))
        });
        let is_begun_word =
            || ["e", "en"].iter().any(|end| self.contains(&format!("{first}{end}")));
        let stands_before_others = || {
            self.beginning(first).any(|word| {
                let other = &word.text[first.len()..];
                other.len() >= MIN_PART && !other.starts_with(last) && self.contains(other)
            })
        };
        is_word || is_begun_word() || stands_before_others()
    }

    /// Words that may have been meant, the likeliest first, each with its share of the likelihood of the
    /// first. Codes and short words are left alone.
    pub(in crate::delivery) fn corrections(&self, word: &str) -> Vec<(&str, f32)> {
        let length = word.chars().count();
        if length < MIN_LENGTH || word.chars().any(|character| character.is_ascii_digit()) {
            return Vec::new();
        }
        let max_edits = if length < TWO_EDITS { 1 } else { 2 };
        let (wanted, first) = (letters(word), word.chars().next());
        let mut likely: Vec<(&Word, f64)> = self
            .words
            .iter()
            .filter(|known| known.length.abs_diff(length) <= max_edits && known.length > 2)
            .filter(|known| (known.letters ^ wanted).count_ones() as usize <= 2 * max_edits)
            .filter_map(|known| Some((known, distance(word, &known.text, max_edits)?)))
            .map(|(known, edits)| {
                let same_start = known.text.chars().next() == first;
                (known, likelihood(edits, known.documents, same_start))
            })
            .collect();
        likely.sort_by(|(one, more), (other, less)| {
            less.total_cmp(more).then_with(|| one.text.cmp(&other.text))
        });
        let best = likely.first().map_or(0.0, |(_, likelihood)| *likelihood);
        let shares = likely
            .into_iter()
            .take(MAX_CORRECTIONS)
            .map(|(known, likelihood)| (known.text.as_str(), share(likelihood - best)));
        shares.collect()
    }
}

fn most_frequent(mut words: Vec<&Word>, limit: usize) -> Vec<&str> {
    words.sort_by(|one, other| (other.documents, &one.text).cmp(&(one.documents, &other.text)));
    words.into_iter().take(limit).map(|word| word.text.as_str()).collect()
}

/// How much a correction counts beside the likeliest one, whose likelihood differs by this much: between
/// 0 and 1.
#[expect(clippy::cast_possible_truncation, reason = "lies between 0 and 1")]
fn share(difference: f64) -> f32 {
    (0.5 * difference).exp() as f32
}

/// Fewer edits first, then frequent words, then the same first letter, which is rarely mistyped.
fn likelihood(edits: usize, documents: u32, same_start: bool) -> f64 {
    let start = if same_start { 1.0 } else { 0.0 };
    f64::from(documents).ln_1p() + 1.5 * start - 4.0 * edits as f64
}

fn letters(word: &str) -> u64 {
    word.chars().fold(0, |bits, character| bits | 1 << (u32::from(character) % 64))
}

/// Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string
/// alignment); `None` if there are more than `max`.
fn distance(one: &str, other: &str, max: usize) -> Option<usize> {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![i; other.len() + 1];
        for j in 1..=other.len() {
            let cost = usize::from(one[i - 1] != other[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            let is_swap =
                i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if is_swap {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        if row.iter().min().is_some_and(|least| *least > max) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|edits| *edits <= max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let counts = [("camera", 50), ("cable", 90), ("table", 9), ("headphones", 20), ("cab", 1)];
        Vocabulary::from_counts(counts.map(|(word, count)| (word.to_owned(), count)).into())
    }

    fn likeliest<'a>(vocabulary: &'a Vocabulary, word: &str) -> Option<&'a str> {
        vocabulary.corrections(word).first().map(|(text, _)| *text)
    }

    #[test]
    fn a_mistyped_word_becomes_the_likeliest_known_one() {
        let vocabulary = vocabulary();
        assert_eq!(likeliest(&vocabulary, "cmera"), Some("camera"));
        assert_eq!(likeliest(&vocabulary, "cbale"), Some("cable"));
        assert_eq!(likeliest(&vocabulary, "headphoness"), Some("headphones"));
        assert_eq!(likeliest(&vocabulary, "hedphonse"), Some("headphones"));
    }

    #[test]
    fn less_likely_corrections_count_less() {
        let vocabulary = vocabulary();
        let corrections = vocabulary.corrections("xable");
        let words: Vec<&str> = corrections.iter().map(|(text, _)| *text).collect();
        assert_eq!(words, ["cable", "table"]);
        assert!(corrections[0].1 > corrections[1].1 && corrections[1].1 > 0.0, "{corrections:?}");
    }

    #[test]
    fn codes_short_words_and_strangers_are_left_alone() {
        let vocabulary = vocabulary();
        for word in ["cab1e", "cb", "umbrella"] {
            assert_eq!(vocabulary.corrections(word), [], "{word}");
        }
    }

    #[test]
    fn compounds_are_words_whose_first_part_is_known_too() {
        let words = [
            "tisch",
            "holz",
            "holztisch",
            "holztische",
            "esstisch",
            "esszimmer",
            "zimmer",
            "arbeit",
            "arbeitstisch",
            "schreiben",
            "schreibtisch",
            "praktisch",
            "praktikum",
            "automatisch",
            "tischdecke",
            "holztischler",
        ];
        let counts = words.map(|word| (word.to_owned(), 1));
        let vocabulary = Vocabulary::from_counts(counts.into());
        let stem = |word: &str| word.strip_suffix('e').unwrap_or(word).to_owned();
        let compounds = ["arbeitstisch", "esstisch", "holztisch", "holztische", "schreibtisch"];
        assert_eq!(vocabulary.compounds("tisch", stem), compounds);
        assert_eq!(vocabulary.compounds("ti", stem), [""; 0]);
    }

    #[test]
    fn a_beginning_is_completed_by_frequent_words() {
        assert_eq!(vocabulary().complete("ca", 2), ["cable", "camera"]);
    }

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        assert_eq!(distance("aplpe", "apple", 1), Some(1));
        assert_eq!(distance("abc", "xyz", 2), None);
    }
}
