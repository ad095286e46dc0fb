//! Chairs, armchairs, sofas, stools, benches.

use super::canvas::{Canvas, GROUND};

pub(crate) fn chair(c: &mut Canvas) {
    for x in [302.0, 498.0] {
        c.leg((x, 230.0), (x, GROUND), (20.0, 16.0), c.dark);
    }
    match c.choose(1, 3) {
        0 => {
            for step in 0..5_u8 {
                let x = 330.0 + f32::from(step) * 35.0;
                c.leg((x, 270.0), (x, 460.0), (11.0, 11.0), c.main);
            }
            c.fill("M 284 222 Q 400 190 516 222 L 512 290 Q 400 262 288 290 Z", c.main);
        }
        1 => {
            for y in [240.0, 312.0, 384.0] {
                c.fill(
                    &format!(
                        "M 296 {y} Q 400 {} 504 {y} L 504 {} Q 400 {} 296 {} Z",
                        y - 16.0,
                        y + 40.0,
                        y + 24.0,
                        y + 40.0
                    ),
                    c.main,
                );
            }
        }
        _ => {
            c.fill("M 284 222 Q 400 190 516 222 L 508 400 Q 400 380 292 400 Z", c.main);
            c.fill("M 300 236 Q 400 208 500 236 L 498 262 Q 400 236 302 262 Z", c.light);
        }
    }
    c.fill("M 280 448 L 520 448 Q 552 450 556 486 L 556 500 Q 400 516 244 500 L 244 486 Q 248 450 280 448 Z", c.light);
    c.fill("M 244 490 Q 400 506 556 490 L 556 506 Q 400 522 244 506 Z", c.dark);
    for (top, foot) in [(266.0, 252.0), (534.0, 548.0)] {
        c.leg((top, 506.0), (foot, GROUND + 8.0), (24.0, 15.0), c.main);
    }
    c.leg((400.0, 574.0), (400.0, 588.0), (276.0, 280.0), c.dark);
}

pub(crate) fn armchair(c: &mut Canvas) {
    for (top, foot) in [(262.0, 240.0), (538.0, 560.0)] {
        c.leg((top, 590.0), (foot, GROUND + 6.0), (24.0, 13.0), c.accent);
    }
    let wings = c.choose(1, 2) == 0;
    if wings {
        c.fill("M 236 480 C 200 300 216 190 290 186 L 510 186 C 584 190 600 300 564 480 Z", c.dark);
    }
    c.fill(
        "M 252 500 C 236 300 250 200 312 196 Q 400 186 488 196 C 550 200 564 300 548 500 Z",
        c.main,
    );
    c.fill(
        "M 276 470 C 264 320 276 230 324 226 Q 400 218 476 226 C 524 230 536 320 524 470 Z",
        c.light,
    );
    for x in [348.0, 400.0, 452.0] {
        if !wings {
            c.ellipse(x, 316.0, 5.0, 5.0, c.dark);
            c.ellipse(x, 396.0, 5.0, 5.0, c.dark);
        }
    }
    c.rect(236.0, 452.0, 328.0, 96.0, 34.0, c.light);
    c.rect(236.0, 512.0, 328.0, 92.0, 22.0, c.main);
    for x in [184.0, 532.0] {
        c.rect(x, 396.0, 84.0, 212.0, 38.0, c.dark);
        c.rect(x + 6.0, 396.0, 72.0, 60.0, 30.0, c.main);
    }
}

pub(crate) fn sofa(c: &mut Canvas) {
    for x in [150.0, 650.0] {
        c.leg((x, 610.0), (x, GROUND + 4.0), (20.0, 12.0), c.accent);
    }
    c.leg((400.0, 610.0), (400.0, GROUND), (18.0, 12.0), c.accent_dark);
    c.rect(120.0, 316.0, 560.0, 260.0, 46.0, c.dark);
    let parts: &[(f32, f32)] = if c.choose(1, 2) == 0 {
        &[(146.0, 250.0), (404.0, 250.0)]
    } else {
        &[(146.0, 165.0), (317.0, 166.0), (489.0, 165.0)]
    };
    for (x, width) in parts {
        c.rect(*x, 334.0, *width, 170.0, 34.0, c.main);
        c.rect(*x + 10.0, 344.0, *width - 20.0, 60.0, 26.0, c.light);
    }
    for (x, width) in parts {
        c.rect(*x, 480.0, *width, 74.0, 26.0, c.light);
    }
    c.rect(120.0, 540.0, 560.0, 78.0, 20.0, c.main);
    for x in [82.0, 638.0] {
        c.rect(x, 412.0, 80.0, 208.0, 36.0, c.dark);
        c.rect(x + 6.0, 412.0, 68.0, 54.0, 28.0, c.main);
    }
    if c.choose(2, 3) > 0 {
        c.fill(
            "M 182 396 Q 240 384 296 400 Q 306 450 292 504 Q 236 512 178 500 Q 172 448 182 396 Z",
            c.accent_light,
        );
    }
}

pub(crate) fn stool(c: &mut Canvas) {
    for (top, foot) in [(352.0, 318.0), (448.0, 482.0)] {
        c.leg((top, 300.0), (foot, GROUND - 14.0), (20.0, 14.0), c.dark);
    }
    for y in [452.0, 560.0] {
        c.leg(
            (400.0, y),
            (400.0, y + 12.0),
            (170.0 + (y - 452.0) * 0.35, 174.0 + (y - 452.0) * 0.35),
            if y > 500.0 { c.accent } else { c.dark },
        );
    }
    for (top, foot) in [(320.0, 270.0), (480.0, 530.0)] {
        c.leg((top, 300.0), (foot, GROUND + 6.0), (24.0, 15.0), c.main);
    }
    c.fill(
        "M 264 262 Q 400 304 536 262 Q 556 276 540 306 Q 400 338 260 306 Q 244 276 264 262 Z",
        c.light,
    );
    c.fill(
        "M 256 296 Q 400 332 544 296 Q 544 312 536 316 Q 400 346 264 316 Q 256 312 256 296 Z",
        c.dark,
    );
    if c.choose(1, 2) == 0 {
        for x in [300.0, 500.0] {
            c.leg((x, 170.0), (x, 290.0), (16.0, 16.0), c.dark);
        }
        c.fill("M 282 160 Q 400 186 518 160 L 518 212 Q 400 236 282 212 Z", c.main);
    }
}

pub(crate) fn bench(c: &mut Canvas) {
    for (top, foot) in [(190.0, 176.0), (610.0, 624.0)] {
        c.leg(
            (top + if top < 400.0 { 34.0 } else { -34.0 }, 490.0),
            (foot + if foot < 400.0 { 40.0 } else { -40.0 }, GROUND - 14.0),
            (26.0, 20.0),
            c.deep,
        );
        c.leg((top, 490.0), (foot, GROUND + 6.0), (32.0, 22.0), c.dark);
    }
    if c.choose(1, 2) == 0 {
        c.rect(206.0, 580.0, 388.0, 16.0, 6.0, c.deep);
    }
    c.polygon(&[(160.0, 436.0), (640.0, 436.0), (684.0, 480.0), (116.0, 480.0)], c.light);
    c.rect(116.0, 478.0, 568.0, 32.0, 8.0, c.main);
    c.stroke("M 190 456 Q 400 450 610 460", 2.0, c.main);
    if c.choose(2, 2) == 0 {
        c.rect(170.0, 414.0, 170.0, 36.0, 16.0, c.accent_light);
        c.rect(170.0, 436.0, 170.0, 16.0, 8.0, c.accent);
    }
}

pub(crate) fn folding_chair(c: &mut Canvas) {
    c.leg((286.0, 470.0), (540.0, GROUND + 4.0), (20.0, 20.0), c.accent_dark);
    c.leg((514.0, 470.0), (260.0, GROUND + 4.0), (20.0, 20.0), c.accent);
    for x in [292.0, 508.0] {
        c.leg((x, 180.0), (x, 480.0), (20.0, 20.0), c.accent);
    }
    for step in 0..4_u8 {
        c.rect(
            276.0,
            196.0 + f32::from(step) * 52.0,
            248.0,
            36.0,
            10.0,
            if step % 2 == 0 { c.main } else { c.light },
        );
    }
    for step in 0..3_u8 {
        let y = 436.0 + f32::from(step) * 24.0;
        let grow = f32::from(step) * 14.0;
        c.rect(
            266.0 - grow,
            y,
            268.0 + 2.0 * grow,
            20.0,
            6.0,
            if step == 2 { c.dark } else { c.main },
        );
    }
}
