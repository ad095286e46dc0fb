use std::collections::BTreeMap;

use http::Method;
use testing::{Answer, Client};

use crate::shop::Shop;

/// The example of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:51004/callback";

/// A person's browser: keeps cookies, fills in forms, follows nothing by itself.
pub(crate) struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(shop: &Shop) -> Self {
        Self { client: shop.client.clone(), cookies: BTreeMap::new() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let answer = self.client().get(path).await;
        self.keep(answer)
    }

    /// Sends a form with these fields.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form(fields).into_bytes();
        let content_type = Some("application/x-www-form-urlencoded");
        let answer = self.client().send(Method::POST, path, content_type, body).await;
        self.keep(answer)
    }

    /// Sends the page's own form, with these fields and its hidden ones.
    pub(crate) async fn fill_in(&mut self, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let (text, hidden) = (page.text(), hidden_fields(page));
        let action = between(&text, "action=\"", "\"").to_owned();
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut all = BTreeMap::from_iter(hidden);
        all.extend(fields.iter().copied());
        let all: Vec<_> = all.into_iter().collect();
        self.submit(&action, &all).await
    }

    fn client(&self) -> Client {
        let pairs: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.client.header("cookie", &pairs.join("; "))
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        for cookie in answer.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}

fn hidden_fields(page: &Answer) -> Vec<(String, String)> {
    let text = page.text();
    let inputs = text.split("type=\"hidden\"").skip(1);
    let read =
        |input: &str, name: &str| between(input, &format!("{name}=\""), "\"").replace("&#38;", "&");
    inputs.map(|input| (read(input, "name"), read(input, "value"))).collect()
}

/// The hidden field that ties a page's form to its browser.
pub(crate) fn ticket(page: &Answer) -> String {
    between(&page.text(), "name=\"ticket\" value=\"", "\"").to_owned()
}

pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap().0
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The address of an authorization request of the storefront; `more` replaces, adds, or with an empty
/// value takes away.
pub(crate) fn request(more: &[(&str, &str)]) -> String {
    let mut fields = BTreeMap::from([
        ("response_type", "code"),
        ("client_id", "storefront"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "a b&c"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    fields.extend(more.iter().copied());
    let fields: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    format!("/oauth/authorize?{}", form(&fields))
}

/// The parameters of the address that the browser is sent back to.
#[track_caller]
pub(crate) fn sent_back(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let (address, query) = answer.header("location").split_once('?').unwrap();
    assert!(
        address.starts_with("http://127.0.0.1:51004/") || address.starts_with("https://"),
        "{address}"
    );
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
