//! Numbers, dates and ranges in words a person can hold. Every page takes them from here, so that they read alike.
//!
//! A share is told as so many in 100, or in 1,000 when it is small; rates keep two significant digits, money and counts
//! keep all of theirs. Days are written out: "9 May 2026".

use longplay_domain::{Currency, Day, Month, Time, Zone};
use longplay_measures::words::WEEKDAYS;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `9 May 2026`
pub fn day(day: Day) -> String {
    format!("{} {}", day_of_month(day), day.date().year())
}

/// `9 May`
pub fn day_of_month(day: Day) -> String {
    let date = day.date();
    let month = MONTHS[usize::from(date.month().unsigned_abs()).saturating_sub(1).min(11)];
    format!("{} {month}", date.day())
}

/// `May`
pub fn month_name(month: Month) -> &'static str {
    MONTHS[(month.year_and_month().1 as usize).saturating_sub(1).min(11)]
}

/// `Monday, 23 November 2026`
pub fn full_day(date: Day) -> String {
    format!("{}, {}", WEEKDAYS[date.weekday()], day(date))
}

/// `23 November 2026, 14:02 in Vienna`: an instant as a clock in the workspace shows it.
pub fn instant(time: Time, zone: &Zone) -> String {
    let (date, hour, minute) = match jiff::Timestamp::from_microsecond(time.micros()) {
        Ok(stamp) => match stamp.in_tz(zone.name()) {
            Ok(local) => (zone.day_of(time), local.hour(), local.minute()),
            Err(_) => return stamp.to_string(),
        },
        Err(_) => return time.to_string(),
    };
    format!("{}, {hour:02}:{minute:02} {}", day(date), place(zone.name()))
}

/// `in Vienna` for `Europe/Vienna`, `UTC` for what is no city.
pub fn place(zone_name: &str) -> String {
    match zone_name.rsplit_once('/') {
        Some((region, city)) if region != "Etc" => format!("in {}", city.replace('_', " ")),
        _ => zone_name.to_owned(),
    }
}

/// `48,210`
pub fn whole(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", longplay_measures::words::count(number.unsigned_abs()))
}

/// A count, e.g. of people.
pub fn count(number: u64) -> String {
    whole(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Two significant digits, or all digits before the point if there are more: `0.0043`, `0.71`, `9.3`, `31`, `1,204`.
pub fn short(number: f64) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let magnitude = number.abs().log10().floor() as i32;
    let places = (1 - magnitude).clamp(0, 9) as usize;
    let rounded = format!("{number:.places$}").parse().unwrap_or(number);
    if places == 0 {
        return whole(rounded as i64);
    }
    // Rounding may have carried into the next magnitude: 9.96 is 10, not 10.0.
    let places = (1 - f64::abs(rounded).log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{rounded:.places$}");
    // 3 rather than 3.0, and 0.5 rather than 0.50.
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').replace('-', "−")
    } else {
        text
    }
}

/// How raw values of one unit are shown: multiplied, and what that is called.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    pub factor: f64,
    /// What stands behind a number in a sentence: ` in 100`, ` days`, or nothing.
    pub suffix: String,
    /// What stands in the head of a column or the title of an axis.
    pub heading: String,
    places: Option<usize>,
}

impl Scale {
    /// The scale on which all of `values` (raw, of `unit`) read well.
    pub fn of(unit: &str, values: impl IntoIterator<Item = f64>) -> Self {
        let largest = values
            .into_iter()
            .filter(|value| value.is_finite())
            .fold(0.0, |most: f64, v| most.max(v.abs()));
        match unit {
            "share" => Self::rate(largest, 1.0),
            "per_1000" => Self::rate(largest / 1_000.0, 0.001),
            _ => match Currency::parse(unit) {
                Some(currency) => Self {
                    factor: 1.0,
                    suffix: format!(" {unit}"),
                    heading: unit.to_owned(),
                    places: Some(currency.exponent() as usize),
                },
                None => Self::unit(&unit.replace('_', " ")),
            },
        }
    }

    /// An index has no unit.
    fn unit(unit: &str) -> Self {
        let is_index = unit == "index";
        Self {
            factor: 1.0,
            suffix: if is_index { String::new() } else { format!(" {unit}") },
            heading: if is_index { String::new() } else { unit.to_owned() },
            places: None,
        }
    }

    /// In 100 where that makes two or more, else in as many as it takes; `share` is how much of one raw unit makes all.
    fn rate(share_largest: f64, share: f64) -> Self {
        let base: i64 = match share_largest {
            most if most == 0.0 || most >= 0.02 => 100,
            most if most >= 0.002 => 1_000,
            most if most >= 0.000_2 => 10_000,
            _ => 100_000,
        };
        let heading = format!("in {}", whole(base));
        Self {
            factor: base as f64 * share,
            suffix: format!(" {heading}"),
            heading,
            places: None,
        }
    }

    /// The number alone: `31`.
    pub fn number(&self, raw: f64) -> String {
        let shown = raw * self.factor;
        match self.places {
            Some(places) => money(shown, places),
            None => short(shown),
        }
    }

    /// With what it counts: `31 in 100`.
    pub fn say(&self, raw: f64) -> String {
        format!("{}{}", self.number(raw), self.suffix)
    }

    /// `27 to 35`
    pub fn range(&self, low: f64, high: f64) -> String {
        format!("{} to {}", self.number(low), self.number(high))
    }
}

fn money(amount: f64, places: usize) -> String {
    let text = format!("{:.places$}", amount.abs());
    let (major, minor) = text.split_once('.').unwrap_or((&text, ""));
    let sign = if amount < 0.0 { "−" } else { "" };
    let major = whole(major.parse().unwrap_or(i64::MAX));
    if minor.is_empty() {
        format!("{sign}{major}")
    } else {
        format!("{sign}{major}.{minor}")
    }
}

/// `9 times in 10` for a level of 0.9: how often such an interval holds the truth.
pub fn level(level: f64) -> String {
    let tenths = level * 10.0;
    if (tenths - tenths.round()).abs() < 1e-9 {
        return format!("{} times in 10", tenths.round());
    }
    format!("{} times in 100", short_of_level(level))
}

fn short_of_level(level: f64) -> String {
    let text = format!("{:.3}", level * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The same with its first letter large.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// At most so many letters, cut between words where that keeps half of them, with a sign that some are missing.
pub fn shortened(text: &str, letters_max: usize) -> String {
    if text.chars().count() <= letters_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(letters_max.saturating_sub(1)).collect();
    let words = kept
        .rsplit_once(' ')
        .map(|(words, _)| words)
        .filter(|words| words.chars().count() * 2 >= letters_max);
    format!("{}…", words.unwrap_or(&kept).trim_end())
}

/// `1 person`, `2 people`
pub fn people(number: u64) -> String {
    if number == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", count(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_keep_two_digits_and_counts_keep_all() {
        let cases = [
            (0.0, "0"),
            (0.004_321, "0.0043"),
            (0.5, "0.5"),
            (0.711, "0.71"),
            (9.96, "10"),
            (9.3, "9.3"),
            (3.0, "3"),
        ];
        for (number, text) in cases {
            assert_eq!(short(number), text);
        }
        assert_eq!(short(31.4), "31");
        assert_eq!(short(1203.6), "1,204");
        assert_eq!(short(-2.25), "−2.2");
        assert_eq!(short(f64::NAN), "–");
        assert_eq!(whole(-1_234_567), "−1,234,567");
        assert_eq!(
            (count(0), count(999), count(1_000)),
            ("0".into(), "999".into(), "1,000".into())
        );
    }

    #[test]
    fn a_share_is_told_in_100_or_in_1000_when_small() {
        assert_eq!(Scale::of("share", [0.1138]).say(0.1138), "11 in 100");
        assert_eq!(Scale::of("share", [0.0042]).say(0.0042), "4.2 in 1,000");
        assert_eq!(Scale::of("share", [0.31, 0.004]).range(0.27, 0.35), "27 to 35");
        assert_eq!(Scale::of("per_1000", [9.0]).say(9.0), "9 in 1,000");
        assert_eq!(Scale::of("per_1000", [456.0]).range(9.0, 456.0), "0.9 to 46");
        assert_eq!(Scale::of("EUR", [1234.5]).say(-1234.5), "−1,234.50 EUR");
        assert_eq!(Scale::of("JPY", [1500.0]).say(1500.0), "1,500 JPY");
        assert_eq!(Scale::of("days", []).say(23.0), "23 days");
    }

    #[test]
    fn long_titles_are_cut_between_words() {
        assert_eq!(shortened("Studio tour", 20), "Studio tour");
        assert_eq!(shortened("Ten mistakes everybody makes", 20), "Ten mistakes…");
        assert_eq!(shortened("Donaudampfschifffahrtsgesellschaft", 10), "Donaudamp…");
    }

    #[test]
    fn days_and_instants_read_like_a_letter() {
        let date = Day::parse("2026-05-09").unwrap();
        assert_eq!(
            (day(date), full_day(date)),
            ("9 May 2026".into(), "Saturday, 9 May 2026".into())
        );
        let vienna = Zone::named("Europe/Vienna").unwrap();
        let time = Time::parse("2026-11-23T13:02:00Z", &vienna).unwrap();
        assert_eq!(instant(time, &vienna), "23 November 2026, 14:02 in Vienna");
        assert_eq!(instant(time, &Zone::utc()), "23 November 2026, 13:02 UTC");
        assert_eq!(place("America/Argentina/Buenos_Aires"), "in Buenos Aires");
    }

    #[test]
    fn levels_are_told_in_tens_where_they_can() {
        assert_eq!(
            (level(0.9), level(0.95), level(0.5)),
            ("9 times in 10".into(), "95 times in 100".into(), "5 times in 10".into())
        );
    }
}
