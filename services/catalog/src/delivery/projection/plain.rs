//! Plain texts made from what staff wrote.

/// Address of a media file.
pub(super) fn media_url(code: &str) -> String {
    let escaped = code.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() || b"-_./~".contains(&byte) => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    format!("/media/{}", escaped.collect::<String>())
}

/// Text without HTML tags, spaces collapsed.
pub(in crate::delivery) fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match after.split_once('>').filter(|_| is_tag) {
            Some((_, after)) => {
                plain.push(' ');
                rest = after;
            }
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A beginning of so many characters, cut at a word.
pub(in crate::delivery) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most - 1).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_removed_and_comparisons_stay() {
        assert_eq!(without_tags("<p>Fine<br/>mug</p>  1 < 2"), "Fine mug 1 < 2");
        assert_eq!(without_tags("a <"), "a <");
    }

    #[test]
    fn a_media_address_keeps_slashes_and_escapes_the_rest() {
        assert_eq!(media_url("1/d/a b.jpg"), "/media/1/d/a%20b.jpg");
    }
}
