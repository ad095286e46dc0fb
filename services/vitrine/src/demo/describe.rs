//! Descriptions: sentences put together from what is true of a model.

use fastrand::Rng;

use super::kind::Axes;
use super::model::{Known, Model};
use super::shop::fingerprint;
use super::text::{Join, Text, Words, capitalize, in_sentence, list, number, same, w};
use super::words::materials::{Class, care};
use super::words::options::{option_label, size_label};
use super::words::sentences::{COFFEE_OPENINGS, COLORS, FACTS, MEASURES, OPENINGS, SIZES};

/// The description of the model: opening, features, facts, care, maker and choice.
pub(crate) fn description(model: &Model) -> Text {
    let mut rng = Rng::with_seed(model.look ^ fingerprint("description"));
    let openings = if model.kind.family == "coffee" { COFFEE_OPENINGS } else { OPENINGS };
    let mut text = fill(openings[rng.usize(..openings.len())], model);
    let mut features = model.kind.features.to_vec();
    rng.shuffle(&mut features);
    for feature in features.into_iter().take(2) {
        text.push(&feature.text());
    }
    for sentence in fact_sentences(model, &mut rng) {
        text.push(&sentence);
    }
    if let Some(sentence) = care_sentence(model, &mut rng) {
        text.push(&sentence);
    }
    if rng.u8(0..100) < 45 {
        text.push(&model.brand.line.text());
    }
    if let Some(choice) = choice(model) {
        text.push(&choice);
    }
    text.tidy()
}

/// A line for lists; the app gets a shorter one.
pub(crate) fn teaser(model: &Model, channel: &str) -> Text {
    let thing = model.kind.noun.with(model.adjectives[0]).map(capitalize);
    if channel == "mobile" {
        let by = same(model.brand.name);
        return join(&thing, w("by", "von", "par"), &by.text()).tidy();
    }
    let mut text = thing;
    text.push(&made(model));
    join(&text, w("by", "von", ", par"), &same(model.brand.name).text())
        .map(|line| format!("{line}."))
        .tidy()
}

fn join(before: &Text, word: Words, after: &Text) -> Text {
    let mut text = before.clone();
    text.push(&word.text());
    text.push(after);
    text
}

/// Fills the slots of an opening.
fn fill(opening: Words, model: &Model) -> Text {
    let noun = &model.kind.noun;
    let [first, second] = model.adjectives.map(|adjective| noun.being(adjective));
    let (thing, object) =
        (noun.with(model.adjectives[0]), noun.with_as_object(model.adjectives[0]));
    let plain = noun.with_article();
    let slots = [
        ("{series}", same(model.series).text()),
        ("{brand}", same(model.brand.name).text()),
        ("{made}", made(model)),
        ("{object}", object),
        ("{Thing}", thing.map(capitalize)),
        ("{thing}", thing),
        ("{Plain}", plain.map(capitalize)),
        ("{plain}", plain),
        ("{First}", first.map(capitalize)),
        ("{first}", first),
        ("{second}", second),
        ("{e}", agreement(model)),
    ];
    slots.iter().fold(opening.text(), |text, (slot, words)| replace(&text, slot, words))
}

fn replace(text: &Text, slot: &str, words: &Text) -> Text {
    Text {
        en: text.en.replace(slot, &words.en),
        de: text.de.replace(slot, &words.de),
        fr: text.fr.replace(slot, &words.fr),
    }
}

/// The *e* French participles of feminine nouns end with.
fn agreement(model: &Model) -> Text {
    let ending = if model.kind.noun.pronoun()[2] == "Elle" { "e" } else { "" };
    same(ending).text()
}

/// `made of solid oak`, `with a cover in velvet`; nothing where no material is known.
fn made(model: &Model) -> Text {
    if model.kind.materials.is_empty() {
        return Text::default();
    }
    let words = if model.kind.cover {
        w("with a cover in {n}", "mit einem Bezug aus {n}", "avec un revêtement en {n}")
    } else {
        w("made of {n}", "aus {n}", "en {n}")
    };
    let of = match model.material {
        Some(material) => material.phrase.text(),
        None => {
            let mut labels: Vec<Text> = Vec::new();
            for material in model.variants.iter().filter_map(|variant| variant.material) {
                let label = in_sentence(&material.label.text());
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
            list(&labels, Join::Or)
        }
    };
    replace(&words.text(), "{n}", &of)
}

/// The measures, if all variants share them, and up to three other facts.
fn fact_sentences(model: &Model, rng: &mut Rng) -> Vec<Text> {
    let mut sentences: Vec<Text> = model
        .facts
        .iter()
        .filter_map(|(attribute, known)| fact_sentence(model, attribute, known))
        .collect();
    rng.shuffle(&mut sentences);
    sentences.truncate(3);
    sentences.extend(measures(model));
    sentences
}

fn fact_sentence(model: &Model, attribute: &str, known: &Known) -> Option<Text> {
    let words = FACTS.iter().find(|(code, _)| *code == attribute)?.1;
    if model.kind.axes.level_of(attribute) > 0 {
        return None;
    }
    let value = match known {
        Known::Flag(true) => Text::default(),
        Known::Flag(false) => return None,
        Known::Whole(value) if *value == 1 => return None,
        Known::Whole(value) => number(f64::from(*value)),
        Known::Measure(value) => number(*value),
        Known::Note(note) => {
            Text { en: (*note).to_owned(), de: (*note).to_owned(), fr: (*note).to_owned() }
        }
        Known::Pick(option) if attribute == "origin" => option_label(attribute, option),
        Known::Pick(option) => in_sentence(&option_label(attribute, option)),
        Known::Several(options) => {
            let labels: Vec<Text> = options
                .iter()
                .map(|option| in_sentence(&option_label(attribute, option)))
                .collect();
            list(&labels, Join::And)
        }
    };
    let [_, german, french] = model.kind.noun.pronoun();
    let text = replace(&words.text(), "{n}", &value);
    Some(Text {
        en: text.en,
        de: text.de.replace("{Er}", german),
        fr: text.fr.replace("{Il}", french).replace("{il}", &french.to_lowercase()),
    })
}

fn measures(model: &Model) -> Option<Text> {
    let sides: Vec<Text> = ["width", "height", "depth"]
        .into_iter()
        .filter(|side| model.kind.axes.level_of(side) == 0)
        .filter_map(|side| match model.fact(side) {
            Some(Known::Measure(value)) => Some(number(*value)),
            _ => None,
        })
        .collect();
    let [width, height, depth] = sides.as_slice() else { return None };
    let join = |pick: fn(&Text) -> &str| [pick(width), pick(height), pick(depth)].join(" × ");
    let value = Text { en: join(|t| &t.en), de: join(|t| &t.de), fr: join(|t| &t.fr) };
    Some(replace(&MEASURES.text(), "{n}", &value))
}

fn care_sentence(model: &Model, rng: &mut Rng) -> Option<Text> {
    let material =
        model.material.or_else(|| model.variants.first().and_then(|variant| variant.material))?;
    // Beans, papers and bulbs are used up; nobody wants advice on their care.
    let lasting =
        !matches!(model.kind.family, "coffee" | "bulbs") && model.kind.code != "filter-paper";
    // Nor is paint oiled.
    let bare = material.class != Class::Wood || model.kind.axes != Axes::Color;
    (lasting && bare && rng.u8(0..100) < 60)
        .then(|| rng.choice(care(material.class)).map(|sentence| sentence.text()))
        .flatten()
}

/// The sizes, or else the colours, it comes in.
fn choice(model: &Model) -> Option<Text> {
    let (sentence, labels) = match model.kind.axes {
        Axes::Size | Axes::ColorThenSize | Axes::MaterialThenSize | Axes::SizeAndGrind => (
            SIZES,
            model
                .kind
                .sizes
                .iter()
                .map(|size| in_sentence(&size_label(size.code)))
                .collect::<Vec<_>>(),
        ),
        Axes::Color => {
            let colors = model.variants.iter().filter_map(|variant| variant.color);
            (COLORS, colors.map(|color| in_sentence(&color.label.text())).collect())
        }
        _ => return None,
    };
    Some(replace(&sentence.text(), "{n}", &list(&labels, Join::And)))
}
