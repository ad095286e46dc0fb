//! Text in the three languages of the demo, and how each of them writes lists and numbers.

use serde_json::{Value, json};

/// The locales every text of the demo has, in the order English, German, French.
pub(crate) const LOCALES: [&str; 3] = ["en_US", "de_DE", "fr_FR"];

/// A fixed text of the word lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) en: &'static str,
    pub(crate) de: &'static str,
    pub(crate) fr: &'static str,
}

/// Short constructor, because the word lists consist of it.
pub(crate) const fn w(en: &'static str, de: &'static str, fr: &'static str) -> Words {
    Words { en, de, fr }
}

/// A word that is the same in every language: a brand, a measure, a socket.
pub(crate) const fn same(word: &'static str) -> Words {
    w(word, word, word)
}

impl Words {
    pub(crate) fn text(self) -> Text {
        Text { en: self.en.to_owned(), de: self.de.to_owned(), fr: self.fr.to_owned() }
    }
}

/// A composed text in the three languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// American English.
    pub en: String,
    /// German.
    pub de: String,
    /// French.
    pub fr: String,
}

impl Text {
    /// The three texts, in the order of the demo's locales.
    #[must_use]
    pub fn all(&self) -> [&str; 3] {
        [&self.en, &self.de, &self.fr]
    }

    pub(crate) fn map(&self, change: impl Fn(&str) -> String) -> Text {
        Text { en: change(&self.en), de: change(&self.de), fr: change(&self.fr) }
    }

    /// `{"en_US": …}`, as labels of the management API are written.
    #[must_use]
    pub fn labels(&self) -> Value {
        json!({ "en_US": self.en, "de_DE": self.de, "fr_FR": self.fr })
    }

    /// One value per locale, as product values are written; `scope` names a channel.
    pub(crate) fn values(&self, scope: Option<&str>) -> Vec<Value> {
        LOCALES
            .iter()
            .zip(self.all())
            .map(|(locale, data)| json!({ "locale": locale, "scope": scope, "data": data }))
            .collect()
    }

    /// Adds a sentence to a paragraph.
    pub(crate) fn push(&mut self, sentence: &Text) {
        for (paragraph, sentence) in [
            (&mut self.en, &sentence.en),
            (&mut self.de, &sentence.de),
            (&mut self.fr, &sentence.fr),
        ] {
            if !paragraph.is_empty() && !sentence.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(sentence);
        }
    }

    /// Ties French double punctuation to its word by a no-break space and removes the gaps empty
    /// slots leave.
    pub(crate) fn tidy(&self) -> Text {
        let tidy = |text: &str| {
            let mut text =
                text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            for mark in [".", ","] {
                text = text.replace(&format!(" {mark}"), mark);
            }
            text
        };
        let mut all = self.map(tidy);
        for mark in [":", ";", "!", "?", "»"] {
            all.fr = all.fr.replace(&format!(" {mark}"), &format!("\u{a0}{mark}"));
        }
        all
    }
}

/// Whether a list is closed by *and* or by *or*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    And,
    Or,
}

/// `oak, walnut and ash`, `Eiche, Nussbaum und Esche`, `chêne, noyer et frêne`.
pub(crate) fn list(items: &[Text], join: Join) -> Text {
    let word = match join {
        Join::And => ["and", "und", "et"],
        Join::Or => ["or", "oder", "ou"],
    };
    let one = |pick: fn(&Text) -> &str, word: &str| match items {
        [] => String::new(),
        [only] => pick(only).to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(pick).collect();
            format!("{} {word} {}", first.join(", "), pick(last))
        }
    };
    Text { en: one(|t| &t.en, word[0]), de: one(|t| &t.de, word[1]), fr: one(|t| &t.fr, word[2]) }
}

/// A number with the decimal and thousands marks of each language; at most two decimals.
pub(crate) fn number(value: f64) -> Text {
    let plain = plain_number(value);
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let write = |thousands: &str, decimal: &str| {
        let digits = whole.trim_start_matches('-');
        let mut text = if whole.starts_with('-') { "−".to_owned() } else { String::new() };
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push_str(thousands);
            }
            text.push(digit);
        }
        if fraction.is_empty() { text } else { format!("{text}{decimal}{fraction}") }
    };
    Text { en: write(",", "."), de: write(".", ","), fr: write("\u{a0}", ",") }
}

/// The number as the API takes it: `12.5`, `40`.
pub(crate) fn plain_number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The text with its first letter as a capital.
pub(crate) fn capitalize(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The label inside a sentence: English and French write it small, German keeps its noun.
pub(crate) fn in_sentence(label: &Text) -> Text {
    let small = |text: &str| {
        let abbreviation = text.chars().nth(1).is_some_and(|second| !second.is_lowercase());
        if abbreviation { text.to_owned() } else { lower_first(text) }
    };
    Text { en: small(&label.en), de: label.de.clone(), fr: small(&label.fr) }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_each_language() {
        assert_eq!(number(1234.5).all(), ["1,234.5", "1.234,5", "1\u{a0}234,5"]);
        assert_eq!(number(-3.0).all(), ["−3", "−3", "−3"]);
    }

    #[test]
    fn the_last_item_of_a_list_is_joined_by_a_word() {
        let items = [same("a").text(), same("b").text(), same("c").text()];
        assert_eq!(list(&items, Join::And).all(), ["a, b and c", "a, b und c", "a, b et c"]);
    }

    #[test]
    fn french_double_punctuation_keeps_to_its_word() {
        assert_eq!(
            w("", "", "Dimensions : 3 ; 4").text().tidy().fr,
            "Dimensions\u{a0}: 3\u{a0}; 4"
        );
    }
}
