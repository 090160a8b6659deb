//! What the audit's five lenses read: per cohort and period how many were active, how much they did and what it was worth, who
//! stayed from one period to the next, and how people differ.
//!
//! One ledger for the audience (days with presence) and one for the buyers of each currency (days with a purchase, worth what
//! was paid); each by calendar month and by calendar quarter, since which of them is told depends on the whole. A person's
//! cohort is the period of their first such day ever. Sums of integers only, so the order of people does not matter.

use longplay_domain::{Day, Month, Period};
use longplay_store::{Code, Columns};

use super::{ByDays, Count, Numbered, PurchaseDays, Spread, Triangle};
use crate::{
    calendar::month_of,
    pass::{Fold, Life, TakeAway},
};

/// How long a period of the audit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Month,
    Quarter,
}

const MONTHS_IN_QUARTER: i32 = 3;

impl Span {
    pub const ALL: [Self; 2] = [Self::Month, Self::Quarter];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }

    /// The number of the period a day lies in.
    #[inline]
    pub fn of(self, day: Day) -> i32 {
        match self {
            Self::Month => month_of(day).0,
            Self::Quarter => month_of(day).0.div_euclid(MONTHS_IN_QUARTER),
        }
    }

    /// The first day of the period with that number.
    pub const fn start(self, number: i32) -> Day {
        match self {
            Self::Month => Month(number).start(),
            Self::Quarter => Month(number.saturating_mul(MONTHS_IN_QUARTER)).start(),
        }
    }

    /// `2024-03`, or `1997-Q3`.
    pub fn label(self, number: i32) -> String {
        match self {
            Self::Month => Month(number).to_string(),
            Self::Quarter => {
                let (year, month) = Month(number.saturating_mul(MONTHS_IN_QUARTER)).year_and_month();
                format!("{year:04}-Q{}", (month - 1) / 3 + 1)
            }
        }
    }
}

/// What the people of one cohort did in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// People with a deed.
    pub active: u64,
    /// Days with a deed, of all of them together.
    pub deeds: u64,
    /// What those were worth, in minor units; 0 for the audience.
    pub minor: u64,
}

impl Count for Cell {
    #[inline]
    fn add(&mut self, other: Self) {
        self.active += other.active;
        self.deeds += other.deeds;
        self.minor = self.minor.saturating_add(other.minor);
    }

    fn take_away(&mut self, other: Self) {
        self.active -= other.active;
        self.deeds -= other.deeds;
        self.minor = self.minor.saturating_sub(other.minor);
    }
}

/// People active in a period and in the one after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub people: u64,
    /// What they were worth in the earlier one …
    pub minor_before: u64,
    /// … and in the later.
    pub minor_after: u64,
}

impl Kept {
    #[inline]
    const fn add(&mut self, other: Self) {
        self.people += other.people;
        self.minor_before = self.minor_before.saturating_add(other.minor_before);
        self.minor_after = self.minor_after.saturating_add(other.minor_after);
    }

    const fn take_away(&mut self, other: Self) {
        self.people -= other.people;
        self.minor_before = self.minor_before.saturating_sub(other.minor_before);
        self.minor_after = self.minor_after.saturating_sub(other.minor_after);
    }
}

/// One base in periods of one length.
#[derive(Debug)]
pub struct Ledger {
    span: Span,
    /// The last period that is over.
    last: i32,
    cells: Triangle<Cell>,
    /// By the earlier period.
    kept: Numbered<Kept>,
    /// Of each person active in the last period that is over, what they did in it.
    spread: Spread,
}

impl Ledger {
    fn new(span: Span, today: Day) -> Self {
        Self {
            span,
            last: span.of(today) - 1,
            cells: Triangle::default(),
            kept: Numbered::default(),
            spread: Spread::default(),
        }
    }

    /// Cells by (cohort, period), in order.
    pub fn cells(&self) -> Vec<((i32, i32), Cell)> {
        let cells = self.cells.cohorts().flat_map(|(cohort, ages)| {
            let by_period = (cohort..).zip(ages);
            by_period.map(move |(period, &cell)| ((cohort, period), cell))
        });
        cells.filter(|(_, cell)| cell.active > 0).collect()
    }

    pub fn kept(&self, earlier: i32) -> Kept {
        self.kept.get(earlier).copied().unwrap_or_default()
    }

    /// The last period that is over.
    pub const fn last(&self) -> i32 {
        self.last
    }

    pub const fn span(&self) -> Span {
        self.span
    }

    /// What people did in it, with how many did so much.
    pub fn spread(&self) -> &[(u64, u32)] {
        self.spread.counts()
    }

    /// One person's deeds, in order of days.
    #[inline]
    fn add(&mut self, deeds: impl Iterator<Item = (Day, u64)>, measure: Measure) {
        let mut deeds = deeds.map(|(day, minor)| (self.span.of(day), minor)).peekable();
        let Some(&(cohort, _)) = deeds.peek() else { return };
        let ages = self.cells.cohort(cohort);
        let mut before: Option<(i32, u64)> = None;
        while let Some((period, minor)) = deeds.next() {
            let mut cell = Cell {
                active: 1,
                deeds: 1,
                minor,
            };
            while let Some((_, minor)) = deeds.next_if(|&(next, _)| next == period) {
                cell.deeds += 1;
                cell.minor = cell.minor.saturating_add(minor);
            }
            ages.add(period.abs_diff(cohort), cell);
            if period == self.last {
                self.spread.add(measure.of(&cell));
            }
            if let Some((earlier, minor_before)) = before.replace((period, cell.minor))
                && earlier + 1 == period
            {
                self.kept.at(earlier).add(Kept {
                    people: 1,
                    minor_before,
                    minor_after: cell.minor,
                });
            }
        }
    }

    /// People with a single deed, on one day.
    fn add_once(&mut self, day: Day, people: u64) {
        let period = self.span.of(day);
        self.cells.cohort(period).add(
            0,
            Cell {
                active: people,
                deeds: people,
                minor: 0,
            },
        );
        if period == self.last {
            self.spread.add_ones(people);
        }
    }

    fn merge(&mut self, other: Self) {
        self.cells.merge(other.cells);
        self.kept.merge(other.kept, Kept::add);
        self.spread.merge(other.spread);
    }

    fn take_away(&mut self, other: Self) {
        self.cells.take_away(other.cells);
        self.kept.merge(other.kept, Kept::take_away);
        self.spread.take_away(&other.spread);
    }
}

/// By what people are said to differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Deeds,
    Minor,
}

impl Measure {
    const fn of(self, cell: &Cell) -> u64 {
        match self {
            Self::Deeds => cell.deeds,
            Self::Minor => cell.minor,
        }
    }
}

/// The audience, or the buyers of one currency.
#[derive(Debug)]
pub struct Base {
    measure: Measure,
    today: Day,
    months: Ledger,
    quarters: Ledger,
    /// What each person did in all, with how many did so much.
    spread: Spread,
    /// People with a single deed, by days to today: most of an audience.
    once: ByDays,
}

impl Base {
    fn new(measure: Measure, today: Day) -> Self {
        Self {
            measure,
            today,
            months: Ledger::new(Span::Month, today),
            quarters: Ledger::new(Span::Quarter, today),
            spread: Spread::default(),
            once: ByDays::default(),
        }
    }

    pub const fn ledger(&self, span: Span) -> &Ledger {
        match span {
            Span::Month => &self.months,
            Span::Quarter => &self.quarters,
        }
    }

    pub fn spread(&self) -> &[(u64, u32)] {
        self.spread.counts()
    }

    /// One person's deeds, in order of days.
    #[inline]
    fn add(&mut self, deeds: impl Iterator<Item = (Day, u64)> + Clone) {
        let mut whole = Cell::default();
        for (_, minor) in deeds.clone() {
            whole.add(Cell {
                active: 0,
                deeds: 1,
                minor,
            });
        }
        self.spread.add(self.measure.of(&whole));
        self.months.add(deeds.clone(), self.measure);
        self.quarters.add(deeds, self.measure);
    }

    #[inline]
    fn add_once(&mut self, day: Day) {
        self.once.add(self.today.since(day));
    }

    fn merge(&mut self, other: Self) {
        self.once.merge(&other.once);
        self.spread.merge(other.spread);
        self.months.merge(other.months);
        self.quarters.merge(other.quarters);
    }

    /// Nobody waits for the end any more in either.
    fn take_away(&mut self, other: Self) {
        self.spread.take_away(&other.spread);
        self.months.take_away(other.months);
        self.quarters.take_away(other.quarters);
    }

    fn finish(&mut self) {
        for (age, people) in std::mem::take(&mut self.once).cells() {
            let day = self.today.plus(-age);
            self.months.add_once(day, people);
            self.quarters.add_once(day, people);
            self.spread.add_ones(people);
        }
        self.spread.finish();
        self.months.spread.finish();
        self.quarters.spread.finish();
    }
}

/// All bases, of the people whose D0 lies in the question's period.
#[derive(Debug)]
pub struct Ledgers {
    today: Day,
    period: Period,
    audience: Base,
    buyers: Vec<(Code, Base)>,
    /// One person's purchases.
    bought: PurchaseDays,
}

impl Ledgers {
    pub fn new(today: Day, period: Period) -> Self {
        Self {
            today,
            period,
            audience: Base::new(Measure::Deeds, today),
            buyers: Vec::new(),
            bought: PurchaseDays::default(),
        }
    }

    pub const fn audience(&self) -> &Base {
        &self.audience
    }

    /// By the code of the currency, in no particular order.
    pub fn buyers(&self) -> impl Iterator<Item = (Code, &Base)> {
        self.buyers.iter().map(|(code, base)| (*code, base))
    }
}

fn base(buyers: &mut Vec<(Code, Base)>, currency: Code, today: Day) -> &mut Base {
    let known = buyers.iter().position(|(code, _)| *code == currency);
    let index = known.unwrap_or_else(|| {
        buyers.push((currency, Base::new(Measure::Minor, today)));
        buyers.len() - 1
    });
    &mut buyers[index].1
}

impl Fold for Ledgers {
    fn columns(&self) -> Columns {
        PurchaseDays::columns()
    }

    #[inline]
    fn observe(&mut self, life: &Life<'_>) {
        if life.arrival.is_none_or(|arrival| !self.period.holds(arrival.day)) {
            return;
        }
        match life.presence {
            [] => {}
            [day] => self.audience.add_once(*day),
            days => self.audience.add(days.iter().map(|&day| (day, 0))),
        }
        let (buyers, today) = (&mut self.buyers, self.today);
        self.bought.each(life, |currency, days| {
            base(buyers, currency, today).add(days.iter().copied())
        });
    }

    fn merge(&mut self, other: Self) {
        self.audience.merge(other.audience);
        for (currency, theirs) in other.buyers {
            base(&mut self.buyers, currency, self.today).merge(theirs);
        }
    }

    fn finish(&mut self) {
        self.audience.finish();
        self.buyers.iter_mut().for_each(|(_, base)| base.finish());
    }
}

impl TakeAway for Ledgers {
    fn take_away(&mut self, other: Self) {
        self.audience.take_away(other.audience);
        for (currency, theirs) in other.buyers {
            base(&mut self.buyers, currency, self.today).take_away(theirs);
        }
        self.buyers.retain(|(_, base)| !base.spread().is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn periods_have_names_and_first_days() {
        let number = Span::Quarter.of(day("1997-09-30"));
        assert_eq!(
            (Span::Quarter.label(number), Span::Quarter.start(number)),
            ("1997-Q3".to_owned(), day("1997-07-01"))
        );
        assert_eq!(Span::Quarter.of(day("1969-12-31")), -1);
        assert_eq!(Span::Month.label(Span::Month.of(day("2024-02-29"))), "2024-02");
    }

    #[test]
    fn one_person_counts_once_a_period_and_is_kept_only_from_the_period_before() {
        let mut ledger = Ledger::new(Span::Month, day("2024-05-10"));
        let deeds = [
            ("2024-01-03", 5),
            ("2024-01-09", 7),
            ("2024-02-01", 1),
            ("2024-04-30", 2),
        ]
        .map(|(at, minor)| (day(at), minor));
        ledger.add(deeds.into_iter(), Measure::Minor);
        ledger.spread.finish();
        let january = Span::Month.of(day("2024-01-01"));
        let cell = |deeds, minor| Cell {
            active: 1,
            deeds,
            minor,
        };
        assert_eq!(
            ledger.cells(),
            [
                ((january, january), cell(2, 12)),
                ((january, january + 1), cell(1, 1)),
                ((january, january + 3), cell(1, 2))
            ]
        );
        assert_eq!(
            ledger.kept(january),
            Kept {
                people: 1,
                minor_before: 12,
                minor_after: 1
            }
        );
        assert_eq!(ledger.kept(january + 1), Kept::default());
        assert_eq!((ledger.last(), ledger.spread()), (january + 3, [(2, 1)].as_slice()));
    }
}
