//! What a product stands in front of: a quiet wall, a disc, a soft shadow.

use super::canvas::{Canvas, GROUND, Rgb, darker, lighter, mix};

const WALLS: [Rgb; 7] = [
    [240, 231, 217],
    [228, 232, 222],
    [222, 229, 235],
    [242, 226, 215],
    [233, 226, 236],
    [239, 233, 210],
    [232, 229, 225],
];

/// Where the product is and what shadow it throws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Stand {
    /// On the floor or a table, with a shadow of this half width; low things are lifted so that they
    /// come to lie in the middle of the picture.
    Floor { half_width: f32, lift: f32 },
    /// On the wall, hanging or lying: it needs no floor.
    Wall,
}

impl Stand {
    /// How far the drawing is moved up.
    pub(crate) fn lift(self) -> f32 {
        match self {
            Stand::Floor { lift, .. } => lift,
            Stand::Wall => 0.0,
        }
    }
}

/// Wall and disc; pale things stand before a deeper tone.
pub(crate) fn draw_backdrop(canvas: &mut Canvas, stand: Stand) {
    let tone = WALLS[usize::from(canvas.backdrop) % WALLS.len()];
    let wall = if canvas.is_pale() { darker(tone, 0.17) } else { mix(tone, canvas.main, 0.03) };
    canvas.wash(lighter(wall, 0.25), wall);
    let disc = if canvas.is_pale() { darker(tone, 0.08) } else { lighter(wall, 0.5) };
    canvas.ellipse(400.0, 405.0, 322.0, 322.0, disc);
    if let Stand::Floor { half_width, lift } = stand {
        canvas.soft_spot(400.0, GROUND + 4.0 - lift, half_width * 1.2, 30.0, [70, 55, 45], 0.3);
    }
}
