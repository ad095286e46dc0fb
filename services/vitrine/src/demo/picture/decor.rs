//! Vases, candles, clocks, mirrors, baskets and gift boxes.

use super::canvas::{Canvas, GLOW, INK, WHITE, lighter};

pub(crate) fn vase(c: &mut Canvas) {
    for (x, y) in [(300.0, 120.0), (400.0, 80.0), (500.0, 130.0)] {
        c.stroke(&format!("M 400 380 Q 400 260 {x} {y}"), 5.0, [120, 132, 100]);
        for step in 1..4_u8 {
            let share = f32::from(step) / 4.0;
            let (bx, by) = (400.0 + (x - 400.0) * share * share, 380.0 + (y - 380.0) * share);
            c.ellipse(bx - 20.0, by, 20.0, 10.0, [142, 156, 120]);
            c.ellipse(bx + 20.0, by - 12.0, 20.0, 10.0, [164, 176, 138]);
        }
        c.ellipse(x, y, 14.0, 16.0, [226, 196, 170]);
    }
    let (body, shine) = match c.choose(1, 4) {
        0 => (
            "M 360 370 L 440 370 L 436 430 C 540 460 560 560 520 620 Q 500 658 460 658 L 340 658 Q 300 658 280 620 C 240 560 260 460 364 430 Z",
            "M 360 370 L 378 370 L 380 436 C 300 470 290 560 320 640 Q 294 636 280 620 C 240 560 260 460 364 430 Z",
        ),
        1 => (
            "M 326 370 L 474 370 Q 500 520 470 658 L 330 658 Q 300 520 326 370 Z",
            "M 326 370 L 362 370 Q 342 520 362 658 L 330 658 Q 300 520 326 370 Z",
        ),
        2 => (
            "M 310 370 L 490 370 C 470 420 520 500 500 580 Q 486 640 450 658 L 350 658 Q 314 640 300 580 C 280 500 330 420 310 370 Z",
            "M 310 370 L 350 370 C 350 430 324 500 336 580 Q 344 630 366 658 L 350 658 Q 314 640 300 580 C 280 500 330 420 310 370 Z",
        ),
        _ => (
            "M 372 360 L 428 360 L 428 420 C 480 440 500 480 500 540 L 490 640 Q 486 658 470 658 L 330 658 Q 314 658 310 640 L 300 540 C 300 480 320 440 372 420 Z",
            "M 372 360 L 386 360 L 386 426 C 346 450 336 490 338 540 L 346 658 L 330 658 Q 314 658 310 640 L 300 540 C 300 480 320 440 372 420 Z",
        ),
    };
    c.fill(body, c.main);
    c.fill(shine, c.light);
    if c.choose(2, 3) == 0 {
        c.stroke("M 310 560 Q 400 580 490 560 M 316 590 Q 400 610 484 590", 7.0, c.dark);
    }
}

pub(crate) fn candle(c: &mut Canvas) {
    c.soft_spot(400.0, 220.0, 190.0, 190.0, GLOW, 0.9);
    c.fill(
        "M 400 150 Q 440 210 430 246 Q 422 272 400 274 Q 378 272 370 246 Q 360 210 400 150 Z",
        [248, 178, 76],
    );
    c.fill(
        "M 400 196 Q 418 230 412 250 Q 408 264 400 264 Q 392 264 388 250 Q 382 230 400 196 Z",
        [255, 240, 194],
    );
    c.stroke("M 400 268 L 400 300", 6.0, INK);
    match c.choose(1, 3) {
        0 => {
            c.rect(310.0, 300.0, 180.0, 340.0, 16.0, c.main);
            c.rect(310.0, 300.0, 56.0, 340.0, 16.0, c.light);
            c.ellipse(400.0, 304.0, 88.0, 16.0, c.light);
        }
        1 => {
            for step in 0..5_u8 {
                let y = 300.0 + f32::from(step) * 66.0;
                c.rect(312.0, y, 176.0, 78.0, 34.0, if step % 2 == 0 { c.main } else { c.dark });
                c.rect(312.0, y, 56.0, 78.0, 30.0, c.light);
            }
        }
        _ => {
            c.rect(350.0, 296.0, 100.0, 344.0, 12.0, c.main);
            c.rect(350.0, 296.0, 34.0, 344.0, 12.0, c.light);
            c.rect(336.0, 560.0, 128.0, 60.0, 12.0, c.accent);
        }
    }
    c.ellipse(400.0, 644.0, 140.0, 20.0, c.accent_dark);
    c.ellipse(400.0, 636.0, 140.0, 20.0, c.accent_light);
}

pub(crate) fn clock(c: &mut Canvas) {
    c.disc_shadow(254.0);
    c.ellipse(400.0, 400.0, 254.0, 254.0, c.dark);
    c.ellipse(400.0, 396.0, 252.0, 252.0, c.main);
    let face = if c.choose(1, 2) == 0 { WHITE } else { lighter(c.accent, 0.55) };
    c.ellipse(400.0, 396.0, 222.0, 222.0, face);
    for hour in 0..12_u8 {
        let angle = f32::from(hour) * std::f32::consts::PI / 6.0;
        let (sine, cosine) = angle.sin_cos();
        let inner = if hour % 3 == 0 { 168.0 } else { 184.0 };
        c.stroke(
            &format!(
                "M {} {} L {} {}",
                400.0 + sine * inner,
                396.0 - cosine * inner,
                400.0 + sine * 202.0,
                396.0 - cosine * 202.0
            ),
            if hour % 3 == 0 { 10.0 } else { 5.0 },
            INK,
        );
    }
    c.stroke("M 400 396 L 318 342", 13.0, INK);
    c.stroke("M 400 396 L 476 258", 9.0, INK);
    c.stroke("M 400 430 L 400 236", 4.0, c.main);
    c.ellipse(400.0, 396.0, 15.0, 15.0, c.main);
}

pub(crate) fn mirror(c: &mut Canvas) {
    let sky = [214, 226, 232];
    if c.choose(1, 2) == 0 {
        c.disc_shadow(250.0);
        c.ellipse(400.0, 400.0, 250.0, 250.0, c.dark);
        c.ellipse(400.0, 397.0, 250.0, 250.0, c.main);
        c.ellipse(400.0, 398.0, 230.0, 230.0, sky);
        c.veil("M 250 500 L 470 180 Q 540 206 580 260 L 360 624 Q 290 590 250 500 Z", WHITE, 0.4);
        c.veil("M 500 610 L 618 430 Q 600 560 500 610 Z", WHITE, 0.4);
    } else {
        c.drop_shadow("M 220 700 L 220 300 Q 224 116 400 112 Q 576 116 580 300 L 580 700 Z");
        c.fill("M 220 700 L 220 300 Q 224 116 400 112 Q 576 116 580 300 L 580 700 Z", c.main);
        c.fill("M 240 682 L 240 304 Q 244 136 400 132 Q 556 136 560 304 L 560 682 Z", sky);
        c.veil("M 250 560 L 480 160 Q 530 190 550 250 L 300 680 L 250 680 Z", WHITE, 0.4);
        c.veil("M 420 680 L 556 440 L 556 560 L 486 680 Z", WHITE, 0.4);
    }
}

pub(crate) fn basket(c: &mut Canvas) {
    c.fill("M 250 400 Q 280 300 400 306 Q 520 296 550 400 Z", lighter(c.accent, 0.6));
    c.fill("M 330 400 Q 350 320 440 318 Q 530 330 546 400 Z", WHITE);
    for x in [214.0, 586.0] {
        c.stroke(
            &format!("M {} 420 Q {x} 330 {x} 460", if x < 400.0 { 262.0 } else { 538.0 }),
            15.0,
            c.deep,
        );
    }
    c.fill("M 222 396 L 578 396 L 542 630 Q 536 660 500 660 L 300 660 Q 264 660 258 630 Z", c.main);
    for row in 0..8_u8 {
        let y = 414.0 + f32::from(row) * 31.0;
        let inset = f32::from(row) * 4.7;
        for column in 0..11_u8 {
            if (row + column) % 2 == 0 {
                let width = (356.0 - 2.0 * inset) / 11.0;
                c.rect(
                    222.0 + inset + f32::from(column) * width,
                    y,
                    width - 3.0,
                    24.0,
                    10.0,
                    if column < 4 { c.light } else { c.dark },
                );
            }
        }
    }
    c.rect(212.0, 386.0, 376.0, 28.0, 14.0, c.dark);
    c.rect(212.0, 386.0, 376.0, 12.0, 6.0, c.light);
}

pub(crate) fn gift_box(c: &mut Canvas) {
    c.rect(200.0, 400.0, 400.0, 260.0, 8.0, c.main);
    c.rect(200.0, 400.0, 110.0, 260.0, 8.0, c.light);
    c.rect(180.0, 340.0, 440.0, 78.0, 10.0, c.dark);
    c.rect(180.0, 340.0, 440.0, 62.0, 10.0, c.main);
    c.rect(368.0, 340.0, 64.0, 320.0, 0.0, c.accent);
    c.rect(368.0, 340.0, 20.0, 320.0, 0.0, c.accent_light);
    c.fill("M 400 344 Q 300 210 240 250 Q 210 300 400 344 Z", c.accent);
    c.fill("M 400 344 Q 500 210 560 250 Q 590 300 400 344 Z", c.accent);
    c.fill("M 400 344 Q 320 256 276 272 Q 262 300 400 344 Z", c.accent_dark);
    c.fill("M 400 344 Q 480 256 524 272 Q 538 300 400 344 Z", c.accent_dark);
    c.ellipse(400.0, 336.0, 30.0, 24.0, c.accent_light);
}
