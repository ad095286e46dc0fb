//! Tables, shelves, cupboards, beds.

use super::canvas::{Canvas, GROUND, INK, WHITE, lighter};

/// Grain of wood across a surface.
fn grain(c: &mut Canvas, x: f32, y: f32, width: f32) {
    for (offset, share) in [(0.0, 0.7), (9.0, 0.5)] {
        let (from, to) = (x + width * 0.08, x + width * (0.08 + share));
        c.stroke(
            &format!(
                "M {from} {} Q {} {} {to} {}",
                y + offset,
                (from + to) / 2.0,
                y + offset - 4.0,
                y + offset + 1.0
            ),
            1.6,
            c.main,
        );
    }
}

pub(crate) fn dining_table(c: &mut Canvas) {
    for (top, foot) in [(190.0, 200.0), (610.0, 600.0)] {
        c.leg((top, 440.0), (foot, GROUND - 26.0), (22.0, 16.0), c.deep);
    }
    match c.choose(1, 3) {
        0 => {
            for (top, foot) in [(130.0, 118.0), (670.0, 682.0)] {
                c.leg((top, 430.0), (foot, GROUND + 6.0), (36.0, 20.0), c.dark);
            }
        }
        1 => {
            for x in [150.0, 650.0] {
                c.leg((x - 30.0, 430.0), (x + 6.0, GROUND + 6.0), (22.0, 18.0), c.accent);
                c.leg((x + 30.0, 430.0), (x - 6.0, GROUND + 6.0), (22.0, 18.0), c.accent_dark);
            }
        }
        _ => {
            for x in [134.0, 666.0] {
                c.leg((x, 430.0), (x, GROUND + 6.0), (40.0, 40.0), c.dark);
            }
        }
    }
    c.rect(128.0, 424.0, 544.0, 34.0, 4.0, c.deep);
    c.polygon(&[(150.0, 350.0), (650.0, 350.0), (716.0, 404.0), (84.0, 404.0)], c.light);
    c.rect(84.0, 402.0, 632.0, 26.0, 7.0, c.main);
    grain(c, 150.0, 374.0, 480.0);
    if c.choose(2, 2) == 0 {
        c.ellipse(400.0, 366.0, 70.0, 14.0, WHITE);
        c.fill("M 332 366 Q 340 392 400 394 Q 460 392 468 366 Q 400 382 332 366 Z", c.accent_light);
    }
}

pub(crate) fn coffee_table(c: &mut Canvas) {
    for (top, foot) in [(210.0, 190.0), (590.0, 610.0)] {
        c.leg((top, 520.0), (foot, GROUND + 4.0), (26.0, 16.0), c.dark);
    }
    c.ellipse(400.0, 600.0, 176.0, 18.0, c.deep);
    match c.choose(1, 2) {
        0 => {
            c.ellipse(400.0, 512.0, 272.0, 58.0, c.dark);
            c.ellipse(400.0, 496.0, 272.0, 58.0, c.light);
            grain(c, 220.0, 492.0, 360.0);
        }
        _ => {
            c.fill("M 200 456 L 600 456 Q 650 458 672 512 L 672 522 Q 400 534 128 522 L 128 512 Q 150 458 200 456 Z", c.light);
            c.fill("M 128 512 Q 400 524 672 512 L 672 536 Q 400 548 128 536 Z", c.dark);
            grain(c, 200.0, 484.0, 400.0);
        }
    }
    c.rect(330.0, 470.0, 120.0, 16.0, 3.0, c.accent_light);
    c.rect(340.0, 456.0, 104.0, 14.0, 3.0, c.accent);
}

pub(crate) fn side_table(c: &mut Canvas) {
    if c.choose(1, 2) == 0 {
        c.ellipse(400.0, GROUND - 6.0, 110.0, 22.0, c.dark);
        c.ellipse(400.0, GROUND - 14.0, 110.0, 22.0, c.main);
        c.leg((400.0, 360.0), (400.0, GROUND - 14.0), (20.0, 20.0), c.dark);
    } else {
        c.leg((400.0, 370.0), (400.0, GROUND - 18.0), (14.0, 12.0), c.deep);
        for (top, foot) in [(320.0, 296.0), (480.0, 504.0)] {
            c.leg((top, 370.0), (foot, GROUND + 6.0), (18.0, 12.0), c.dark);
        }
    }
    c.ellipse(400.0, 366.0, 168.0, 40.0, c.dark);
    c.ellipse(400.0, 350.0, 168.0, 40.0, c.main);
    c.ellipse(400.0, 350.0, 154.0, 33.0, c.light);
    c.ellipse(372.0, 336.0, 34.0, 9.0, WHITE);
    c.fill("M 338 300 L 406 300 L 400 336 Q 372 346 344 336 Z", WHITE);
    c.ellipse(372.0, 300.0, 34.0, 8.0, lighter(c.accent, 0.1));
}

pub(crate) fn desk(c: &mut Canvas) {
    for x in [164.0, 636.0] {
        c.leg((x, 430.0), (x, GROUND - 22.0), (20.0, 16.0), c.deep);
    }
    for (top, foot) in [(124.0, 112.0), (676.0, 688.0)] {
        c.leg((top, 430.0), (foot, GROUND + 6.0), (28.0, 18.0), c.dark);
    }
    c.rect(110.0, 424.0, 580.0, 66.0, 6.0, c.dark);
    for x in [126.0, 410.0] {
        c.rect(x, 434.0, 264.0, 46.0, 5.0, c.main);
        c.rect(x + 104.0, 452.0, 56.0, 8.0, 4.0, c.accent);
    }
    c.polygon(&[(140.0, 366.0), (660.0, 366.0), (714.0, 412.0), (86.0, 412.0)], c.light);
    c.rect(86.0, 410.0, 628.0, 18.0, 6.0, c.main);
    grain(c, 150.0, 386.0, 420.0);
    if c.choose(1, 2) == 0 {
        c.rect(440.0, 268.0, 150.0, 96.0, 8.0, INK);
        c.rect(448.0, 276.0, 134.0, 80.0, 4.0, [206, 218, 222]);
        c.polygon(
            &[(426.0, 378.0), (604.0, 378.0), (596.0, 364.0), (434.0, 364.0)],
            [150, 154, 158],
        );
    } else {
        for (index, color) in [c.accent, c.accent_light, INK].into_iter().enumerate() {
            c.rect(
                210.0 + index as f32 * 26.0,
                296.0 + index as f32 * 8.0,
                24.0,
                78.0 - index as f32 * 8.0,
                2.0,
                color,
            );
        }
    }
}

pub(crate) fn shelf(c: &mut Canvas) {
    c.rect(244.0, 130.0, 312.0, 530.0, 4.0, c.deep);
    c.rect(228.0, 120.0, 22.0, 546.0, 4.0, c.main);
    c.rect(550.0, 120.0, 22.0, 546.0, 4.0, c.main);
    for step in 0..5_u8 {
        c.rect(236.0, 120.0 + f32::from(step) * 131.0, 328.0, 18.0, 3.0, c.light);
    }
    let books = [
        [196, 120, 92],
        [232, 214, 186],
        [98, 118, 128],
        [168, 148, 96],
        [222, 196, 180],
        [86, 92, 88],
    ];
    for row in 0..3_u8 {
        let count = 3 + c.choose(row, 4);
        for index in 0..count {
            let height = 70.0 + f32::from(c.choose(row * 7 + index, 5)) * 7.0;
            let left = if row == 1 {
                440.0 - f32::from(index) * 22.0 + 88.0
            } else {
                262.0 + f32::from(index) * 22.0
            };
            let bottom = 251.0 + f32::from(row) * 131.0;
            c.rect(
                left,
                bottom - height,
                19.0,
                height,
                2.0,
                books[usize::from(index + row) % books.len()],
            );
        }
    }
    c.fill("M 458 604 Q 448 560 470 552 L 506 552 Q 528 560 518 604 Q 512 644 506 644 L 470 644 Q 462 644 458 604 Z", c.accent_light);
}

pub(crate) fn sideboard(c: &mut Canvas) {
    for (top, foot) in [(170.0, 156.0), (630.0, 644.0)] {
        c.leg((top, 570.0), (foot, GROUND + 6.0), (24.0, 13.0), c.accent);
    }
    c.rect(100.0, 360.0, 600.0, 228.0, 10.0, c.dark);
    c.rect(92.0, 346.0, 616.0, 24.0, 8.0, c.light);
    match c.choose(1, 3) {
        0 => {
            for x in [112.0, 308.0, 504.0] {
                c.rect(x, 382.0, 186.0, 194.0, 5.0, c.main);
                c.ellipse(x + 164.0, 470.0, 8.0, 8.0, c.accent);
            }
        }
        1 => {
            for x in [112.0, 406.0] {
                c.rect(x, 382.0, 282.0, 194.0, 5.0, c.main);
                for slat in 0..13_u8 {
                    c.rect(x + 8.0 + f32::from(slat) * 21.0, 388.0, 10.0, 182.0, 4.0, c.light);
                }
            }
        }
        _ => {
            c.rect(112.0, 382.0, 280.0, 194.0, 5.0, c.main);
            c.ellipse(370.0, 470.0, 8.0, 8.0, c.accent);
            for step in 0..3_u8 {
                let y = 382.0 + f32::from(step) * 66.0;
                c.rect(408.0, y, 280.0, 60.0, 5.0, c.main);
                c.rect(520.0, y + 26.0, 56.0, 8.0, 4.0, c.accent);
            }
        }
    }
    c.fill(
        "M 560 346 Q 540 300 560 272 L 560 250 L 592 250 L 592 272 Q 612 300 592 346 Z",
        c.accent_light,
    );
    c.stroke("M 576 252 Q 560 200 520 176", 4.0, [120, 132, 100]);
    c.ellipse(524.0, 180.0, 18.0, 10.0, [142, 156, 120]);
    c.ellipse(556.0, 206.0, 16.0, 9.0, [142, 156, 120]);
}

pub(crate) fn wardrobe(c: &mut Canvas) {
    for x in [240.0, 560.0] {
        c.leg((x, 620.0), (x, GROUND + 4.0), (26.0, 16.0), c.accent);
    }
    c.rect(200.0, 110.0, 400.0, 530.0, 10.0, c.dark);
    c.rect(190.0, 98.0, 420.0, 24.0, 8.0, c.light);
    for x in [212.0, 404.0] {
        c.rect(x, 132.0, 184.0, 400.0, 5.0, c.main);
        if c.choose(1, 2) == 0 {
            c.rect(x + 22.0, 154.0, 140.0, 356.0, 4.0, c.light);
        }
        c.rect(x, 542.0, 184.0, 86.0, 5.0, c.main);
        c.rect(x + 66.0, 580.0, 52.0, 9.0, 4.0, c.accent);
    }
    for x in [380.0, 412.0] {
        c.rect(x, 300.0, 8.0, 70.0, 4.0, c.accent);
    }
}

pub(crate) fn bedside_table(c: &mut Canvas) {
    for (top, foot) in [(272.0, 254.0), (528.0, 546.0)] {
        c.leg((top, 560.0), (foot, GROUND + 6.0), (26.0, 14.0), c.dark);
    }
    c.rect(244.0, 386.0, 312.0, 192.0, 10.0, c.dark);
    c.rect(234.0, 372.0, 332.0, 24.0, 8.0, c.light);
    c.rect(258.0, 404.0, 284.0, 76.0, 5.0, c.main);
    if c.choose(1, 2) == 0 {
        c.ellipse(400.0, 442.0, 10.0, 10.0, c.accent);
    } else {
        c.rect(366.0, 438.0, 68.0, 9.0, 4.0, c.accent);
    }
    c.rect(258.0, 490.0, 284.0, 76.0, 5.0, c.deep);
    c.rect(276.0, 544.0, 110.0, 16.0, 3.0, WHITE);
    c.rect(284.0, 528.0, 96.0, 14.0, 3.0, c.accent_light);
    c.rect(300.0, 356.0, 110.0, 16.0, 3.0, WHITE);
    c.rect(310.0, 342.0, 92.0, 14.0, 3.0, [150, 166, 160]);
}

pub(crate) fn bed(c: &mut Canvas) {
    for x in [120.0, 680.0] {
        c.leg((x, 590.0), (x, GROUND + 6.0), (24.0, 18.0), c.dark);
    }
    c.rect(106.0, 296.0, 588.0, 270.0, 16.0, c.main);
    if c.choose(1, 2) == 0 {
        for step in 0..9_u8 {
            c.rect(126.0 + f32::from(step) * 63.0, 312.0, 44.0, 160.0, 8.0, c.light);
        }
    } else {
        c.rect(124.0, 314.0, 552.0, 150.0, 10.0, c.light);
    }
    c.rect(112.0, 452.0, 576.0, 120.0, 26.0, WHITE);
    for x in [150.0, 414.0] {
        c.rect(x, 400.0, 236.0, 82.0, 36.0, [255, 253, 249]);
        c.rect(x + 8.0, 446.0, 220.0, 34.0, 16.0, [236, 231, 222]);
    }
    c.fill("M 106 500 Q 400 470 694 500 L 694 584 L 106 584 Z", c.accent_light);
    c.fill("M 106 500 Q 400 470 694 500 L 694 522 Q 400 494 106 522 Z", WHITE);
    c.rect(98.0, 572.0, 604.0, 44.0, 8.0, c.dark);
}

pub(crate) fn coat_rack(c: &mut Canvas) {
    c.drop_shadow("M 120 350 L 680 350 L 680 426 L 120 426 Z");
    c.rect(120.0, 350.0, 560.0, 76.0, 14.0, c.accent);
    c.rect(120.0, 350.0, 560.0, 14.0, 7.0, c.accent_light);
    for step in 0..5_u8 {
        let x = 180.0 + f32::from(step) * 110.0;
        c.leg((x, 388.0), (x, 440.0), (18.0, 22.0), c.dark);
        c.ellipse(x, 442.0, 22.0, 22.0, c.main);
        c.ellipse(x - 5.0, 436.0, 10.0, 9.0, c.light);
    }
    if c.choose(1, 2) == 0 {
        c.fill("M 262 452 L 318 452 L 344 600 Q 290 616 236 600 Z", c.light);
        c.stroke("M 290 448 Q 268 452 262 466", 5.0, c.dark);
    }
}
