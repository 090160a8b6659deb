//! Where people stand: their stage and presence word now, how they moved from month to month, and after which piece they rose.
//!
//! Most people were here on one day and did nothing that tells more; they are reached and stay it. They are not kept here:
//! whoever reads this takes them from all people by origin. Of the others a person is one number in each table, so evidence
//! grows with the kinds of people, not with their events.

use longplay_domain::{Day, Month, Period};
use longplay_store::{Code, Column, Columns};

use super::{Map, Origin, Tally};
use crate::{
    pass::{Fold, Life, TakeAway},
    regular::Regular,
    rhythm::{Patience, SLACK},
    stage::{Climb, GONE_BELOW, ORIGINS, Stage, TELLING},
};

/// Finished months that are told, beside the running one.
pub const MONTHS: i32 = 12;
/// Steps up are kept from this many days before the day of as_of on, that day included.
pub const STEP_DAYS: i32 = 90;

/// Where somebody stood is kept as of so many days after D0, so that people can be compared who had the same time.
pub const STOOD_DAYS: i32 = 28;

/// The least chances to be there of somebody present, and of somebody cooling.
const PRESENT_FROM: f64 = 0.7;
const COOLING_FROM: f64 = 0.3;

/// How present somebody is, by the chance that they are still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Presence {
    /// 0.7 or more.
    Present,
    Cooling,
    /// Below 0.3.
    Away,
}

impl Presence {
    pub const ALL: [Self; 3] = [Self::Present, Self::Cooling, Self::Away];

    pub fn of(p_alive: f64) -> Self {
        match p_alive {
            p if p >= PRESENT_FROM - SLACK => Self::Present,
            p if p >= COOLING_FROM - SLACK => Self::Cooling,
            _ => Self::Away,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Cooling => "cooling",
            Self::Away => "away",
        }
    }
}

const PRESENCES: usize = Presence::ALL.len();

/// Stage and presence as one number, in their order.
const fn place(stage: Stage, presence: Presence) -> u32 {
    (stage as usize * PRESENCES + presence as usize) as u32
}

/// People by the stage in which a month found them and that in which it left them; the first row are those who were not here yet.
pub type Moves = [[u64; Stage::ALL.len()]; Stage::ALL.len() + 1];

/// Where everybody stands who was here on two days, or did something that tells more.
#[derive(Debug)]
pub struct Rungs {
    regular: Regular,
    /// Until when somebody is there at all, is cooling, is present.
    here: Patience,
    cooling: Patience,
    present: Patience,
    period: Period,
    today: Day,
    /// By [`place`].
    standing: Tally,
    /// By stage.
    stood: Tally,
    ways: Ways,
}

/// A climb that notes where it stood 28 days after D0, on its way to any later day: days can only be asked in their order.
struct Noting<'c, 'a> {
    climb: &'c mut Climb<'a>,
    due: Day,
    stood: Option<Stage>,
}

impl Noting<'_, '_> {
    fn on(&mut self, day: Day) -> Stage {
        if self.stood.is_none() && self.due <= day {
            self.stood = Some(self.climb.on(self.due));
        }
        self.climb.on(day)
    }
}

impl Rungs {
    /// `period` limits whose moves and steps are counted; where people stand is kept by origin, so it can be limited later.
    pub fn new(regular: Regular, today: Day, period: Period) -> Self {
        let patience = |chance| Patience::of(&regular.rhythm, chance);
        Self {
            here: patience(GONE_BELOW),
            cooling: patience(COOLING_FROM),
            present: patience(PRESENT_FROM),
            regular,
            period,
            today,
            standing: Tally::default(),
            stood: Tally::default(),
            ways: Ways::until(today),
        }
    }

    /// People by origin and the stage at which they stood 28 days after D0, in a fixed order; those who stood at the first, and
    /// those who have not had 28 days, are left out.
    pub fn stood(&self) -> Vec<(Origin, Stage, u32)> {
        let cells = self.stood.cells();
        cells
            .map(|(origin, stage, people)| (origin, Stage::ALL[stage as usize], people))
            .collect()
    }

    /// People by origin, stage and presence, in a fixed order.
    pub fn standing(&self) -> Vec<(Origin, Stage, Presence, u32)> {
        let cells = self.standing.cells().map(|(origin, place, people)| {
            let (stage, presence) = (place as usize / PRESENCES, place as usize % PRESENCES);
            (origin, Stage::ALL[stage], Presence::ALL[presence], people)
        });
        cells.collect()
    }

    /// How the period's people moved in each month, with its last day, or today.
    pub fn moves(&self) -> impl Iterator<Item = (Day, &Moves)> {
        self.ways.days[1..].iter().copied().zip(&self.ways.moves)
    }

    /// The period's people by the stage they rose to and the piece they had touched last.
    pub fn steps(&self) -> Vec<(Stage, Code, u32)> {
        let steps = self.ways.steps.iter();
        let mut steps: Vec<_> = steps.map(|(&(stage, piece), &people)| (stage, piece, people)).collect();
        steps.sort_unstable();
        steps
    }

    pub const fn regular(&self) -> &Regular {
        &self.regular
    }

    /// How present they are today: [`Presence::of`], without working out the chance.
    fn presence(&self, presence: &[Day]) -> Presence {
        if self.present.holds(presence, self.today) {
            Presence::Present
        } else if self.cooling.holds(presence, self.today) {
            Presence::Cooling
        } else {
            Presence::Away
        }
    }
}

/// How people moved and rose.
#[derive(Debug)]
struct Ways {
    today: Day,
    /// The last days of the months told and of the one before, and today.
    days: Vec<Day>,
    moves: Vec<Moves>,
    steps: Map<(Stage, Code), u32>,
}

impl Ways {
    fn until(today: Day) -> Self {
        let this = Month::of(today);
        let mut days: Vec<Day> = (1..=MONTHS + 1).rev().map(|ago| this.plus(-ago).last_day()).collect();
        days.push(today);
        Self {
            today,
            moves: vec![Moves::default(); days.len() - 1],
            days,
            steps: Map::default(),
        }
    }

    /// Follows the person to today: their stage at the end of each month, and each step up lately. Returns the stage now.
    fn follow(&mut self, climb: &mut Noting<'_, '_>, life: &Life<'_>, first: Day) -> Stage {
        let mut lately = self.lately(life);
        let mut before: Option<Stage> = None;
        for index in 0..self.days.len() {
            let until = self.days[index];
            if until < first {
                continue;
            }
            while let Some((&day, rest)) = lately.split_first().filter(|(day, _)| **day <= until) {
                lately = rest;
                self.count_step(climb, day, first);
            }
            let stage = climb.on(until);
            self.count_move(index, before, stage);
            before = Some(stage);
            if lately.is_empty()
                && let Some(rest) = climb.climb.rest(until.plus(1))
            {
                return self.follow_rest(climb, index, stage, rest);
            }
        }
        before.unwrap_or(Stage::Reached)
    }

    /// The same where nothing is left that they did, from the last day looked at on, with the stage on it.
    fn follow_rest(
        &mut self,
        climb: &mut Noting<'_, '_>,
        looked_at: usize,
        stage: Stage,
        rest: (Stage, Day, Stage),
    ) -> Stage {
        let (here, until, gone) = rest;
        let on = |day: Day| if day <= until { here } else { gone };
        if climb.stood.is_none() && climb.due <= self.today {
            climb.stood = Some(on(climb.due));
        }
        let mut before = stage;
        for index in looked_at + 1..self.days.len() {
            let stage = on(self.days[index]);
            self.count_move(index, Some(before), stage);
            before = stage;
        }
        before
    }

    /// From the day before in [`Ways::days`] to that one.
    #[inline]
    fn count_move(&mut self, index: usize, before: Option<Stage>, stage: Stage) {
        if let Some(month) = index.checked_sub(1) {
            self.moves[month][before.map_or(0, |before| before as usize + 1)][stage as usize] += 1;
        }
    }

    /// The presence days on which a step up is still told.
    fn lately<'a>(&self, life: &Life<'a>) -> &'a [Day] {
        let from = self.today.plus(1 - STEP_DAYS);
        &life.presence[life.presence.partition_point(|&day| day < from)..]
    }

    fn count_step(&mut self, climb: &mut Noting<'_, '_>, day: Day, first: Day) {
        let before = if day > first {
            climb.on(day.plus(-1))
        } else {
            Stage::Reached
        };
        let after = climb.on(day);
        if after > before {
            let piece = climb.climb.piece_before(after, day);
            *self.steps.entry((after, piece)).or_default() += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        for (key, people) in other.steps {
            *self.steps.entry(key).or_default() += people;
        }
        let mine = self.moves.iter_mut().flatten().flatten();
        let theirs = other.moves.iter().flatten().flatten();
        mine.zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
    }

    fn take_away(&mut self, other: Self) {
        for (key, people) in other.steps {
            if let Some(mine) = self.steps.get_mut(&key) {
                *mine -= people;
            }
        }
        self.steps.retain(|_, people| *people > 0);
        let mine = self.moves.iter_mut().flatten().flatten();
        let theirs = other.moves.iter().flatten().flatten();
        mine.zip(theirs).for_each(|(mine, theirs)| *mine -= theirs);
    }
}

impl Fold for Rungs {
    fn columns(&self) -> Columns {
        Columns::of(&ORIGINS).with(Columns::of(&[Column::Piece]))
    }

    fn courses(&self) -> Option<Regular> {
        Some(self.regular)
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        let Some(arrival) = life.arrival else { return };
        if life.presence.len() < 2 && life.acts & TELLING == 0 {
            return;
        }
        // Whom the period leaves out is not followed, but stands somewhere all the same.
        let mut climb = Noting {
            climb: &mut Climb::new(life, &self.here),
            due: arrival.day.plus(STOOD_DAYS),
            stood: None,
        };
        let stage = if self.period.holds(arrival.day) {
            self.ways.follow(&mut climb, life, arrival.day)
        } else {
            climb.on(self.today)
        };
        let presence = self.presence(life.presence);
        self.standing.add(arrival.into(), place(stage, presence));
        if let Some(stood) = climb.stood.filter(|stood| *stood != Stage::Reached) {
            self.stood.add(arrival.into(), stood as u32);
        }
    }

    fn merge(&mut self, other: Self) {
        self.standing.merge(other.standing);
        self.stood.merge(other.stood);
        self.ways.merge(other.ways);
    }

    fn finish(&mut self) {
        self.standing.finish();
        self.stood.finish();
    }
}

impl TakeAway for Rungs {
    fn take_away(&mut self, other: Self) {
        self.standing.take_away(&other.standing);
        self.stood.take_away(&other.stood);
        self.ways.take_away(other.ways);
    }
}
