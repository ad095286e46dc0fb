//! Invented customers and where they live. Their mail addresses lie in reserved domains.

/// A city with its postal code, and region where addresses need one.
pub(crate) struct City {
    pub(crate) country: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) region: Option<&'static str>,
}

const fn city(
    country: &'static str,
    postal_code: &'static str,
    name: &'static str,
    region: Option<&'static str>,
) -> City {
    City { country, postal_code, name, region }
}

pub(crate) const CITIES: &[City] = &[
    city("DE", "20359", "Hamburg", None),
    city("DE", "10999", "Berlin", None),
    city("DE", "50674", "Köln", None),
    city("DE", "80469", "München", None),
    city("DE", "04229", "Leipzig", None),
    city("DE", "79098", "Freiburg im Breisgau", None),
    city("FR", "69001", "Lyon", None),
    city("FR", "75011", "Paris", None),
    city("FR", "44000", "Nantes", None),
    city("FR", "13006", "Marseille", None),
    city("FR", "67000", "Strasbourg", None),
    city("US", "11215", "Brooklyn", Some("NY")),
    city("US", "97214", "Portland", Some("OR")),
    city("US", "60622", "Chicago", Some("IL")),
    city("US", "78704", "Austin", Some("TX")),
    city("US", "94110", "San Francisco", Some("CA")),
];

/// Streets by country; the house number is written by the generator.
pub(crate) const STREETS: &[(&str, &[&str])] = &[
    (
        "DE",
        &[
            "Lindenstraße",
            "Gartenweg",
            "Am Mühlbach",
            "Kastanienallee",
            "Schillerstraße",
            "Bergstraße",
            "Hafenstraße",
        ],
    ),
    (
        "FR",
        &[
            "rue des Lilas",
            "rue Victor Hugo",
            "avenue de la Gare",
            "rue du Marché",
            "rue des Tanneurs",
            "quai des Pêcheurs",
        ],
    ),
    (
        "US",
        &[
            "Maple Street",
            "Oak Avenue",
            "2nd Street",
            "Franklin Avenue",
            "Park Lane",
            "Hillside Drive",
        ],
    ),
];

/// First and last names by country, paired by position.
pub(crate) const NAMES: &[(&str, &[(&str, &str)])] = &[
    (
        "DE",
        &[
            ("Lena", "Hoffmann"),
            ("Jonas", "Becker"),
            ("Mia", "Schulz"),
            ("Paul", "Wagner"),
            ("Emilia", "Krüger"),
            ("Felix", "Neumann"),
            ("Hannah", "Vogel"),
            ("Leon", "Keller"),
            ("Clara", "Brandt"),
            ("Finn", "Lorenz"),
            ("Marie", "Sommer"),
            ("Anton", "Winter"),
            ("Sophie", "Jansen"),
            ("Theo", "Busch"),
            ("Ida", "Franke"),
            ("Oskar", "Albrecht"),
        ],
    ),
    (
        "FR",
        &[
            ("Camille", "Moreau"),
            ("Louis", "Lefèvre"),
            ("Chloé", "Girard"),
            ("Hugo", "Fontaine"),
            ("Manon", "Roussel"),
            ("Jules", "Mercier"),
            ("Inès", "Blanchard"),
            ("Arthur", "Chevalier"),
            ("Léa", "Garnier"),
            ("Nathan", "Perrin"),
            ("Alice", "Renaud"),
            ("Gabriel", "Marchand"),
        ],
    ),
    (
        "US",
        &[
            ("Emma", "Carter"),
            ("Noah", "Brooks"),
            ("Olivia", "Hayes"),
            ("Liam", "Foster"),
            ("Ava", "Bennett"),
            ("Ethan", "Price"),
            ("Grace", "Coleman"),
            ("Mason", "Reed"),
            ("Nora", "Sullivan"),
            ("Owen", "Hughes"),
            ("Ruby", "Jenkins"),
            ("Caleb", "Morgan"),
        ],
    ),
];
