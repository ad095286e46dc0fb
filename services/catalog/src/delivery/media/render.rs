//! Pictures in other sizes and formats. Pure: bytes in, bytes out.

use std::io::Cursor;

use image::{
    DynamicImage, ImageError, ImageReader, Limits, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, webp::WebPEncoder},
    imageops::FilterType,
};

/// Widths that can be asked for, in pixels: a few, so that nobody fills the store with thousands.
pub(super) const WIDTHS: &[u32] = &[80, 160, 320, 480, 640, 800, 1200, 1600];
/// Largest side of a picture that is read, in pixels.
const MAX_SIDE: u32 = 12_000;
/// Memory for a picture that is read, in bytes.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
const JPEG_QUALITY: u8 = 82;

/// Format of a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Webp,
}

impl Format {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "jpeg" | "jpg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }

    /// Of a content type; `None` if it cannot be read.
    pub(super) fn of_mime(mime: &str) -> Option<Self> {
        Self::parse(mime.strip_prefix("image/")?)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    pub(super) fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// The picture, at most this wide and never enlarged, in this format.
pub(super) fn render(original: &[u8], width: u32, format: Format) -> Result<Vec<u8>, ImageError> {
    let mut reader = ImageReader::new(Cursor::new(original)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let picture = reader.decode()?;
    let picture = if picture.width() > width {
        let height = (u64::from(picture.height()) * u64::from(width) / u64::from(picture.width()))
            .clamp(1, u64::from(MAX_SIDE));
        let height = u32::try_from(height).unwrap_or(MAX_SIDE);
        picture.resize_exact(width, height, FilterType::CatmullRom)
    } else {
        picture
    };
    encode(&picture, format)
}

fn encode(picture: &DynamicImage, format: Format) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    match format {
        Format::Jpeg => {
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
            encoder.encode_image(&on_white(picture))?;
        }
        Format::Png => {
            picture.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)?;
        }
        Format::Webp => {
            picture.to_rgba8().write_with_encoder(WebPEncoder::new_lossless(&mut bytes))?;
        }
    }
    Ok(bytes)
}

/// JPEG has no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let alpha = u16::from(alpha);
        let blend = |channel: u8| {
            let mixed = (u16::from(channel) * alpha + 255 * (255 - alpha)) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Rgb([red, green, blue].map(blend))
    })
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbaImage};

    use super::*;

    fn picture(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbaImage::new(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_is_made_smaller_and_never_larger() {
        for (width, expected) in [(80, 80), (640, 200)] {
            for format in [Format::Jpeg, Format::Png, Format::Webp] {
                let bytes = render(&picture(200, 100), width, format).unwrap();
                let made = image::load_from_memory(&bytes).unwrap();
                assert_eq!((made.width(), made.height()), (expected, expected / 2));
            }
        }
    }

    #[test]
    fn transparency_becomes_white_in_jpeg() {
        let bytes = render(&picture(8, 8), 80, Format::Jpeg).unwrap();
        let made = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert!(made.get_pixel(4, 4).0.iter().all(|channel| *channel > 250));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert!(render(b"not a picture", 80, Format::Png).is_err());
    }
}
