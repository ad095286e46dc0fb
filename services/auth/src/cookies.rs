//! Cookies of the hosted pages: for this host alone, out of reach of scripts, never sent along by forms
//! of other sites (RFC 6265bis §5).

use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};

/// The value of a cookie with this name, under either prefix.
pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name().strip_prefix("__Host-").unwrap_or(cookie.name()) == name)
        .map(|cookie| cookie.value().to_owned())
}

/// Sets a cookie until the browser is closed; an empty value takes it away.
pub(crate) fn write(issuer: &str, name: &str, value: &str) -> HeaderValue {
    let is_https = issuer.starts_with("https:");
    // The prefix makes browsers refuse the cookie from anyone but this host, over https.
    let name = if is_https { format!("__Host-{name}") } else { name.to_owned() };
    let mut cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(is_https)
        .same_site(SameSite::Lax);
    if value.is_empty() {
        cookie = cookie.removal();
    }
    HeaderValue::try_from(cookie.build().to_string()).expect("our cookies are plain text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_written() {
        for issuer in ["http://shop.test", "https://shop.test"] {
            let written = write(issuer, "name", "value");
            let pair = written.to_str().unwrap().split(';').next().unwrap();
            let mut headers = HeaderMap::new();
            headers.insert("cookie", format!("other=1; {pair}").parse().unwrap());
            assert_eq!(read(&headers, "name").as_deref(), Some("value"));
            assert_eq!(read(&headers, "nam"), None);
        }
    }

    #[test]
    fn a_cookie_is_for_this_host_and_for_no_script() {
        let written = write("https://shop.test", "name", "value");
        assert_eq!(written, "__Host-name=value; HttpOnly; SameSite=Lax; Secure; Path=/");
        let gone = write("https://shop.test", "name", "");
        assert!(gone.to_str().unwrap().contains("Max-Age=0"), "{gone:?}");
    }
}
