//! The verdict on a hit. The rule stands in `docs/methods/lift.md`; here it is once, in code.

use longplay_domain::Day;
use serde::Serialize;

use super::{
    effects::{AFTER_DAYS, Effect},
    newcomers::{Crowd, TWENTY_EIGHT},
    subjects::Subject,
};

/// What may be said of a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Translated,
    DidNot,
    TooEarly,
    CantTell,
}

impl Verdict {
    /// As an owner says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Translated => "It translated.",
            Self::DidNot => "It did not translate.",
            Self::TooEarly => "Too early to tell.",
            Self::CantTell => "Whether it translated can't be told.",
        }
    }
}

/// The first day on which a hit can be judged: 28 whole days after its last.
pub fn ready_on(subject: &Subject) -> Day {
    subject.end.plus(AFTER_DAYS + 1)
}

/// The level at which each of several outcomes is tested so that all together err as rarely as one would.
pub fn strict(level: f64, tests: usize) -> f64 {
    1.0 - (1.0 - level) / tests.max(1) as f64
}

/// The verdict. `crowd` is `None` for a hit seen in totals, whose people nobody knows; a hit is alone when no other fell into the
/// same weeks.
pub fn judge((subject, is_alone): (&Subject, bool), today: Day, crowd: Option<&Crowd>, effects: &[Effect]) -> Verdict {
    if ready_on(subject) > today {
        return Verdict::TooEarly;
    }
    let difference = crowd.and_then(|crowd| crowd.returned[TWENTY_EIGHT].difference);
    let is_below = difference.is_some_and(|difference| difference.high < 0.0);
    let on_top = |excess: Option<longplay_stats::impact::Excess>| excess.is_some_and(|excess| excess.on_top.low > 0.0);
    let more_came_back = crowd.is_some_and(|crowd| on_top(crowd.came_back));
    let surely_more = crowd.is_some_and(|crowd| on_top(crowd.came_back_strictly)) && difference.is_some() && !is_below;
    // What rose may be the other hit's doing, or have been rising anyway.
    let is_its_doing = |effect: &Effect| is_alone && !effect.was_rising && effect.is_translated;
    if surely_more || effects.iter().any(is_its_doing) {
        return Verdict::Translated;
    }
    // What never happened, before or after, says neither one nor the other.
    let happened = || effects.iter().filter(|effect| !effect.is_absent);
    let is_known = happened().count() > 0 && happened().all(|effect| effect.per_day.is_some());
    let is_any_above = effects.iter().any(Effect::is_above_zero);
    let is_none = is_known && happened().all(Effect::is_too_small) && !more_came_back;
    if is_none || is_known && is_below && !is_any_above {
        Verdict::DidNot
    } else {
        Verdict::CantTell
    }
}
