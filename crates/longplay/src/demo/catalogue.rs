//! What the demo's workshop published in its year: an invented violin and guitar maker with a website, a newsletter, a
//! YouTube channel and a small shop.

use super::truth::Kind;

/// One published piece of the demo.
pub struct Published {
    pub id: &'static str,
    pub title: &'static str,
    pub channel: &'static str,
    pub format: &'static str,
    pub topics: &'static [&'static str],
    pub effort_hours: f64,
    /// Days after the year's first day.
    pub offset: u32,
    /// How many people it brings; for videos, the views of its first day.
    pub reach: u32,
    /// `None` for videos: a platform's totals never become people.
    pub kind: Option<Kind>,
}

pub const HIT: &str = "train-ticket-1931";
pub const SERIES_TOPIC: &str = "bench notes";

/// Everything published, by channel.
pub fn pieces() -> Vec<Published> {
    let rows = [
        SERIES.as_slice(),
        ARTICLES.as_slice(),
        GUIDES.as_slice(),
        LETTERS.as_slice(),
        VIDEOS.as_slice(),
    ];
    rows.concat().into_iter().map(Published::from_row).collect()
}

impl Published {
    fn from_row((id, title, shelf, topics, effort_hours, offset, reach): Row) -> Self {
        let (channel, format, kind) = match shelf {
            Series => ("website", "series", Some(Kind::Series)),
            Article if id == HIT => ("website", "article", Some(Kind::Hit)),
            Article => ("website", "article", Some(Kind::Article)),
            Guide => ("website", "guide", Some(Kind::Guide)),
            Letter => ("newsletter", "letter", Some(Kind::Letter)),
            Video => ("youtube", "video", None),
        };
        Self {
            id,
            title,
            channel,
            format,
            topics,
            effort_hours,
            offset,
            reach,
            kind,
        }
    }

    pub fn url(&self) -> String {
        match self.channel {
            "youtube" => format!("https://video.example/watch/{}", self.id),
            "newsletter" => format!("https://workshop.example/letters/{}", self.id),
            _ => format!("https://workshop.example/{}", self.id),
        }
    }
}

#[derive(Clone, Copy)]
enum Shelf {
    Series,
    Article,
    Guide,
    Letter,
    Video,
}
use Shelf::{Article, Guide, Letter, Series, Video};

/// Id, title, shelf, topics, hours of effort, day of the year, reach.
type Row = (
    &'static str,
    &'static str,
    Shelf,
    &'static [&'static str],
    f64,
    u32,
    u32,
);

// One row a line, so that it reads as the table it is.
#[rustfmt::skip]
const SERIES: [Row; 14] = [
    ("bench-01", "Bench notes 1: choosing spruce by ear", Series, &[SERIES_TOPIC, "tonewood"], 7.0, 6, 170),
    ("bench-02", "Bench notes 2: the bridge that would not sit", Series, &[SERIES_TOPIC, "setup"], 6.0, 27, 185),
    ("bench-03", "Bench notes 3: why your A string whistles", Series, &[SERIES_TOPIC, "sound"], 5.5, 51, 210),
    ("bench-04", "Bench notes 4: hide glue, hot and cold", Series, &[SERIES_TOPIC, "repair"], 6.5, 74, 195),
    ("bench-05", "Bench notes 5: a crack, a cleat and patience", Series, &[SERIES_TOPIC, "repair"], 8.0, 96, 240),
    ("bench-06", "Bench notes 6: fitting pegs that hold", Series, &[SERIES_TOPIC, "setup"], 6.0, 119, 225),
    ("bench-07", "Bench notes 7: nut slots, one stroke at a time", Series, &[SERIES_TOPIC, "setup"], 5.0, 142, 230),
    ("bench-08", "Bench notes 8: what a sound post does", Series, &[SERIES_TOPIC, "sound"], 7.5, 166, 260),
    ("bench-09", "Bench notes 9: fret levelling without fear", Series, &[SERIES_TOPIC, "repair"], 7.0, 190, 255),
    ("bench-10", "Bench notes 10: varnish, light and time", Series, &[SERIES_TOPIC, "tonewood"], 9.0, 213, 270),
    ("bench-11", "Bench notes 11: the neck that moved in winter", Series, &[SERIES_TOPIC, "care"], 6.0, 236, 285),
    ("bench-12", "Bench notes 12: tuning a top plate", Series, &[SERIES_TOPIC, "sound"], 9.5, 260, 290),
    ("bench-13", "Bench notes 13: bow hair, and when to change it", Series, &[SERIES_TOPIC, "care"], 5.0, 284, 310),
    ("bench-14", "Bench notes 14: the customer who plays in the rain", Series, &[SERIES_TOPIC, "care"], 5.5, 308, 300),
];

#[rustfmt::skip]
const ARTICLES: [Row; 19] = [
    ("moved-workshop", "We moved the workshop across the canal", Article, &["workshop"], 2.0, 3, 210),
    ("humidity", "How dry is too dry for a guitar?", Article, &["care"], 4.0, 15, 620),
    ("strings-2", "Which strings for a dark violin?", Article, &["strings"], 5.0, 33, 540),
    ("first-cello", "Buying a first cello: seven questions to ask", Article, &["buying"], 6.0, 46, 710),
    ("apprentice", "Mira finishes her first instrument", Article, &["workshop"], 2.5, 62, 260),
    ("rosin", "Rosin: light, dark and nonsense", Article, &["care"], 3.0, 79, 480),
    ("flight-case", "Flying with a violin this summer", Article, &["care", "travel"], 3.5, 101, 830),
    ("open-day", "Open workshop day: what we learned", Article, &["workshop"], 2.0, 113, 190),
    ("half-size", "When is a child ready for the next size?", Article, &["buying"], 4.0, 127, 560),
    ("old-labels", "What the label inside does not tell you", Article, &["history"], 5.0, 149, 450),
    (HIT, "We opened a €40 violin and found a train ticket from 1931", Article, &["history"], 1.5, 171, 14_000),
    ("insurance", "Insuring an instrument: what a valuer looks at", Article, &["buying"], 5.5, 185, 370),
    ("nylon", "Nylon, gut, fluorocarbon: what your fingers notice", Article, &["strings"], 4.5, 203, 520),
    ("mould", "A smell in the case, and what to do about it", Article, &["care"], 3.0, 222, 330),
    ("price-list", "Why a set-up costs what it costs", Article, &["workshop", "buying"], 2.5, 241, 290),
    ("rental", "Rent or buy? Our sums, laid open", Article, &["buying"], 5.0, 257, 600),
    ("quartet", "A quartet borrows four of our instruments", Article, &["workshop"], 3.0, 275, 240),
    ("winter", "Before the heating comes on: five checks", Article, &["care"], 3.0, 299, 680),
    ("gift-guide", "Gifts for players that get used", Article, &["buying"], 3.5, 326, 520),
];

#[rustfmt::skip]
const GUIDES: [Row; 2] = [
    ("string-height-chart", "The string-height chart we use (PDF)", Guide, &["setup"], 10.0, 38, 940),
    ("care-calendar", "A year of care on one page (PDF)", Guide, &["care"], 8.0, 209, 780),
];

#[rustfmt::skip]
const LETTERS: [Row; 13] = [
    ("letter-01", "Letter: a new bench, an old plane", Letter, &["workshop"], 2.0, 10, 40),
    ("letter-02", "Letter: three instruments looking for a home", Letter, &["buying"], 2.0, 38, 46),
    ("letter-03", "Letter: what March does to wood", Letter, &["care"], 2.5, 66, 50),
    ("letter-04", "Letter: the set-up waiting list", Letter, &["setup"], 1.5, 94, 48),
    ("letter-05", "Letter: a string we changed our mind about", Letter, &["strings"], 2.0, 122, 55),
    ("letter-06", "Letter: open day, and cake", Letter, &["workshop"], 1.5, 150, 52),
    ("letter-07", "Letter: about that train ticket", Letter, &["history"], 2.0, 178, 70),
    ("letter-08", "Letter: a good bow under €500", Letter, &["buying"], 2.5, 206, 66),
    ("letter-09", "Letter: answering your eleven questions", Letter, &["care", "setup"], 3.0, 234, 68),
    ("letter-10", "Letter: a winter class for beginners", Letter, &["workshop"], 2.0, 262, 64),
    ("letter-11", "Letter: the bench is full, and why", Letter, &["workshop"], 1.5, 290, 60),
    ("letter-12", "Letter: what we sold, what we repaired", Letter, &["workshop"], 2.0, 318, 58),
    ("letter-13", "Letter: one year in one page", Letter, &["workshop"], 2.5, 346, 62),
];

#[rustfmt::skip]
const VIDEOS: [Row; 12] = [
    ("yt-spruce", "How we tap-test spruce", Video, &["tonewood"], 9.0, 8, 340),
    ("yt-setup-live", "A full violin set-up, uncut", Video, &["setup"], 12.0, 36, 520),
    ("yt-peg", "Pegs that slip: the two-minute fix", Video, &["setup"], 5.0, 65, 900),
    ("yt-glue", "Hide glue from pot to joint", Video, &["repair"], 8.0, 92, 410),
    ("yt-crack", "Closing a top crack", Video, &["repair"], 14.0, 120, 760),
    ("yt-tour", "A walk through the new workshop", Video, &["workshop"], 4.0, 148, 380),
    ("yt-post", "Moving a sound post, hearing the change", Video, &["sound"], 9.0, 176, 1_150),
    ("yt-frets", "Levelling frets in real time", Video, &["repair"], 11.0, 205, 830),
    ("yt-varnish", "Forty days of varnish in four minutes", Video, &["tonewood"], 13.0, 233, 1_400),
    ("yt-strings", "Six sets of strings, one violin", Video, &["strings"], 7.0, 261, 1_250),
    ("yt-bow", "When a bow needs new hair", Video, &["care"], 5.0, 289, 600),
    ("yt-questions", "Your questions from the comments", Video, &["care", "setup"], 3.0, 330, 480),
];
