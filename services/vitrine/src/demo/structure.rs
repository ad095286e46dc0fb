//! Locales, currencies, channels, categories, attribute groups and association types.

use serde_json::{Value, json};

use super::text::{LOCALES, Words, w};
use super::words::categories::CATEGORIES;

pub(crate) const CURRENCIES: [&str; 2] = ["EUR", "USD"];
pub(crate) const CHANNELS: [&str; 2] = ["ecommerce", "mobile"];

pub(crate) fn locales() -> Vec<Value> {
    LOCALES.iter().map(|code| json!({ "code": code, "enabled": true })).collect()
}

pub(crate) fn currencies() -> Vec<Value> {
    CURRENCIES.iter().map(|code| json!({ "code": code, "enabled": true })).collect()
}

pub(crate) fn channels() -> Vec<Value> {
    let labels = [
        w("Online shop", "Onlineshop", "Boutique en ligne"),
        w("Mobile app", "Mobile App", "Application mobile"),
    ];
    CHANNELS
        .iter()
        .zip(labels)
        .map(|(code, label)| {
            json!({
                "code": code,
                "category_tree": "master",
                "currencies": CURRENCIES,
                "locales": LOCALES,
                "conversion_units": {},
                "labels": label.text().labels(),
            })
        })
        .collect()
}

pub(crate) fn categories() -> Vec<Value> {
    let master = json!({
        "code": "master",
        "parent": null,
        "labels": w("All products", "Alle Produkte", "Tous les produits").text().labels(),
    });
    let below = CATEGORIES.iter().map(|(code, parent, label)| {
        json!({ "code": code, "parent": parent, "labels": label.text().labels() })
    });
    std::iter::once(master).chain(below).collect()
}

const GROUPS: &[(&str, Words)] = &[
    ("general", w("General", "Allgemein", "Général")),
    ("commerce", w("Commerce", "Handel", "Commerce")),
    ("appearance", w("Look and material", "Aussehen und Material", "Aspect et matière")),
    ("measures", w("Measurements", "Maße", "Dimensions")),
    ("details", w("Details", "Details", "Détails")),
    ("origin", w("Origin and care", "Herkunft und Pflege", "Origine et entretien")),
];

pub(crate) fn attribute_groups() -> Vec<Value> {
    (1..)
        .zip(GROUPS)
        .map(|(order, (code, label))| {
            json!({ "code": code, "sort_order": order, "labels": label.text().labels() })
        })
        .collect()
}

pub(crate) fn association_types() -> Vec<Value> {
    [
        ("X_SELL", w("Goes with it", "Passt dazu", "Se marie avec"), false),
        ("UPSELL", w("A step up", "Eine Stufe höher", "Un cran au-dessus"), false),
        ("SUBSTITUTION", w("Instead of it", "Stattdessen", "À la place"), false),
        ("PACK", w("Set", "Set", "Lot"), false),
        ("PRODUCT_SET", w("Contents of the set", "Inhalt des Sets", "Contenu du coffret"), true),
    ]
    .into_iter()
    .map(|(code, label, is_quantified)| {
        json!({
            "code": code,
            "labels": label.text().labels(),
            "is_quantified": is_quantified,
            "is_two_way": false,
        })
    })
    .collect()
}
