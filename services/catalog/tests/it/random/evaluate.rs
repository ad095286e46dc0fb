use std::{cmp::Ordering, collections::BTreeSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use super::{
    condition::Condition,
    value::Kind,
    world::{CATEGORIES, CHANNELS, Family, Place, Thing, World},
};

/// Whether the condition holds for the thing.
pub(crate) fn holds(world: &World, thing: &Thing, condition: &Condition) -> bool {
    let operator = condition.operator;
    let set = |own: &[&str]| among(operator, own, &condition.value);
    match condition.property.as_str() {
        "uuid" => set(&[&thing.key]),
        "identifier" | "sku" => {
            let name =
                if thing.enabled.is_some() { thing.identifier.as_ref() } else { Some(&thing.key) };
            text_holds(operator, name.map(String::as_str), &condition.value)
        }
        "enabled" => (thing.enabled == condition.value.as_bool()) == (operator == "="),
        "family" => set(&thing.family.as_deref().into_iter().collect::<Vec<_>>()),
        "groups" => set(&thing.groups),
        "categories" => categories_hold(world, thing, condition),
        "parent" => {
            let above: Vec<&str> =
                world.ancestors(thing).iter().map(|above| above.key.as_str()).collect();
            match operator {
                "=" => above.iter().any(|code| condition.value == *code),
                _ => set(&above[..above.len().min(1)]),
            }
        }
        "completeness" => completeness_holds(world, thing, condition),
        "quality_score" => {
            let (channel, locale) = (condition.scope.unwrap(), condition.locale.unwrap());
            let grade = grade(world, thing, channel, locale);
            grade.is_some_and(|grade| contains(&condition.value, grade))
        }
        "created" => time_holds(thing.created, operator, &condition.value),
        "updated" => time_holds(thing.updated, operator, &condition.value),
        _ => value_holds(world, thing, condition),
    }
}

fn contains(list: &Value, text: &str) -> bool {
    list.as_array().unwrap().iter().any(|item| item == text)
}

/// Codes that the thing has, against codes that are asked for.
fn among(operator: &str, own: &[&str], asked: &Value) -> bool {
    match operator {
        "IN" => own.iter().any(|code| contains(asked, code)),
        "NOT IN" => !own.iter().any(|code| contains(asked, code)),
        "EMPTY" => own.is_empty(),
        "NOT EMPTY" => !own.is_empty(),
        other => panic!("{other}"),
    }
}

/// Only what is there can be unequal.
fn text_holds(operator: &str, text: Option<&str>, operand: &Value) -> bool {
    let Some(text) = text else { return operator == "EMPTY" };
    let lower = || (text.to_lowercase(), operand.as_str().unwrap().to_lowercase());
    match operator {
        "=" => operand == text,
        "!=" => operand != text,
        "IN" => contains(operand, text),
        "NOT IN" => !contains(operand, text),
        "STARTS WITH" => {
            let (text, part) = lower();
            text.starts_with(&part)
        }
        "CONTAINS" => {
            let (text, part) = lower();
            text.contains(&part)
        }
        "DOES NOT CONTAIN" => {
            let (text, part) = lower();
            !text.contains(&part)
        }
        "EMPTY" => false,
        "NOT EMPTY" => true,
        other => panic!("{other}"),
    }
}

fn categories_hold(world: &World, thing: &Thing, condition: &Condition) -> bool {
    let mut own: BTreeSet<&str> = thing.categories.iter().copied().collect();
    own.extend(world.ancestors(thing).iter().flat_map(|above| above.categories.iter().copied()));
    let asked = |code: &str| contains(&condition.value, code);
    let is_below = |code: &str| {
        let parent = |code: &&str| CATEGORIES.iter().find(|(other, _)| other == code)?.1;
        std::iter::successors(Some(code), parent).any(asked)
    };
    match condition.operator {
        "IN" => own.iter().any(|code| asked(code)),
        "NOT IN" => !own.iter().any(|code| asked(code)),
        "IN OR UNCLASSIFIED" => own.is_empty() || own.iter().any(|code| asked(code)),
        "IN CHILDREN" => own.iter().any(|code| is_below(code)),
        "NOT IN CHILDREN" => !own.iter().any(|code| is_below(code)),
        "UNCLASSIFIED" => own.is_empty(),
        other => panic!("{other}"),
    }
}

/// The value with what is inherited: the lowest level that has the attribute counts.
fn find_value<'a>(
    world: &'a World,
    thing: &'a Thing,
    code: &str,
    place: Place,
) -> Option<&'a Value> {
    let levels = std::iter::once(thing).chain(world.ancestors(thing));
    levels.filter_map(|level| level.values.get(code)).next()?.get(&place)
}

fn is_filled(
    world: &World,
    thing: &Thing,
    code: &str,
    channel: &'static str,
    locale: &'static str,
) -> bool {
    if code == "sku" {
        return thing.identifier.is_some();
    }
    let attribute = &world.attributes[code];
    let place = (attribute.localizable.then_some(locale), attribute.scopable.then_some(channel));
    find_value(world, thing, code, place).is_some()
}

fn is_available(world: &World, code: &str, locale: &str) -> bool {
    world.attributes.get(code).is_none_or(|attribute| attribute.is_available(locale))
}

fn family<'a>(world: &'a World, thing: &Thing) -> Option<&'a Family> {
    thing.family.as_ref().map(|code| &world.families[code])
}

/// How many of a hundred, rounded down; all if there are none.
fn share(part: usize, whole: usize) -> usize {
    (100 * part).checked_div(whole).unwrap_or(100)
}

fn completeness(
    world: &World,
    thing: &Thing,
    channel: &'static str,
    locale: &'static str,
) -> Option<usize> {
    let required = family(world, thing)?.required[channel].iter().map(String::as_str);
    let required: Vec<&str> =
        required.chain(["sku"]).filter(|code| is_available(world, code, locale)).collect();
    let filled =
        required.iter().filter(|code| is_filled(world, thing, code, channel, locale)).count();
    Some(share(filled, required.len()))
}

fn completeness_holds(world: &World, thing: &Thing, condition: &Condition) -> bool {
    let channel = condition.scope.unwrap();
    let operator = condition.operator;
    if operator.ends_with("COMPLETE") {
        let locale = condition.locale.unwrap();
        let is_below = |other: &&Thing| {
            other.enabled.is_some()
                && world.ancestors(other).iter().any(|above| above.key == thing.key)
        };
        let mut below = world
            .things
            .iter()
            .filter(is_below)
            .map(|product| completeness(world, product, channel, locale) == Some(100))
            .peekable();
        return below.peek().is_some()
            && match operator {
                "AT LEAST COMPLETE" => below.any(|is_complete| is_complete),
                "AT LEAST INCOMPLETE" => below.any(|is_complete| !is_complete),
                "ALL COMPLETE" => below.all(|is_complete| is_complete),
                _ => below.all(|is_complete| !is_complete),
            };
    }
    let asked = condition.value.as_u64().unwrap() as usize;
    let is_so = |locale: &'static str| {
        completeness(world, thing, channel, locale).is_some_and(|percent| {
            match operator.trim_end_matches(" ON ALL LOCALES") {
                "<" | "LOWER THAN" => percent < asked,
                "<=" | "LOWER OR EQUALS THAN" => percent <= asked,
                "=" => percent == asked,
                "!=" => percent != asked,
                ">=" | "GREATER OR EQUALS THAN" => percent >= asked,
                ">" | "GREATER THAN" => percent > asked,
                other => panic!("{other}"),
            }
        })
    };
    if operator.ends_with("ON ALL LOCALES") {
        return condition.locales.iter().all(|locale| is_so(locale));
    }
    let locales = CHANNELS.iter().find(|(code, _)| *code == channel).unwrap().1;
    match condition.locale {
        Some(locale) => is_so(locale),
        None => locales.iter().any(|locale| is_so(locale)),
    }
}

/// 70 points for required attributes, 20 for all, 10 for the picture. Of models, what is filled below
/// them does not count.
fn grade(
    world: &World,
    thing: &Thing,
    channel: &'static str,
    locale: &'static str,
) -> Option<&'static str> {
    let family = family(world, thing)?;
    let mut attributes: BTreeSet<&str> = family.attributes.iter().map(String::as_str).collect();
    if thing.enabled.is_some() {
        attributes.insert("sku");
    } else {
        let level = usize::from(thing.parent.is_some());
        let below = world.variants[thing.family.as_ref()?].iter().skip(level);
        below.flat_map(|(_, below)| below).for_each(|code| {
            attributes.remove(code.as_str());
        });
    }
    attributes.retain(|code| is_available(world, code, locale));
    let filled = |code: &&&str| is_filled(world, thing, code, channel, locale);
    let required: Vec<&str> = attributes
        .iter()
        .copied()
        .filter(|code| *code == "sku" || family.required[channel].contains(*code))
        .collect();
    let mut points = 70 * share(required.iter().filter(filled).count(), required.len())
        + 20 * share(attributes.iter().filter(filled).count(), attributes.len());
    let mut whole = 90;
    if let Some(picture) = family.picture.as_deref().filter(|code| attributes.contains(code)) {
        points += if filled(&&picture) { 1000 } else { 0 };
        whole += 10;
    }
    Some(match points / whole {
        90.. => "A",
        80.. => "B",
        70.. => "C",
        60.. => "D",
        _ => "E",
    })
}

/// `time` is without its fraction of a second, the operands have none.
fn time_holds(time: DateTime<Utc>, operator: &str, operand: &Value) -> bool {
    let read = |value: &Value| -> DateTime<Utc> {
        let text = value.as_str().unwrap();
        text.parse().unwrap_or_else(|_| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap().and_utc()
        })
    };
    let between = || read(&operand[0]) <= time && time < read(&operand[1]);
    match operator {
        ">" => time >= read(operand),
        "<" => time < read(operand),
        "=" => time.date_naive() == read(operand).date_naive(),
        "!=" => time.date_naive() != read(operand).date_naive(),
        "BETWEEN" => between(),
        "NOT BETWEEN" => !between(),
        // All was written a moment ago.
        "SINCE LAST N DAYS" => operand != 0,
        other => panic!("{other}"),
    }
}

fn value_holds(world: &World, thing: &Thing, condition: &Condition) -> bool {
    let (code, operator, operand) =
        (condition.property.as_str(), condition.operator, &condition.value);
    let Some(data) = find_value(world, thing, code, (condition.locale, condition.scope)) else {
        return operator == "EMPTY";
    };
    if matches!(operator, "EMPTY" | "NOT EMPTY") {
        return operator == "NOT EMPTY";
    }
    match world.attributes[code].kind {
        Kind::Text | Kind::TextArea | Kind::Select | Kind::Record => {
            text_holds(operator, data.as_str(), operand)
        }
        Kind::File | Kind::Image => {
            text_holds(operator, Some(world.files[data.as_str().unwrap()]), operand)
        }
        Kind::MultiSelect | Kind::Records | Kind::Assets => {
            let own: Vec<&str> =
                data.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            among(operator, &own, operand)
        }
        Kind::Boolean => (data == operand) == (operator == "="),
        Kind::Date => {
            let day = |value: &Value| value.as_str().unwrap().to_owned();
            let between = || day(&operand[0]) <= day(data) && day(data) <= day(&operand[1]);
            match operator {
                "BETWEEN" => between(),
                "NOT BETWEEN" => !between(),
                _ => compares(operator, day(data).cmp(&day(operand))),
            }
        }
        Kind::Price => data.as_array().unwrap().iter().any(|price| {
            price["currency"] == operand["currency"]
                && compares(operator, scaled(&price["amount"]).cmp(&scaled(&operand["amount"])))
        }),
        Kind::Integer | Kind::Decimal => compares(operator, scaled(data).cmp(&scaled(operand))),
        Kind::Volume | Kind::Temperature => {
            compares(operator, in_one_unit(data).cmp(&in_one_unit(operand)))
        }
    }
}

fn compares(operator: &str, order: Ordering) -> bool {
    match operator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        "=" => order.is_eq(),
        "!=" => order.is_ne(),
        ">=" => order.is_ge(),
        ">" => order.is_gt(),
        other => panic!("{other}"),
    }
}

/// Hundredths, exactly.
fn scaled(amount: &Value) -> i128 {
    let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{part:0<2}").parse().unwrap()
}

/// Millilitres, or eighteenths of a kelvin, exactly.
fn in_one_unit(measurement: &Value) -> i128 {
    let amount = scaled(&measurement["amount"]);
    match measurement["unit"].as_str().unwrap() {
        "MILLILITER" => amount,
        "CENTILITER" => 10 * amount,
        "LITER" => 1_000 * amount,
        "CUBIC_METER" => 1_000_000 * amount,
        "KELVIN" => 18 * amount,
        "CELSIUS" => 18 * (amount + 27_315),
        "FAHRENHEIT" => 10 * (amount - 3_200) + 18 * 27_315,
        other => panic!("{other}"),
    }
}
