//! Media files: originals, and renditions in other sizes and formats.

pub(super) mod api;
mod render;
mod rendition;
mod store;

use std::fmt::Write;

pub(crate) use render::MAX_SIDE;
pub(super) use rendition::Renditions;
pub(crate) use rendition::renditions_of;

/// The `srcset` of a picture of this address and width: what it is in each width that is made of it.
pub(super) fn srcset(url: &str, width: u32) -> String {
    let mut srcset = String::new();
    for step in render::WIDTHS {
        let separator = if srcset.is_empty() { "" } else { ", " };
        let made = width.min(*step);
        write!(srcset, "{separator}{url}?w={step} {made}w").expect("a string takes everything");
        if *step >= width {
            break;
        }
    }
    srcset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_offered_in_every_width_up_to_its_own() {
        assert_eq!(srcset("/m", 50), "/m?w=80 50w");
        assert_eq!(srcset("/m", 160), "/m?w=80 80w, /m?w=160 160w");
        assert_eq!(srcset("/m", 400), "/m?w=80 80w, /m?w=160 160w, /m?w=320 320w, /m?w=480 400w");
        assert!(srcset("/m", 5000).ends_with("/m?w=1600 1600w"));
    }
}
