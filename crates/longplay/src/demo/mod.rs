//! A synthetic audience with known truth: an instrument maker's year, ending yesterday, with a hit that did not translate
//! and a quiet series that did.
//!
//! It is labelled as a demo in the workspace, goes in through the same door as any import, and is the same for everybody
//! who builds it on the same day.

mod build;
mod calendar;
mod catalogue;
mod people;
mod totals;
mod truth;

#[cfg(test)]
mod tests;

use longplay_domain::{Claim, Piece, Sample, Time, When, Zone};

pub use build::{bring, must_be_ours, open_or_build};
use calendar::{Calendar, DAYS};
use catalogue::Published;
use people::People;
use truth::{Kind, Truth};

/// The zone the invented workshop lives in.
pub const ZONE: &str = "Europe/Vienna";

/// Everything the demo puts into its workspace.
pub struct Audience {
    pub pieces: Vec<Piece>,
    pub claims: Vec<Claim>,
    pub samples: Vec<Sample>,
    pub truth: Truth,
}

impl Audience {
    /// The year that ended on the day before `now`'s.
    pub fn of_year_before(now: Time, zone: Zone) -> Self {
        let calendar = Calendar::ending_before(now, zone);
        let published = catalogue::pieces();
        let People { mut claims, truths } = People::of(&calendar, &published);
        claims.sort_by_key(|claim| match claim.time {
            When::At(time) => time,
            When::Text(_) | When::Missing => now,
        });
        let truth = Truth {
            note: "Synthetic data. Probabilities are those the generator drew from, per person.",
            from: calendar.first.to_string(),
            to: calendar.day(DAYS - 1).to_string(),
            zone: calendar.zone.name().to_owned(),
            people: truths.iter().map(|piece| piece.people).sum(),
            kinds: Kind::ALL.into_iter().map(Kind::truth).collect(),
            pieces: truths,
        };
        let pieces = published.iter().map(|piece| as_piece(piece, &calendar)).collect();
        Self {
            pieces,
            claims,
            samples: totals::samples(&calendar, &published),
            truth,
        }
    }
}

fn as_piece(published: &Published, calendar: &Calendar) -> Piece {
    const SEVEN_IN_THE_MORNING: u32 = 7 * 3_600;
    Piece {
        id: published.id.to_owned(),
        title: Some(published.title.to_owned()),
        url: Some(published.url()),
        channel: Some(published.channel.to_owned()),
        published_at: Some(calendar.at(published.offset, SEVEN_IN_THE_MORNING, 0)),
        format: Some(published.format.to_owned()),
        topics: published.topics.iter().map(|&topic| topic.to_owned()).collect(),
        effort_hours: Some(published.effort_hours),
        cost: None,
    }
}
