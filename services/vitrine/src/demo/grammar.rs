//! Gender, articles and agreement, so that composed German and French sentences are right.

use super::text::Text;

/// Grammatical gender. French knows only the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gender {
    Masculine,
    Feminine,
    Neuter,
}

pub(crate) const M: Gender = Gender::Masculine;
pub(crate) const F: Gender = Gender::Feminine;
pub(crate) const N: Gender = Gender::Neuter;

/// What a product is called, in the singular.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noun {
    pub(crate) en: &'static str,
    pub(crate) de: &'static str,
    pub(crate) de_gender: Gender,
    pub(crate) fr: &'static str,
    pub(crate) fr_gender: Gender,
}

/// Short constructor for the word lists: English, German with gender, French with gender.
pub(crate) const fn noun(
    en: &'static str,
    de: &'static str,
    de_gender: Gender,
    fr: &'static str,
    fr_gender: Gender,
) -> Noun {
    Noun { en, de, de_gender, fr, fr_gender }
}

/// A quality. German has the stem, French both genders and the place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adjective {
    pub(crate) en: &'static str,
    pub(crate) de: &'static str,
    pub(crate) fr: [&'static str; 2],
    /// French adjectives of beauty, age, goodness and size stand before their noun.
    pub(crate) before: bool,
}

/// The two German cases the sentences need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Nominative,
    Accusative,
}

impl Noun {
    /// `a light lamp`, `eine leichte Lampe`, `une lampe légère`.
    pub(crate) fn with(&self, adjective: &Adjective) -> Text {
        Text {
            en: format!("{} {} {}", english_article(adjective.en), adjective.en, self.en),
            de: self.german(adjective, Case::Nominative),
            fr: self.french(adjective),
        }
    }

    /// As [`with`](Self::with), as the object of a sentence: `einen leichten Stuhl`.
    pub(crate) fn with_as_object(&self, adjective: &Adjective) -> Text {
        Text { de: self.german(adjective, Case::Accusative), ..self.with(adjective) }
    }

    /// `an armchair`, `ein Sessel`, `un fauteuil`.
    pub(crate) fn with_article(&self) -> Text {
        let german = if self.de_gender == F { "eine" } else { "ein" };
        Text {
            en: format!("{} {}", english_article(self.en), self.en),
            de: format!("{german} {}", self.de),
            fr: format!("{} {}", self.french_article(), self.fr),
        }
    }

    /// The adjective after *is*, which only French bends.
    pub(crate) fn being(&self, adjective: &Adjective) -> Text {
        Text {
            en: adjective.en.to_owned(),
            de: adjective.de.to_owned(),
            fr: adjective.fr[usize::from(self.fr_gender == F)].to_owned(),
        }
    }

    /// `It`, `Er`/`Sie`/`Es`, `Il`/`Elle`, opening a sentence.
    pub(crate) fn pronoun(&self) -> [&'static str; 3] {
        let german = match self.de_gender {
            Gender::Masculine => "Er",
            Gender::Feminine => "Sie",
            Gender::Neuter => "Es",
        };
        ["It", german, if self.fr_gender == F { "Elle" } else { "Il" }]
    }

    fn german(&self, adjective: &Adjective, case: Case) -> String {
        let (article, ending) = match (self.de_gender, case) {
            (Gender::Masculine, Case::Nominative) => ("ein", "er"),
            (Gender::Masculine, Case::Accusative) => ("einen", "en"),
            (Gender::Feminine, _) => ("eine", "e"),
            (Gender::Neuter, _) => ("ein", "es"),
        };
        format!("{article} {}{ending} {}", adjective.de, self.de)
    }

    fn french(&self, adjective: &Adjective) -> String {
        let form = adjective.fr[usize::from(self.fr_gender == F)];
        let article = self.french_article();
        if adjective.before {
            let form = if form == "beau" && starts_with_vowel(self.fr) { "bel" } else { form };
            format!("{article} {form} {}", self.fr)
        } else {
            format!("{article} {} {form}", self.fr)
        }
    }

    fn french_article(&self) -> &'static str {
        if self.fr_gender == F { "une" } else { "un" }
    }
}

fn english_article(word: &str) -> &'static str {
    if starts_with_vowel(word) { "an" } else { "a" }
}

fn starts_with_vowel(word: &str) -> bool {
    word.starts_with(|letter: char| "aeiouéèêâîô".contains(letter.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Adjective =
        Adjective { en: "light", de: "leicht", fr: ["léger", "légère"], before: false };
    const FINE: Adjective =
        Adjective { en: "handsome", de: "schön", fr: ["beau", "belle"], before: true };

    #[test]
    fn adjectives_agree_with_their_noun() {
        let chair = noun("chair", "Stuhl", M, "chaise", F);
        assert_eq!(
            chair.with(&LIGHT).all(),
            ["a light chair", "ein leichter Stuhl", "une chaise légère"]
        );
        assert_eq!(chair.with_as_object(&LIGHT).de, "einen leichten Stuhl");
        let shelf = noun("shelf", "Regal", N, "étagère", F);
        assert_eq!(
            shelf.with(&FINE).all(),
            ["a handsome shelf", "ein schönes Regal", "une belle étagère"]
        );
    }

    #[test]
    fn a_french_adjective_before_a_vowel_changes_its_form() {
        let can = noun("watering can", "Gießkanne", F, "arrosoir", M);
        assert_eq!(can.with(&FINE).fr, "un bel arrosoir");
        assert_eq!(noun("armchair", "Sessel", M, "fauteuil", M).with_article().en, "an armchair");
    }
}
