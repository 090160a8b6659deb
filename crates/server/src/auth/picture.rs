//! An address as a picture that a phone's camera reads (QR, ISO/IEC 18004): made here, so that no secret is sent anywhere to be drawn.

use std::fmt::Write;

use qrcode::{Color, QrCode};

/// White around it, as many squares as readers are promised.
const MARGIN: usize = 4;

/// What an SVG needs: dark squares of one unit on a white square of that many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub side: usize,
    /// The dark squares, run by run.
    pub path: String,
}

impl Picture {
    /// `None` for more than fits into one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::new(text).ok()?;
        let (width, squares) = (code.width(), code.to_colors());
        let mut path = String::new();
        for (y, row) in squares.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|one, next| one == next) {
                if run[0] == Color::Dark {
                    let (left, top, long) = (x + MARGIN, y + MARGIN, run.len());
                    // Writing into a text can't fail.
                    let _ = write!(path, "M{left} {top}h{long}v1h-{long}z");
                }
                x += run.len();
            }
        }
        Some(Self {
            side: width + 2 * MARGIN,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_three_corners_and_every_dark_square() {
        let text = "otpauth://totp/Longplay:Ada?secret=GEZDGNBVGY3TQOJQ&issuer=Longplay";
        let picture = Picture::of(text).unwrap();
        let code = QrCode::new(text).unwrap();
        assert_eq!(picture.side, code.width() + 8);
        let far = code.width() - 7 + 4;
        for (x, y) in [(4, 4), (far, 4), (4, far)] {
            assert!(
                picture.path.contains(&format!("M{x} {y}h7v1h-7z")),
                "the top of the corner at {x}, {y}"
            );
        }
        let dark = code.to_colors().iter().filter(|&&color| color == Color::Dark).count();
        let runs = picture.path.split('h').skip(1).step_by(2);
        let drawn: usize = runs
            .map(|run| run.split('v').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(drawn, dark);
        assert_eq!(Picture::of(&"x".repeat(5_000)), None);
    }
}
