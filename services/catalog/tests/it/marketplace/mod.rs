//! Reads feeds back, each by a library of its format.

use std::collections::BTreeMap;

use quick_xml::{Reader, escape::resolve_predefined_entity, events::Event};
use serde_json::Value;

use crate::shop::{NewProduct, Shop, mug};

/// Fields of an item by their names; empty ones are left out.
pub(crate) type Item = BTreeMap<String, String>;

/// A mug that every marketplace takes.
pub(crate) fn good_mug(sku: &str, name: &str) -> NewProduct {
    mug(sku, name)
        .euros("12.90")
        .value("picture", format!("{sku}.png"))
        .value("brand", "acme")
        .value("ean", "4006381333931")
        .localized("description", "en_US", "A mug.")
}

impl Shop {
    /// A feed of the default channel as text.
    pub(crate) async fn feed(&self, format: &str) -> String {
        let path = format!("/feeds/ecommerce/{format}");
        self.client.get(&path).await.assert_status(200).text()
    }

    /// The items of a feed, read by what reads its format.
    pub(crate) async fn items(&self, format: &str) -> Vec<Item> {
        let text = self.feed(format).await;
        match format {
            "google.xml" => read_xml(&text),
            "google.tsv" => read_table(&text, b'\t'),
            "meta.csv" => read_table(&text, b','),
            _ => read_lines(&text),
        }
    }

    /// Skus of a feed, sorted.
    pub(crate) async fn skus_of_feed(&self) -> Vec<String> {
        let mut skus: Vec<_> =
            self.items("jsonl").await.iter().map(|item| item["id"].clone()).collect();
        skus.sort_unstable();
        skus
    }
}

/// Values of JSON objects, one a line.
pub(crate) fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn read_lines(text: &str) -> Vec<Item> {
    let field = |value: &Value| match value {
        Value::Array(texts) => {
            texts.iter().map(|text| text.as_str().unwrap()).collect::<Vec<_>>().join(",")
        }
        text => text.as_str().unwrap().to_owned(),
    };
    let item = |line: &Value| {
        let fields = line.as_object().unwrap().iter();
        fields.map(|(name, value)| (name.clone(), field(value))).collect()
    };
    lines(text).iter().map(item).collect()
}

fn read_table(text: &str, delimiter: u8) -> Vec<Item> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let rows = reader.deserialize::<Item>();
    rows.map(|row| row.unwrap().into_iter().filter(|(_, text)| !text.is_empty()).collect())
        .collect()
}

fn read_xml(text: &str) -> Vec<Item> {
    let mut reader = Reader::from_str(text);
    let (mut items, mut item, mut path, mut content) =
        (Vec::new(), Item::new(), Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                path.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap());
                content.clear();
            }
            Event::Text(text) => content.push_str(&text.decode().unwrap()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().unwrap() {
                Some(character) => content.push(character),
                None => content
                    .push_str(resolve_predefined_entity(&reference.decode().unwrap()).unwrap()),
            },
            Event::End(_) if path.len() == 3 => {
                path.pop();
                if !item.is_empty() {
                    items.push(std::mem::take(&mut item));
                }
            }
            Event::End(_) => {
                let name = path.pop().unwrap();
                if let Some(name) = name.strip_prefix("g:") {
                    assert_eq!(path, ["rss", "channel", "item"]);
                    let more = |before: &mut String| *before = format!("{before},{content}");
                    item.entry(name.to_owned()).and_modify(more).or_insert(content.clone());
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(path.is_empty(), "the document has an end");
    items
}
