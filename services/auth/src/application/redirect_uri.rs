use std::net::IpAddr;

use url::Url;

/// Longest address, in bytes.
const MAX_BYTES: usize = 500;

/// An address that people may be sent back to, as an application registered it.
pub(crate) struct RedirectUri {
    url: Url,
    text: String,
}

impl RedirectUri {
    /// Reads an address; the rule in words if nobody may be sent there.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "must be an https address, http on a loopback address, or the scheme of an \
                            app with a dot in it, without fragment, user or wildcard";
        let url = Url::parse(text).map_err(|_| RULE)?;
        let is_plain = text.len() <= MAX_BYTES
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'*')
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let is_safe = match url.scheme() {
            "https" => url.host().is_some(),
            "http" => is_loopback(&url) || url.host_str() == Some("localhost"),
            // RFC 8252 §7.1: the name of a domain the app's maker controls, in reverse.
            scheme => scheme.contains('.'),
        };
        if is_plain && is_safe { Ok(Self { url, text: text.to_owned() }) } else { Err(RULE) }
    }

    /// Whether somebody who asks to be sent to `asked` may be: the same text, or another port of the
    /// same loopback address (RFC 8252 §7.3).
    pub(crate) fn allows(&self, asked: &str) -> bool {
        if self.text == asked {
            return true;
        }
        let Ok(mut asked) = Self::parse(asked) else { return false };
        if !(is_loopback(&self.url) && is_loopback(&asked.url)) {
            return false;
        }
        asked.url.set_port(self.url.port()).is_ok() && asked.url == self.url
    }

    /// What a content security policy calls the place.
    pub(crate) fn policy_source(&self) -> String {
        match self.url.scheme() {
            "https" | "http" => self.url.origin().ascii_serialization(),
            scheme => format!("{scheme}:"),
        }
    }

    /// The address with these parameters added to its own.
    pub(crate) fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut url = self.url.clone();
        url.query_pairs_mut().extend_pairs(parameters);
        url.into()
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    url.scheme() == "http" && host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(registered: &str, asked: &str) -> bool {
        RedirectUri::parse(registered).unwrap().allows(asked)
    }

    #[test]
    fn an_address_is_compared_as_it_is() {
        let registered = "https://app.example/callback?a=1";
        assert!(allows(registered, registered));
        for other in [
            "https://app.example/callback",
            "https://app.example/callback?a=1&b=2",
            "https://app.example/callback/?a=1",
            "https://app.example:443/callback?a=1",
            "https://APP.example/callback?a=1",
            "https://app.example/x/../callback?a=1",
            "https://app.example.evil.example/callback?a=1",
            "https://app.example@evil.example/callback?a=1",
            "http://app.example/callback?a=1",
            "https://app.example/callback?a=1#x",
        ] {
            assert!(!allows(registered, other), "{other}");
        }
    }

    #[test]
    fn only_the_port_of_a_loopback_address_may_differ() {
        assert!(allows("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback"));
        assert!(allows("http://[::1]/callback", "http://[::1]:51004/callback"));
        for other in [
            "http://127.0.0.1:51004/other",
            "http://127.0.0.1:51004/callback?x",
            "http://127.0.0.1.evil.example/callback",
            "http://evil.example:51004/callback",
            "http://localhost:51004/callback",
            "https://127.0.0.1:51004/callback",
        ] {
            assert!(!allows("http://127.0.0.1/callback", other), "{other}");
        }
        assert!(!allows("http://localhost/callback", "http://localhost:51004/callback"));
        assert!(!allows("https://app.example/callback", "https://app.example:8443/callback"));
    }

    #[test]
    fn nobody_is_sent_to_an_unsafe_place() {
        for bad in [
            "",
            "/callback",
            "http://app.example/callback",
            "https://app.example/#x",
            "https://user@app.example/",
            "https://*.app.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/callback",
            "https://app.example/ü",
            "https://app.example/\n",
            &format!("https://app.example/{}", "x".repeat(500)),
        ] {
            assert!(RedirectUri::parse(bad).is_err(), "{bad}");
        }
        for good in ["com.example.app:/callback", "http://localhost:3000/", "https://a.example"] {
            assert!(RedirectUri::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn parameters_are_added_to_those_that_are_there() {
        let uri = RedirectUri::parse("https://app.example/callback?a=1").unwrap();
        assert_eq!(uri.with(&[("code", "x y")]), "https://app.example/callback?a=1&code=x+y");
        let app = RedirectUri::parse("com.example.app:/callback").unwrap();
        assert_eq!(app.with(&[("code", "x")]), "com.example.app:/callback?code=x");
        assert_eq!(app.policy_source(), "com.example.app:");
    }
}
