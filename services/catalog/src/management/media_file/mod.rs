//! Media files: pictures and documents that values name.

pub mod api;
mod receive;
mod remove;
mod save;
mod store;

pub use api::download;
use std::io::Cursor;

use image::{ImageDecoder, ImageReader, metadata::Orientation};
pub use remove::remove_left;
pub use save::save_alone;
use serde::Serialize;
use sqlx::FromRow;
pub use store::find_all;
use utoipa::ToSchema;

use crate::delivery::MAX_SIDE;

/// Extensions of pictures, where an attribute names none.
pub const IMAGE_EXTENSIONS: [&str; 5] = ["jpg", "jpeg", "png", "gif", "webp"];
/// Characters of a file's name that its code keeps.
const MAX_NAME: usize = 100;

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, ToSchema)]
pub struct MediaFile {
    /// Path-like, made here.
    #[schema(example = "1/d/7/f/1d7f0b23_mug.jpg")]
    pub code: String,
    /// Name of the file where it came from.
    pub original_filename: String,
    /// What it is, found out from its content.
    #[schema(example = "image/jpeg")]
    pub mime_type: String,
    /// Bytes.
    #[sqlx(rename = "size_bytes")]
    pub size: i64,
    /// Lower case, without dot.
    pub extension: String,
}

/// The code of a file: nothing of it but harmless characters of the name comes from outside.
fn make_code(sha256: &[u8], name: &str) -> String {
    let hash: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let folders: Vec<&str> = (0..4).map(|place| &hash[place..=place]).collect();
    let harmless = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = name.trim_start_matches('.').chars().map(harmless).collect();
    let from = name.len().saturating_sub(MAX_NAME);
    format!("{}/{hash}_{}", folders.join("/"), &name[from..])
}

/// What follows the last dot of a name, lower case.
fn extension_of(name: &str) -> String {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_plain =
        extension.len() <= 10 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_plain { extension.to_ascii_lowercase() } else { String::new() }
}

/// What the first bytes of a file say that it is.
fn sniff(head: &[u8]) -> &'static str {
    match image::guess_format(head) {
        Ok(format) => format.to_mime_type(),
        Err(_) if head.starts_with(b"%PDF-") => "application/pdf",
        Err(_) if head.starts_with(b"PK\x03\x04") => "application/zip",
        Err(_) => "application/octet-stream",
    }
}

/// Width and height of a picture as it is shown, if the first bytes of the file tell and shops can show it.
fn dimensions(head: &[u8]) -> Option<(u32, u32)> {
    let reader = ImageReader::new(Cursor::new(head)).with_guessed_format().ok()?;
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > MAX_SIDE {
        return None;
    }
    let is_lying = matches!(
        decoder.orientation().ok()?,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    Some(if is_lying { (height, width) } else { (width, height) })
}

#[cfg(test)]
mod tests {
    use image::{ImageEncoder, ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};

    use super::*;

    #[test]
    fn a_code_is_made_of_the_hash_and_harmless_characters() {
        assert_eq!(make_code(&[0x1d, 0x7f], "../été 1.JPG"), "1/d/7/f/1d7f___t__1.JPG");
        assert!(make_code(&[0x1d, 0x7f], &"x".repeat(300)).len() < 130);
        assert_eq!(extension_of("a.tar.GZ"), "gz");
        assert_eq!(extension_of("noext"), "");
    }

    #[test]
    fn content_says_what_a_file_is() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n...."), "image/png");
        assert_eq!(sniff(b"<html>"), "application/octet-stream");
    }

    #[test]
    fn the_beginning_of_a_picture_says_how_large_it_is_shown() {
        let pixels = RgbImage::from_fn(300, 200, |x, y| image::Rgb([x as u8, y as u8, 0]));
        let mut png = Cursor::new(Vec::new());
        pixels.write_to(&mut png, ImageFormat::Png).unwrap();
        assert_eq!(dimensions(&png.get_ref()[..200]), Some((300, 200)));
        let mut upright = Vec::new();
        let mut encoder = JpegEncoder::new(&mut upright);
        // A camera held on its side: orientation 6.
        encoder
            .set_exif_metadata(
                b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec(),
            )
            .unwrap();
        encoder.encode_image(&pixels).unwrap();
        assert_eq!(dimensions(&upright), Some((200, 300)));
        assert_eq!(dimensions(b"<html>"), None);
    }
}
