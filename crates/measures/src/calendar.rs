//! The month of a day, looked up: a pass asks for the month of every day on which anybody was present.

use longplay_domain::{Day, Month};

/// The first day looked up. Nothing older is taken in; whatever lies outside is worked out.
const FROM: Day = Month(20 * 12).start();
const DAYS: usize = 90 * 366;
static MONTHS: [u16; DAYS] = months();

const fn months() -> [u16; DAYS] {
    let mut months = [0; DAYS];
    let mut index = 0;
    while index < DAYS {
        months[index] = Month::of(Day(FROM.0 + index as i32)).0 as u16;
        index += 1;
    }
    months
}

/// As [`Month::of`], quicker.
#[inline]
pub fn month_of(day: Day) -> Month {
    match MONTHS.get(day.0.wrapping_sub(FROM.0) as u32 as usize) {
        Some(&month) => Month(i32::from(month)),
        None => Month::of(day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_is_that_of_the_calendar() {
        for day in (-40_000..80_000).map(Day) {
            assert_eq!(month_of(day), Month::of(day), "{day}");
        }
    }
}
