//! How often people come: the base's rhythm, each person's own, and from both whether somebody is still there.
//!
//! Base: rates differ between people as the NBD says; fitted once, before the pass, to the presence days of everybody or,
//! where there are many, to a uniform sample of them (keys are uniform, so one equal range of keys is one). Own rhythm: the
//! posterior mean gap (α+T)/(r+x) of somebody present on x days after the first in T days. P(alive): the MBG/NBD.
//! The same data give the same rhythm, for any number of threads and however the data lie on disk.

use longplay_domain::{Day, Time};
use longplay_stats::{
    btyd::{Condensed, Evidence, MbgNbd, Nbd, Recurring, drop_out_shows},
    least,
};
use longplay_store::{Snapshot, StoreError, histories};

use crate::{
    engine::LocalEngine,
    folds::{Recurrence, RecurrenceCell},
    question::Question,
};

/// So many people tell the base's rhythm as well as all of them would.
const PEOPLE_SAMPLED_MIN: u64 = 10_000;
/// An own rhythm's gap is at least and at most so many days.
const GAP_DAYS: (f64, f64) = (1.0, 60.0);
/// Where too few people are known: as if about once a week were usual, and one in four left after any day.
const STATED: MbgNbd = MbgNbd {
    r: 1.0,
    alpha: 7.0,
    a: 1.0,
    b: 3.0,
};

/// The stated rhythm meets the bounds of presence exactly, on whole days; no rounding may decide.
pub const SLACK: f64 = 1e-9;

/// What the rhythm rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foundation {
    /// Fitted to the people, and leaving shows.
    Fitted,
    /// Fitted to the people; nobody seems to leave, so everybody is taken to be there.
    NobodyLeaves,
    /// Stated beforehand, because there are too few people to fit it.
    Stated,
}

/// The base's rhythm, in days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rhythm {
    /// Shape and rate of the rates at which people come.
    pub r: f64,
    pub alpha: f64,
    /// Who leaves; `None` where nobody seems to.
    leaving: Option<MbgNbd>,
    pub foundation: Foundation,
    /// How many people it was fitted to, or would have been.
    pub people: u64,
    /// Of how many equal ranges of keys the first holds them.
    pub parts: usize,
}

impl Rhythm {
    /// No own rhythm's gap is longer.
    pub const GAP_DAYS_MAX: i32 = GAP_DAYS.1 as i32;

    /// The rhythm of everybody, up to the question's as_of.
    pub fn of(engine: LocalEngine, snapshot: &Snapshot, question: &Question) -> Result<Self, StoreError> {
        // Doubles the sample until it is large enough, from a size at which it surely is not: which sample is taken depends
        // on the people as of then alone, not on what came later.
        let mut parts = 1_usize;
        while parts < 1 << 16 && snapshot.rows() / (parts as u64) >= PEOPLE_SAMPLED_MIN {
            parts *= 2;
        }
        loop {
            let fold = || Recurrence::new(question.today());
            let weights = engine
                .run_first(parts, snapshot, (question.as_of, &question.zone), fold)?
                .weights();
            let people: u64 = weights.iter().map(|(_, weight)| weight).sum();
            if people >= PEOPLE_SAMPLED_MIN || parts == 1 {
                return Ok(Self {
                    parts,
                    ..Self::fitted(&weights, people)
                });
            }
            parts /= 2;
        }
    }

    /// Fitted to people, or stated when they are too few.
    fn fitted(weights: &[(RecurrenceCell, u64)], people: u64) -> Self {
        let back: u64 = weights
            .iter()
            .filter(|(cell, _)| cell.x > 0)
            .map(|(_, weight)| weight)
            .sum();
        let is_enough = people as f64 >= least::PEOPLE_BG_NBD && back as f64 >= least::PEOPLE_WHO_CAME_BACK;
        if !is_enough {
            return Self::stated(people);
        }
        let rows: Vec<Evidence> = weights
            .iter()
            .map(|&(cell, weight)| Evidence {
                weight: weight as f64,
                ..evidence(cell.x, cell.t_x, cell.t)
            })
            .collect();
        let Some((condensed, nbd)) = Condensed::new(&rows)
            .ok()
            .and_then(|condensed| Nbd::fit(&condensed).ok().map(|nbd| (condensed, nbd)))
        else {
            return Self::stated(people);
        };
        let leaving = MbgNbd::fit(&condensed)
            .ok()
            .filter(|fitted| drop_out_shows(fitted, &nbd))
            .map(|fitted| MbgNbd {
                r: stepped(fitted.model.r),
                alpha: stepped(fitted.model.alpha),
                a: stepped(fitted.model.a),
                b: stepped(fitted.model.b),
            });
        Self {
            r: stepped(nbd.model.r),
            alpha: stepped(nbd.model.alpha),
            leaving,
            foundation: if leaving.is_some() {
                Foundation::Fitted
            } else {
                Foundation::NobodyLeaves
            },
            people,
            parts: 1,
        }
    }

    /// About weekly, for `people` who are too few to tell better.
    pub const fn stated(people: u64) -> Self {
        Self {
            r: STATED.r,
            alpha: STATED.alpha,
            leaving: Some(STATED),
            foundation: Foundation::Stated,
            people,
            parts: 1,
        }
    }

    /// Whether people are judged by both alike.
    pub fn judges_as(&self, other: &Self) -> bool {
        (self.r, self.alpha, self.leaving) == (other.r, other.alpha, other.leaving)
    }

    /// Whether people whose histories changed from one snapshot to another on the same day leave the sample as it was.
    pub fn is_left_by(
        &self,
        question: &Question,
        people: &[i64],
        points: [(&Snapshot, Time); 2],
    ) -> Result<bool, StoreError> {
        let sample = histories::ranges(self.parts).swap_remove(0);
        let people = &people[..people.partition_point(|person| person <= sample.end())];
        let weights = |(snapshot, as_of)| -> Result<_, StoreError> {
            let fold = Recurrence::new(question.today());
            Ok(LocalEngine::run_of(people, snapshot, (as_of, &question.zone), fold)?.weights())
        };
        let [earlier, later] = points;
        Ok(weights(earlier)? == weights(later)?)
    }

    /// The usual gap of somebody present on `x` days after the first in `age_days`, in whole days.
    #[inline]
    pub fn own_gap_days(&self, x: u32, age_days: i32) -> i32 {
        let gap = (self.alpha + f64::from(age_days)) / (self.r + f64::from(x));
        // Rounds: gaps are far too small for the half to be lost.
        (gap.clamp(GAP_DAYS.0, GAP_DAYS.1) + 0.5) as i32
    }

    /// The chance that somebody with these presence days (ascending, none after `day`) is still there on `day`.
    pub fn p_alive(&self, presence: &[Day], day: Day) -> f64 {
        let (Some(&first), Some(&last)) = (presence.first(), presence.last()) else {
            return 0.0;
        };
        let x = presence.len() as u32 - 1;
        self.leaving.map_or(1.0, |model| {
            model.p_alive(&evidence(x, last.since(first), day.since(first)))
        })
    }

    /// The model of who leaves; `None` where nobody seems to.
    pub const fn leaving(&self) -> Option<MbgNbd> {
        self.leaving
    }
}

/// How long somebody may stay away until the chance that they are still there falls below a bound: [`Rhythm::p_alive`]
/// turned round. All that is not arithmetic hangs on the number of days alone and is worked out beforehand.
#[derive(Clone, Debug)]
pub struct Patience {
    leaving: Option<MbgNbd>,
    chance: f64,
    /// By presence days after the first: how many times as long as the evidence they may be watched.
    longer: Vec<f64>,
}

/// Hardly anybody comes on more days.
const DAYS_KNOWN: usize = 128;

impl Patience {
    pub fn of(rhythm: &Rhythm, chance: f64) -> Self {
        let (leaving, chance) = (rhythm.leaving, chance - SLACK);
        Self {
            leaving,
            chance,
            longer: (0..DAYS_KNOWN)
                .filter_map(|x| Some(longer(&leaving?, chance, x)))
                .collect(),
        }
    }

    /// For how many days after the first somebody with these presence days (not empty) is still there with at least the
    /// chance, if they stay away.
    #[inline]
    pub fn until_days(&self, presence: &[Day]) -> f64 {
        let (Some(&first), Some(&last), Some(model)) = (presence.first(), presence.last(), &self.leaving) else {
            return f64::INFINITY;
        };
        let x = presence.len() - 1;
        let known = self.longer.get(x).copied();
        let longer = known.unwrap_or_else(|| longer(model, self.chance, x));
        (model.alpha + f64::from(last.since(first))) * longer - model.alpha
    }

    /// Whether they are still there on `day` with at least the chance, if the last of these days (not empty) was the last.
    #[inline]
    pub fn holds(&self, presence: &[Day], day: Day) -> bool {
        f64::from(day.since(presence[0])) <= self.until_days(presence)
    }
}

fn longer(model: &MbgNbd, chance: f64, x: usize) -> f64 {
    let x = x as f64;
    let odds_gone = (1.0 - chance) / chance;
    (odds_gone * (model.b + x) / model.a).powf(1.0 / (model.r + x))
}

/// The nearest of 16 steps from each number to its double, 2.2 % away at most: about what a fit to 10,000 people knows of it. Else a few
/// people who came today would have everybody judged anew, by a rhythm that differs in the fourth digit.
fn stepped(number: f64) -> f64 {
    const STEPS: f64 = 16.0;
    ((number.log2() * STEPS).round() / STEPS).exp2()
}

fn evidence(x: u32, t_x: i32, t: i32) -> Evidence {
    Evidence::new(f64::from(x), f64::from(t_x), f64::from(t.max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_gap_follows_the_person_and_keeps_its_bounds() {
        let rhythm = Rhythm::stated(0);
        assert_eq!(rhythm.own_gap_days(0, 0), 7);
        assert_eq!(rhythm.own_gap_days(100, 700), 7);
        assert_eq!(rhythm.own_gap_days(100, 100), 1);
        assert_eq!(rhythm.own_gap_days(5_000, 100), 1);
        assert_eq!(rhythm.own_gap_days(0, 4_000), 60);
    }

    #[test]
    fn silence_means_more_for_who_came_often() {
        let rhythm = Rhythm::stated(0);
        let weekly: Vec<Day> = (0..261).map(|week| Day(week * 7)).collect();
        let last = *weekly.last().expect("days");
        let holiday = rhythm.p_alive(&weekly, last.plus(21));
        assert!((0.85..1.0).contains(&holiday), "{holiday}");
        assert!(rhythm.p_alive(&weekly, last.plus(120)) < 0.05);
        let daily: Vec<Day> = (0..261).map(Day).collect();
        assert!(rhythm.p_alive(&daily, daily[260].plus(21)) < 0.05);
        assert!((rhythm.p_alive(&[Day(0)], Day(0)) - 0.75).abs() < 1e-12);
    }

    #[test]
    fn the_day_of_a_chance_is_the_chance_of_that_day() {
        let rhythm = Rhythm::stated(0);
        for (gap, count) in [(1, 1), (1, 30), (7, 4), (7, 260), (40, 9)] {
            let presence: Vec<Day> = (0..count).map(|index| Day(index * gap)).collect();
            for chance in [0.2, 0.3, 0.7] {
                let until = Patience::of(&rhythm, chance).until_days(&presence);
                let last = presence[presence.len() - 1];
                for day in (last.0..last.0 + 400).map(Day) {
                    let is_here = rhythm.p_alive(&presence, day) >= chance - SLACK;
                    assert_eq!(
                        is_here,
                        f64::from(day.0) <= until,
                        "{count} times, gap {gap}, {day:?}, {chance}"
                    );
                }
            }
        }
    }

    #[test]
    fn numbers_keep_to_their_steps() {
        for number in [1e-6, 0.013, 0.7, 1.0, 7.0, 365.0, 1e9] {
            let near = stepped(number);
            assert!((near / number - 1.0).abs() < 0.0222, "{number}: {near}");
            assert_eq!(stepped(near), near);
            assert_eq!(stepped(near * 1.01), near);
        }
        assert_eq!([stepped(1.0), stepped(0.5), stepped(8.0)], [1.0, 0.5, 8.0]);
    }

    #[test]
    fn people_with_a_rhythm_give_it_back() {
        // 500 people who came every 10 days for 200 days, and 500 who never came back.
        let often = RecurrenceCell {
            x: 20,
            t_x: 200,
            t: 205,
        };
        let never = RecurrenceCell { x: 0, t_x: 0, t: 205 };
        let rhythm = Rhythm::fitted(&[(never, 500), (often, 500)], 1_000);
        assert_eq!(rhythm.people, 1_000);
        let own = rhythm.own_gap_days(20, 200);
        assert!((9..=11).contains(&own), "{own}");
        assert_eq!(Rhythm::fitted(&[(never, 500)], 500).foundation, Foundation::Stated);
        assert_eq!(Rhythm::fitted(&[(often, 60)], 60).foundation, Foundation::Stated);
    }
}
