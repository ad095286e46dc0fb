//! Short codes with a grammar: parsed once, valid forever after.

use std::{borrow::Cow, fmt, hash::Hash, marker::PhantomData, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What sort of code it is: its name in messages and its grammar.
pub trait Kind: 'static {
    /// Name of the sort, as it appears in schemas.
    const NAME: &'static str;
    /// The grammar in words, as it appears in errors.
    const RULE: &'static str;
    /// A valid code, for documentation.
    const EXAMPLE: &'static str;
    /// Whether the text follows the grammar.
    fn is_valid(text: &str) -> bool;
}

/// The sorts of codes.
pub mod kind {
    use super::Kind;

    /// ISO 4217 alphabetic currency code.
    pub enum Currency {}
    impl Kind for Currency {
        const NAME: &'static str = "CurrencyCode";
        const RULE: &'static str = "must be three capital letters (ISO 4217)";
        const EXAMPLE: &'static str = "EUR";
        fn is_valid(text: &str) -> bool {
            text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
        }
    }

    /// ISO 3166-1 alpha-2 country code.
    pub enum Country {}
    impl Kind for Country {
        const NAME: &'static str = "CountryCode";
        const RULE: &'static str = "must be two capital letters (ISO 3166-1 alpha-2)";
        const EXAMPLE: &'static str = "DE";
        fn is_valid(text: &str) -> bool {
            text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
        }
    }

    /// What staff name a rule by: a promotion, a shipping method, a rule of merchandising.
    pub enum Rule {}
    impl Kind for Rule {
        const NAME: &'static str = "RuleCode";
        const RULE: &'static str = "must be 1 to 100 letters, digits, dots, dashes or underscores";
        const EXAMPLE: &'static str = "summer-sale";
        fn is_valid(text: &str) -> bool {
            (1..=100).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        }
    }

    /// Language and territory, as PIMs write them: `de_DE`.
    pub enum Locale {}
    impl Kind for Locale {
        const NAME: &'static str = "LocaleCode";
        const RULE: &'static str = "must be a language and a territory, such as de_DE";
        const EXAMPLE: &'static str = "de_DE";
        fn is_valid(text: &str) -> bool {
            text.len() <= 20
                && text.contains('_')
                && text.split('_').all(|part| {
                    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
                })
        }
    }

    /// A sales channel, named by its staff.
    pub enum Channel {}
    impl Kind for Channel {
        const NAME: &'static str = "ChannelCode";
        const RULE: &'static str = "must be 1 to 100 letters, digits or underscores";
        const EXAMPLE: &'static str = "ecommerce";
        fn is_valid(text: &str) -> bool {
            (1..=100).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        }
    }

    /// What a shop counts in stock and sells: the product's main identifier.
    pub enum Sku {}
    impl Kind for Sku {
        const NAME: &'static str = "Sku";
        const RULE: &'static str =
            "must be 1 to 255 characters without control characters or surrounding spaces";
        const EXAMPLE: &'static str = "MUG-BLUE-S";
        fn is_valid(text: &str) -> bool {
            (1..=255).contains(&text.chars().count())
                && text.trim() == text
                && !text.chars().any(char::is_control)
        }
    }
}

/// ISO 4217 currency code.
pub type CurrencyCode = Code<kind::Currency>;
/// ISO 3166-1 alpha-2 country code.
pub type CountryCode = Code<kind::Country>;
/// Code of a rule.
pub type RuleCode = Code<kind::Rule>;
/// Locale such as `de_DE`.
pub type LocaleCode = Code<kind::Locale>;
/// Sales channel.
pub type ChannelCode = Code<kind::Channel>;
/// Stock keeping unit.
pub type Sku = Code<kind::Sku>;

/// A validated code of one sort; cheap to clone.
pub struct Code<K> {
    text: Arc<str>,
    kind: PhantomData<fn() -> K>,
}

/// The text does not follow the sort's grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeError {
    rule: &'static str,
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule)
    }
}

impl std::error::Error for CodeError {}

impl<K: Kind> Code<K> {
    /// Checks the grammar and keeps the text as it is.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if K::is_valid(text) {
            Ok(Self { text: text.into(), kind: PhantomData })
        } else {
            Err(CodeError { rule: K::RULE })
        }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: Kind> FromStr for Code<K> {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl<K: Kind> TryFrom<String> for Code<K> {
    type Error = CodeError;
    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::parse(&text)
    }
}

impl<K> Clone for Code<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<K> PartialEq for Code<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for Code<K> {}

impl<K> PartialOrd for Code<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Code<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<K> Hash for Code<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<K> fmt::Debug for Code<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<K> fmt::Display for Code<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> AsRef<str> for Code<K> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<K> Serialize for Code<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Code<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl<K: Kind> utoipa::PartialSchema for Code<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some(K::RULE))
            .examples([serde_json::Value::from(K::EXAMPLE)])
            .into()
    }
}

impl<K: Kind> utoipa::ToSchema for Code<K> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(K::NAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_three_capital_letters() {
        assert!(CurrencyCode::parse("EUR").is_ok());
        for bad in ["eur", "EURO", "", "€"] {
            assert!(CurrencyCode::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_locale_is_language_and_territory() {
        assert!(LocaleCode::parse("de_DE").is_ok());
        assert!(LocaleCode::parse("zh_Hant_TW").is_ok());
        for bad in ["de", "de-DE", "_DE", "de_", ""] {
            assert!(LocaleCode::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_sku_keeps_its_spelling_and_refuses_control_characters() {
        assert_eq!(Sku::parse("Möbel 1/2").map(|sku| sku.to_string()), Ok("Möbel 1/2".into()));
        for bad in ["", " a", "a\n", &"x".repeat(256)] {
            assert!(Sku::parse(bad).is_err(), "{bad:?}");
        }
    }
}
