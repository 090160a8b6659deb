//! A calendar month, counted from January 1970, so that months can be subtracted from each other like days.
//!
//! Which month a day lies in is asked for every event of every person, so it is a few integer operations (Howard Hinnant's
//! "days to civil") and not a date made first. Months tile the days: each day lies in exactly one.

use std::fmt;

use crate::time::Day;

/// A calendar month. Which instants it holds depends on the zone, like those of its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

impl Month {
    /// The month of a day.
    pub const fn of(day: Day) -> Self {
        // Days since 1 March of the year 0, so that a leap day ends its year.
        let shifted = day.0 as i64 + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        Self(((era * 400 + year_of_era - 1_970) * 12 + from_march + 2) as i32)
    }

    /// Its first day.
    pub const fn start(self) -> Day {
        let from_march = self.0 as i64 + 1_970 * 12 - 2;
        let (year, month) = (from_march.div_euclid(12), from_march.rem_euclid(12));
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * month + 2) / 5;
        Day((era * 146_097 + of_era - 719_468) as i32)
    }

    /// Its last day.
    pub const fn last_day(self) -> Day {
        self.plus(1).start().plus(-1)
    }

    /// The month `months` later.
    #[must_use]
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// Months from `earlier` to this one.
    pub const fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// The year, and the month in it from 1 to 12.
    pub const fn year_and_month(self) -> (i32, u32) {
        (self.0.div_euclid(12) + 1_970, self.0.rem_euclid(12) as u32 + 1)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = self.year_and_month();
        write!(f, "{year:04}-{month:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_lies_in_the_month_its_date_says() {
        for number in (-800_000..800_000).step_by(7).chain(-800..800) {
            let (day, date) = (Day(number), Day(number).date());
            let month = Month::of(day);
            assert_eq!(
                month.year_and_month(),
                (i32::from(date.year()), date.month() as u32),
                "{day}"
            );
            assert!(month.start() <= day && day < month.plus(1).start(), "{day}");
        }
    }

    #[test]
    fn months_are_counted_and_named() {
        let month = Month::of(Day::parse("1997-09-30").unwrap());
        assert_eq!(month.to_string(), "1997-09");
        assert_eq!(month.start().to_string(), "1997-09-01");
        assert_eq!(month.last_day().to_string(), "1997-09-30");
        assert_eq!(month.plus(5).to_string(), "1998-02");
        assert_eq!(month.plus(5).since(month), 5);
    }
}
