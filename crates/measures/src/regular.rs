//! Who is a regular, when they became one, and when they no longer were: pure functions of presence days.
//!
//! By own rhythm: with the gap g of [`Rhythm::own_gap_days`], the last four periods of a day d are (d-(j+1)g, d-jg] for
//! j = 0..3. Somebody enters on a presence day from which they were active in at least 3 of the 4, and falls when fewer than 2
//! are active. The fall is looked at where it can show: on the last day before each presence day, and on the day asked, so
//! that asking on more days never changes what is said of any of them. The other two rules have no memory: what holds on a
//! day is all that counts. Presence days after the day asked don't matter to it.

use longplay_domain::{Day, Month, RegularRule};

use crate::rhythm::Rhythm;

/// Periods looked at, how many of them make a regular, and how many keep one.
const PERIODS: i32 = 4;
const TO_ENTER: u32 = 3;
const TO_STAY: u32 = 2;
/// Active on at least so many of so many days.
const DAYS_OF: (usize, i32) = (8, 16);
/// Active in at least so many of so many calendar months.
const MONTHS_OF: (usize, i32) = (7, 12);

/// What it takes to be a regular, with what it is measured against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regular {
    pub rule: RegularRule,
    pub rhythm: Rhythm,
}

impl Regular {
    /// Presence days without which nobody can be a regular.
    #[inline]
    pub const fn days_min(&self) -> usize {
        match self.rule {
            RegularRule::OwnRhythm => TO_ENTER as usize,
            RegularRule::EightOfSixteenDays => DAYS_OF.0,
            RegularRule::SixOfTwelveMonths => MONTHS_OF.0,
        }
    }

    /// Says of each of these presence days (distinct, ascending) whether they are a regular on it.
    #[inline]
    pub fn prove(&self, presence: &[Day], proofs: &mut Vec<bool>) {
        let mut is = false;
        for (seen, &day) in presence.iter().enumerate() {
            is = (is && self.stays(&presence[..seen], day.plus(-1))) || self.enters(&presence[..=seen], day);
            proofs.push(is);
        }
    }

    /// Nobody stays a regular who was not present for so many days.
    const fn silent_days_max(&self) -> i32 {
        match self.rule {
            RegularRule::OwnRhythm => PERIODS * Rhythm::GAP_DAYS_MAX,
            RegularRule::EightOfSixteenDays => DAYS_OF.1,
            RegularRule::SixOfTwelveMonths => (MONTHS_OF.1 + 1) * 31,
        }
    }

    /// Whether somebody with these presence days, none after `day`, enters on `day`.
    fn enters(&self, presence: &[Day], day: Day) -> bool {
        if presence.len() < self.days_min() {
            return false;
        }
        match self.rule {
            RegularRule::OwnRhythm => self.active_periods(presence, day, TO_ENTER) >= TO_ENTER,
            RegularRule::EightOfSixteenDays => presence[presence.len() - DAYS_OF.0].since(day) > -DAYS_OF.1,
            RegularRule::SixOfTwelveMonths => active_months(presence, day) >= MONTHS_OF.0,
        }
    }

    /// Whether somebody who was a regular still is on `day`, when they were not present since the last of these days.
    fn stays(&self, presence: &[Day], day: Day) -> bool {
        match self.rule {
            RegularRule::OwnRhythm => self.active_periods(presence, day, TO_STAY) >= TO_STAY,
            RegularRule::EightOfSixteenDays | RegularRule::SixOfTwelveMonths => self.enters(presence, day),
        }
    }

    /// In how many of the last four periods of their own rhythm they were active, counted no further than `enough`.
    fn active_periods(&self, presence: &[Day], day: Day, enough: u32) -> u32 {
        let Some(first) = presence.first() else { return 0 };
        let gap_days = self
            .rhythm
            .own_gap_days(presence.len() as u32 - 1, day.since(*first).max(0));
        // Until so many days ago lie the periods looked at already.
        let (mut active, mut until) = (0, 0);
        for present in presence.iter().rev() {
            let ago = day.since(*present);
            if ago >= PERIODS * gap_days {
                break;
            }
            if ago >= until {
                active += 1;
                if active == enough {
                    break;
                }
                while until <= ago {
                    until += gap_days;
                }
            }
        }
        active
    }
}

/// In how many of the last twelve calendar months, that of `day` included.
fn active_months(presence: &[Day], day: Day) -> usize {
    let this = Month::of(day);
    let (mut active, mut month) = (0, None);
    for present in presence.iter().rev() {
        let of = Month::of(*present);
        if this.since(of) >= MONTHS_OF.1 {
            break;
        }
        if month != Some(of) {
            active += 1;
            month = Some(of);
        }
    }
    active
}

/// One person's way in and out of being a regular, worked out once for whoever asks.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    regular: &'a Regular,
    presence: &'a [Day],
    /// By presence day: whether they are a regular on it.
    proofs: &'a [bool],
}

impl<'a> Course<'a> {
    /// `presence`: distinct days, ascending; `proofs`: what [`Regular::prove`] says of them.
    pub const fn new(regular: &'a Regular, presence: &'a [Day], proofs: &'a [bool]) -> Self {
        Self {
            regular,
            presence,
            proofs,
        }
    }

    /// Whether they are a regular on `day`, by when the first `seen` presence days are behind.
    #[inline]
    pub fn at(&self, seen: usize, day: Day) -> bool {
        let Some(last) = seen.checked_sub(1) else { return false };
        self.proofs[last] && (self.presence[last] == day || self.regular.stays(&self.presence[..seen], day))
    }

    /// Whether they are a regular on `day`.
    pub fn on(&self, day: Day) -> bool {
        self.at(self.presence.partition_point(|&present| present <= day), day)
    }

    /// The presence day on which they became a regular for the first time.
    #[inline]
    pub fn first(&self) -> Option<Day> {
        let first = self.proofs.iter().position(|&is| is)?;
        Some(self.presence[first])
    }

    /// The last day on which they can be one if they are not present any more; `None` where they are none already.
    #[inline]
    pub fn may_stay_until(&self) -> Option<Day> {
        let (&last, &is) = self.presence.last().zip(self.proofs.last())?;
        is.then(|| last.plus(self.regular.silent_days_max()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regular(rule: RegularRule) -> Regular {
        Regular {
            rule,
            rhythm: Rhythm::stated(0),
        }
    }

    fn every(gap: i32, count: i32) -> Vec<Day> {
        (0..count).map(|index| Day(index * gap)).collect()
    }

    /// The first day on which they are a regular, and the first afterwards on which they are not.
    fn stretch(regular: &Regular, presence: &[Day]) -> (Option<i32>, Option<i32>) {
        let mut proofs = Vec::new();
        regular.prove(presence, &mut proofs);
        let course = Course::new(regular, presence, &proofs);
        let days: Vec<bool> = (0..4_000).map(|day| course.on(Day(day))).collect();
        let from = days.iter().position(|&is| is);
        let to = from.and_then(|from| days[from..].iter().position(|&is| !is).map(|after| from + after));
        (from.map(|day| day as i32), to.map(|day| day as i32))
    }

    #[test]
    fn who_comes_weekly_becomes_one_with_the_third_visit_and_falls_after_three_weeks() {
        let rule = regular(RegularRule::OwnRhythm);
        // Gap (7+14)/(1+2) = 7: days 0, 7 and 14 lie in three periods of day 14.
        assert_eq!(stretch(&rule, &every(7, 3)).0, Some(14));
        let five_years = every(7, 261);
        let last = five_years[260].0;
        // Looked at from 20 days later, periods 2 and 3 are active; from 21 only period 3.
        assert_eq!(stretch(&rule, &five_years), (Some(14), Some(last + 21)));
    }

    #[test]
    fn two_visits_or_a_burst_make_no_regular() {
        let rule = regular(RegularRule::OwnRhythm);
        assert_eq!(stretch(&rule, &every(7, 2)), (None, None));
        assert_eq!(
            stretch(&rule, &[Day(0), Day(1), Day(2)]),
            (None, None),
            "one period holds them all"
        );
        assert_eq!(stretch(&rule, &[]), (None, None));
    }

    #[test]
    fn a_holiday_is_forgiven_and_a_long_silence_is_not() {
        let rule = regular(RegularRule::OwnRhythm);
        let mut days = every(7, 100);
        let back = days[99].0 + 20;
        days.extend((0..3).map(|index| Day(back + 7 * index)));
        let mut proofs = Vec::new();
        rule.prove(&days, &mut proofs);
        let course = Course::new(&rule, &days, &proofs);
        let until_back = (14..=back).map(Day);
        assert!(until_back.clone().all(|day| course.on(day)), "never fallen");
        // After half a year they have to become one anew; then the proof is a later day, the first time stays the first.
        let mut days = every(7, 100);
        let back = days[99].0 + 180;
        days.extend((0..30).map(|index| Day(back + 7 * index)));
        let mut proofs = Vec::new();
        rule.prove(&days, &mut proofs);
        let course = Course::new(&rule, &days, &proofs);
        assert!(!course.on(Day(back - 1)));
        assert!(!course.on(Day(back)));
        assert!(course.on(Day(back + 7 * 29)));
        assert_eq!(course.first(), Some(Day(14)));
        assert_eq!(course.may_stay_until(), Some(Day(back + 7 * 29 + 240)));
    }

    #[test]
    fn asking_on_more_days_changes_no_answer() {
        let rule = regular(RegularRule::OwnRhythm);
        let mut draws = longplay_stats::random::Draws::new(7, 1);
        for _ in 0..300 {
            let mean = 1.0 + 20.0 * draws.uniform();
            let mut day = 0.0;
            let mut presence: Vec<Day> = Vec::new();
            while day < 600.0 {
                presence.push(Day(day as i32));
                day += 1.0 + mean * draws.exponential();
            }
            let mut proofs = Vec::new();
            rule.prove(&presence, &mut proofs);
            let daily = Course::new(&rule, &presence, &proofs);
            let told: Vec<bool> = (0..700).map(|day| daily.on(Day(day))).collect();
            for day in (0..700).step_by(53) {
                let seen: Vec<Day> = presence.iter().copied().filter(|present| present.0 <= day).collect();
                let mut proofs = Vec::new();
                rule.prove(&seen, &mut proofs);
                let known = Course::new(&rule, &seen, &proofs);
                assert_eq!(known.on(Day(day)), told[day as usize], "nothing later counts");
                let last = seen.last().copied().unwrap_or(Day(0));
                let may = last == Day(day) || known.may_stay_until().is_some_and(|until| Day(day) <= until);
                assert!(may || !told[day as usize], "nobody stays longer than they may");
            }
        }
    }

    #[test]
    fn eight_of_sixteen_days_and_seven_of_twelve_months_forget() {
        let days = regular(RegularRule::EightOfSixteenDays);
        // Every other day: the eighth is day 14, and days 0 to 14 fit into sixteen; until day 15 nothing falls out.
        assert_eq!(stretch(&days, &every(2, 8)), (Some(14), Some(16)));
        assert_eq!(stretch(&days, &every(3, 40)), (None, None));
        let months = regular(RegularRule::SixOfTwelveMonths);
        // 1970-01-01 and the first of the following months: the seventh is July.
        let firsts: Vec<Day> = (0..7).map(|index| Month::of(Day(0)).plus(index).start()).collect();
        let (from, to) = stretch(&months, &firsts);
        assert_eq!(from.map(|day| Day(day).to_string()).as_deref(), Some("1970-07-01"));
        assert_eq!(to.map(|day| Day(day).to_string()).as_deref(), Some("1971-01-01"));
        assert_eq!(stretch(&months, &firsts[..6]), (None, None));
    }
}
