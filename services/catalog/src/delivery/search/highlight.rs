//! Marks what a search looked for in the texts of a result.

use std::{collections::HashSet, ops::Range};

use html_escape::{decode_html_entities, encode_text};
use serde::Serialize;
use tantivy::tokenizer::TextAnalyzer;
use utoipa::ToSchema;

use crate::delivery::{index::ViewIndex, projection::without_tags};

/// Length of an excerpt, in bytes, about.
const EXCERPT: usize = 200;
/// What stands before the first mark of an excerpt, in bytes, at most.
const LEAD: usize = 60;

/// Texts of a result as HTML: what was looked for stands in `<em>`, everything else is escaped.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::delivery) struct Highlights {
    /// The name; absent where nothing of it was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "<em>Blue</em> mug")]
    name: Option<String>,
    /// An excerpt of the description; absent where nothing of it was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "… holds a pint of tea, in <em>blue</em> stoneware …")]
    description: Option<String>,
}

/// Knows what was looked for.
pub(in crate::delivery) struct Highlighter {
    stems: HashSet<String>,
    stemming: TextAnalyzer,
}

impl Highlighter {
    pub(in crate::delivery) fn new(index: &ViewIndex, stems: HashSet<String>) -> Self {
        Self { stems, stemming: index.stemming() }
    }

    /// Marks the texts of one result; the description may be HTML.
    pub(in crate::delivery) fn highlights(
        &mut self,
        name: &str,
        description: Option<&str>,
    ) -> Highlights {
        let whole = |text: &str, marks: &[Range<usize>]| marked(text, 0..text.len(), marks);
        let description = description.map(without_tags);
        let description = description.as_deref().map(decode_html_entities);
        Highlights {
            name: self.mark(name, whole),
            description: description.and_then(|text| self.mark(&text, excerpt)),
        }
    }

    fn mark(&mut self, text: &str, show: fn(&str, &[Range<usize>]) -> String) -> Option<String> {
        let mut marks: Vec<Range<usize>> = Vec::new();
        let stems = &self.stems;
        self.stemming.token_stream(text).process(&mut |token| {
            if stems.contains(&token.text) {
                marks.push(token.offset_from..token.offset_to);
            }
        });
        (!marks.is_empty()).then(|| show(text, &marks))
    }
}

/// The part of the text with most marks, cut between words.
fn excerpt(text: &str, marks: &[Range<usize>]) -> String {
    let marks_from = |first: &Range<usize>| {
        let is_near =
            |mark: &&Range<usize>| mark.start >= first.start && mark.end <= first.start + EXCERPT;
        marks.iter().filter(is_near).count()
    };
    // Of equal ones the first.
    let best = marks.iter().rev().max_by_key(|first| marks_from(first));
    let first = best.cloned().unwrap_or_default();
    let start = match text.len() {
        ..=EXCERPT => 0,
        _ => word_start(text, first.start.saturating_sub(LEAD)).min(first.start),
    };
    let end = word_end(text, start + EXCERPT).max(first.end);
    let before = if start > 0 { "… " } else { "" };
    let after = if end < text.len() { " …" } else { "" };
    format!("{before}{}{after}", marked(text, start..end, marks))
}

/// The first beginning of a word from here on.
fn word_start(text: &str, from: usize) -> usize {
    if from == 0 {
        return 0;
    }
    let from = text.ceil_char_boundary(from);
    text[from..].find(' ').map_or(from, |space| from + space + 1)
}

/// The last end of a word up to here.
fn word_end(text: &str, to: usize) -> usize {
    if to >= text.len() {
        return text.len();
    }
    let to = text.floor_char_boundary(to);
    text[..to].rfind(' ').unwrap_or(to)
}

fn marked(text: &str, shown: Range<usize>, marks: &[Range<usize>]) -> String {
    let mut html = String::with_capacity(shown.len() + marks.len() * 9);
    let mut done = shown.start;
    for mark in marks.iter().filter(|mark| mark.start >= shown.start && mark.end <= shown.end) {
        html.push_str(&encode_text(&text[done..mark.start]));
        html.push_str("<em>");
        html.push_str(&encode_text(&text[mark.clone()]));
        html.push_str("</em>");
        done = mark.end;
    }
    html.push_str(&encode_text(&text[done..shown.end]));
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::index::tokenize::stemming;

    fn highlights(looked_for: &[&str], name: &str, description: &str) -> Highlights {
        let stems = looked_for.iter().map(|stem| (*stem).to_owned()).collect();
        let mut highlighter = Highlighter { stems, stemming: stemming("en_US") };
        highlighter.highlights(name, Some(description))
    }

    #[test]
    fn every_form_of_a_word_is_marked_and_the_rest_is_escaped() {
        let found =
            highlights(&["mug", "5"], "Mugs <b>&</b> more mugs", "<p>Caf&eacute; &lt; 5</p>");
        let name = "<em>Mugs</em> &lt;b&gt;&amp;&lt;/b&gt; more <em>mugs</em>";
        assert_eq!(found.name.as_deref(), Some(name));
        assert_eq!(found.description.as_deref(), Some("Café &lt; <em>5</em>"));
        let found = highlights(&["mug"], "Cup", "Mügs");
        assert_eq!((found.name, found.description.as_deref()), (None, Some("<em>Mügs</em>")));
    }

    #[test]
    fn an_excerpt_is_cut_where_most_of_it_is_marked() {
        let text =
            format!("A mug. {}A blue mug, ünique. {}", "filler ".repeat(60), "ü ".repeat(200));
        let excerpt = highlights(&["mug", "blue"], "", &text).description.unwrap();
        assert!(excerpt.starts_with("… filler"), "{excerpt}");
        assert!(excerpt.contains("A <em>blue</em> <em>mug</em>, ünique."), "{excerpt}");
        assert!(excerpt.ends_with("ü …") && excerpt.len() < EXCERPT + 60, "{excerpt}");
    }

    #[test]
    fn an_excerpt_of_one_long_word_is_cut_within_it() {
        let text = format!("{}{}", "ü".repeat(300), " mug");
        let excerpt = highlights(&["mug"], "", &text).description.unwrap();
        assert!(excerpt.ends_with("<em>mug</em>"), "{excerpt}");
    }
}
