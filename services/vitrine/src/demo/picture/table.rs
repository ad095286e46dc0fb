//! Mugs, plates, bowls, glasses, carafes.

use super::canvas::{Canvas, INK, WHITE, darker, lighter};

pub(crate) fn mug(c: &mut Canvas) {
    c.stroke("M 540 420 Q 660 410 650 500 Q 640 580 536 580", 32.0, c.dark);
    c.fill("M 226 340 L 564 340 L 550 600 Q 544 656 490 658 L 300 658 Q 246 656 240 600 Z", c.main);
    c.fill("M 226 340 L 318 340 L 326 658 L 300 658 Q 246 656 240 600 Z", c.light);
    c.fill("M 520 340 L 564 340 L 550 600 Q 544 656 490 658 L 474 658 Z", c.dark);
    c.ellipse(395.0, 340.0, 169.0, 34.0, c.light);
    c.ellipse(395.0, 344.0, 150.0, 26.0, [92, 60, 42]);
    match c.choose(1, 3) {
        0 => c.fill(
            "M 240 590 Q 395 620 551 590 Q 546 656 490 658 L 300 658 Q 246 656 240 590 Z",
            lighter(c.main, 0.55),
        ),
        1 => {
            for step in 0..3_u8 {
                let y = 440.0 + f32::from(step) * 46.0;
                c.stroke(&format!("M 238 {y} Q 395 {} 554 {y}", y + 26.0), 6.0, c.deep);
            }
        }
        _ => {}
    }
}

pub(crate) fn enamel_mug(c: &mut Canvas) {
    c.stroke("M 556 420 Q 664 416 656 498 Q 648 566 552 570", 22.0, c.deep);
    c.rect(226.0, 360.0, 344.0, 298.0, 26.0, c.main);
    c.rect(226.0, 360.0, 92.0, 298.0, 26.0, c.light);
    c.ellipse(398.0, 362.0, 172.0, 32.0, INK);
    c.ellipse(398.0, 362.0, 160.0, 26.0, WHITE);
    for (x, y) in [
        (380.0, 460.0),
        (470.0, 520.0),
        (420.0, 600.0),
        (500.0, 430.0),
        (340.0, 560.0),
        (520.0, 610.0),
        (290.0, 480.0),
    ] {
        c.ellipse(x, y, 5.0, 5.0, lighter(c.main, 0.6));
    }
}

pub(crate) fn plate(c: &mut Canvas) {
    c.disc_shadow(270.0);
    c.ellipse(400.0, 400.0, 270.0, 270.0, c.dark);
    c.ellipse(400.0, 394.0, 268.0, 268.0, c.main);
    match c.choose(1, 3) {
        0 => {
            c.ellipse(400.0, 394.0, 190.0, 190.0, c.dark);
            c.ellipse(400.0, 398.0, 188.0, 188.0, c.light);
        }
        1 => {
            c.ellipse(400.0, 394.0, 252.0, 252.0, c.deep);
            c.ellipse(400.0, 394.0, 244.0, 244.0, c.main);
            c.ellipse(400.0, 396.0, 176.0, 176.0, c.light);
        }
        _ => {
            c.ellipse(400.0, 396.0, 228.0, 228.0, c.dark);
            c.ellipse(400.0, 400.0, 226.0, 226.0, c.light);
            for (x, y) in [
                (330.0, 330.0),
                (450.0, 300.0),
                (520.0, 420.0),
                (380.0, 480.0),
                (290.0, 430.0),
                (460.0, 520.0),
                (400.0, 390.0),
            ] {
                c.ellipse(x, y, 4.0, 4.0, c.deep);
            }
        }
    }
    c.stroke("M 250 330 Q 290 250 370 232", 12.0, lighter(c.main, 0.5));
}

pub(crate) fn bowl(c: &mut Canvas) {
    c.rect(320.0, 620.0, 160.0, 40.0, 8.0, darker(c.main, 0.25));
    c.fill("M 150 430 L 650 430 C 640 570 540 640 400 640 C 260 640 160 570 150 430 Z", c.main);
    c.fill("M 150 430 L 260 430 C 260 540 300 610 370 639 C 250 632 160 560 150 430 Z", c.light);
    c.ellipse(400.0, 430.0, 250.0, 58.0, c.light);
    c.ellipse(400.0, 436.0, 228.0, 46.0, c.dark);
    if c.choose(1, 2) == 0 {
        c.ellipse(400.0, 444.0, 200.0, 34.0, [214, 138, 62]);
        c.stroke("M 330 444 Q 380 424 440 446 Q 470 456 500 440", 6.0, WHITE);
        c.ellipse(360.0, 452.0, 9.0, 5.0, [110, 130, 84]);
        c.ellipse(430.0, 434.0, 9.0, 5.0, [110, 130, 84]);
    } else {
        c.fill("M 152 448 Q 400 532 648 448 L 646 466 Q 400 550 154 466 Z", c.deep);
    }
}

pub(crate) fn tumbler(c: &mut Canvas) {
    c.veil(
        "M 276 290 L 524 290 L 502 632 Q 500 658 474 658 L 326 658 Q 300 658 298 632 Z",
        c.main,
        0.55,
    );
    c.veil(
        "M 286 440 L 514 440 L 501 620 Q 498 646 472 646 L 328 646 Q 302 646 299 620 Z",
        c.main,
        0.75,
    );
    c.ellipse(400.0, 440.0, 114.0, 18.0, c.light);
    c.ellipse_veil(400.0, 290.0, 124.0, 20.0, WHITE, 0.6);
    c.veil("M 300 310 L 330 310 L 342 630 L 318 630 Z", WHITE, 0.55);
    if c.choose(1, 2) == 0 {
        for x in [360.0, 400.0, 440.0, 476.0] {
            c.stroke(&format!("M {x} 470 L {} 640", 400.0 + (x - 400.0) * 0.9), 3.0, c.light);
        }
    }
}

pub(crate) fn carafe(c: &mut Canvas) {
    let body = "M 352 180 L 448 180 L 446 330 C 446 400 540 440 540 540 L 536 620 Q 532 658 496 658 L 304 658 Q 268 658 264 620 L 260 540 C 260 440 354 400 354 330 Z";
    c.veil(body, c.main, 0.6);
    c.veil(
        "M 268 530 Q 400 510 532 530 L 530 616 Q 526 646 494 646 L 306 646 Q 274 646 270 616 Z",
        c.main,
        0.75,
    );
    c.ellipse(400.0, 528.0, 130.0, 16.0, c.light);
    c.ellipse_veil(400.0, 180.0, 50.0, 10.0, WHITE, 0.7);
    c.veil(
        "M 286 560 Q 284 480 340 430 Q 312 500 312 630 L 296 630 Q 286 610 286 560 Z",
        WHITE,
        0.55,
    );
    if c.choose(1, 2) == 0 {
        c.ellipse(430.0, 590.0, 34.0, 34.0, [242, 206, 84]);
        c.ellipse(430.0, 590.0, 26.0, 26.0, [250, 228, 140]);
    } else {
        c.ellipse(400.0, 166.0, 44.0, 22.0, c.accent);
        c.rect(372.0, 160.0, 56.0, 40.0, 10.0, c.accent_dark);
    }
}
