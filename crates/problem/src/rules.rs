use crate::{Problem, Result, Violation};

/// Broken rules of a body, collected.
#[derive(Debug, Default)]
pub struct Rules(Vec<Violation>);

impl Rules {
    /// Notes the rule as broken unless `kept`.
    pub fn check(&mut self, kept: bool, pointer: &str, code: &str, detail: &str) {
        if !kept {
            self.0.push(Violation::at(pointer, code, detail));
        }
    }

    /// A text of 1 to `max` characters without control characters.
    pub fn text(&mut self, pointer: &str, text: &str, max: usize) {
        let length = text.chars().count();
        self.check(length > 0 && !text.trim().is_empty(), pointer, "required", "must not be empty");
        let detail = format!("must be at most {max} characters");
        self.check(length <= max, pointer, "too_long", &detail);
        let plain = !text.chars().any(char::is_control);
        self.check(plain, pointer, "control_character", "must not hold control characters");
    }

    /// A text that may be absent.
    pub fn optional_text(&mut self, pointer: &str, text: Option<&str>, max: usize) {
        if let Some(text) = text {
            self.text(pointer, text, max);
        }
    }

    /// 422 with all broken rules, if any.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid_all(self.0)) }
    }
}
