//! Sentences descriptions are composed of. Slots in braces are filled by `describe`.

use crate::demo::text::{Words, w};

/// How a description opens, for things made of something.
pub(crate) const OPENINGS: &[Words] = &[
    w(
        "The {series} is {thing} {made}.",
        "{series} ist {thing} {made}.",
        "{series} est {thing} {made}.",
    ),
    w(
        "With the {series}, {brand} shows what makes {object}.",
        "Mit {series} zeigt {brand}, was {object} ausmacht.",
        "Avec {series}, {brand} montre ce que doit être {thing}.",
    ),
    w(
        "{Plain} for every day: the {series} is {first} and {second}.",
        "{Plain} für jeden Tag: {series} ist {first} und {second}.",
        "{Plain} pour tous les jours : {series} est {first} et {second}.",
    ),
    w(
        "{Thing} by {brand} {made}: this is the {series}.",
        "{Thing} von {brand} {made}: Das ist {series}.",
        "{Thing} signé{e} {brand} {made} : voici {series}.",
    ),
    w(
        "{First} and {second}: that is how {brand} imagined the {series} {made}.",
        "{First} und {second}: So hat {brand} sich {series} {made} vorgestellt.",
        "{First} et {second} : voilà comment {brand} a imaginé {series} {made}.",
    ),
];

/// How the description of a coffee opens.
pub(crate) const COFFEE_OPENINGS: &[Words] = &[
    w(
        "{series} is {thing} from the current harvest.",
        "{series} ist {thing} aus aktueller Ernte.",
        "{series} est {thing} de la dernière récolte.",
    ),
    w(
        "{First} and {second}: {series} is {plain} by {brand}.",
        "{First} und {second}: {series} ist {plain} von {brand}.",
        "{First} et {second} : {series} est {plain} signé{e} {brand}.",
    ),
    w(
        "{brand} roasts {series} for everyone who likes {object}.",
        "{brand} röstet {series} für alle, die {object} mögen.",
        "{brand} torréfie {series} pour celles et ceux qui aiment {thing}.",
    ),
];

/// What a property says in a sentence; `{n}` is its value. Flags speak only when true.
pub(crate) const FACTS: &[(&str, Words)] = &[
    (
        "seat_height",
        w(
            "The seat height is {n} cm.",
            "Die Sitzhöhe beträgt {n} cm.",
            "La hauteur d’assise est de {n} cm.",
        ),
    ),
    (
        "max_load",
        w("It carries up to {n} kg.", "Die Tragkraft beträgt {n} kg.", "Charge maximale : {n} kg."),
    ),
    (
        "removable_cover",
        w(
            "The cover can be taken off for cleaning.",
            "Der Bezug lässt sich zum Reinigen abnehmen.",
            "La housse est amovible pour le nettoyage.",
        ),
    ),
    (
        "outdoor_use",
        w(
            "It may stay outside from spring to fall.",
            "{Er} darf von Frühling bis Herbst draußen bleiben.",
            "{Il} peut rester dehors du printemps à l’automne.",
        ),
    ),
    (
        "assembly_required",
        w(
            "Assembly is easy and the tools are included.",
            "Der Aufbau ist einfach, das Werkzeug liegt bei.",
            "Le montage est simple et les outils sont fournis.",
        ),
    ),
    (
        "extendable",
        w(
            "An extension leaf makes room for guests.",
            "Eine Einlegeplatte schafft Platz für Gäste.",
            "Une rallonge fait de la place pour les invités.",
        ),
    ),
    (
        "compartments",
        w(
            "It offers {n} compartments.",
            "{Er} bietet {n} Fächer.",
            "{Il} offre {n} compartiments.",
        ),
    ),
    ("socket", w("Socket: {n}.", "Sockel: {n}.", "Culot : {n}.")),
    (
        "max_power",
        w(
            "Bulbs of up to {n} W are allowed.",
            "Leuchtmittel bis {n} W sind erlaubt.",
            "Ampoules jusqu’à {n} W.",
        ),
    ),
    (
        "dimmable",
        w(
            "The light can be dimmed.",
            "Das Licht ist dimmbar.",
            "L’intensité lumineuse est variable.",
        ),
    ),
    (
        "cable_length",
        w("The cable is {n} cm long.", "Das Kabel ist {n} cm lang.", "Le câble mesure {n} cm."),
    ),
    (
        "luminous_flux",
        w(
            "It gives {n} lumens of light.",
            "{Er} spendet {n} Lumen Licht.",
            "{Il} diffuse {n} lumens.",
        ),
    ),
    (
        "lifetime_hours",
        w(
            "It lasts for about {n} hours.",
            "{Er} hält etwa {n} Stunden.",
            "Durée de vie : environ {n} heures.",
        ),
    ),
    (
        "run_time_hours",
        w(
            "One charge lasts up to {n} hours.",
            "Eine Ladung reicht bis zu {n} Stunden.",
            "Une charge tient jusqu’à {n} heures.",
        ),
    ),
    (
        "burn_time_hours",
        w(
            "It burns for about {n} hours.",
            "{Er} brennt etwa {n} Stunden.",
            "{Il} brûle environ {n} heures.",
        ),
    ),
    (
        "induction",
        w(
            "It works on every stovetop, induction included.",
            "{Er} eignet sich für alle Herdarten, auch für Induktion.",
            "Convient à tous les feux, induction comprise.",
        ),
    ),
    (
        "oven_safe",
        w(
            "The oven is no problem either.",
            "Auch der Backofen ist kein Problem.",
            "Le four ne pose aucun problème.",
        ),
    ),
    (
        "dishwasher_safe",
        w(
            "It may go into the dishwasher.",
            "{Er} darf in die Spülmaschine.",
            "{Il} passe au lave-vaisselle.",
        ),
    ),
    (
        "microwave_safe",
        w(
            "It can be used in the microwave.",
            "{Er} ist für die Mikrowelle geeignet.",
            "{Il} passe au micro-ondes.",
        ),
    ),
    (
        "handle_material",
        w("The handle is made of {n}.", "Der Griff ist aus {n}.", "Le manche est en {n}."),
    ),
    (
        "hardness",
        w(
            "The blade is hardened to {n} HRC.",
            "Die Klinge ist auf {n} HRC gehärtet.",
            "La lame est trempée à {n} HRC.",
        ),
    ),
    ("power", w("Its power is {n} W.", "Die Leistung beträgt {n} W.", "Puissance : {n} W.")),
    (
        "grind_settings",
        w(
            "There are {n} grind settings to choose from.",
            "{n} Mahlgrade stehen zur Wahl.",
            "{n} réglages de mouture au choix.",
        ),
    ),
    (
        "compostable",
        w(
            "It belongs on the compost after use.",
            "{Er} gehört nach Gebrauch auf den Kompost.",
            "Après usage, {il} va au compost.",
        ),
    ),
    (
        "origin",
        w("The beans come from {n}.", "Die Bohnen kommen aus {n}.", "Origine des grains : {n}."),
    ),
    (
        "altitude",
        w(
            "Grown at {n} meters above sea level.",
            "Gewachsen auf {n} Metern Höhe.",
            "Altitude de culture : {n} mètres.",
        ),
    ),
    ("tasting_notes", w("In the cup: {n}.", "In der Tasse: {n}.", "En tasse : {n}.")),
    (
        "organic",
        w("Organically grown.", "Aus biologischem Anbau.", "Issu de l’agriculture biologique."),
    ),
    ("variety", w("Variety: {n}.", "Varietät: {n}.", "Variété : {n}.")),
    ("care", w("Care: {n}.", "Pflege: {n}.", "Entretien : {n}.")),
    (
        "fabric_weight",
        w(
            "The fabric weighs {n} g per square meter.",
            "Der Stoff wiegt {n} g pro Quadratmeter.",
            "Le tissu pèse {n} g par mètre carré.",
        ),
    ),
    (
        "underfloor_heating",
        w(
            "It suits rooms with underfloor heating.",
            "{Er} verträgt sich mit Fußbodenheizung.",
            "Compatible avec le chauffage au sol.",
        ),
    ),
    (
        "opaque",
        w(
            "The weave is dense and keeps the light out.",
            "Das Gewebe ist dicht und hält das Licht draußen.",
            "Le tissage dense arrête la lumière.",
        ),
    ),
    (
        "water_column",
        w(
            "The flysheet withstands a water column of {n} mm.",
            "Das Außenzelt hält einer Wassersäule von {n} mm stand.",
            "Le double toit résiste à une colonne d’eau de {n} mm.",
        ),
    ),
    ("season", w("Made for {n}.", "Geeignet für {n}.", "Saisons : {n}.")),
    (
        "comfort_temperature",
        w(
            "Comfortable down to {n} °C.",
            "Der Komfortbereich reicht bis {n} °C.",
            "Température de confort : {n} °C.",
        ),
    ),
    (
        "laptop_compartment",
        w(
            "A padded compartment protects the laptop.",
            "Ein gepolstertes Fach schützt das Notebook.",
            "Un compartiment rembourré protège l’ordinateur portable.",
        ),
    ),
    (
        "water_repellent",
        w("The fabric repels rain.", "Der Stoff weist Regen ab.", "Le tissu repousse la pluie."),
    ),
    (
        "frost_proof",
        w("Frost does it no harm.", "Frost schadet nicht.", "Le gel ne lui fait pas peur."),
    ),
    (
        "drainage_hole",
        w(
            "Surplus water drains through a hole.",
            "Überschüssiges Wasser läuft durch ein Loch ab.",
            "Le surplus d’eau s’écoule par un trou.",
        ),
    ),
];

/// Width, height and depth where all variants share them.
pub(crate) const MEASURES: Words = w(
    "Measurements: {n} cm (W × H × D).",
    "Maße: {n} cm (B × H × T).",
    "Dimensions : {n} cm (L × H × P).",
);
pub(crate) const SIZES: Words =
    w("Available sizes: {n}.", "Erhältliche Größen: {n}.", "Tailles disponibles : {n}.");
pub(crate) const COLORS: Words =
    w("Available colors: {n}.", "Erhältliche Farben: {n}.", "Coloris disponibles : {n}.");
