//! What a reader looks at: a channel, a locale and a currency.

use std::sync::Arc;

use chrono::Utc;
use http::{HeaderMap, header};
use problem::{Problem, Result};
use serde::Deserialize;
use types::CurrencyCode;

use super::{
    negotiate::weights,
    structure::{Channel, Locale, Structure, language_of},
};
use crate::config::Defaults;

/// Query parameters that every read of the delivery API takes.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ViewQuery {
    /// Sales channel; the installation's default if absent.
    #[param(example = "ecommerce")]
    pub channel: Option<String>,
    /// Locale of the channel; if absent, what `Accept-Language` prefers, else the default.
    #[param(example = "en_US")]
    pub locale: Option<String>,
    /// Currency of the channel; the installation's default if absent.
    #[param(example = "EUR")]
    pub currency: Option<String>,
}

/// A channel, a locale of it and a currency of it.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub channel: String,
    pub locale: Locale,
    pub currency: CurrencyCode,
    /// All three, as a key of caches.
    pub name: Arc<str>,
    /// The state of the structure that it is looked at in, as a key of caches.
    pub edition: String,
}

impl View {
    /// What the request asks for; 422 names what the catalog does not have.
    pub(super) fn resolve(
        structure: &Structure,
        defaults: &Defaults,
        query: &ViewQuery,
        headers: &HeaderMap,
    ) -> Result<Self> {
        let code = query.channel.as_deref().unwrap_or(defaults.channel.as_str());
        let channel = structure.channels.get(code).ok_or_else(|| {
            let detail = format!("there is no channel {code}");
            Problem::invalid_parameter("channel", "unknown_channel", detail)
        })?;
        let locale = match &query.locale {
            Some(locale) => asked_locale(channel, locale)?,
            None => preferred_locale(channel, defaults, headers)?,
        };
        let currency = match &query.currency {
            Some(currency) => asked_currency(channel, currency)?,
            None => default_currency(channel, defaults)?,
        };
        Ok(Self {
            channel: code.to_owned(),
            locale: locale.clone(),
            currency: CurrencyCode::parse(currency).map_err(Problem::internal)?,
            name: view_name(code, &locale.code, currency),
            edition: format!("{}.{}", structure.version, structure.turns(Utc::now())),
        })
    }
}

/// Channel, locale and currency as a key of caches.
pub(super) fn view_name(channel: &str, locale: &str, currency: &str) -> Arc<str> {
    format!("{channel}|{locale}|{currency}").into()
}

fn asked_locale<'a>(channel: &'a Channel, wanted: &str) -> Result<&'a Locale> {
    channel.locales.iter().find(|locale| locale.code == wanted).ok_or_else(|| {
        let codes: Vec<&str> = channel.locales.iter().map(|locale| locale.code.as_str()).collect();
        let codes = codes.join(", ");
        let detail = format!("the channel has no locale {wanted}; it has {codes}");
        Problem::invalid_parameter("locale", "unknown_locale", detail)
    })
}

fn asked_currency<'a>(channel: &'a Channel, wanted: &str) -> Result<&'a str> {
    let all = &channel.currencies;
    all.iter().find(|currency| *currency == wanted).map(String::as_str).ok_or_else(|| {
        let codes = all.join(", ");
        let detail = format!("the channel has no currency {wanted}; it has {codes}");
        Problem::invalid_parameter("currency", "unknown_currency", detail)
    })
}

fn default_currency<'a>(channel: &'a Channel, defaults: &'a Defaults) -> Result<&'a str> {
    let default = defaults.currency.as_str();
    let is_used = channel.currencies.iter().any(|currency| currency == default);
    let first = channel.currencies.first().map(String::as_str);
    if is_used { Some(default) } else { first }.ok_or_else(|| {
        let detail = "the channel has no currency".to_owned();
        Problem::invalid_parameter("currency", "unknown_currency", detail)
    })
}

fn preferred_locale<'a>(
    channel: &'a Channel,
    defaults: &'a Defaults,
    headers: &HeaderMap,
) -> Result<&'a Locale> {
    let default = defaults.locale.as_str();
    let wanted = accepted(&channel.locales, headers, default);
    let default = channel.locales.iter().find(|locale| locale.code == default);
    wanted.or(default).or(channel.locales.first()).ok_or_else(|| {
        let detail = "the channel has no locale".to_owned();
        Problem::invalid_parameter("locale", "unknown_locale", detail)
    })
}

/// The locale that the header likes best (RFC 9110 §12.5.4): the same one, else the default one of the
/// same language, else the first of it.
fn accepted<'a>(locales: &'a [Locale], headers: &HeaderMap, default: &str) -> Option<&'a Locale> {
    let ranges = weights(headers, &header::ACCEPT_LANGUAGE);
    ranges.iter().filter(|(_, weight)| *weight > 0.0).find_map(|(range, _)| {
        let range = &range.replace('-', "_");
        let same = |locale: &&Locale| locale.code.eq_ignore_ascii_case(range);
        let language =
            |locale: &&Locale| language_of(&locale.code).eq_ignore_ascii_case(language_of(range));
        let default = || locales.iter().find(|locale| locale.code == default).filter(language);
        let found = locales.iter().find(same).or_else(default);
        found.or_else(|| locales.iter().find(language))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_language_of_the_channel_wins() {
        let locales = ["de_AT", "de_DE", "en_US", "fr_FR"].map(|code| Locale {
            code: code.to_owned(),
            fallbacks: Vec::new(),
            wording: Arc::default(),
        });
        let accepted = |header: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, http::HeaderValue::from_static(header));
            accepted(&locales, &headers, "de_DE").map(|locale| locale.code.as_str())
        };
        assert_eq!(accepted("fr-CH, fr;q=0.9, en;q=0.8"), Some("fr_FR"));
        assert_eq!(accepted("en;q=0.5, de;q=0.7"), Some("de_DE"));
        assert_eq!(accepted("de-AT"), Some("de_AT"));
        assert_eq!(accepted("ja, *;q=0.1"), None);
        assert_eq!(accepted("fr;q=0, en;q=0.1"), Some("en_US"));
    }
}
