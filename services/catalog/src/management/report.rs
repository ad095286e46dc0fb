//! Every problem of one request, found before it is refused.

use serde::{Deserialize, Serialize};

use super::error::Refusal;

/// Problems that are told of one body; it is refused whatever else is wrong with it.
const MAX_FINDINGS: usize = 1_000;

const SEE_DOCUMENTATION: &str = "Check the expected format on the API documentation.";

/// What is wrong with a body, all of it.
#[derive(Debug, Default)]
pub struct Report {
    findings: Vec<Finding>,
}

#[derive(Debug)]
struct Finding {
    documented: bool,
    violation: Violation,
}

/// One problem of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Violation {
    /// The property, in snake case.
    pub property: String,
    /// The problem in words.
    pub message: String,
    /// The value, if it is about one.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The currency, if it is about a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Place {
    /// The attribute.
    pub attribute: String,
    /// The locale, if the attribute is localizable.
    pub locale: Option<String>,
    /// The channel, if the attribute is scopable.
    pub scope: Option<String>,
}

impl Report {
    /// A rule that the property breaks.
    pub fn rule(&mut self, property: &str, message: impl Into<String>) {
        self.add(false, property, message.into(), None, None);
    }

    /// The body is not as documented; the closing sentence is added here.
    pub fn format(&mut self, property: &str, message: impl Into<String>) {
        let message = format!("{} {SEE_DOCUMENTATION}", message.into());
        self.add(true, property, message, None, None);
    }

    /// A rule that a value breaks.
    pub fn value_rule(&mut self, place: &Place, message: impl Into<String>) {
        self.add(false, "values", message.into(), Some(place.clone()), None);
    }

    /// A rule that one price of a value breaks.
    pub fn price_rule(&mut self, place: &Place, currency: &str, message: impl Into<String>) {
        self.add(false, "values", message.into(), Some(place.clone()), Some(currency.to_owned()));
    }

    fn add(
        &mut self,
        documented: bool,
        property: &str,
        message: String,
        place: Option<Place>,
        currency: Option<String>,
    ) {
        if self.findings.len() == MAX_FINDINGS {
            return;
        }
        let violation = Violation { property: property.to_owned(), message, place, currency };
        if !self.findings.iter().any(|finding| finding.violation == violation) {
            self.findings.push(Finding { documented, violation });
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Refuses if anything is wrong.
    pub fn into_result(self) -> Result<(), Refusal> {
        if self.is_empty() { Ok(()) } else { Err(self.into()) }
    }

    /// All problems in the order they were found.
    pub fn violations(&self) -> Vec<Violation> {
        self.findings.iter().map(|finding| finding.violation.clone()).collect()
    }

    /// Whether the body is not as documented, rather than against a rule.
    pub fn is_documented(&self) -> bool {
        self.findings.iter().any(|finding| finding.documented)
    }

    /// The sentence that stands for all of them.
    pub fn message(&self) -> &str {
        let first = self.findings.iter().find(|finding| finding.documented);
        first.map_or("Validation failed.", |finding| &finding.violation.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_problem_is_reported_once() {
        let mut report = Report::default();
        report.rule("code", "is bad");
        report.rule("code", "is bad");
        assert_eq!(report.violations().len(), 1);
        assert_eq!(report.message(), "Validation failed.");
    }

    #[test]
    fn no_more_is_told_than_anybody_reads() {
        let mut report = Report::default();
        for number in 0..2 * MAX_FINDINGS {
            report.rule("code", format!("is bad in way {number}"));
        }
        assert_eq!(report.violations().len(), MAX_FINDINGS);
        assert!(report.into_result().is_err());
    }

    #[test]
    fn a_wrong_format_speaks_for_all_problems() {
        let mut report = Report::default();
        report.rule("code", "is bad");
        report.format("x", "Property \"x\" does not exist.");
        assert_eq!(
            report.message(),
            "Property \"x\" does not exist. Check the expected format on the API documentation."
        );
        assert_eq!(report.violations().len(), 2);
    }
}
