//! Invented names that series of products carry, one list per world.

pub(crate) const HOME: &[&str] = &[
    "Alda", "Brisa", "Corvo", "Delmar", "Ekholt", "Fjora", "Grenna", "Halden", "Ilvy", "Jonna",
    "Kvist", "Lorna", "Mareld", "Norra", "Olsta", "Palmo", "Runa", "Solvik", "Tiril", "Ulma",
    "Varde", "Wilma", "Yngve", "Zola",
];
pub(crate) const LIGHT: &[&str] = &[
    "Aura", "Bellis", "Cirrus", "Dimma", "Elio", "Fanal", "Glim", "Helio", "Iris", "Juno", "Koro",
    "Lumo", "Mira", "Noxa", "Orbis", "Pharo", "Quill", "Riva", "Stella", "Tovo", "Ombra", "Vega",
    "Wispa", "Zenit",
];
pub(crate) const KITCHEN: &[&str] = &[
    "Basta", "Brasa", "Fenna", "Fuoco", "Gusto", "Herda", "Idun", "Kasta", "Lido", "Linnea",
    "Mesa", "Morga", "Nonna", "Olio", "Pronto", "Rondo", "Salina", "Tavola", "Terra", "Vitto",
    "Zeno",
];
pub(crate) const CAFE: &[&str] = &[
    "Barro", "Crema", "Doppio", "Embra", "Fino", "Goccia", "Lungo", "Mokka", "Nero", "Onda",
    "Presto", "Ritmo", "Sereno", "Tempo", "Vero", "Zanzi",
];
pub(crate) const ROAST: &[&str] = &[
    "Amara",
    "Bela Vista",
    "Canto",
    "Dulce",
    "Esmeralda",
    "Finca Sol",
    "Guayaba",
    "Huerta",
    "Imani",
    "Jacaranda",
    "Kibanda",
    "La Loma",
    "Miravalle",
    "Nyota",
    "Oro Verde",
    "Palmira",
    "Quebrada",
    "Rosario",
    "Sierra Alta",
    "Tumba",
    "Umoja",
    "Valle Azul",
    "Wanza",
    "Yara",
];
pub(crate) const CLOTH: &[&str] = &[
    "Alma", "Birka", "Calma", "Duna", "Elin", "Flora", "Gotska", "Hedda", "Isla", "Java", "Kaja",
    "Lova", "Mona", "Nela", "Ottilie", "Rosa", "Siri", "Tuva", "Vilda", "Wanda", "Ylva",
];
pub(crate) const WILD: &[&str] = &[
    "Arlen", "Brenta", "Cima", "Dovre", "Etna", "Fjell", "Hardang", "Isar", "Jura", "Kolm", "Lahn",
    "Mistral", "Nebra", "Pinar", "Rila", "Skarv", "Tatra", "Ural", "Vals", "Yukon", "Zinal",
];
