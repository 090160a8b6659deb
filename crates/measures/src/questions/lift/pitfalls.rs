//! What else may lie behind an effect, or hide one; said where it applies (models §4).

use longplay_domain::Day;
use serde::Serialize;

use super::{
    Autopsy,
    effects::{AFTER_DAYS, BASE_SMALL, Diary, Effect},
    newcomers::ORDINARY_DAYS,
    subjects::Subject,
    verdict::Verdict,
};
use crate::{answer::Caution, ask::Ground, questions::hits::Shift, words};

/// A season is seen twice from so many days on.
const YEAR_DAYS: i32 = 365;

/// Something to know before believing a verdict. The name is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pitfall {
    AnotherHit,
    TrackingGap,
    ShortPast,
    SeasonOnce,
    SmallBase,
    AlreadyGrowing,
    LevelShift,
    TotalsOnly,
}

impl Pitfall {
    const ALL: [Self; 8] = [
        Self::AnotherHit,
        Self::TrackingGap,
        Self::ShortPast,
        Self::SeasonOnce,
        Self::SmallBase,
        Self::AlreadyGrowing,
        Self::LevelShift,
        Self::TotalsOnly,
    ];

    const fn code(self) -> &'static str {
        match self {
            Self::AnotherHit => "another_hit",
            Self::TrackingGap => "tracking_gap",
            Self::ShortPast => "short_past",
            Self::SeasonOnce => "season_once",
            Self::SmallBase => "small_base",
            Self::AlreadyGrowing => "already_growing",
            Self::LevelShift => "level_shift",
            Self::TotalsOnly => "totals_only",
        }
    }

    const fn says(self) -> &'static str {
        match self {
            Self::AnotherHit => "another hit fell into the same weeks, and what each did can't be told apart",
            Self::TrackingGap => "nothing at all was recorded on some days around it; they are left out",
            Self::ShortPast => {
                "less than eight weeks were recorded before it, so nothing can be said of what it changed"
            }
            Self::SeasonOnce => "less than a year was recorded before it, so a season looks like an effect",
            Self::SmallBase => "some outcomes happened fewer than 20 times before it, so only large effects would show",
            Self::AlreadyGrowing => "some outcomes were rising before it: it may have come because things grew",
            Self::LevelShift => {
                "its channel came to a new level in the same weeks, so what came after is not its doing alone"
            }
            Self::TotalsOnly => "it was seen in totals, so whom it brought is not known",
        }
    }
}

/// What applies to a hit.
pub fn of(
    subject: &Subject,
    effects: &[Effect],
    diary: &Diary,
    (episodes, shifts): (&[Subject], &[Shift]),
) -> Vec<Pitfall> {
    let (first, last) = (subject.start.plus(-ORDINARY_DAYS), subject.end.plus(AFTER_DAYS));
    let is_another = |episode: &&Subject| episode.end < subject.start || subject.end < episode.start;
    let mut others = episodes
        .iter()
        .filter(is_another)
        .filter(|episode| episode.start <= last && first <= episode.end);
    let recorded = diary.first_recorded();
    let is_gap = |day: Day| recorded.is_some_and(|recorded| recorded <= day) && !diary.was_recorded(day);
    let until = last.min(diary.from.plus(diary.is_recorded.len() as i32 - 1));
    let has_gap = (0..=until.since(first)).any(|day| is_gap(first.plus(day)));
    let past_days = recorded.map_or(0, |recorded| subject.start.since(recorded));
    let is_told = |effect: &Effect| effect.per_day.is_some();
    let is_shift = |shift: &Shift| {
        let same = subject.channel.as_ref().is_none_or(|channel| *channel == shift.channel);
        // A level that begins with the hit is what the hit left.
        let is_its = subject.start <= shift.start && shift.start <= subject.end;
        same && first <= shift.start && shift.start <= last && !is_its
    };
    let applies = |pitfall: &Pitfall| match pitfall {
        Pitfall::AnotherHit => others.next().is_some(),
        Pitfall::TrackingGap => has_gap,
        Pitfall::ShortPast => past_days < ORDINARY_DAYS,
        Pitfall::SeasonOnce => (ORDINARY_DAYS..YEAR_DAYS).contains(&past_days),
        Pitfall::SmallBase => effects.iter().any(|effect| is_told(effect) && effect.base < BASE_SMALL),
        Pitfall::AlreadyGrowing => effects.iter().any(|effect| is_told(effect) && effect.was_rising),
        Pitfall::LevelShift => shifts.iter().any(is_shift),
        Pitfall::TotalsOnly => subject.is_totals,
    };
    Pitfall::ALL.into_iter().filter(applies).collect()
}

/// One caution a pitfall, with the hits it is about.
pub fn cautions(ground: &Ground, autopsies: &[Autopsy]) -> Vec<Caution> {
    let told: Vec<&Autopsy> = autopsies
        .iter()
        .filter(|autopsy| autopsy.verdict != Verdict::TooEarly)
        .collect();
    let caution = |pitfall: Pitfall| {
        let hits: Vec<&Autopsy> = told
            .iter()
            .copied()
            .filter(|autopsy| autopsy.pitfalls.contains(&pitfall))
            .collect();
        let first = hits.first()?;
        let day = words::day(first.subject.start);
        let which = match (&first.subject.piece, hits.len()) {
            (Some(piece), 1) => format!("{day}, “{}”", ground.title(piece)),
            (None, 1) => day,
            (_, count) if count == told.len() => format!("all {count} of them"),
            (_, count) => format!("{day} and {} more", words::count(count as u64 - 1)),
        };
        Some(Caution {
            code: pitfall.code(),
            message: format!("Of {which}: {}.", pitfall.says()),
        })
    };
    Pitfall::ALL.into_iter().filter_map(caution).collect()
}
