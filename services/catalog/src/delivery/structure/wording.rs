//! What staff say of the words that shoppers type.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use crate::delivery::index::tokenize::{plain, stemming, words};

/// Words that mean the same.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Synonym {
    /// Where it holds; empty: everywhere.
    pub locales: Vec<String>,
    /// With it the words are looked for when it is typed; without it each of the words means all.
    pub input: Option<String>,
    pub words: Vec<String>,
}

/// Words that mean nothing.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct StopWords {
    /// Where they hold; empty: everywhere.
    pub locales: Vec<String>,
    pub words: Vec<String>,
}

/// Synonyms and stop words of one locale.
#[derive(Debug, Default)]
pub(in crate::delivery) struct Wording {
    /// What is looked for as well when these stems are typed.
    synonyms: HashMap<Vec<String>, Vec<Vec<String>>>,
    /// Stems of the longest of them.
    longest: usize,
    /// Every stem of what may be typed.
    known: HashSet<String>,
    stop_words: HashSet<String>,
}

/// Some of the stems of a text that mean something together.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::delivery) struct Sense<'a> {
    pub stems: Range<usize>,
    /// Stems of what means the same.
    pub others: &'a [Vec<String>],
}

impl Wording {
    /// What holds in the locale, as its index understands words.
    pub(super) fn of(locale: &str, synonyms: &[Synonym], stop_words: &[StopWords]) -> Self {
        let mut wording = Self::default();
        let is_here =
            |locales: &[String]| locales.is_empty() || locales.iter().any(|other| other == locale);
        let mut stemming = stemming(locale);
        for synonym in synonyms.iter().filter(|synonym| is_here(&synonym.locales)) {
            let mut read = |text: &String| words(&mut stemming, text);
            let outputs: Vec<Vec<String>> = synonym.words.iter().map(&mut read).collect();
            let input = synonym.input.as_ref().map(|input| vec![read(input)]);
            wording.add(input.unwrap_or_else(|| outputs.clone()), &outputs);
        }
        let mut plain = plain();
        for set in stop_words.iter().filter(|set| is_here(&set.locales)) {
            let texts = set.words.iter().flat_map(|text| words(&mut plain, text));
            wording.stop_words.extend(texts);
        }
        wording
    }

    fn add(&mut self, inputs: Vec<Vec<String>>, outputs: &[Vec<String>]) {
        for input in inputs.into_iter().filter(|input| !input.is_empty()) {
            self.longest = self.longest.max(input.len());
            self.known.extend(input.iter().cloned());
            let known = self.synonyms.entry(input.clone()).or_default();
            for output in outputs {
                if !output.is_empty() && *output != input && !known.contains(output) {
                    known.push(output.clone());
                }
            }
        }
    }

    /// Words without stop words, unless there is nothing else.
    pub(in crate::delivery) fn without_stop_words(&self, mut typed: Vec<String>) -> Vec<String> {
        if !typed.iter().all(|word| self.stop_words.contains(word)) {
            typed.retain(|word| !self.stop_words.contains(word));
        }
        typed
    }

    /// Whether the stem has a synonym or is part of what has one.
    pub(in crate::delivery) fn has(&self, stem: &str) -> bool {
        self.known.contains(stem)
    }

    /// The stems of a text in groups: the longest that mean something together, others alone.
    pub(in crate::delivery) fn senses(&self, stems: &[String]) -> Vec<Sense<'_>> {
        let mut senses = Vec::new();
        let mut start = 0;
        while start < stems.len() {
            let lengths = (1..=self.longest.min(stems.len() - start)).rev();
            let found = lengths.map(|length| start..start + length).find_map(|range| {
                let others = self.synonyms.get(&stems[range.clone()])?;
                Some(Sense { stems: range, others })
            });
            let sense = found.unwrap_or(Sense { stems: start..start + 1, others: &[] });
            start = sense.stems.end;
            senses.push(sense);
        }
        senses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn synonym(input: Option<&str>, words: &[&str]) -> Synonym {
        Synonym { locales: Vec::new(), input: input.map(str::to_owned), words: texts(words) }
    }

    /// What the words mean, by the groups they stand in.
    fn senses(synonyms: &[Synonym], typed: &str) -> Vec<(String, Vec<String>)> {
        let wording = Wording::of("en_US", synonyms, &[]);
        let stems = words(&mut stemming("en_US"), typed);
        let sense = |sense: Sense<'_>| {
            let others = sense.others.iter().map(|other| other.join(" ")).collect();
            (stems[sense.stems].join(" "), others)
        };
        wording.senses(&stems).into_iter().map(sense).collect()
    }

    #[test]
    fn each_of_equal_words_means_the_others_in_every_form() {
        let synonyms = [synonym(None, &["Sofa", "couch", "love seat"])];
        let expected = vec![
            ("red".to_owned(), vec![]),
            ("love seat".to_owned(), texts(&["sofa", "couch"])),
            ("love".to_owned(), vec![]),
        ];
        assert_eq!(senses(&synonyms, "red love seats love"), expected);
        assert_eq!(senses(&synonyms, "couches")[0].1, ["sofa", "love seat"]);
    }

    #[test]
    fn an_input_means_its_words_but_they_do_not_mean_it() {
        let synonyms = [synonym(Some("phone"), &["smartphone", "landline"])];
        assert_eq!(senses(&synonyms, "phones")[0].1, texts(&["smartphon", "landlin"]));
        assert!(senses(&synonyms, "landline")[0].1.is_empty());
    }

    #[test]
    fn what_is_said_of_another_locale_does_not_hold() {
        let mut other = synonym(None, &["sofa", "couch"]);
        other.locales = texts(&["de_DE"]);
        assert!(senses(&[other], "sofa")[0].1.is_empty());
    }

    #[test]
    fn stop_words_count_only_where_there_is_nothing_else() {
        let set = StopWords { locales: Vec::new(), words: texts(&["Buy", "cheap"]) };
        let wording = Wording::of("en_US", &[], &[set]);
        assert_eq!(wording.without_stop_words(texts(&["buy", "mug"])), ["mug"]);
        assert_eq!(wording.without_stop_words(texts(&["buy", "cheap"])), ["buy", "cheap"]);
    }
}
