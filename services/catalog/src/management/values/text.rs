use serde_json::Value;

use super::data::Reading;
use crate::management::{
    attribute::{Attribute, Kind},
    lookup::Lookup,
};

const MAX_TEXT: usize = 255;
const MAX_TEXT_AREA: usize = 65_535;

pub(super) fn read(reading: &mut Reading<'_>, data: &Value) -> Option<Option<Value>> {
    let Some(text) = data.as_str() else { return reading.expects("a string", data) };
    // The rules of the main identifier are those of the product, however it is given.
    let broken = match reading.attribute.is_main_identifier {
        true => None,
        false => check(reading.attribute, text, reading.lookup),
    };
    match broken {
        Some(message) => reading.refuse(message),
        None => Some(Some(data.clone())),
    }
}

/// The rule of the attribute that a text breaks, if any.
pub fn check(attribute: &Attribute, text: &str, lookup: &Lookup) -> Option<String> {
    let code = &attribute.code;
    let longest = if attribute.kind == Kind::TextArea { MAX_TEXT_AREA } else { MAX_TEXT };
    let limit = attribute
        .properties
        .max_characters
        .and_then(|limit| usize::try_from(limit).ok())
        .map_or(longest, |limit| limit.min(longest));
    if text.chars().count() > limit {
        return Some(format!(
            "The {code} attribute must not contain more than {limit} characters. The submitted value is too long."
        ));
    }
    if attribute.kind == Kind::Identifier
        && (text.trim() != text || text.chars().any(char::is_control))
    {
        return Some(format!(
            "The {code} attribute must not contain control characters or surrounding spaces."
        ));
    }
    match attribute.properties.validation_rule.as_deref() {
        Some("email") if !is_email(text) => {
            Some(format!("The {code} attribute requires a valid e-mail address."))
        }
        Some("url") if !is_url(text) => Some(format!("The {code} attribute requires a valid URL.")),
        Some("regexp") if !lookup.matches_pattern(attribute, text) => {
            let pattern = attribute.properties.validation_regexp.as_deref().unwrap_or_default();
            Some(format!(
                "The {code} attribute must match the following regular expression: {pattern}."
            ))
        }
        _ => None,
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain =
        |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
    plain(local)
        && !local.contains('@')
        && plain(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

fn is_url(text: &str) -> bool {
    reqwest::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "ftp") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        assert!(is_email("a.b+c@example.org"));
        for bad in ["a", "a@b", "@example.org", "a b@example.org", "a@.org", "a@@example.org"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn a_url_has_a_scheme_and_a_host() {
        assert!(is_url("https://example.org/x?y"));
        for bad in ["example.org", "javascript:alert(1)", "http://"] {
            assert!(!is_url(bad), "{bad}");
        }
    }
}
