//! Pictures in other sizes and formats. Pure: bytes in, bytes out.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
    codecs::{avif::AvifEncoder, jpeg::JpegEncoder},
    error::EncodingError,
    imageops::FilterType,
};
use webp::WebPEncodingError;

/// Widths that can be asked for, in pixels: a few, so that nobody fills the store with thousands.
pub(super) const WIDTHS: &[u32] = &[80, 160, 320, 480, 640, 800, 1200, 1600];
/// Largest side of a picture that is read, in pixels.
pub(crate) const MAX_SIDE: u32 = 12_000;
/// Memory for a picture that is read, in bytes.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
const JPEG_QUALITY: u8 = 82;
const WEBP_QUALITY: f32 = 80.0;
const AVIF_QUALITY: u8 = 65;
/// The fastest: the next slower one takes half as long again for a tenth fewer bytes.
const AVIF_SPEED: u8 = 10;
/// Widest AVIF picture: one of 800 pixels takes a third of a second, one of 1600 four times that.
const AVIF_WIDEST: u32 = 800;

/// Format of a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Webp,
    Avif,
}

impl Format {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "jpeg" | "jpg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::Webp),
            "avif" => Some(Self::Avif),
            _ => None,
        }
    }

    /// Of a content type; `None` if it cannot be read.
    pub(super) fn of_mime(mime: &str) -> Option<Self> {
        Self::parse(mime.strip_prefix("image/")?).filter(|format| *format != Self::Avif)
    }

    /// Whether pictures of this width are made in it.
    pub(super) fn is_made(self, width: u32) -> bool {
        self != Self::Avif || width <= AVIF_WIDEST
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Avif => "avif",
        }
    }

    pub(super) fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
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
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
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
            let pixels = picture.to_rgba8();
            let encoder = webp::Encoder::from_rgba(&pixels, pixels.width(), pixels.height());
            let made = encoder.encode_simple(false, WEBP_QUALITY).map_err(not_encoded)?;
            bytes.extend_from_slice(&made);
        }
        Format::Avif => {
            let encoder = AvifEncoder::new_with_speed_quality(&mut bytes, AVIF_SPEED, AVIF_QUALITY);
            picture.to_rgba8().write_with_encoder(encoder.with_num_threads(Some(1)))?;
        }
    }
    Ok(bytes)
}

fn not_encoded(error: WebPEncodingError) -> ImageError {
    ImageError::Encoding(EncodingError::new(ImageFormat::WebP.into(), format!("{error:?}")))
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
    use image::{ImageEncoder, RgbaImage};

    use super::*;

    /// Exif with an orientation of 6.
    const ON_ITS_SIDE: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";

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
    fn a_picture_of_a_camera_held_on_its_side_is_upright() {
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new(&mut jpeg);
        encoder.set_exif_metadata(ON_ITS_SIDE.to_vec()).unwrap();
        encoder.encode_image(&RgbImage::new(200, 100)).unwrap();
        let made = image::load_from_memory(&render(&jpeg, 80, Format::Png).unwrap()).unwrap();
        assert_eq!((made.width(), made.height()), (80, 160));
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
