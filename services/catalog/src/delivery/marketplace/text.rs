//! Texts as marketplaces take them: plain, in one line.

use html_escape::decode_html_entities;

use crate::delivery::projection::without_tags;

/// One line of what XML can hold (XML 1.0 §2.2), with single spaces.
pub(super) fn in_one_line(text: &str) -> String {
    let is_gap = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    let line: String = text.chars().map(|c| if is_gap(c) { ' ' } else { c }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same of what may be HTML.
pub(super) fn without_markup(text: &str) -> String {
    in_one_line(&decode_html_entities(&without_tags(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_one_plain_line() {
        assert_eq!(in_one_line(" a\tb\r\n\u{0}\u{ffff} c\u{2028}<d> "), "a b c <d>");
        assert_eq!(
            without_markup("<p>Fine &amp; <b>round</b></p>\n&lt; 1&nbsp;kg"),
            "Fine & round < 1 kg"
        );
    }
}
