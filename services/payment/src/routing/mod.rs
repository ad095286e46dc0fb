//! Which connector an attempt goes to.
//!
//! The first rule whose conditions hold names connectors with weights: one is drawn, the others stand
//! in for it in their order. One that was silent lately is asked last. Without a rule that holds, the
//! order is that of the configuration. What was decided, and by which version, is kept with the attempt.

pub(crate) mod api;
mod current;
pub(crate) mod store;

use contracts::payment::{METHOD_RULE, is_method};
use problem::{Problem, Result, Violation};
use serde::{Deserialize, Serialize};
use types::{CountryCode, CurrencyCode, Money};
use uuid::Uuid;

use crate::connector::{Connector, Connectors};

pub use current::Routing;

const MAX_RULES: usize = 100;
const MAX_VALUES: usize = 250;
const MAX_NAME_LENGTH: usize = 100;
/// Sum of weights stays small enough to draw from.
const MAX_WEIGHT: u32 = 1_000_000;

/// A rule of routing.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// What people call it; kept with every attempt that it decided.
    #[schema(max_length = 100, example = "cards in the euro area")]
    pub(crate) name: String,
    /// When it holds; always if empty.
    #[serde(default)]
    pub(crate) when: Conditions,
    /// Whom it sends to.
    #[schema(min_items = 1, max_items = 250)]
    pub(crate) connectors: Vec<Share>,
}

/// When a rule holds: if all that is said here does. An empty list says nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Conditions {
    /// The order's country is one of these.
    #[schema(max_items = 250)]
    pub(crate) countries: Vec<CountryCode>,
    /// The payment's currency is one of these.
    #[schema(max_items = 250)]
    pub(crate) currencies: Vec<CurrencyCode>,
    /// The sort of means of payment is one of these.
    #[schema(max_items = 250, example = json!(["card"]))]
    pub(crate) methods: Vec<String>,
    /// The amount is at least this, in minor units; needs exactly one currency.
    pub(crate) amount_from: Option<i64>,
    /// The amount is less than this, in minor units; needs exactly one currency.
    pub(crate) amount_below: Option<i64>,
}

/// How much of the traffic goes to a connector.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Share {
    /// Name of the connector.
    #[schema(example = "sandbox")]
    pub(crate) connector: String,
    /// In proportion to the sum of the weights of a rule; 0 stands in for others only.
    #[serde(default = "one")]
    #[schema(maximum = 1_000_000, default = 1)]
    pub(crate) weight: u32,
}

fn one() -> u32 {
    1
}

/// A version of the rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleSet {
    /// `None` if no rules were ever written.
    pub(crate) version: Option<i64>,
    pub(crate) rules: Vec<Rule>,
}

/// What is to be paid, and how.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) payment_id: Uuid,
    pub(crate) amount: &'a Money,
    pub(crate) country: Option<&'a str>,
    pub(crate) method: &'a str,
    pub(crate) token: &'a str,
    /// The connector that the client asks for.
    pub(crate) connector: Option<&'a str>,
}

/// Why an attempt went to its connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(crate) enum Route {
    /// The client asked for it.
    Requested,
    /// A rule chose it.
    Rule,
    /// No rule held.
    Default,
    /// The one before certainly charged nothing.
    Failover,
}

/// The connector of an attempt, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) connector: String,
    pub(crate) route: Route,
    /// Version of the rules that were asked.
    pub(crate) version: Option<i64>,
    /// Name of the rule that held.
    pub(crate) rule: Option<String>,
}

/// Whom to try, in this order; each only where those before certainly charged nothing. Empty if no
/// connector knows the means of payment.
pub(crate) fn decide(
    question: &Question<'_>,
    rules: &RuleSet,
    connectors: &Connectors,
) -> Vec<Decision> {
    let version = rules.version;
    let accepts = |connector: &&Connector| connector.accepts(question.token);
    if let Some(name) = question.connector {
        let found = connectors.find(name).filter(accepts);
        return found.map(|it| decision(it, Route::Requested, version, None)).into_iter().collect();
    }
    let rule = rules.rules.iter().find(|rule| rule.when.hold(question));
    let chosen: Vec<&Connector> = match rule {
        Some(rule) => draw(rule, question.payment_id, connectors),
        None => connectors.iter().collect(),
    };
    let (mut usable, bad): (Vec<_>, Vec<_>) =
        chosen.into_iter().filter(accepts).partition(|connector| connector.is_healthy());
    usable.extend(bad);
    let first = if rule.is_some() { Route::Rule } else { Route::Default };
    let routes = std::iter::once(first).chain(std::iter::repeat(Route::Failover));
    let name = rule.map(|rule| rule.name.as_str());
    usable.into_iter().zip(routes).map(|(it, route)| decision(it, route, version, name)).collect()
}

fn decision(
    connector: &Connector,
    route: Route,
    version: Option<i64>,
    rule: Option<&str>,
) -> Decision {
    let rule = rule.map(ToOwned::to_owned);
    Decision { connector: connector.name().to_owned(), route, version, rule }
}

/// One connector of the rule by weight, then the others as the rule lists them. The same payment draws
/// the same.
fn draw<'a>(rule: &Rule, payment_id: Uuid, connectors: &'a Connectors) -> Vec<&'a Connector> {
    let shares = rule.connectors.iter();
    let known: Vec<(&Connector, u32)> = shares
        .filter_map(|share| Some((connectors.find(&share.connector)?, share.weight)))
        .collect();
    let total: u64 = known.iter().map(|(_, weight)| u64::from(*weight)).sum();
    // The id's random part, not its time and not its region.
    let mut place =
        u64::from_be_bytes(payment_id.into_bytes()[6..14].try_into().unwrap_or_default())
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            >> 16;
    place = place.checked_rem(total).unwrap_or_default();
    let drawn = known.iter().position(|(_, weight)| {
        let is_here = place < u64::from(*weight);
        place = place.saturating_sub(u64::from(*weight));
        is_here
    });
    let mut order: Vec<&Connector> = known.into_iter().map(|(connector, _)| connector).collect();
    if let Some(drawn) = drawn {
        order[..=drawn].rotate_right(1);
    }
    order
}

impl Conditions {
    fn hold(&self, question: &Question<'_>) -> bool {
        let Money { amount, currency } = question.amount;
        (self.countries.is_empty()
            || question.country.is_some_and(|it| self.countries.iter().any(|c| c.as_str() == it)))
            && (self.currencies.is_empty() || self.currencies.contains(currency))
            && (self.methods.is_empty() || self.methods.iter().any(|it| it == question.method))
            && self.amount_from.is_none_or(|from| *amount >= from)
            && self.amount_below.is_none_or(|below| *amount < below)
    }
}

/// 422 with every rule of ours that these rules break.
pub(crate) fn check(rules: &[Rule], connectors: &Connectors) -> Result<()> {
    let mut violations = Vec::new();
    let mut fail = |pointer: String, code: &'static str, rule: &str| {
        violations.push(Violation::at(&pointer, code, rule));
    };
    if rules.len() > MAX_RULES {
        fail("/rules".to_owned(), "too_many", "must have at most 100 items");
    }
    for (i, rule) in rules.iter().enumerate().take(MAX_RULES) {
        let at = |field: &str| format!("/rules/{i}/{field}");
        if !is_text(&rule.name) {
            fail(at("name"), "invalid_value", "must have 1 to 100 characters and no NUL");
        }
        if rules[..i].iter().any(|other| other.name == rule.name) {
            fail(at("name"), "duplicate", "must be another for each rule");
        }
        let when = &rule.when;
        for (field, count) in [
            ("when/countries", when.countries.len()),
            ("when/currencies", when.currencies.len()),
            ("when/methods", when.methods.len()),
            ("connectors", rule.connectors.len()),
        ] {
            if count > MAX_VALUES {
                fail(at(field), "too_many", "must have at most 250 items");
            }
        }
        if when.methods.iter().any(|method| !is_method(method)) {
            fail(at("when/methods"), "invalid_value", METHOD_RULE);
        }
        let has_amount = when.amount_from.is_some() || when.amount_below.is_some();
        if has_amount && when.currencies.len() != 1 {
            fail(at("when/currencies"), "required", "must be exactly one, for the amount");
        }
        if rule.connectors.is_empty() {
            fail(at("connectors"), "required", "must name at least one");
        }
        for (j, share) in rule.connectors.iter().enumerate().take(MAX_VALUES) {
            let at = |field: &str| format!("/rules/{i}/connectors/{j}/{field}");
            if connectors.find(&share.connector).is_none() {
                fail(at("connector"), "unknown_connector", "is not configured");
            }
            if rule.connectors[..j].iter().any(|other| other.connector == share.connector) {
                fail(at("connector"), "duplicate", "must be another for each share");
            }
            if share.weight > MAX_WEIGHT {
                fail(at("weight"), "out_of_range", "must be at most 1000000");
            }
        }
    }
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid_all(violations)) }
}

fn is_text(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_NAME_LENGTH && !text.contains('\0')
}
