use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters of an address: the most that marketplaces take.
pub(super) const MAX_LINK: usize = 2_000;
/// What stands as it is in any part of an address (RFC 3986 §2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an address is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placeholder {
    Slug,
    Sku,
    Id,
    Channel,
    Locale,
    Language,
    Currency,
}

impl Placeholder {
    const ALL: [Self; 7] = [
        Self::Slug,
        Self::Sku,
        Self::Id,
        Self::Channel,
        Self::Locale,
        Self::Language,
        Self::Currency,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Slug => "{slug}",
            Self::Sku => "{sku}",
            Self::Id => "{id}",
            Self::Channel => "{channel}",
            Self::Locale => "{locale}",
            Self::Language => "{language}",
            Self::Currency => "{currency}",
        }
    }

    fn names_the_product(self) -> bool {
        matches!(self, Self::Slug | Self::Sku | Self::Id)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(Placeholder),
}

/// Addresses of product pages in the shop: `https://shop.example/{locale}/p/{slug}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkTemplate(Vec<Part>);

impl LinkTemplate {
    /// Reads a template; else says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let template = Self::split(text)?;
        let names_the_product = |part: &Part| matches!(part, Part::Placeholder(placeholder) if placeholder.names_the_product());
        if !template.0.iter().any(names_the_product) {
            return Err("An address needs {slug}, {sku} or {id}.".to_owned());
        }
        let sample = template.render(|_| "x".into());
        let host = |address: &str| {
            let address: Uri = address.parse().ok()?;
            let is_web = matches!(address.scheme_str(), Some("http" | "https"));
            let host = address.authority().filter(|_| is_web)?;
            Some(host.as_str().to_owned()).filter(|host| !host.is_empty() && !host.contains('@'))
        };
        let Some(found) = host(&sample).filter(|_| sample.len() <= MAX_LINK) else {
            return Err("This value should be an http(s) address.".to_owned());
        };
        let beginning = text.split('{').next().unwrap_or_default();
        if host(beginning).as_ref() != Some(&found) {
            return Err("The host of an address has no placeholders.".to_owned());
        }
        Ok(template)
    }

    fn split(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(begin) = rest.find(['{', '}']) {
            let found = Placeholder::ALL
                .into_iter()
                .find(|placeholder| rest[begin..].starts_with(placeholder.as_str()));
            let Some(placeholder) = found else {
                let known = Placeholder::ALL.map(Placeholder::as_str).join(", ");
                return Err(format!("Braces stand around placeholders, which are {known}."));
            };
            parts.push(Part::Text(rest[..begin].to_owned()));
            parts.push(Part::Placeholder(placeholder));
            rest = &rest[begin + placeholder.as_str().len()..];
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The address with these values, each encoded.
    pub(super) fn render<'a>(
        &self,
        value: impl Fn(Placeholder) -> std::borrow::Cow<'a, str>,
    ) -> String {
        let mut address = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => address.push_str(text),
                Part::Placeholder(placeholder) => {
                    address.extend(utf8_percent_encode(&value(*placeholder), ENCODED));
                }
            }
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_and_what_fills_it_encoded() {
        let template =
            LinkTemplate::parse("https://shop.example/{locale}/p/{slug}?sku={sku}#top").unwrap();
        let address = template.render(|placeholder| match placeholder {
            Placeholder::Sku => "A/1 ü&".into(),
            other => other.as_str().trim_matches(['{', '}']).into(),
        });
        assert_eq!(address, "https://shop.example/locale/p/slug?sku=A%2F1%20%C3%BC%26#top");
    }

    #[test]
    fn what_is_no_address_of_a_product_is_refused() {
        for (text, message) in [
            ("https://shop.example/p", "An address needs"),
            ("https://shop.example/{locale}", "An address needs"),
            ("https://shop.example/{slug", "Braces stand"),
            ("https://shop.example/slug}{sku}", "Braces stand"),
            ("https://shop.example/{name}/{slug}", "Braces stand"),
            ("ftp://shop.example/{slug}", "This value should be an http(s) address."),
            ("javascript:alert({slug})", "This value should be an http(s) address."),
            ("/p/{slug}", "This value should be an http(s) address."),
            ("https:///{slug}", "This value should be an http(s) address."),
            ("https://user@shop.example/{slug}", "This value should be an http(s) address."),
            ("https://shop.example/a b/{slug}", "This value should be an http(s) address."),
            ("https://{slug}.example/", "The host of an address"),
            ("https://shop{slug}/", "The host of an address"),
            ("https://shop.example:{id}/", "The host of an address"),
        ] {
            let refusal = LinkTemplate::parse(text).unwrap_err();
            assert!(refusal.starts_with(message), "{text}: {refusal}");
        }
        let long = format!("https://shop.example/{}/{{slug}}", "a".repeat(MAX_LINK));
        assert!(LinkTemplate::parse(&long).is_err());
    }
}
