//! The words that products of the demo shop are made of.

/// A word in English and German.
pub type Word = (&'static str, &'static str);

/// Names of product lines.
pub const LINES: [&str; 64] = [
    "Alder", "Amrum", "Arden", "Ashby", "Aspen", "Birka", "Bodden", "Brisa", "Calder", "Camber", "Cedar", "Corvo",
    "Dalby", "Darß", "Delta", "Dover", "Elbe", "Elm", "Ennis", "Esker", "Fanø", "Faro", "Fenner", "Fjell", "Garda",
    "Glen", "Granit", "Hallig", "Havel", "Heron", "Hollis", "Inari", "Isar", "Juniper", "Kestrel", "Kiruna", "Lagan",
    "Larch", "Linden", "Lofoten", "Marais", "Merlin", "Mistral", "Moraine", "Nordkap", "Oker", "Orrin", "Otter",
    "Pernau", "Quill", "Rowan", "Rügen", "Saale", "Selkirk", "Skye", "Sorrel", "Spree", "Tarn", "Tiree", "Umber",
    "Vigo", "Wharf", "Yarrow", "Zephyr",
];

/// Colours, with what they are called in article numbers.
pub const COLORS: [(&str, &str); 16] = [
    ("black", "BLACK"),
    ("white", "WHITE"),
    ("sand", "SAND"),
    ("navy", "NAVY"),
    ("olive", "OLIVE"),
    ("rust", "RUST"),
    ("stone", "STONE"),
    ("forest", "FOREST"),
    ("ochre", "OCHRE"),
    ("burgundy", "BURGUNDY"),
    ("slate", "SLATE"),
    ("sky", "SKY"),
    ("clay", "CLAY"),
    ("cream", "CREAM"),
    ("teal", "TEAL"),
    ("grey", "GREY"),
];

/// What clothes and textiles are made of.
pub const CLOTH: [Word; 6] = [
    ("Linen", "Leinen"),
    ("Cotton", "Baumwolle"),
    ("Merino", "Merinowolle"),
    ("Hemp", "Hanf"),
    ("Lyocell", "Lyocell"),
    ("Wool", "Wolle"),
];
/// What outdoor goods are made of.
pub const TECHNICAL: [Word; 5] = [
    ("Ripstop", "Ripstop"),
    ("Canvas", "Segeltuch"),
    ("Nylon", "Nylon"),
    ("Polyester", "Polyester"),
    ("Softshell", "Softshell"),
];
/// What bags and small goods are made of.
pub const LEATHER: [Word; 5] = [
    ("Leather", "Leder"),
    ("Waxed Cotton", "Wachsbaumwolle"),
    ("Canvas", "Segeltuch"),
    ("Felt", "Filz"),
    ("Cork", "Kork"),
];
/// What furniture and lamps are made of.
pub const SOLID: [Word; 6] = [
    ("Oak", "Eiche"),
    ("Ash", "Esche"),
    ("Brass", "Messing"),
    ("Steel", "Stahl"),
    ("Glass", "Glas"),
    ("Walnut", "Nussbaum"),
];
/// What tableware is made of.
pub const CERAMIC: [Word; 5] = [
    ("Stoneware", "Steinzeug"),
    ("Porcelain", "Porzellan"),
    ("Enamel", "Emaille"),
    ("Glass", "Glas"),
    ("Earthenware", "Irdenware"),
];
/// What camping gear is made of.
pub const METAL: [Word; 4] =
    [("Titanium", "Titan"), ("Aluminium", "Aluminium"), ("Steel", "Stahl"), ("Ripstop", "Ripstop")];
/// What prints show.
pub const MOTIFS: [Word; 14] = [
    ("Coast", "Küste"),
    ("Harbour", "Hafen"),
    ("Forest", "Wald"),
    ("Dunes", "Dünen"),
    ("Lighthouse", "Leuchtturm"),
    ("Meadow", "Wiese"),
    ("Glacier", "Gletscher"),
    ("Orchard", "Obstgarten"),
    ("Bridge", "Brücke"),
    ("Railway", "Eisenbahn"),
    ("Marsh", "Marsch"),
    ("Skyline", "Stadtsilhouette"),
    ("Valley", "Tal"),
    ("Islands", "Inseln"),
];
/// What books are about.
pub const SUBJECTS: [Word; 16] = [
    ("Mountains", "Berge"),
    ("Coasts", "Küsten"),
    ("Forests", "Wälder"),
    ("Islands", "Inseln"),
    ("Birds", "Vögel"),
    ("Railways", "Eisenbahnen"),
    ("Lighthouses", "Leuchttürme"),
    ("Bread", "Brot"),
    ("Gardens", "Gärten"),
    ("Winds", "Winde"),
    ("Harbours", "Häfen"),
    ("Maps", "Karten"),
    ("Stars", "Sterne"),
    ("Bridges", "Brücken"),
    ("Tea", "Tee"),
    ("Moss", "Moos"),
];
/// What music is about.
pub const MOODS: [Word; 12] = [
    ("Evening", "Abend"),
    ("Rain", "Regen"),
    ("North Sea", "Nordsee"),
    ("Midnight", "Mitternacht"),
    ("Open Field", "Offenes Feld"),
    ("Night Train", "Nachtzug"),
    ("First Snow", "Erster Schnee"),
    ("Low Tide", "Niedrigwasser"),
    ("Long Summer", "Langer Sommer"),
    ("Tin Roof", "Blechdach"),
    ("Paper Moon", "Papiermond"),
    ("Quiet Street", "Stille Straße"),
];

/// Makers of clothes and accessories.
pub const TAILORS: [&str; 10] = [
    "Nordlicht",
    "Atelier Brume",
    "Hafen & Sohn",
    "Weaver Row",
    "Lumen Textiles",
    "Ostwind",
    "Casa Fiado",
    "Marlow Knits",
    "Studio Lehm",
    "Thistle & Co.",
];
/// Makers of outdoor goods.
pub const OUTFITTERS: [&str; 7] =
    ["Fjellheim", "Basecamp Works", "Ridge & Rope", "Wetterstein", "Tramontana", "Longtrail", "Pinemark"];
/// Makers of things for the home.
pub const MAKERS: [&str; 9] = [
    "Kiln House",
    "Lichtung",
    "Werkstatt Nord",
    "Ember & Ash",
    "Maison Argile",
    "Holt Furnishings",
    "Glashütte Süd",
    "Plain Goods",
    "Tide Ceramics",
];
/// Publishers of books and prints.
pub const PUBLISHERS: [&str; 7] =
    ["Meridian Press", "Uferlos Verlag", "Paper Lantern", "Quarto Nine", "Edition Falter", "Signal Prints", "Halcyon"];
/// Labels of music.
pub const LABELS: [&str; 5] = ["Slow Needle", "Kammerton", "Field Notes Audio", "Blue Depot", "Lantern Records"];
/// Given and family names of people who write, draw and play.
pub const GIVEN: [&str; 16] = [
    "Ada", "Bruno", "Clara", "Dario", "Elin", "Frieda", "Gabriel", "Hanne", "Ines", "Jonas", "Kira", "Levi", "Mara",
    "Nils", "Olga", "Paul",
];
/// Family names, see [`GIVEN`].
pub const FAMILY: [&str; 16] = [
    "Albers",
    "Brandt",
    "Castell",
    "Dorn",
    "Engel",
    "Falk",
    "Gomez",
    "Harrow",
    "Ibsen",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okada",
    "Petersen",
];
