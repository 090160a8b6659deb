//! Dates as platforms and spreadsheets write them. A date that could be two days is never guessed from itself alone.

use longplay_domain::Day;

/// A day written in any unmistakable way: `2025-10-31`, `2025/10/31`, `20251031`, `31.10.2025`, `Oct 31, 2025`, `8-May-20`,
/// `31. Okt. 2025`. `10/12/2025` is none: it may be October or December.
pub(crate) fn day(text: &str) -> Option<Day> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return of(&text[..4], &text[4..6], &text[6..]);
    }
    let tokens: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|token| !token.is_empty())
        .collect();
    let &[first, second, third] = tokens.as_slice() else {
        return None;
    };
    match (month(first), month(second)) {
        (Some(month), None) => of(third, month, second),
        (None, Some(month)) => of(third, month, first),
        (None, None) if first.len() == 4 => of(first, second, third),
        (None, None) if text.contains('.') && !text.contains('/') => of(third, second, first),
        _ => None,
    }
}

fn of(year: &str, month: &str, day: &str) -> Option<Day> {
    if !(year.len() == 4 || year.len() == 2) || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let century = if year.len() == 2 { "20" } else { "" };
    Day::parse(&format!("{century}{year}-{month:0>2}-{day:0>2}"))
}

/// The number of a month by the first letters of its English or German name.
fn month(token: &str) -> Option<&'static str> {
    let start: String = token.to_lowercase().chars().take(3).collect();
    let months = [
        ("jan", "01"),
        ("feb", "02"),
        ("mar", "03"),
        ("mär", "03"),
        ("apr", "04"),
        ("may", "05"),
        ("mai", "05"),
        ("jun", "06"),
        ("jul", "07"),
        ("aug", "08"),
        ("sep", "09"),
        ("oct", "10"),
        ("okt", "10"),
        ("nov", "11"),
        ("dec", "12"),
        ("dez", "12"),
    ];
    months
        .iter()
        .find(|(name, _)| *name == start)
        .map(|(_, number)| *number)
}

/// Whether `10/12/2025` means October or December: a property of the whole file, decided by any value over 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateOrder {
    Unknown,
    DayFirst,
    MonthFirst,
}

impl DateOrder {
    /// What this cell says about the order; cells of other shapes say nothing.
    pub fn told_by(cell: &str) -> Self {
        match slashed(cell) {
            Some([first, ..]) if number(first) > 12 => Self::DayFirst,
            Some([_, second, ..]) if number(second) > 12 => Self::MonthFirst,
            _ => Self::Unknown,
        }
    }

    /// The cell with a slashed date turned into ISO order, other cells as they are; `None` when the order isn't known.
    pub fn resolve(self, cell: &str) -> Option<String> {
        let Some([first, second, year, clock]) = slashed(cell) else {
            return Some(cell.to_owned());
        };
        let (day, month) = match self {
            Self::DayFirst => (first, second),
            Self::MonthFirst => (second, first),
            Self::Unknown => return None,
        };
        let century = if year.len() == 2 { "20" } else { "" };
        let clock = match clock.len() {
            0 => String::new(),
            4 => format!(" 0{clock}:00"),
            5 => format!(" {clock}:00"),
            _ => format!(" {clock}"),
        };
        Some(format!("{century}{year}-{month:0>2}-{day:0>2}{clock}"))
    }
}

/// `d/d/yyyy` with what stands behind it.
fn slashed(cell: &str) -> Option<[&str; 4]> {
    let (date, clock) = cell.split_once(' ').unwrap_or((cell, ""));
    let mut parts = date.split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number =
        |text: &str, lengths: &[usize]| lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let fits =
        parts.next().is_none() && is_number(first, &[1, 2]) && is_number(second, &[1, 2]) && is_number(year, &[2, 4]);
    fits.then(|| [first, second, year, clock.trim()])
}

fn number(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_every_unmistakable_spelling() {
        for text in [
            "2025-10-31",
            "2025/10/31",
            "20251031",
            "31.10.2025",
            "Oct 31, 2025",
            "31-Oct-25",
            "31. Okt. 2025",
            "October 31, 2025",
        ] {
            assert_eq!(day(text), Day::parse("2025-10-31"), "{text}");
        }
        for text in [
            "",
            "10/12/2025",
            "April 12",
            "32.10.2025",
            "Brumaire 9, 2025",
            "2025-10-31-1",
            "99999999",
            "Oct 31, 12025",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_slashed_dates_is_told_by_a_value_over_twelve() {
        assert_eq!(DateOrder::told_by("16/02/2025 05:14"), DateOrder::DayFirst);
        assert_eq!(DateOrder::told_by("02/16/2025 05:14"), DateOrder::MonthFirst);
        assert_eq!(DateOrder::told_by("02/03/2025"), DateOrder::Unknown);
        assert_eq!(DateOrder::told_by("2025-02-16"), DateOrder::Unknown);
        assert_eq!(
            DateOrder::DayFirst.resolve("1/10/2023 5:59").as_deref(),
            Some("2023-10-01 05:59:00")
        );
        assert_eq!(DateOrder::MonthFirst.resolve("01/10/23").as_deref(), Some("2023-01-10"));
        assert_eq!(DateOrder::Unknown.resolve("01/10/2023"), None);
        assert_eq!(
            DateOrder::Unknown.resolve("2025-12-06 10:37:33 -0500").as_deref(),
            Some("2025-12-06 10:37:33 -0500")
        );
    }
}
