//! A small picture in SVG: axes, bands, lines, points, words. Colours suit light and dark paper by themselves.
//!
//! Places are written with one decimal, so the same numbers give the same file on every machine.

use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 44.0;

/// Ink, accent, muted and line of the product's pages; the attributes say the same for readers without style.
const STYLE: &str = "<style>\
.ink{fill:#1C1B19}.muted{fill:#6A665E}.l-ink{stroke:#1C1B19}.l-accent{stroke:#C2410C}.accent{fill:#C2410C}.l-muted{stroke:#6A665E}.l-line{stroke:#E4E0D8}\
@media(prefers-color-scheme:dark){.ink{fill:#EDEAE3}.muted{fill:#A39E93}.l-ink{stroke:#EDEAE3}.l-accent{stroke:#F97316}.accent{fill:#F97316}.l-muted{stroke:#A39E93}.l-line{stroke:#302E29}}\
</style>";

/// What a mark is drawn in: the thing asked about, what it is compared with, and what only frames it.
#[derive(Clone, Copy)]
pub enum Hue {
    Accent,
    Ink,
    Muted,
}

impl Hue {
    fn name(self) -> &'static str {
        match self {
            Self::Accent => "accent",
            Self::Ink => "ink",
            Self::Muted => "muted",
        }
    }

    fn plain(self) -> &'static str {
        match self {
            Self::Accent => "#C2410C",
            Self::Ink => "#57534A",
            Self::Muted => "#857F75",
        }
    }
}

pub struct Plot {
    x: (f64, f64),
    y: (f64, f64),
    body: String,
}

impl Plot {
    /// A title, a line about unit, n and level, and the ranges of both axes.
    pub fn new(title: &str, subtitle: &str, x: (f64, f64), y: (f64, f64)) -> Self {
        let mut plot = Self {
            x,
            y,
            body: String::new(),
        };
        plot.text((LEFT, 22.0), ("start", 15.0, Hue::Ink), title);
        plot.text((LEFT, 40.0), ("start", 12.0, Hue::Muted), subtitle);
        plot
    }

    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let across = (x - self.x.0) / (self.x.1 - self.x.0);
        let up = (y - self.y.0) / (self.y.1 - self.y.0);
        (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM),
        )
    }

    fn text(&mut self, (x, y): (f64, f64), (anchor, size, hue): (&str, f64, Hue), words: &str) {
        let words = words.replace('&', "&amp;").replace('<', "&lt;");
        let (class, plain) = (hue.name(), hue.plain());
        let _ = writeln!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{plain}\" class=\"{class}\">{words}</text>"
        );
    }

    /// Marks below, a title in the corner.
    pub fn x_axis(mut self, marks: &[(f64, &str)], title: &str) -> Self {
        for (at, words) in marks {
            let (x, y) = self.place(*at, self.y.0);
            self.text((x, y + 16.0), ("middle", 12.0, Hue::Muted), words);
        }
        self.text((WIDTH - RIGHT, HEIGHT - 10.0), ("end", 12.0, Hue::Muted), title);
        self
    }

    /// Hairlines across, with their marks.
    pub fn y_axis(mut self, marks: &[(f64, &str)]) -> Self {
        for (at, words) in marks {
            let (x, y) = self.place(self.x.0, *at);
            let end = WIDTH - RIGHT;
            let _ = writeln!(
                self.body,
                "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{end:.1}\" y2=\"{y:.1}\" stroke=\"#A8A29E\" stroke-opacity=\".5\" class=\"l-line\"/>"
            );
            self.text((x - 8.0, y + 4.0), ("end", 12.0, Hue::Muted), words);
        }
        self
    }

    pub fn line(mut self, points: &[(f64, f64)], hue: Hue, dashed: bool) -> Self {
        let places: Vec<String> = points
            .iter()
            .map(|&(x, y)| {
                let (x, y) = self.place(x, y);
                format!("{x:.1},{y:.1}")
            })
            .collect();
        let dash = if dashed { " stroke-dasharray=\"5 4\"" } else { "" };
        let (class, plain) = (hue.name(), hue.plain());
        let _ = writeln!(
            self.body,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{plain}\" stroke-width=\"2\"{dash} class=\"l-{class}\"/>",
            places.join(" ")
        );
        self
    }

    /// The range between two ends, per x.
    pub fn band(mut self, ends: &[(f64, f64, f64)], hue: Hue) -> Self {
        let lower = ends.iter().map(|&(x, low, _)| self.place(x, low));
        let upper = ends.iter().rev().map(|&(x, _, high)| self.place(x, high));
        let places: Vec<String> = lower.chain(upper).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let (class, plain) = (hue.name(), hue.plain());
        let _ = writeln!(
            self.body,
            "<polygon points=\"{}\" fill=\"{plain}\" fill-opacity=\".18\" class=\"{class}\"/>",
            places.join(" ")
        );
        self
    }

    /// A value with its interval, lying or standing.
    pub fn whisker(mut self, (from, at, to): ((f64, f64), (f64, f64), (f64, f64)), hue: Hue) -> Self {
        let (class, plain) = (hue.name(), hue.plain());
        let ((x1, y1), (x, y), (x2, y2)) = (
            self.place(from.0, from.1),
            self.place(at.0, at.1),
            self.place(to.0, to.1),
        );
        let _ = writeln!(
            self.body,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{plain}\" stroke-width=\"2\" class=\"l-{class}\"/>\
             <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{plain}\" class=\"{class}\"/>"
        );
        self
    }

    pub fn dot(self, (x, y): (f64, f64), hue: Hue) -> Self {
        self.whisker(((x, y), (x, y), (x, y)), hue)
    }

    /// Words at a place, `start`, `middle` or `end` of them there.
    pub fn label(mut self, (x, y): (f64, f64), anchor: &str, hue: Hue, words: &str) -> Self {
        let place = self.place(x, y);
        self.text(place, (anchor, 12.0, hue), words);
        self
    }

    /// The picture, described for who can't see it.
    pub fn svg(self, described: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" font-family=\"system-ui,sans-serif\">\n\
             <title>{described}</title>\n{STYLE}\n{}</svg>\n",
            self.body
        )
    }
}
