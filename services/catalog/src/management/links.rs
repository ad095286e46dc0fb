//! Absolute addresses of the API's things, made from the public address.

use http::HeaderValue;
use problem::Problem;
use reqwest::Url;

use super::error::Result;

const ROOT: [&str; 3] = ["api", "rest", "v1"];

/// Makes addresses.
pub struct Links {
    base: Url,
}

impl Links {
    /// With this public address of the installation.
    pub fn new(public_url: &str) -> Result<Self> {
        Ok(Self { base: Url::parse(public_url).map_err(Problem::internal)? })
    }

    /// The address of these path segments below the API's root; each is encoded.
    pub fn of<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(ROOT).extend(segments);
        }
        url
    }

    /// The public address of a media file, where it can be had in any size.
    pub fn of_media(&self, code: &str) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("media").extend(code.split('/'));
        }
        url
    }

    /// The same as [`Self::of`], as header.
    pub fn header<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> HeaderValue {
        HeaderValue::from_str(self.of(segments).as_str()).expect("an encoded address is ASCII")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_encoded_in_addresses() {
        let links = Links::new("https://pim.example/shop/").unwrap();
        assert_eq!(
            links.of(["products", "a b/ü"]).as_str(),
            "https://pim.example/shop/api/rest/v1/products/a%20b%2F%C3%BC"
        );
    }
}
