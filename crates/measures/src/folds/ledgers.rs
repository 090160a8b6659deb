//! What the audit's five lenses read: per cohort and period how many were active, how much they did and what it was worth, who
//! stayed from one period to the next, and how people differ.
//!
//! One ledger for the audience (days with presence) and one for the buyers of each currency (days with a purchase, worth what
//! was paid); each by calendar month and by calendar quarter, since which of them is told depends on the whole. A person's
//! cohort is the period of their first such day ever. Sums of integers only, so the order of people does not matter.

use longplay_domain::{Day, Month, Period};
use longplay_store::{Code, Columns};

use super::{ByDays, Map, PurchaseDays, Runs};
use crate::pass::{Fold, Life};

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
    pub const fn of(self, day: Day) -> i32 {
        match self {
            Self::Month => Month::of(day).0,
            Self::Quarter => Month::of(day).0.div_euclid(MONTHS_IN_QUARTER),
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

impl Cell {
    pub const fn add(&mut self, other: Self) {
        self.active += other.active;
        self.deeds += other.deeds;
        self.minor = self.minor.saturating_add(other.minor);
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

/// One base in periods of one length.
#[derive(Debug)]
pub struct Ledger {
    span: Span,
    /// The last period that is over.
    last: i32,
    /// By cohort and period.
    cells: Map<(i32, i32), Cell>,
    /// By the earlier period.
    kept: Map<i32, Kept>,
    /// Of each person active in the last period that is over, what they did in it.
    spread: Runs<u64>,
    /// One person's periods.
    own: Vec<(i32, Cell)>,
}

impl Ledger {
    fn new(span: Span, today: Day) -> Self {
        Self {
            span,
            last: span.of(today) - 1,
            cells: Map::default(),
            kept: Map::default(),
            spread: Runs::default(),
            own: Vec::new(),
        }
    }

    /// Cells by (cohort, period), in order.
    pub fn cells(&self) -> Vec<((i32, i32), Cell)> {
        let mut cells: Vec<_> = self.cells.iter().map(|(&place, &cell)| (place, cell)).collect();
        cells.sort_unstable_by_key(|&(place, _)| place);
        cells
    }

    pub fn kept(&self, earlier: i32) -> Kept {
        self.kept.get(&earlier).copied().unwrap_or_default()
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
    fn add(&mut self, deeds: &[(Day, u64)], measure: Measure) {
        self.own.clear();
        for &(day, minor) in deeds {
            let period = self.span.of(day);
            let deed = Cell {
                active: 0,
                deeds: 1,
                minor,
            };
            match self.own.last_mut() {
                Some((last, cell)) if *last == period => cell.add(deed),
                _ => self.own.push((period, Cell { active: 1, ..deed })),
            }
        }
        let Some(&(cohort, _)) = self.own.first() else { return };
        for &(period, cell) in &self.own {
            self.cells.entry((cohort, period)).or_default().add(cell);
            if period == self.last {
                self.spread.add(measure.of(&cell));
            }
        }
        for pair in self.own.windows(2).filter(|pair| pair[0].0 + 1 == pair[1].0) {
            let kept = self.kept.entry(pair[0].0).or_default();
            kept.people += 1;
            kept.minor_before = kept.minor_before.saturating_add(pair[0].1.minor);
            kept.minor_after = kept.minor_after.saturating_add(pair[1].1.minor);
        }
    }

    /// People with a single deed, on one day.
    fn add_once(&mut self, day: Day, people: u64) {
        let period = self.span.of(day);
        self.cells.entry((period, period)).or_default().add(Cell {
            active: people,
            deeds: people,
            minor: 0,
        });
        if period == self.last {
            self.spread.add_many(1, u32::try_from(people).unwrap_or(u32::MAX));
        }
    }

    fn merge(&mut self, other: Self) {
        for (place, cell) in other.cells {
            self.cells.entry(place).or_default().add(cell);
        }
        for (earlier, theirs) in other.kept {
            let mine = self.kept.entry(earlier).or_default();
            mine.people += theirs.people;
            mine.minor_before = mine.minor_before.saturating_add(theirs.minor_before);
            mine.minor_after = mine.minor_after.saturating_add(theirs.minor_after);
        }
        self.spread.merge(other.spread);
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
    spread: Runs<u64>,
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
            spread: Runs::default(),
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
    fn add(&mut self, deeds: &[(Day, u64)]) {
        let whole = deeds.iter().fold(Cell::default(), |mut whole, &(_, minor)| {
            whole.add(Cell {
                active: 0,
                deeds: 1,
                minor,
            });
            whole
        });
        self.spread.add(self.measure.of(&whole));
        self.months.add(deeds, self.measure);
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

    fn finish(&mut self) {
        for (age, people) in std::mem::take(&mut self.once).cells() {
            let day = self.today.plus(-age);
            self.months.add_once(day, people);
            self.quarters.add_once(day, people);
            self.spread.add_many(1, u32::try_from(people).unwrap_or(u32::MAX));
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
    /// One person's presence days, and their purchases.
    deeds: Vec<(Day, u64)>,
    bought: PurchaseDays,
}

impl Ledgers {
    pub fn new(today: Day, period: Period) -> Self {
        Self {
            today,
            period,
            audience: Base::new(Measure::Deeds, today),
            buyers: Vec::new(),
            deeds: Vec::new(),
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
            days => {
                self.deeds.clear();
                self.deeds.extend(days.iter().map(|&day| (day, 0)));
                self.audience.add(&self.deeds);
            }
        }
        let (buyers, today) = (&mut self.buyers, self.today);
        self.bought
            .each(life, |currency, days| base(buyers, currency, today).add(days));
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
        ledger.add(&deeds, Measure::Minor);
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
