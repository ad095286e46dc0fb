use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, header};

/// Client id and secret of an `Authorization: Basic` header.
pub(crate) struct Basic {
    client_id: String,
    client_secret: String,
}

impl Basic {
    /// `None` without the header; an error if there is another or a malformed one.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Option<Self>, ()> {
        let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
        let (scheme, encoded) =
            value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(())?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(());
        }
        let decoded = BASE64_STANDARD.decode(encoded.trim()).map_err(|_| ())?;
        let text = String::from_utf8(decoded).map_err(|_| ())?;
        let (client_id, client_secret) = text.split_once(':').ok_or(())?;
        Ok(Some(Self { client_id: client_id.to_owned(), client_secret: client_secret.to_owned() }))
    }

    /// As they are, and form-decoded: RFC 6749 §2.3.1 wants them encoded, many clients do not.
    pub(crate) fn readings(&self) -> Vec<(String, String)> {
        let plain = (self.client_id.clone(), self.client_secret.clone());
        let decoded = (form_decode(&self.client_id), form_decode(&self.client_secret));
        if plain == decoded { vec![plain] } else { vec![plain, decoded] }
    }

    /// Whether this is the client's id.
    pub(crate) fn names(&self, client_id: &str) -> bool {
        self.client_id == client_id || form_decode(&self.client_id) == client_id
    }
}

fn form_decode(text: &str) -> String {
    // Neither a value with `&` nor one with `=` can come out of an encoder.
    form_urlencoded::parse(text.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Option<Basic>, ()> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        Basic::read(&headers)
    }

    #[test]
    fn credentials_may_be_form_encoded() {
        let basic = read("basic YSUzQWI6cyUyQnQ=").unwrap().unwrap();
        assert!(basic.names("a:b"));
        assert_eq!(basic.readings()[1], ("a:b".to_owned(), "s+t".to_owned()));
    }

    #[test]
    fn what_is_not_basic_is_refused() {
        for bad in ["Bearer x", "Basic", "Basic ???", "Basic YWJj"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
