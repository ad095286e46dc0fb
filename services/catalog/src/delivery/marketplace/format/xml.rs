//! RSS 2.0 with the fields in Google's namespace.

use std::io::{self, Write};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use crate::delivery::marketplace::item::{COLUMNS, Item};

const NAMESPACE: &str = "http://base.google.com/ns/1.0";

pub(super) fn begin(title: &str, link: &str, out: &mut impl Write) -> io::Result<()> {
    let mut writer = Writer::new(out);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let rss = [("version", "2.0"), ("xmlns:g", NAMESPACE)];
    writer.write_event(Event::Start(BytesStart::new("rss").with_attributes(rss)))?;
    writer.write_event(Event::Start(BytesStart::new("channel")))?;
    for (name, text) in [("title", title), ("link", link), ("description", title)] {
        write_field(&mut writer, name, text)?;
    }
    end_line(&mut writer)
}

pub(super) fn write(item: &Item, out: &mut impl Write) -> io::Result<()> {
    let mut writer = Writer::new(out);
    writer.write_event(Event::Start(BytesStart::new("item")))?;
    for (name, read) in COLUMNS {
        let name = format!("g:{name}");
        if name == "g:additional_image_link" {
            for link in &item.additional_image_link {
                write_field(&mut writer, &name, link)?;
            }
        } else if let Some(text) = read(item) {
            write_field(&mut writer, &name, &text)?;
        }
    }
    writer.write_event(Event::End(BytesEnd::new("item")))?;
    end_line(&mut writer)
}

pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    let mut writer = Writer::new(out);
    writer.write_event(Event::End(BytesEnd::new("channel")))?;
    writer.write_event(Event::End(BytesEnd::new("rss")))
}

/// Marketplaces read by lines, which may not be too long.
fn end_line(writer: &mut Writer<impl Write>) -> io::Result<()> {
    writer.write_event(Event::Text(BytesText::new("\n")))
}

fn write_field(writer: &mut Writer<impl Write>, name: &str, text: &str) -> io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(text)).map(|_| ())
}
