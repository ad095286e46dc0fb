//! Regular expressions of attributes, written with delimiters and flags: `/^[a-z]+$/i`.

use regex::{Regex, RegexBuilder};

/// Bytes that a compiled expression may take.
const MAX_COMPILED_BYTES: usize = 1 << 20;

/// Compiles an expression; none if it is not valid. Expressions run in linear time: there are no
/// backreferences and no lookaround.
pub fn compile(pattern: &str) -> Option<Regex> {
    let (body, flags) = split(pattern);
    RegexBuilder::new(body)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .ignore_whitespace(flags.contains('x'))
        .size_limit(MAX_COMPILED_BYTES)
        .build()
        .ok()
}

fn split(pattern: &str) -> (&str, &str) {
    let Some(delimiter) = pattern.chars().next().filter(|c| "/#~@%".contains(*c)) else {
        return (pattern, "");
    };
    let rest = &pattern[1..];
    rest.rsplit_once(delimiter).unwrap_or((pattern, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_may_have_delimiters_and_flags() {
        assert!(compile("/^[a-z]+$/i").unwrap().is_match("ABC"));
        assert!(!compile("#^[a-z]+$#").unwrap().is_match("ABC"));
        assert!(compile("^a").unwrap().is_match("ab"));
        assert!(compile("/[/").is_none());
    }
}
