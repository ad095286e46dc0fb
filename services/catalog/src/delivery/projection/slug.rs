//! Addresses of pages: made from the name, kept while the name stays.

use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, RawTokenizer, TextAnalyzer};
use uuid::Uuid;

const MAX_LENGTH: usize = 80;

/// A name as part of an address: lower-case ASCII letters, digits and hyphens; may be empty.
pub(super) fn slugify(name: &str) -> String {
    let folded = fold(name);
    let mut slug = String::new();
    for character in folded.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.ends_with('-') && !slug.is_empty() && character != '\'' {
            slug.push('-');
        }
    }
    if slug.len() > MAX_LENGTH {
        let cut = slug[..MAX_LENGTH].rfind('-').filter(|cut| *cut > MAX_LENGTH / 2);
        slug.truncate(cut.unwrap_or(MAX_LENGTH));
    }
    slug.trim_end_matches('-').to_owned()
}

/// What a page may be called, best first. The last one is always free.
pub(super) fn candidates(name: &str, sku: &str, id: Uuid) -> [String; 3] {
    let join = |parts: [&str; 2]| parts.join("-").trim_matches('-').to_owned();
    let base = slugify(name);
    let with_sku = join([&base, &slugify(sku)]);
    let with_id = join([&base, &id.simple().to_string()]);
    let base = if base.is_empty() { with_sku.clone() } else { base };
    [base, with_sku, with_id]
}

/// Lower case without accents.
fn fold(text: &str) -> String {
    let mut analyzer = TextAnalyzer::builder(RawTokenizer::default())
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build();
    let mut folded = String::new();
    analyzer.token_stream(text).process(&mut |token| folded.push_str(&token.text));
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_plain_ascii() {
        assert_eq!(slugify("Crème brûlée – Größe 10\" (2er)"), "creme-brulee-grosse-10-2er");
        assert_eq!(slugify("Men's"), "mens");
        assert_eq!(slugify("日本"), "");
        assert!(slugify(&"word ".repeat(50)).len() <= MAX_LENGTH);
    }

    #[test]
    fn a_name_without_letters_is_called_by_its_sku() {
        let id = Uuid::nil();
        assert_eq!(candidates("日本", "JP 1", id)[0], "jp-1");
        assert_eq!(candidates("Mug", "M/1", id)[1], "mug-m-1");
    }
}
