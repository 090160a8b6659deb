//! Days on which somebody was here, as a calendar: a column a week, a row a weekday, the last year.
//!
//! A picture from the server, without a script; the list of days stands below it for whoever can't see it.

use longplay_domain::{Day, Month};

use super::words;

const WEEKS: i32 = 53;
/// The side of a day with its gap, in units of the picture.
const STEP: i32 = 10;
const TOP: i32 = 14;

/// The picture's parts.
pub struct Calendar {
    pub width: i32,
    pub height: i32,
    pub days: Vec<Square>,
    pub months: Vec<Label>,
    /// What it shows, for who can't see it.
    pub alt: String,
    /// The days in words, newest first, and how many more there are.
    pub listed: Vec<String>,
    pub more: Option<String>,
}

pub struct Square {
    pub x: i32,
    pub y: i32,
    pub is_here: bool,
}

pub struct Label {
    pub x: i32,
    pub text: String,
}

/// Days told in words.
const LISTED_MAX: usize = 60;

impl Calendar {
    /// `present`: ascending.
    pub fn of(present: &[Day], today: Day) -> Self {
        let from = today.week_start().plus(-7 * (WEEKS - 1));
        let days = (from.0..=today.0).map(Day).map(|day| Square {
            x: day.since(from) / 7 * STEP,
            y: TOP + day.weekday() as i32 * STEP,
            is_here: present.binary_search(&day).is_ok(),
        });
        let within = present.iter().filter(|&&day| from <= day && day <= today).count();
        let more = present.len().saturating_sub(LISTED_MAX);
        Self {
            width: WEEKS * STEP,
            height: TOP + 7 * STEP,
            days: days.collect(),
            months: months(from, today),
            alt: format!(
                "Calendar of the last year: here on {} of its days.",
                words::count(within as u64)
            ),
            listed: present
                .iter()
                .rev()
                .take(LISTED_MAX)
                .map(|&day| words::day(day))
                .collect(),
            more: (more > 0).then(|| format!("and {} earlier days", words::count(more as u64))),
        }
    }
}

/// Every second month where it begins.
fn months(from: Day, today: Day) -> Vec<Label> {
    let first = Month::of(from).plus(1);
    let all = (0..)
        .map(|months| first.plus(months))
        .take_while(|month| month.start() <= today);
    let even = all.filter(|month| month.year_and_month().1 % 2 == 1);
    even.map(|month| Label {
        x: month.start().since(from) / 7 * STEP,
        text: words::month_name(month).chars().take(3).collect(),
    })
    .filter(|label| label.x < (WEEKS - 2) * STEP)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_of_a_year_has_its_place() {
        let today = Day::parse("2026-11-23").unwrap(); // a Monday
        let calendar = Calendar::of(&[today.plus(-400), today.plus(-7), today], today);
        assert_eq!(calendar.days.len() as i32, 7 * (WEEKS - 1) + 1);
        let here: Vec<(i32, i32)> = calendar
            .days
            .iter()
            .filter(|day| day.is_here)
            .map(|day| (day.x, day.y))
            .collect();
        assert_eq!(here, [(51 * STEP, TOP), (52 * STEP, TOP)]);
        assert_eq!(calendar.alt, "Calendar of the last year: here on 2 of its days.");
        assert_eq!(
            (calendar.listed.len(), calendar.listed[0].as_str(), calendar.more),
            (3, "23 November 2026", None)
        );
        assert_eq!(calendar.months[0].text, "Jan");
    }
}
