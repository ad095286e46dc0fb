//! Cushions, blankets, rugs, towels and other woven things.

use super::canvas::{Canvas, GROUND, INK, WHITE, lighter};

pub(crate) fn cushion(c: &mut Canvas) {
    let outline = "M 176 260 Q 400 220 624 260 Q 650 268 646 300 Q 612 460 646 620 Q 650 650 620 656 Q 400 626 180 656 Q 150 650 154 620 Q 188 460 154 300 Q 150 268 176 260 Z";
    c.fill(outline, c.main);
    c.veil("M 176 260 Q 400 220 624 260 Q 500 280 300 330 Q 210 360 180 420 Q 172 350 154 300 Q 150 268 176 260 Z", c.light, 0.8);
    match c.choose(1, 4) {
        0 => {
            for step in 0..6_u8 {
                let x = 226.0 + f32::from(step) * 70.0;
                c.stroke(
                    &format!("M {x} 258 Q {} 450 {x} 640", 400.0 + (x - 400.0) * 0.9),
                    10.0,
                    c.light,
                );
            }
        }
        1 => {
            for y in [330.0, 460.0, 590.0] {
                for x in [270.0, 400.0, 530.0] {
                    c.polygon(
                        &[(x, y - 34.0), (x + 34.0, y), (x, y + 34.0), (x - 34.0, y)],
                        c.dark,
                    );
                }
            }
        }
        2 => {
            c.fill(
                "M 186 440 Q 400 420 614 440 L 616 500 Q 400 480 184 500 Z",
                lighter(c.main, 0.5),
            );
        }
        _ => {
            c.stroke(
                "M 190 290 Q 400 254 610 290 Q 584 460 610 622 Q 400 598 190 622 Q 216 460 190 290",
                5.0,
                c.dark,
            );
        }
    }
    c.stroke("M 180 656 Q 400 626 620 656", 6.0, c.deep);
}

pub(crate) fn blanket(c: &mut Canvas) {
    for (index, y) in [580.0, 500.0, 420.0].into_iter().enumerate() {
        let inset = index as f32 * 10.0;
        let color = [c.dark, c.main, c.light][index];
        c.rect(170.0 + inset, y, 460.0 - 2.0 * inset, 84.0, 40.0, color);
        c.stroke(
            &format!(
                "M {} {} Q 400 {} {} {}",
                200.0 + inset,
                y + 70.0,
                y + 78.0,
                600.0 - inset,
                y + 70.0
            ),
            4.0,
            c.deep,
        );
    }
    c.fill("M 300 424 L 500 424 L 516 640 Q 400 660 284 640 Z", c.main);
    let stripe = lighter(c.main, 0.5);
    for y in [460.0, 500.0, 590.0] {
        c.stroke(&format!("M 298 {y} Q 400 {} 504 {y}", y + 8.0), 9.0, stripe);
    }
    for step in 0..15_u8 {
        let x = 288.0 + f32::from(step) * 16.0;
        c.stroke(&format!("M {x} 644 L {x} 676"), 5.0, c.dark);
    }
}

pub(crate) fn rug(c: &mut Canvas) {
    c.drop_shadow("M 210 130 L 590 130 L 590 660 L 210 660 Z");
    for step in 0..20_u8 {
        let x = 226.0 + f32::from(step) * 18.4;
        c.stroke(&format!("M {x} 108 L {x} 136 M {x} 656 L {x} 686"), 4.0, c.light);
    }
    c.rect(210.0, 130.0, 380.0, 530.0, 6.0, c.main);
    match c.choose(1, 4) {
        0 => {
            c.rect(236.0, 158.0, 328.0, 474.0, 2.0, c.light);
            c.rect(248.0, 170.0, 304.0, 450.0, 2.0, c.main);
            for y in [280.0, 395.0, 510.0] {
                c.polygon(&[(400.0, y - 60.0), (490.0, y), (400.0, y + 60.0), (310.0, y)], c.dark);
                c.polygon(&[(400.0, y - 30.0), (446.0, y), (400.0, y + 30.0), (354.0, y)], c.light);
            }
        }
        1 => {
            for step in 0..9_u8 {
                let y = 150.0 + f32::from(step) * 58.0;
                c.rect(
                    210.0,
                    y,
                    380.0,
                    if step % 2 == 0 { 22.0 } else { 10.0 },
                    0.0,
                    if step % 2 == 0 { c.light } else { c.dark },
                );
            }
        }
        2 => {
            for row in 0..6_u8 {
                for column in 0..4_u8 {
                    let (x, y) = (258.0 + f32::from(column) * 95.0, 182.0 + f32::from(row) * 86.0);
                    c.fill(
                        &format!(
                            "M {} {y} Q {x} {} {} {y} Q {x} {} {} {y} Z",
                            x - 34.0,
                            y - 50.0,
                            x + 34.0,
                            y + 50.0,
                            x - 34.0
                        ),
                        if (row + column) % 2 == 0 { c.light } else { c.dark },
                    );
                }
            }
        }
        _ => {
            c.ellipse(340.0, 330.0, 90.0, 120.0, c.light);
            c.ellipse(470.0, 470.0, 80.0, 130.0, c.dark);
            c.stroke("M 250 560 Q 330 480 360 600", 14.0, c.light);
        }
    }
}

pub(crate) fn towel(c: &mut Canvas) {
    for (index, y) in [578.0, 506.0, 434.0].into_iter().enumerate() {
        let color = [c.dark, c.main, c.light][index];
        c.rect(190.0, y, 420.0, 78.0, 34.0, color);
        c.rect(190.0, y + 30.0, 420.0, 8.0, 0.0, c.deep);
        c.rect(552.0, y, 58.0, 78.0, 29.0, c.main);
    }
    c.rect(230.0, 366.0, 340.0, 72.0, 34.0, lighter(c.main, 0.5));
    c.rect(230.0, 394.0, 340.0, 8.0, 0.0, c.main);
    if c.choose(1, 2) == 0 {
        c.ellipse(400.0, 352.0, 50.0, 18.0, WHITE);
        c.rect(350.0, 336.0, 100.0, 26.0, 12.0, WHITE);
    }
}

pub(crate) fn bed_linen(c: &mut Canvas) {
    c.rect(150.0, 520.0, 500.0, 138.0, 36.0, c.main);
    c.rect(150.0, 520.0, 500.0, 60.0, 30.0, c.light);
    c.stroke("M 170 610 Q 400 630 630 610", 4.0, c.dark);
    c.fill(
        "M 180 420 Q 400 396 620 420 Q 654 470 620 526 Q 400 546 180 526 Q 146 470 180 420 Z",
        c.light,
    );
    c.fill(
        "M 180 526 Q 400 546 620 526 Q 640 500 636 470 Q 400 516 164 470 Q 160 500 180 526 Z",
        c.main,
    );
    c.fill(
        "M 216 330 Q 400 308 584 330 Q 616 372 584 424 Q 400 440 216 424 Q 184 372 216 330 Z",
        WHITE,
    );
    match c.choose(1, 3) {
        0 => {
            for step in 0..7_u8 {
                let x = 250.0 + f32::from(step) * 50.0;
                c.stroke(&format!("M {x} 328 L {x} 430"), 5.0, c.main);
            }
        }
        1 => {
            for (x, y) in
                [(270.0, 366.0), (340.0, 396.0), (410.0, 360.0), (480.0, 396.0), (540.0, 366.0)]
            {
                c.ellipse(x, y, 9.0, 9.0, c.main);
            }
        }
        _ => c.stroke(
            "M 236 346 Q 400 328 564 346 Q 584 376 564 408 Q 400 422 236 408 Q 216 376 236 346",
            5.0,
            c.main,
        ),
    }
    for x in [260.0, 330.0, 400.0, 470.0, 540.0] {
        c.ellipse(x, 620.0, 6.0, 6.0, WHITE);
    }
}

pub(crate) fn curtain(c: &mut Canvas) {
    c.rect(110.0, 120.0, 580.0, 14.0, 7.0, c.accent);
    for x in [104.0, 696.0] {
        c.ellipse(x, 127.0, 18.0, 18.0, c.accent_dark);
    }
    for (left, bend) in [(140.0, 1.0), (470.0, -1.0)] {
        for step in 0..5_u8 {
            let x = left + f32::from(step) * 38.0;
            let drift = bend * f32::from(step) * 3.0;
            let color = [c.main, c.light, c.dark, c.light, c.main][usize::from(step)];
            c.fill(
                &format!(
                    "M {x} 132 L {} 132 L {} 690 Q {} 704 {} 690 Z",
                    x + 40.0,
                    x + 42.0 + drift,
                    x + 20.0 + drift,
                    x - 2.0 + drift
                ),
                color,
            );
        }
    }
    c.veil("M 334 140 L 466 140 L 466 690 L 334 690 Z", WHITE, 0.35);
}

pub(crate) fn tea_towel(c: &mut Canvas) {
    c.drop_shadow(
        "M 400 180 Q 470 200 560 230 L 556 650 Q 400 670 244 650 L 240 230 Q 330 200 400 180 Z",
    );
    c.ellipse(400.0, 148.0, 20.0, 20.0, c.accent);
    c.stroke("M 400 152 L 400 190", 6.0, c.accent_dark);
    c.fill(
        "M 400 180 Q 470 200 560 230 L 556 650 Q 400 670 244 650 L 240 230 Q 330 200 400 180 Z",
        lighter(c.main, 0.7),
    );
    c.fill(
        "M 400 180 Q 360 400 330 660 L 244 650 L 240 230 Q 330 200 400 180 Z",
        lighter(c.main, 0.82),
    );
    let lines: &[f32] =
        if c.choose(1, 2) == 0 { &[560.0, 590.0, 620.0] } else { &[330.0, 430.0, 530.0, 630.0] };
    for y in lines {
        c.stroke(&format!("M 243 {y} Q 400 {} 557 {y}", y + 16.0), 13.0, c.main);
    }
    if c.choose(2, 2) == 0 {
        for x in [300.0, 500.0] {
            c.stroke(&format!("M {x} 222 L {x} 656"), 9.0, c.main);
        }
    }
}

pub(crate) fn apron(c: &mut Canvas) {
    c.drop_shadow("M 312 206 L 488 206 Q 492 330 572 384 L 586 676 Q 400 700 214 676 L 228 384 Q 308 330 312 206 Z");
    c.stroke("M 320 220 Q 330 110 400 108 Q 470 110 480 220", 11.0, c.dark);
    c.stroke("M 240 400 Q 170 430 150 520 M 560 400 Q 630 430 650 520", 10.0, c.dark);
    c.fill("M 312 206 L 488 206 Q 492 330 572 384 L 586 676 Q 400 700 214 676 L 228 384 Q 308 330 312 206 Z", c.main);
    c.fill("M 312 206 L 350 206 Q 346 350 290 400 L 286 684 Q 250 682 214 676 L 228 384 Q 308 330 312 206 Z", c.light);
    c.rect(312.0, 206.0, 176.0, 22.0, 4.0, c.dark);
    c.rect(292.0, 470.0, 216.0, 116.0, 10.0, c.dark);
    c.rect(292.0, 464.0, 216.0, 112.0, 10.0, c.main);
    c.stroke("M 400 468 L 400 574", 4.0, c.dark);
    if c.choose(1, 2) == 0 {
        c.stroke("M 340 450 L 350 520", 9.0, c.accent);
    }
}

pub(crate) fn tote(c: &mut Canvas) {
    c.stroke("M 310 340 Q 300 160 400 158 Q 500 160 490 340", 20.0, c.dark);
    c.fill("M 216 320 L 584 320 L 606 640 Q 600 660 580 660 L 220 660 Q 200 660 194 640 Z", c.main);
    c.fill("M 216 320 L 292 320 L 280 660 L 220 660 Q 200 660 194 640 Z", c.light);
    c.rect(214.0, 316.0, 372.0, 26.0, 6.0, c.dark);
    c.stroke("M 330 330 Q 324 200 400 196 Q 476 200 470 330", 20.0, c.accent);
    match c.choose(1, 3) {
        0 => {
            c.ellipse(410.0, 500.0, 70.0, 70.0, lighter(c.main, 0.5));
            c.stroke("M 410 560 Q 404 480 440 440 M 408 530 Q 380 510 376 476", 6.0, INK);
        }
        1 => c.rect(196.0, 560.0, 408.0, 100.0, 16.0, c.deep),
        _ => {
            for y in [430.0, 480.0, 530.0] {
                c.stroke(&format!("M 210 {y} L 590 {y}"), 12.0, lighter(c.main, 0.5));
            }
        }
    }
    c.leg((400.0, GROUND - 2.0), (400.0, GROUND), (360.0, 360.0), c.deep);
}
