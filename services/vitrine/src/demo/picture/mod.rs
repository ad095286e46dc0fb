//! Drawn product pictures: flat, quiet illustrations in the color and material of the product.

mod camping;
mod canvas;
mod coffee;
mod cooking;
mod decor;
mod furniture;
mod garden;
mod lighting;
mod scene;
mod seating;
mod shape;
mod table;
mod textile;

use canvas::Canvas;
pub use shape::Shape;

/// A picture the shop needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Whose attribute `image` (neither localizable nor scopable) it fills.
    pub owner: PictureOwner,
    /// `armchair-alda-sand.png`, unique in the shop.
    pub filename: String,
    /// What [`draw`] needs to know.
    pub spec: PictureSpec,
}

/// The product or product model that keeps a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureOwner {
    /// Identifier of a product.
    Product(String),
    /// Code of a product model.
    ProductModel(String),
}

/// Everything a picture depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PictureSpec {
    /// What is drawn.
    pub shape: Shape,
    /// Color of the product.
    pub main: [u8; 3],
    /// Color of legs, handles and fittings.
    pub accent: [u8; 3],
    /// Breadth and height, as factors near one.
    pub stretch: (f32, f32),
    /// Chooses among details: patterns, handles, backs.
    pub detail: u8,
    /// Chooses the backdrop.
    pub backdrop: u8,
}

impl PictureSpec {
    /// A picture whose proportions, details and backdrop follow from the look of a model.
    #[must_use]
    pub fn new(shape: Shape, main: [u8; 3], accent: [u8; 3], look: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(look);
        PictureSpec {
            shape,
            main,
            accent,
            stretch: (0.93 + 0.14 * rng.f32(), 0.93 + 0.12 * rng.f32()),
            detail: rng.u8(..),
            backdrop: rng.u8(..),
        }
    }
}

/// Draws the picture: a square PNG.
#[must_use]
pub fn draw(spec: &PictureSpec) -> Vec<u8> {
    let mut canvas = Canvas::new(spec);
    let stand = spec.shape.stands();
    scene::draw_backdrop(&mut canvas, stand);
    canvas.stretch_drawing(stand.lift());
    spec.shape.draw(&mut canvas);
    canvas.into_png()
}
