//! The people a hit brought, beside people of ordinary weeks: how many came, came back, and reached goals.
//!
//! Ordinary people first came through the same channel in the eight weeks before, on days that belong to no episode of that
//! channel. Both are counted only once all their days are over, so that both had the same time.

use longplay_domain::Day;
use longplay_stats::{
    Estimate,
    impact::{Excess, WeekdayCount, excess},
    rates::difference_of_shares,
};

use super::subjects::Subject;
use crate::{
    folds::{GOAL_DAYS, STOOD_DAYS, WINDOW_DAYS},
    questions::hits::Shift,
    stage::Stage,
};

/// Ordinary weeks: so many days before.
pub const ORDINARY_DAYS: i32 = 56;
/// Fewer people of either kind are not compared.
pub const PEOPLE_MIN: u64 = 30;
/// The place of 28 days among the windows.
pub const TWENTY_EIGHT: usize = 1;

/// Who first came on a day through a channel and by what piece.
#[derive(Clone, Debug)]
pub struct Newcomers {
    pub day: Day,
    pub channel: Option<String>,
    pub piece: Option<String>,
    pub people: u64,
    /// Back within 7, 28 and 90 days.
    pub returned: [u64; 3],
    /// By goal: reached it within 28 days.
    pub reached: Vec<u64>,
    /// By [`Stage`]: stood there or higher on the day 28 days after their first.
    pub stood: [u64; Stage::ALL.len()],
}

/// Some people together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    pub people: u64,
    pub returned: [u64; 3],
    pub reached: Vec<u64>,
    pub stood: [u64; Stage::ALL.len()],
}

impl Group {
    fn of<'a>(newcomers: impl Iterator<Item = &'a Newcomers>) -> Self {
        let mut group = Self::default();
        for some in newcomers {
            group.people += some.people;
            add(&mut group.returned, &some.returned);
            group.reached.resize(group.reached.len().max(some.reached.len()), 0);
            add(&mut group.reached, &some.reached);
            add(&mut group.stood, &some.stood);
        }
        group
    }
}

fn add(sums: &mut [u64], counts: &[u64]) {
    sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
}

/// A share of the hit's people, beside that of ordinary ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beside {
    pub hit: (u64, u64),
    pub ordinary: (u64, u64),
    /// Of the shares; `None` where a group is too small to be compared.
    pub difference: Option<Estimate>,
    /// The first day on which it can be told; it is that day or later.
    pub ready_on: Day,
    pub is_ready: bool,
}

/// What is known of a hit's people.
#[derive(Clone, Debug)]
pub struct Crowd {
    pub hit: Group,
    pub ordinary: Group,
    /// The channel's newcomers on these days, beside what such days usually bring.
    pub came: Option<Excess>,
    /// How many of them came back within 28 days, beside the same.
    pub came_back: Option<Excess>,
    /// The same at the strict level that a verdict asks for.
    pub came_back_strictly: Option<Excess>,
    pub returned: [Beside; 3],
    /// By goal.
    pub reached: Vec<Beside>,
    /// By [`Stage`], after 28 days.
    pub stood: [Beside; Stage::ALL.len()],
}

impl Crowd {
    /// How many people it brought beyond what such days usually bring, and never more than it brought itself: another hit on
    /// the same days is not its own.
    pub fn people_on_top(&self) -> f64 {
        let brought = self.hit.people as f64;
        self.came.map_or(brought, |came| came.on_top.value.min(brought))
    }
}

/// Everything to compare with.
pub struct Ledger<'a> {
    pub newcomers: &'a [Newcomers],
    pub episodes: &'a [Subject],
    pub shifts: &'a [Shift],
    pub today: Day,
    /// Whether it is known through which channel newcomers came.
    pub has_channels: bool,
    pub goals: usize,
    /// Whether anything was recorded on a day: one without is missing, not zero.
    pub is_recorded: &'a dyn Fn(Day) -> bool,
}

impl Ledger<'_> {
    pub fn crowd(&self, subject: &Subject, level: f64, strict: f64) -> Crowd {
        let mine = |some: &&Newcomers| {
            self.is_of(subject, some)
                && subject
                    .piece
                    .as_ref()
                    .is_none_or(|piece| some.piece.as_ref() == Some(piece))
        };
        let hit = Group::of(self.between(subject.start, subject.end).filter(mine));
        let first = subject.start.plus(-ORDINARY_DAYS);
        let before: Vec<Day> = (0..ORDINARY_DAYS)
            .map(|day| first.plus(day))
            .filter(|&day| !self.is_episode(subject, day))
            .collect();
        let ordinary = Group::of(
            self.between(first, subject.start.plus(-1))
                .filter(|some| self.is_of(subject, some) && before.contains(&some.day)),
        );
        let during: Vec<Day> = (0..=subject.end.since(subject.start))
            .map(|day| subject.start.plus(day))
            .collect();
        let beside = |hit, ordinary, days| self.beside(subject, (hit, ordinary, days), level);
        let returned = [0, 1, 2].map(|window: usize| {
            let of = |group: &Group| (group.returned[window], group.people);
            beside(of(&hit), of(&ordinary), WINDOW_DAYS[window])
        });
        let reached = |goal: usize| {
            let of = |group: &Group| (group.reached.get(goal).copied().unwrap_or(0), group.people);
            beside(of(&hit), of(&ordinary), GOAL_DAYS)
        };
        let stood = Stage::ALL.map(|stage| {
            let of = |group: &Group| (group.stood[stage as usize], group.people);
            beside(of(&hit), of(&ordinary), STOOD_DAYS)
        });
        let people = |some: &Newcomers| some.people;
        let back = |some: &Newcomers| some.returned[TWENTY_EIGHT];
        let is_over = returned[TWENTY_EIGHT].is_ready;
        let came_back = |level| {
            self.excess(subject, (&before, &during), (&back, level))
                .filter(|_| is_over)
        };
        Crowd {
            came: self.excess(subject, (&before, &during), (&people, level)),
            came_back: came_back(level),
            came_back_strictly: came_back(strict),
            returned,
            reached: (0..self.goals).map(reached).collect(),
            stood,
            hit,
            ordinary,
        }
    }

    /// Those of the days `from` to `to`, both included.
    fn between(&self, from: Day, to: Day) -> impl Iterator<Item = &Newcomers> {
        let start = self.newcomers.partition_point(|some| some.day < from);
        let end = self.newcomers.partition_point(|some| some.day <= to);
        self.newcomers[start..end.max(start)].iter()
    }

    fn is_episode(&self, subject: &Subject, day: Day) -> bool {
        let same = |episode: &Subject| subject.channel.is_none() || episode.channel == subject.channel;
        let mut episodes = self.episodes.iter().filter(|episode| same(episode));
        episodes.any(|episode| episode.start <= day && day <= episode.end)
    }

    fn beside(&self, subject: &Subject, (hit, ordinary, days): ((u64, u64), (u64, u64), i32), level: f64) -> Beside {
        let ready_on = subject.end.plus(days + 1);
        let is_ready = ready_on <= self.today;
        let is_enough = hit.1 >= PEOPLE_MIN && ordinary.1 >= PEOPLE_MIN && is_ready;
        let difference = is_enough.then(|| difference_of_shares(hit, ordinary, level));
        Beside {
            hit,
            ordinary,
            difference: difference.flatten(),
            ready_on,
            is_ready,
        }
    }

    /// What the days of a hit brought beside ordinary days. Days on which nothing at all was recorded are left out.
    fn excess(
        &self,
        subject: &Subject,
        (before, during): (&[Day], &[Day]),
        (counted, level): (&dyn Fn(&Newcomers) -> u64, f64),
    ) -> Option<Excess> {
        let counts = |days: &[Day]| -> Vec<WeekdayCount> {
            let count = |&day: &Day| {
                let some = self.between(day, day).filter(|some| self.is_of(subject, some));
                (day.weekday(), some.map(counted).sum::<u64>() as f64)
            };
            days.iter().filter(|day| (self.is_recorded)(**day)).map(count).collect()
        };
        excess(&counts(before), &counts(during), level)
    }

    /// Whether they came through the channel it is about.
    fn is_of(&self, subject: &Subject, some: &Newcomers) -> bool {
        let channel = subject.channel.as_ref().filter(|_| self.has_channels);
        channel.is_none_or(|channel| *channel == some.channel)
    }
}
