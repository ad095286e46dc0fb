//! A canvas of 800 × 800 units with the brushes of one product.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder,
    Pixmap, Point, Rect, Shader, SpreadMode, Stroke, Transform,
};

use super::PictureSpec;

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// Where things stand.
pub(crate) const GROUND: f32 = 660.0;
const SIDE: u32 = 800;

pub(crate) const WHITE: Rgb = [250, 247, 241];
pub(crate) const INK: Rgb = [52, 50, 50];
pub(crate) const STEEL: Rgb = [176, 180, 184];
pub(crate) const GLOW: Rgb = [255, 226, 158];

/// The picture in the making.
pub(crate) struct Canvas {
    pixels: Pixmap,
    transform: Transform,
    stretch: (f32, f32),
    detail: u8,
    pub(crate) backdrop: u8,
    pub(crate) main: Rgb,
    pub(crate) light: Rgb,
    pub(crate) dark: Rgb,
    pub(crate) deep: Rgb,
    pub(crate) accent: Rgb,
    pub(crate) accent_light: Rgb,
    pub(crate) accent_dark: Rgb,
}

impl Canvas {
    pub(crate) fn new(spec: &PictureSpec) -> Self {
        Canvas {
            pixels: Pixmap::new(SIDE, SIDE).expect("the side is not zero"),
            transform: Transform::identity(),
            stretch: spec.stretch,
            detail: spec.detail,
            backdrop: spec.backdrop,
            main: spec.main,
            light: lighter(spec.main, 0.22),
            dark: darker(spec.main, 0.14),
            deep: darker(spec.main, 0.32),
            accent: spec.accent,
            accent_light: lighter(spec.accent, 0.2),
            accent_dark: darker(spec.accent, 0.2),
        }
    }

    /// From here on, everything is drawn in the proportions of the product and lifted so far.
    pub(crate) fn stretch_drawing(&mut self, lift: f32) {
        let (x, y) = self.stretch;
        self.transform =
            Transform::from_row(x, 0.0, 0.0, y, 400.0 * (1.0 - x), GROUND * (1.0 - y) - lift);
    }

    /// Whether the product is so pale that it needs a deeper backdrop.
    pub(crate) fn is_pale(&self) -> bool {
        let [red, green, blue] = self.main.map(u32::from);
        red * 3 + green * 6 + blue > 2050
    }

    /// One of so many details; `salt` keeps several choices of a drawing apart.
    pub(crate) fn choose(&self, salt: u8, choices: u8) -> u8 {
        self.detail.wrapping_mul(31).wrapping_add(salt.wrapping_mul(97)).rotate_left(3) % choices
    }

    /// Fills an outline written as absolute `M L Q C Z` commands.
    pub(crate) fn fill(&mut self, outline: &str, color: Rgb) {
        self.fill_path(path(outline), color, 1.0);
    }

    /// As [`fill`](Self::fill), letting so much of what is below shine through.
    pub(crate) fn veil(&mut self, outline: &str, color: Rgb, opacity: f32) {
        self.fill_path(path(outline), color, opacity);
    }

    /// Draws a line with round ends.
    pub(crate) fn stroke(&mut self, outline: &str, width: f32, color: Rgb) {
        let Some(path) = path(outline) else { return };
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        self.pixels.stroke_path(&path, &solid(color, 1.0), &stroke, self.transform, None);
    }

    pub(crate) fn rect(
        &mut self,
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        radius: f32,
        color: Rgb,
    ) {
        self.fill_path(rounded(x, y, width, height, radius), color, 1.0);
    }

    pub(crate) fn ellipse(&mut self, x: f32, y: f32, across: f32, down: f32, color: Rgb) {
        self.fill_path(oval(x, y, across, down), color, 1.0);
    }

    pub(crate) fn ellipse_veil(
        &mut self,
        x: f32,
        y: f32,
        across: f32,
        down: f32,
        color: Rgb,
        opacity: f32,
    ) {
        self.fill_path(oval(x, y, across, down), color, opacity);
    }

    /// A leg: from a centre above to a centre below, tapering.
    pub(crate) fn leg(
        &mut self,
        top: (f32, f32),
        foot: (f32, f32),
        widths: (f32, f32),
        color: Rgb,
    ) {
        let (upper, lower) = (widths.0 / 2.0, widths.1 / 2.0);
        self.polygon(
            &[
                (top.0 - upper, top.1),
                (top.0 + upper, top.1),
                (foot.0 + lower, foot.1),
                (foot.0 - lower, foot.1),
            ],
            color,
        );
    }

    pub(crate) fn polygon(&mut self, corners: &[(f32, f32)], color: Rgb) {
        let mut builder = PathBuilder::new();
        for (index, (x, y)) in corners.iter().enumerate() {
            if index == 0 { builder.move_to(*x, *y) } else { builder.line_to(*x, *y) }
        }
        builder.close();
        self.fill_path(builder.finish(), color, 1.0);
    }

    /// A soft spot of light or shadow: nested ovals, which look soft and compress well.
    pub(crate) fn soft_spot(
        &mut self,
        x: f32,
        y: f32,
        across: f32,
        down: f32,
        color: Rgb,
        opacity: f32,
    ) {
        const RINGS: u8 = 9;
        for ring in 0..RINGS {
            let share = 1.0 - f32::from(ring) / f32::from(RINGS);
            self.ellipse_veil(
                x,
                y,
                across * share,
                down * share,
                color,
                opacity / f32::from(RINGS) * 1.6,
            );
        }
    }

    /// The shadow a flat thing throws on what it lies on or hangs from.
    pub(crate) fn drop_shadow(&mut self, outline: &str) {
        let place = self.transform;
        for distance in [14.0, 9.0, 4.0] {
            self.transform = place.post_translate(distance * 0.4, distance);
            self.veil(outline, [70, 55, 45], 0.09);
        }
        self.transform = place;
    }

    /// The shadow of a disc in the middle of the picture.
    pub(crate) fn disc_shadow(&mut self, radius: f32) {
        for distance in [16.0, 10.0, 5.0] {
            self.ellipse_veil(
                400.0 + distance * 0.4,
                400.0 + distance,
                radius,
                radius,
                [70, 55, 45],
                0.09,
            );
        }
    }

    /// Fills the whole picture from top to bottom.
    pub(crate) fn wash(&mut self, top: Rgb, bottom: Rgb) {
        let stops = vec![
            GradientStop::new(0.0, with_opacity(top, 1.0)),
            GradientStop::new(1.0, with_opacity(bottom, 1.0)),
        ];
        let (from, to) = (Point::from_xy(0.0, 0.0), Point::from_xy(0.0, SIDE as f32));
        let gradient = LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity());
        let whole = Rect::from_xywh(0.0, 0.0, SIDE as f32, SIDE as f32);
        let (Some(shader), Some(whole)) = (gradient, whole) else { return };
        self.pixels.fill_rect(
            whole,
            &Paint { shader, ..Paint::default() },
            Transform::identity(),
            None,
        );
    }

    fn fill_path(&mut self, path: Option<Path>, color: Rgb, opacity: f32) {
        if let Some(path) = path {
            self.pixels.fill_path(
                &path,
                &solid(color, opacity),
                FillRule::Winding,
                self.transform,
                None,
            );
        }
    }

    pub(crate) fn into_png(self) -> Vec<u8> {
        // The picture is opaque, so alpha can go: that halves the time and saves a quarter of the bytes.
        let colors: Vec<u8> = self
            .pixels
            .data()
            .chunks_exact(4)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect();
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::NoFilter)
            .write_image(&colors, SIDE, SIDE, ExtendedColorType::Rgb8)
            .expect("writing to memory does not fail");
        png
    }
}

/// Mixes with white.
pub(crate) fn lighter(color: Rgb, share: f32) -> Rgb {
    mix(color, [255, 252, 246], share)
}

/// Mixes with a warm black.
pub(crate) fn darker(color: Rgb, share: f32) -> Rgb {
    mix(color, [28, 20, 20], share)
}

pub(crate) fn mix(color: Rgb, other: Rgb, share: f32) -> Rgb {
    std::array::from_fn(|index| {
        (f32::from(color[index]) * (1.0 - share) + f32::from(other[index]) * share).round() as u8
    })
}

fn solid(color: Rgb, opacity: f32) -> Paint<'static> {
    Paint {
        shader: Shader::SolidColor(with_opacity(color, opacity)),
        anti_alias: true,
        ..Paint::default()
    }
}

fn with_opacity([red, green, blue]: Rgb, opacity: f32) -> Color {
    Color::from_rgba8(red, green, blue, (opacity * 255.0).round() as u8)
}

fn oval(x: f32, y: f32, across: f32, down: f32) -> Option<Path> {
    PathBuilder::from_oval(Rect::from_ltrb(x - across, y - down, x + across, y + down)?)
}

fn rounded(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    let r = radius.min(width / 2.0).min(height / 2.0);
    let (right, bottom) = (x + width, y + height);
    let mut builder = PathBuilder::new();
    builder.move_to(x + r, y);
    builder.line_to(right - r, y);
    builder.quad_to(right, y, right, y + r);
    builder.line_to(right, bottom - r);
    builder.quad_to(right, bottom, right - r, bottom);
    builder.line_to(x + r, bottom);
    builder.quad_to(x, bottom, x, bottom - r);
    builder.line_to(x, y + r);
    builder.quad_to(x, y, x + r, y);
    builder.close();
    builder.finish()
}

/// Reads `M x y L x y Q x y x y C x y x y x y Z`.
fn path(outline: &str) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let mut words = outline.split_whitespace();
    while let Some(command) = words.next() {
        let mut next = || words.next().and_then(|word| word.parse::<f32>().ok());
        match command {
            "M" => builder.move_to(next()?, next()?),
            "L" => builder.line_to(next()?, next()?),
            "Q" => builder.quad_to(next()?, next()?, next()?, next()?),
            "C" => builder.cubic_to(next()?, next()?, next()?, next()?, next()?, next()?),
            "Z" => builder.close(),
            _ => return None,
        }
    }
    builder.finish()
}
