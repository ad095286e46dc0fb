//! Options of the select attributes that are neither colours, materials, brands nor sizes.

use crate::demo::text::{Text, Words, number, same, w};

/// Attribute code and its options: code and label.
pub(crate) const OPTIONS: &[(&str, &[(&str, Words)])] = &[
    (
        "tax_class",
        &[
            ("standard", w("Standard rate", "Regelsatz", "Taux normal")),
            ("reduced", w("Reduced rate", "Ermäßigter Satz", "Taux réduit")),
        ],
    ),
    (
        "country_of_origin",
        &[
            ("at", w("Austria", "Österreich", "Autriche")),
            ("ch", w("Switzerland", "Schweiz", "Suisse")),
            ("de", w("Germany", "Deutschland", "Allemagne")),
            ("dk", w("Denmark", "Dänemark", "Danemark")),
            ("fr", w("France", "Frankreich", "France")),
            ("gb", w("United Kingdom", "Vereinigtes Königreich", "Royaume-Uni")),
            ("it", w("Italy", "Italien", "Italie")),
            ("nl", w("Netherlands", "Niederlande", "Pays-Bas")),
            ("no", w("Norway", "Norwegen", "Norvège")),
            ("pt", w("Portugal", "Portugal", "Portugal")),
        ],
    ),
    (
        "sustainability",
        &[
            ("recycled", w("Recycled material", "Recyceltes Material", "Matière recyclée")),
            ("repairable", w("Repairable", "Reparierbar", "Réparable")),
            (
                "plastic_free",
                w("Plastic-free packaging", "Plastikfreie Verpackung", "Emballage sans plastique"),
            ),
            (
                "short_routes",
                w("Short transport routes", "Kurze Transportwege", "Transports courts"),
            ),
            ("fair", w("Fairly made", "Fair hergestellt", "Fabrication équitable")),
        ],
    ),
    ("socket", &[("e14", same("E14")), ("e27", same("E27"))]),
    (
        "color_temperature",
        &[
            ("k_2200", w("2,200 K, candlelight", "2.200 K, Kerzenlicht", "2 200 K, bougie")),
            ("k_2700", w("2,700 K, warm white", "2.700 K, warmweiß", "2 700 K, blanc chaud")),
            (
                "k_4000",
                w("4,000 K, neutral white", "4.000 K, neutralweiß", "4 000 K, blanc neutre"),
            ),
        ],
    ),
    ("protection_class", &[("ip20", same("IP20")), ("ip44", same("IP44"))]),
    (
        "handle_material",
        &[
            ("oak", w("Oak", "Eiche", "Chêne")),
            ("walnut", w("Walnut", "Nussbaum", "Noyer")),
            ("beech", w("Beech", "Buche", "Hêtre")),
        ],
    ),
    (
        "origin",
        &[
            ("ethiopia", w("Ethiopia", "Äthiopien", "Éthiopie")),
            ("colombia", w("Colombia", "Kolumbien", "Colombie")),
            ("brazil", w("Brazil", "Brasilien", "Brésil")),
            ("guatemala", w("Guatemala", "Guatemala", "Guatemala")),
            ("kenya", w("Kenya", "Kenia", "Kenya")),
            ("rwanda", w("Rwanda", "Ruanda", "Rwanda")),
            ("peru", w("Peru", "Peru", "Pérou")),
            ("honduras", w("Honduras", "Honduras", "Honduras")),
            ("costa_rica", w("Costa Rica", "Costa Rica", "Costa Rica")),
            ("indonesia", w("Indonesia", "Indonesien", "Indonésie")),
        ],
    ),
    (
        "roast",
        &[
            ("light", w("Light roast", "Helle Röstung", "Torréfaction claire")),
            ("medium", w("Medium roast", "Mittlere Röstung", "Torréfaction moyenne")),
            ("dark", w("Dark roast", "Dunkle Röstung", "Torréfaction foncée")),
        ],
    ),
    (
        "process",
        &[
            ("washed", w("Washed", "Gewaschen", "Lavé")),
            ("natural", w("Natural", "Natürlich getrocknet", "Nature")),
            ("honey", w("Honey", "Honey", "Honey")),
        ],
    ),
    (
        "grind",
        &[
            ("whole_bean", w("Whole beans", "Ganze Bohnen", "En grains")),
            ("filter", w("Ground for filter", "Für Filter gemahlen", "Moulu pour filtre")),
            ("espresso", w("Ground for espresso", "Für Espresso gemahlen", "Moulu pour espresso")),
            (
                "french_press",
                w(
                    "Ground for French press",
                    "Für Stempelkanne gemahlen",
                    "Moulu pour cafetière à piston",
                ),
            ),
        ],
    ),
    (
        "tasting_notes",
        &[
            ("berries", w("Berries", "Beeren", "Fruits rouges")),
            ("citrus", w("Citrus", "Zitrusfrüchte", "Agrumes")),
            ("jasmine", w("Jasmine", "Jasmin", "Jasmin")),
            ("peach", w("Peach", "Pfirsich", "Pêche")),
            ("honey", w("Honey", "Honig", "Miel")),
            ("black_tea", w("Black tea", "Schwarztee", "Thé noir")),
            ("caramel", w("Caramel", "Karamell", "Caramel")),
            ("red_apple", w("Apple", "Apfel", "Pomme")),
            ("dark_chocolate", w("Dark chocolate", "Zartbitterschokolade", "Chocolat noir")),
            ("hazelnut", w("Hazelnut", "Haselnuss", "Noisette")),
            ("almond", w("Almond", "Mandel", "Amande")),
            ("plum", w("Plum", "Pflaume", "Prune")),
            ("cocoa", w("Cocoa", "Kakao", "Cacao")),
            ("vanilla", w("Vanilla", "Vanille", "Vanille")),
        ],
    ),
    (
        "care",
        &[
            ("wash_60", w("Machine wash at 60 °C", "Wäsche bei 60 °C", "Lavage à 60 °C")),
            ("wash_30", w("Machine wash at 30 °C", "Wäsche bei 30 °C", "Lavage à 30 °C")),
            ("hand_wash", w("Hand wash", "Handwäsche", "Lavage à la main")),
            ("gentle", w("Gentle cycle", "Schonwaschgang", "Cycle délicat")),
            ("tumble_dry", w("Tumble dry", "Trockner", "Sèche-linge")),
            ("dry_flat", w("Dry flat", "Trocknen im Liegen", "Séchage à plat")),
            ("iron", w("Iron", "Bügeln", "Repassage")),
        ],
    ),
    (
        "season",
        &[
            ("spring", w("Spring", "Frühling", "Printemps")),
            ("summer", w("Summer", "Sommer", "Été")),
            ("autumn", w("Fall", "Herbst", "Automne")),
            ("winter", w("Winter", "Winter", "Hiver")),
        ],
    ),
];

/// The label of an option of these attributes.
pub(crate) fn option_label(attribute: &str, option: &str) -> Text {
    OPTIONS
        .iter()
        .find(|(code, _)| *code == attribute)
        .and_then(|(_, options)| options.iter().find(|(code, _)| *code == option))
        .expect("facts name only listed options, a test sees to it")
        .1
        .text()
}

/// What a size option is called, written from its code: `cm_160x230`, `l_0_75`, `p_2`, `regular`.
pub(crate) fn size_label(code: &str) -> Text {
    let with_unit = |value: &str, unit: Words| {
        let amount = number(value.replace('_', ".").parse().unwrap_or_default());
        Text {
            en: format!("{} {}", amount.en, unit.en),
            de: format!("{} {}", amount.de, unit.de),
            fr: format!("{} {}", amount.fr, unit.fr),
        }
    };
    match code.split_once('_') {
        Some(("cm", value)) => same("").text().map(|_| format!("{} cm", value.replace('x', " × "))),
        Some(("l", value)) => with_unit(value, same("l")),
        Some(("g", value)) => with_unit(value, same("g")),
        Some(("kg", value)) => with_unit(value, same("kg")),
        Some(("p", value)) => with_unit(value, w("persons", "Personen", "personnes")),
        Some(("pcs", value)) => with_unit(value, w("pieces", "Stück", "pièces")),
        Some(("seat", value)) => Text {
            en: format!("{value}-seater"),
            de: format!("{value}-Sitzer"),
            fr: format!("{value} places"),
        },
        _ if code == "long" => w("Long", "Lang", "Long").text(),
        _ => w("Regular", "Normal", "Standard").text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_each_language_does() {
        assert_eq!(size_label("l_0_75").all(), ["0.75 l", "0,75 l", "0,75 l"]);
        assert_eq!(size_label("cm_160x230").en, "160 × 230 cm");
        assert_eq!(size_label("p_2").de, "2 Personen");
    }
}
