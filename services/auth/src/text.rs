//! Limits of free text.

use problem::Violation;

/// Longest name, street and the like, in characters.
pub(crate) const MAX_LINE: usize = 100;
/// Longest phone number, in characters.
pub(crate) const MAX_PHONE: usize = 40;

/// Trims the text and notes what is wrong with it: empty, longer than `max` characters, or with
/// control characters.
pub(crate) fn check_line(
    text: &mut String,
    pointer: &str,
    max: usize,
    violations: &mut Vec<Violation>,
) {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        violations.push(Violation::at(pointer, "blank", "must not be empty"));
    } else if trimmed.chars().count() > max {
        let rule = format!("must have at most {max} characters");
        violations.push(Violation::at(pointer, "too_long", rule));
    } else if trimmed.chars().any(char::is_control) {
        let rule = "must not have control characters";
        violations.push(Violation::at(pointer, "control_character", rule));
    }
    if trimmed.len() != text.len() {
        *text = trimmed.to_owned();
    }
}

/// As [`check_line`]; blank is the same as absent.
pub(crate) fn check_optional(
    text: &mut Option<String>,
    pointer: &str,
    max: usize,
    violations: &mut Vec<Violation>,
) {
    if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
        *text = None;
    }
    if let Some(text) = text {
        check_line(text, pointer, max, violations);
    }
}

/// 422 if anything was noted.
pub(crate) fn refuse_if_any(violations: Vec<Violation>) -> problem::Result<()> {
    if violations.is_empty() { Ok(()) } else { Err(problem::Problem::invalid_all(violations)) }
}
