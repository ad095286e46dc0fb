use chrono::Duration;
use fastrand::Rng;
use serde_json::{Value, json};

use super::{
    value::{draw_text, some_of},
    world::{CATEGORIES, CHANNELS, GROUPS, LOCALES, Target, Thing, World},
};

const TEXT: [&str; 9] = [
    "STARTS WITH",
    "CONTAINS",
    "DOES NOT CONTAIN",
    "=",
    "!=",
    "IN",
    "NOT IN",
    "EMPTY",
    "NOT EMPTY",
];
const TIME: [&str; 7] = ["=", "!=", "<", ">", "BETWEEN", "NOT BETWEEN", "SINCE LAST N DAYS"];
const CATEGORY: [&str; 6] =
    ["IN", "NOT IN", "IN OR UNCLASSIFIED", "IN CHILDREN", "NOT IN CHILDREN", "UNCLASSIFIED"];
const COMPLETE: [&str; 10] = [
    "<",
    "<=",
    "=",
    "!=",
    ">=",
    ">",
    "GREATER THAN ON ALL LOCALES",
    "GREATER OR EQUALS THAN ON ALL LOCALES",
    "LOWER THAN ON ALL LOCALES",
    "LOWER OR EQUALS THAN ON ALL LOCALES",
];
const COMPLETE_BELOW: [&str; 4] =
    ["AT LEAST COMPLETE", "AT LEAST INCOMPLETE", "ALL COMPLETE", "ALL INCOMPLETE"];

/// One condition.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) property: String,
    pub(crate) operator: &'static str,
    pub(crate) value: Value,
    pub(crate) locale: Option<&'static str>,
    pub(crate) scope: Option<&'static str>,
    pub(crate) locales: Vec<&'static str>,
}

impl Condition {
    pub(crate) fn to_json(&self) -> Value {
        let mut body = json!({"operator": self.operator});
        let mut set = |name: &str, value: Value| {
            if !value.is_null() && value != json!([]) {
                body[name] = value;
            }
        };
        set("value", self.value.clone());
        set("locale", json!(self.locale));
        set("scope", json!(self.scope));
        set("locales", json!(self.locales));
        body
    }
}

/// Every property and attribute with every operator that it knows.
pub(crate) fn all(target: Target, world: &World) -> Vec<(String, &'static str)> {
    let set = ["IN", "NOT IN", "EMPTY", "NOT EMPTY"];
    let mut all: Vec<(String, &'static str)> = Vec::new();
    let mut add = |property: &str, operators: &[&'static str]| {
        all.extend(operators.iter().map(|operator| (property.to_owned(), *operator)));
    };
    add("identifier", &TEXT);
    add("family", &set);
    add("categories", &CATEGORY);
    add("parent", &["=", "IN", "EMPTY", "NOT EMPTY"]);
    add("quality_score", &["IN"; 6]);
    add("created", &TIME);
    add("updated", &TIME);
    match target {
        Target::Product => {
            add("uuid", &["IN", "NOT IN"]);
            add("sku", &TEXT);
            add("enabled", &["=", "!="]);
            add("groups", &set);
            add("completeness", &COMPLETE);
            add("completeness", &COMPLETE);
        }
        Target::Model => add("completeness", &COMPLETE_BELOW),
    }
    for (code, attribute) in &world.attributes {
        add(code, attribute.kind.operators());
    }
    all
}

/// A condition on the property with this operator.
pub(crate) fn draw(
    property: &str,
    operator: &'static str,
    world: &World,
    random: &mut Rng,
) -> Condition {
    let mut condition = Condition {
        property: property.to_owned(),
        operator,
        value: Value::Null,
        locale: None,
        scope: None,
        locales: Vec::new(),
    };
    if let Some(attribute) = world.attributes.get(property) {
        condition.value = attribute.kind.draw_operand(operator, random);
        condition.locale = random.choice(LOCALES).filter(|_| attribute.localizable);
        condition.scope =
            random.choice(CHANNELS.map(|(code, _)| code)).filter(|_| attribute.scopable);
        return condition;
    }
    match property {
        "completeness" | "quality_score" => draw_computed(&mut condition, random),
        "created" | "updated" => condition.value = draw_time(operator, world, random),
        _ => condition.value = draw_operand(property, operator, world, random),
    }
    condition
}

fn draw_operand(property: &str, operator: &str, world: &World, random: &mut Rng) -> Value {
    if matches!(operator, "EMPTY" | "NOT EMPTY" | "UNCLASSIFIED") {
        return Value::Null;
    }
    let names = |pick: fn(&Thing) -> Option<&String>| -> Vec<&str> {
        world.things.iter().filter_map(pick).map(String::as_str).collect()
    };
    match property {
        "enabled" => json!(random.bool()),
        "family" => some_of(&["plain", "one", "two"], random),
        "groups" => some_of(&GROUPS, random),
        "categories" => some_of(&CATEGORIES.map(|(code, _)| code), random),
        "uuid" => {
            some_of(&names(|thing| Some(&thing.key).filter(|_| thing.enabled.is_some())), random)
        }
        "parent" => {
            let codes = names(|thing| Some(&thing.key).filter(|_| thing.enabled.is_none()));
            if operator == "=" { json!(random.choice(codes)) } else { some_of(&codes, random) }
        }
        _ => {
            let codes = names(|thing| thing.identifier.as_ref().or(Some(&thing.key)));
            match operator {
                "IN" | "NOT IN" => some_of(&codes, random),
                _ => draw_text(operator, &codes, random),
            }
        }
    }
}

fn draw_computed(condition: &mut Condition, random: &mut Rng) {
    let (channel, locales) = random.choice(CHANNELS).unwrap();
    condition.scope = Some(channel);
    let locale = random.choice(locales.iter().copied());
    if condition.property == "quality_score" {
        condition.value = some_of(&["A", "B", "C", "D", "E"], random);
        condition.locale = locale;
    } else if condition.operator.ends_with("COMPLETE") {
        condition.locale = locale;
    } else {
        condition.value = json!(random.choice([0, 25, 33, 50, 66, 75, 99, 100]));
        if condition.operator.ends_with("ON ALL LOCALES") {
            condition.locales =
                if random.bool() { locales.to_vec() } else { locale.into_iter().collect() };
        } else if random.bool() {
            condition.locale = locale;
        }
    }
}

/// Around the time at which something happened.
fn draw_time(operator: &str, world: &World, random: &mut Rng) -> Value {
    let thing = random.choice(&world.things).unwrap();
    let mut moment = || {
        let shift = random.choice([-86_400, -1, 0, 1, 2, 86_400]).unwrap();
        let moment = thing.updated + Duration::seconds(shift);
        if random.bool() {
            moment.to_rfc3339()
        } else {
            moment.format("%Y-%m-%d %H:%M:%S").to_string()
        }
    };
    match operator {
        "SINCE LAST N DAYS" => json!(random.i32(0..3)),
        "BETWEEN" | "NOT BETWEEN" => json!([moment(), moment()]),
        _ => json!(moment()),
    }
}
