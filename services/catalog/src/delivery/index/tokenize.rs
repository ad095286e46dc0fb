//! How texts become words: the same way for documents and queries.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenStream,
    Tokenizer,
};

use crate::delivery::structure::language_of;

/// Units that may stand at a number without a space. Other letters there make a code, such as `1211ea`.
const UNITS: &[&str] = &[
    "a", "ah", "cl", "cm", "db", "dpi", "ft", "g", "gb", "ghz", "h", "hz", "in", "kb", "kg", "khz",
    "km", "kw", "l", "lm", "m", "ma", "mah", "mb", "mbps", "mg", "mhz", "ml", "mm", "mp", "ms",
    "mw", "pc", "pcs", "ppm", "px", "rpm", "s", "tb", "v", "va", "w", "wh",
];

/// Longest word, in bytes; longer ones are not words.
const MAX_WORD: usize = 60;

/// Words with the locale's stop words removed and their endings cut.
pub(in crate::delivery) fn stemming(locale: &str) -> TextAnalyzer {
    let plain = TextAnalyzer::builder(Words::default()).dynamic();
    let Some(language) = language(locale) else {
        return plain.filter_dynamic(AsciiFoldingFilter).build();
    };
    let stopped = match StopWordFilter::new(language) {
        Some(filter) => plain.filter_dynamic(filter),
        None => plain,
    };
    stopped.filter_dynamic(AsciiFoldingFilter).filter_dynamic(Stemmer::new(language)).build()
}

/// Words as they are, without accents.
pub(in crate::delivery) fn plain() -> TextAnalyzer {
    TextAnalyzer::builder(Words::default()).filter(AsciiFoldingFilter).build()
}

/// The words of a text.
pub(in crate::delivery) fn words(analyzer: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut words = Vec::new();
    analyzer.token_stream(text).process(&mut |token| words.push(token.text.clone()));
    words
}

/// A code without what people leave out or type in another way: `P5N32-E SLI` becomes `p5n32esli`.
pub(in crate::delivery) fn normalized_identifier(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn language(locale: &str) -> Option<Language> {
    Some(match language_of(locale) {
        "ar" => Language::Arabic,
        "da" => Language::Danish,
        "nl" => Language::Dutch,
        "en" => Language::English,
        "fi" => Language::Finnish,
        "fr" => Language::French,
        "de" => Language::German,
        "el" => Language::Greek,
        "hu" => Language::Hungarian,
        "it" => Language::Italian,
        "nb" | "nn" | "no" => Language::Norwegian,
        "pt" => Language::Portuguese,
        "ro" => Language::Romanian,
        "ru" => Language::Russian,
        "es" => Language::Spanish,
        "sv" => Language::Swedish,
        "ta" => Language::Tamil,
        "tr" => Language::Turkish,
        _ => return None,
    })
}

/// Splits a text into lower-case words. Numbers keep their decimal point, and a unit behind a number is
/// a word of its own in its short form, so that `0.5m`, `0.5 m` and `0,5 Meter` are the same.
#[derive(Clone, Default)]
struct Words {
    tokens: Vec<Token>,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.tokens.clear();
        split(text, &mut self.tokens);
        Stream { tokens: &mut self.tokens, next: 0 }
    }
}

struct Stream<'a> {
    tokens: &'a mut [Token],
    next: usize,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

fn split(text: &str, tokens: &mut Vec<Token>) {
    let mut characters = text.char_indices().peekable();
    while let Some((start, first)) = characters.next() {
        if is_inch_mark(first) && ends_in_number(tokens, start) {
            push(tokens, start, start + first.len_utf8(), "in");
        }
        if !first.is_alphanumeric() {
            continue;
        }
        let mut word = String::from(first);
        let mut end = start + first.len_utf8();
        while let Some(&(at, next)) = characters.peek() {
            let is_point = matches!(next, '.' | ',') && is_decimal_point(&word, &text[at..]);
            if !next.is_alphanumeric() && !is_point {
                break;
            }
            word.push(if is_point { '.' } else { next });
            end = at + next.len_utf8();
            characters.next();
        }
        push_word(tokens, start, end, &word.to_lowercase());
    }
}

fn is_inch_mark(character: char) -> bool {
    matches!(character, '"' | '″' | '”')
}

/// Whether the last word is a number that ends right here.
fn ends_in_number(tokens: &[Token], at: usize) -> bool {
    tokens.last().is_some_and(|last| last.offset_to == at && is_number(&last.text))
}

/// One point in a number, with a digit behind it.
fn is_decimal_point(word: &str, rest: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
        && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn push_word(tokens: &mut Vec<Token>, start: usize, end: usize, word: &str) {
    let digits = word.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, tail) = word.split_at(digits);
    let is_measure = digits > 0 && UNITS.contains(&tail);
    if is_measure {
        push(tokens, start, start + digits, number);
        push(tokens, start + digits, end, short_unit(tail));
    } else if tokens.last().is_some_and(|last| is_number(&last.text)) {
        push(tokens, start, end, short_unit(word));
    } else {
        push(tokens, start, end, word);
    }
}

/// A unit behind a number, in its short form.
fn short_unit(word: &str) -> &str {
    match word {
        "meter" | "metre" | "meters" | "metres" | "mètre" | "mètres" | "mtr" => "m",
        "centimeter" | "centimetre" | "centimeters" | "centimetres" | "zentimeter" => "cm",
        "millimeter" | "millimetre" | "millimeters" | "millimetres" => "mm",
        "inch" | "inches" | "zoll" | "pouces" => "in",
        "foot" | "feet" => "ft",
        "gram" | "grams" | "gramm" | "gramme" | "grammes" => "g",
        "kilogram" | "kilograms" | "kilogramm" | "kilogramme" | "kilo" => "kg",
        "liter" | "litre" | "liters" | "litres" => "l",
        "gigabyte" | "gigabytes" => "gb",
        "megabyte" | "megabytes" => "mb",
        "terabyte" | "terabytes" => "tb",
        "watt" | "watts" => "w",
        "volt" | "volts" => "v",
        other => other,
    }
}

fn push(tokens: &mut Vec<Token>, offset_from: usize, offset_to: usize, text: &str) {
    if text.len() > MAX_WORD {
        return;
    }
    let position = tokens.len();
    tokens.push(Token {
        offset_from,
        offset_to,
        position,
        text: text.to_owned(),
        position_length: 1,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_words(text: &str) -> Vec<String> {
        words(&mut plain(), text)
    }

    #[test]
    fn a_measure_is_the_same_however_it_is_written() {
        for text in ["0.5m", "0.5 m", "0,5 Meter", "0.5 metres"] {
            assert_eq!(plain_words(text), ["0.5", "m"], "{text}");
        }
        assert_eq!(plain_words("42\" TV"), ["42", "in", "tv"]);
        assert_eq!(plain_words("42-inch TV"), ["42", "in", "tv"]);
        assert_eq!(plain_words("4GB"), ["4", "gb"]);
    }

    #[test]
    fn codes_stay_whole_and_accents_go() {
        assert_eq!(plain_words("006R90321 dv7-1211ea"), ["006r90321", "dv7", "1211ea"]);
        assert_eq!(plain_words("Größe, Café."), ["grosse", "cafe"]);
    }

    #[test]
    fn endings_are_cut_by_language() {
        assert_eq!(words(&mut stemming("en_US"), "the cables"), ["cabl"]);
        assert_eq!(words(&mut stemming("de_DE"), "die Stühle"), ["stuhl"]);
        assert_eq!(words(&mut stemming("ja_JP"), "the cables"), ["the", "cables"]);
    }

    #[test]
    fn an_identifier_is_compared_without_separators() {
        assert_eq!(normalized_identifier("P5N32-E SLI"), "p5n32esli");
    }
}
