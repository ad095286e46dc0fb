//! Lamps and bulbs.

use crate::demo::grammar::{F, M, noun};
use crate::demo::kind::{Axes, BASE, Fact, Kind, size};
use crate::demo::picture::Shape;
use crate::demo::text::w;
use crate::demo::words::{adjectives as adjective, brands as brand, colors as color, series};

const LAMP: Kind = Kind {
    family: "lighting",
    series: series::LIGHT,
    brands: brand::LIGHTING,
    adjectives: adjective::LIGHT,
    axes: Axes::Color,
    colors: color::METAL,
    materials: &["steel", "aluminium"],
    ..BASE
};

const E27: Fact = Fact::Pick("socket", &["e27"]);
const E14_OR_E27: Fact = Fact::Pick("socket", &["e14", "e27"]);

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        code: "floor-lamp",
        prefix: "FLA",
        category: "floor_lamps",
        noun: noun("floor lamp", "Stehleuchte", F, "lampadaire", M),
        shape: Shape::FloorLamp,
        models: 6,
        facts: &[
            Fact::Measure("height", 138.0, 172.0, 2.0),
            Fact::Measure("width", 28.0, 48.0, 1.0),
            Fact::Measure("weight", 4.0, 8.5, 0.1),
            E27,
            Fact::Measure("max_power", 15.0, 40.0, 5.0),
            Fact::Measure("cable_length", 180.0, 250.0, 10.0),
            Fact::Flag("dimmable", 70),
            Fact::Pick("protection_class", &["ip20"]),
        ],
        price: (149, 420),
        features: &[
            w(
                "The head turns and tilts, for reading in the evening or a soft glow on the wall.",
                "Der Kopf lässt sich drehen und neigen, zum Lesen am Abend oder für sanftes Licht an der Wand.",
                "La tête pivote et s’incline, pour lire le soir ou éclairer doucement le mur.",
            ),
            w(
                "A heavy base keeps it upright, even on carpet.",
                "Ein schwerer Fuß gibt ihr Stand, auch auf Teppich.",
                "Un pied lourd le maintient droit, même sur un tapis.",
            ),
        ],
        ..LAMP
    },
    Kind {
        code: "pendant-lamp",
        prefix: "PEN",
        category: "pendant_lamps",
        noun: noun("pendant lamp", "Pendelleuchte", F, "suspension", F),
        shape: Shape::PendantLamp,
        models: 8,
        axes: Axes::ColorThenSize,
        sizes: &[
            size("cm_25", 1.0, &[("width", 25.0), ("height", 22.0)]),
            size("cm_35", 1.3, &[("width", 35.0), ("height", 29.0)]),
            size("cm_45", 1.6, &[("width", 45.0), ("height", 36.0)]),
        ],
        facts: &[
            Fact::Measure("weight", 1.2, 2.2, 0.1),
            E27,
            Fact::Measure("max_power", 20.0, 60.0, 5.0),
            Fact::Measure("cable_length", 150.0, 250.0, 10.0),
            Fact::Flag("dimmable", 70),
            Fact::Pick("protection_class", &["ip20"]),
        ],
        price: (89, 279),
        features: &[
            w(
                "The shade bundles the light where the plates are, and nobody is dazzled.",
                "Der Schirm bündelt das Licht dort, wo die Teller stehen, und niemand wird geblendet.",
                "L’abat-jour concentre la lumière là où sont les assiettes, sans éblouir personne.",
            ),
            w(
                "The textile cable can be shortened and the canopy covers every ceiling outlet.",
                "Das Textilkabel lässt sich kürzen, und der Baldachin deckt jeden Deckenauslass ab.",
                "Le câble textile se raccourcit et le pavillon couvre toutes les sorties de plafond.",
            ),
            w(
                "Inside, the shade is matte white and throws the light back softly.",
                "Innen ist der Schirm mattweiß und wirft das Licht weich zurück.",
                "L’intérieur blanc mat renvoie une lumière douce.",
            ),
        ],
        ..LAMP
    },
    Kind {
        code: "table-lamp",
        prefix: "TLA",
        category: "table_lamps",
        noun: noun("table lamp", "Tischleuchte", F, "lampe à poser", F),
        shape: Shape::TableLamp,
        models: 7,
        facts: &[
            Fact::Measure("height", 32.0, 54.0, 1.0),
            Fact::Measure("width", 18.0, 32.0, 1.0),
            Fact::Measure("weight", 1.1, 2.8, 0.1),
            E14_OR_E27,
            Fact::Measure("max_power", 10.0, 40.0, 5.0),
            Fact::Measure("cable_length", 150.0, 200.0, 10.0),
            Fact::Flag("dimmable", 60),
            Fact::Pick("protection_class", &["ip20"]),
        ],
        price: (59, 219),
        features: &[
            w(
                "The switch sits on the cable, where the hand looks for it first.",
                "Der Schalter sitzt am Kabel, dort, wo die Hand ihn zuerst sucht.",
                "L’interrupteur est placé sur le câble, là où la main le cherche d’abord.",
            ),
            w(
                "On the sideboard, the desk or by the bed, it gives a warm circle of light.",
                "Auf dem Sideboard, am Schreibtisch oder neben dem Bett schenkt sie einen warmen Lichtkreis.",
                "Sur le buffet, le bureau ou près du lit, elle offre un cercle de lumière chaude.",
            ),
        ],
        ..LAMP
    },
    Kind {
        code: "wall-lamp",
        prefix: "WLA",
        category: "wall_lamps",
        noun: noun("wall lamp", "Wandleuchte", F, "applique", F),
        shape: Shape::WallLamp,
        models: 5,
        facts: &[
            Fact::Measure("height", 16.0, 34.0, 1.0),
            Fact::Measure("width", 10.0, 22.0, 1.0),
            Fact::Measure("depth", 10.0, 24.0, 1.0),
            Fact::Measure("weight", 0.7, 1.6, 0.1),
            E14_OR_E27,
            Fact::Measure("max_power", 10.0, 25.0, 5.0),
            Fact::Flag("dimmable", 60),
            Fact::Pick("protection_class", &["ip20", "ip44"]),
        ],
        price: (49, 169),
        features: &[
            w(
                "It throws its light up and down and makes the wall part of the room.",
                "Sie wirft ihr Licht nach oben und unten und macht die Wand zum Teil des Raums.",
                "Elle diffuse sa lumière vers le haut et le bas et fait vivre le mur.",
            ),
            w(
                "Mounting takes two screws and ten minutes.",
                "Die Montage braucht zwei Schrauben und zehn Minuten.",
                "Le montage demande deux vis et dix minutes.",
            ),
        ],
        ..LAMP
    },
    Kind {
        code: "led-bulb",
        prefix: "LED",
        family: "bulbs",
        category: "bulbs",
        noun: noun("LED bulb", "LED-Lampe", F, "ampoule LED", F),
        shape: Shape::Bulb,
        adjectives: &["durable", "reliable", "practical", "delicate", "modern"],
        models: 8,
        axes: Axes::ColorTemperature,
        colors: &[],
        materials: &["blown_glass"],
        facts: &[
            E14_OR_E27,
            Fact::Measure("power", 2.0, 9.0, 0.5),
            Fact::Whole("luminous_flux", 250, 1050, 50),
            Fact::Whole("lifetime_hours", 15000, 30000, 5000),
            Fact::Flag("dimmable", 75),
            Fact::Measure("width", 4.5, 9.5, 0.5),
            Fact::Measure("height", 9.0, 14.0, 0.5),
            Fact::Measure("weight", 0.04, 0.12, 0.01),
        ],
        price: (6, 19),
        features: &[
            w(
                "The filament is worth a look and needs no shade.",
                "Der Leuchtfaden ist sehenswert und braucht keinen Schirm.",
                "Le filament mérite d’être vu et se passe d’abat-jour.",
            ),
            w(
                "Colors look natural in its light, at full brightness at once.",
                "Farben wirken in ihrem Licht natürlich, und sie ist sofort hell.",
                "Les couleurs restent naturelles et la pleine clarté est immédiate.",
            ),
        ],
        ..LAMP
    },
];
