//! What a client likes, by the weights in its `Accept…` headers (RFC 9110 §12.4.2).

use http::{HeaderMap, HeaderName};

/// What a header names with its weights, best liked first; 0 is refused.
pub(super) fn weights<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<(&'a str, f32)> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let mut weights: Vec<_> = values.flat_map(|text| text.split(',')).filter_map(weight).collect();
    weights.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    weights
}

/// `text/html;level=1;q=0.5`: what comes before the first semicolon, and its weight.
fn weight(part: &str) -> Option<(&str, f32)> {
    let mut pieces = part.split(';').map(str::trim);
    let named = pieces.next().filter(|named| !named.is_empty())?;
    let weight = match pieces.find_map(|piece| piece.strip_prefix("q=")) {
        Some(weight) => weight.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?,
        None => 1.0,
    };
    Some((named, weight))
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header::ACCEPT};

    use super::*;

    #[test]
    fn what_is_liked_best_comes_first_and_nonsense_not_at_all() {
        let mut headers = HeaderMap::new();
        let text = "image/png;q=0.5, image/avif;v=b3;q=0.9,, image/gif; q=0, a;q=x, b;q=7";
        headers.append(ACCEPT, HeaderValue::from_static(text));
        headers.append(ACCEPT, HeaderValue::from_static("image/webp"));
        let expected =
            [("image/webp", 1.0), ("image/avif", 0.9), ("image/png", 0.5), ("image/gif", 0.0)];
        assert_eq!(weights(&headers, &ACCEPT), expected);
        assert_eq!(weights(&headers, &http::header::ACCEPT_LANGUAGE), []);
    }
}
