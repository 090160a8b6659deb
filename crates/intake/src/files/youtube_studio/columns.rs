//! The columns of YouTube Studio in English and German: which tab a table is of, which metric a column holds.
//!
//! Names that end in `_percent` and those that start with `average_` are rates: they never add up over days or videos.

use crate::{
    text::Header,
    values::{clock_seconds, number},
};

pub(super) const IDS: [&str; 3] = ["content", "video", "videos"];
pub(super) const TITLE: [&str; 2] = ["video title", "videotitel"];
pub(super) const PUBLISHED: [&str; 2] = ["video publish time", "veröffentlichungszeitpunkt des videos"];
const DATES: [&str; 2] = ["date", "datum"];
/// First columns of the other tabs.
const DIMENSIONS: [&str; 18] = [
    "geography",
    "cities",
    "subscription status",
    "viewer age",
    "viewer gender",
    "traffic source",
    "device type",
    "operating system",
    "playlist",
    "playback location",
    "new and returning viewers",
    "content type",
    "audience by watch behavior",
    "subtitles and cc",
    "region",
    "geografie",
    "abostatus",
    "zugriffsquelle",
];
const TOTALS: [&str; 4] = ["total", "totals", "gesamt", "insgesamt"];

/// What a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    /// One row a video.
    Pieces,
    /// One row a video and day.
    PieceDays,
    /// One row a day.
    Totals,
    /// One row a country, an age …
    Others,
    OtherDays,
}

pub(super) fn tab_of(header: &Header) -> Option<Tab> {
    let key = |index: usize| header.keys.get(index).map_or("", String::as_str);
    let is_video_table = header.find_any(&TITLE).is_some() || header.find_any(&PUBLISHED).is_some();
    let has_metric = (0..header.keys.len()).any(|index| metric_of(header, index).is_some());
    if !has_metric {
        None
    } else if IDS.contains(&key(0)) && is_video_table {
        Some(Tab::Pieces)
    } else if DATES.contains(&key(0)) && IDS.contains(&key(1)) && is_video_table {
        Some(Tab::PieceDays)
    } else if DATES.contains(&key(0)) && header.keys.len() == 2 {
        Some(Tab::Totals)
    } else if DATES.contains(&key(0)) && DIMENSIONS.contains(&key(1)) && header.keys.len() <= 4 {
        Some(Tab::OtherDays)
    } else if DIMENSIONS.contains(&key(0)) && header.keys.iter().any(|key| is_youtubes_own(key)) {
        Some(Tab::Others)
    } else {
        None
    }
}

/// `Date,Views` may come from anywhere; it is YouTube's when the file is named so or the metric is one only Studio has.
pub(super) fn is_unmistakable(header: &Header) -> bool {
    let stem = header.file.to_lowercase();
    matches!(stem.as_str(), "totals.csv" | "gesamtwerte.csv") || header.keys.iter().any(|key| is_youtubes_own(key))
}

fn is_youtubes_own(key: &str) -> bool {
    key.starts_with("watch time (hours)")
        || key.starts_with("wiedergabezeit")
        || matches!(
            key,
            "average view duration"
                | "impressions click-through rate (%)"
                | "average percentage viewed (%)"
                | "engaged views"
        )
}

pub(super) fn is_total_word(cell: &str) -> bool {
    TOTALS.contains(&cell.to_lowercase().as_str())
}

/// A metric and how its cells are written.
pub(super) struct Metric {
    pub name: String,
    pub column: String,
    unit: Unit,
    /// It counts people, so it doesn't add up and belongs to the whole channel only.
    pub is_of_people: bool,
}

#[derive(Clone, Copy)]
enum Unit {
    Number,
    Hours,
    Clock,
}

impl Metric {
    pub fn read(&self, cell: &str) -> Option<f64> {
        match self.unit {
            Unit::Number => number(cell),
            Unit::Hours => number(cell).map(|hours| hours * 3_600.0),
            Unit::Clock => clock_seconds(cell),
        }
    }
}

pub(super) fn metric_of(header: &Header, index: usize) -> Option<Metric> {
    let key = header.keys.get(index)?;
    let (name, unit) = known_metric(key)
        .map(|(name, unit)| (name.to_owned(), unit))
        .or_else(|| revenue_metric(key))?;
    let is_of_people = name.ends_with("_viewers");
    Some(Metric {
        name,
        column: header.name(index).trim().to_owned(),
        unit,
        is_of_people,
    })
}

fn known_metric(key: &str) -> Option<(&'static str, Unit)> {
    Some(match key {
        "views" | "aufrufe" => ("views", Unit::Number),
        "engaged views" => ("engaged_views", Unit::Number),
        "youtube premium views" => ("premium_views", Unit::Number),
        "watch time (hours)" | "wiedergabezeit (stunden)" => ("watch_seconds", Unit::Hours),
        "subscribers" | "abonnenten" => ("subscribers_net", Unit::Number),
        "subscribers gained" | "hinzugewonnene abonnenten" => ("subscribers_gained", Unit::Number),
        "subscribers lost" | "verlorene abonnenten" => ("subscribers_lost", Unit::Number),
        "impressions" | "impressionen" => ("impressions", Unit::Number),
        "likes" | "\"mag ich\"-bewertungen" => ("likes", Unit::Number),
        "dislikes" => ("dislikes", Unit::Number),
        "comments added" | "comments" | "kommentare" => ("comments", Unit::Number),
        "shares" | "geteilte inhalte" => ("shares", Unit::Number),
        "end screen elements shown" => ("end_screens_shown", Unit::Number),
        "end screen element clicks" => ("end_screen_clicks", Unit::Number),
        "average view duration" | "durchschnittliche wiedergabedauer" => ("average_view_seconds", Unit::Clock),
        "average percentage viewed (%)" => ("average_viewed_percent", Unit::Number),
        "average views per viewer" => ("average_views_per_viewer", Unit::Number),
        "impressions click-through rate (%)" | "klickrate der impressionen (%)" => {
            ("impressions_clicked_percent", Unit::Number)
        }
        "clicks per end screen element shown (%)" => ("end_screens_clicked_percent", Unit::Number),
        "likes (vs dislikes) (%)" | "likes (vs. dislikes) (%)" => ("likes_percent", Unit::Number),
        "stayed to watch (%)" => ("stayed_to_watch_percent", Unit::Number),
        "new viewers" => ("new_viewers", Unit::Number),
        "returning viewers" => ("returning_viewers", Unit::Number),
        "regular viewers" => ("regular_viewers", Unit::Number),
        "casual viewers" => ("casual_viewers", Unit::Number),
        "unique viewers" => ("unique_viewers", Unit::Number),
        _ => return None,
    })
}

/// The currency stands in the header: `Estimated revenue (USD)`.
fn revenue_metric(key: &str) -> Option<(String, Unit)> {
    let (name, rest) = key.split_once(" (")?;
    let currency = rest
        .strip_suffix(')')
        .filter(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_lowercase()))?;
    let name = match name {
        "estimated revenue" | "your estimated revenue" | "geschätzter umsatz" => "revenue",
        "rpm" => "average_rpm",
        "cpm" => "average_cpm",
        _ => return None,
    };
    Some((format!("{name}_{currency}"), Unit::Number))
}
