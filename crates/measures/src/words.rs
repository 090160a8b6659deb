//! Numbers and days as an owner says them aloud (look §2): two significant digits, shares as "31 in 100".

use longplay_domain::Day;

/// In the order of `Day::weekday`.
pub const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// `12345` → `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 person`, `2 people`.
pub fn people(number: u64) -> String {
    if number == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", count(number))
    }
}

/// `has` for one, `have` for more.
pub const fn have(number: u64) -> &'static str {
    if number == 1 { "has" } else { "have" }
}

/// `1 day`, `2 days`.
pub fn days(number: u64) -> String {
    if number == 1 {
        "1 day".to_owned()
    } else {
        format!("{} days", count(number))
    }
}

/// `3 March 2026`.
pub fn day(day: Day) -> String {
    day.date().strftime("%-d %B %Y").to_string()
}

/// A share of whole people out of 100, 1,000 or 10,000, whichever shows two digits; its interval on the same footing.
pub struct Share {
    per: u64,
    value: f64,
    low: f64,
    high: f64,
}

impl Share {
    pub fn of(value: f64, low: f64, high: f64) -> Self {
        let per = match value {
            value if value >= 0.02 || value == 0.0 && high >= 0.02 => 100,
            value if value >= 0.002 || value == 0.0 && high >= 0.002 => 1_000,
            _ => 10_000,
        };
        Self { per, value, low, high }
    }

    /// `31 in 100`
    pub fn value(&self) -> String {
        format!("{} in {}", self.whole(self.value), count(self.per))
    }

    /// `between 27 and 35`, widened outwards so that the words never claim more than the interval.
    pub fn range(&self) -> String {
        let low = (self.low * self.per as f64 + 1e-9).floor();
        let high = (self.high * self.per as f64 - 1e-9).ceil();
        format!(
            "between {} and {}",
            count(low.max(0.0) as u64),
            count((high.max(0.0) as u64).min(self.per))
        )
    }

    /// `between 0 and 3 in 100`: where the value itself is not said.
    pub fn range_in(&self) -> String {
        format!("{} in {}", self.range(), count(self.per))
    }

    fn whole(&self, share: f64) -> String {
        let scaled = share * self.per as f64;
        if share > 0.0 && scaled < 0.5 {
            "fewer than 1".to_owned()
        } else {
            count(scaled.round() as u64)
        }
    }
}

/// Two significant digits for multiples: `14`, `2.3`, and `5` instead of `5.0`.
pub fn times(ratio: f64) -> String {
    if ratio >= 9.95 {
        return count(ratio.round() as u64);
    }
    let text = format!("{ratio:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_the_way_people_hold_them() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(999), "999");
        assert_eq!(people(1), "1 person");
        assert_eq!(day(Day::parse("2026-03-03").unwrap()), "3 March 2026");
        assert_eq!(times(14.4), "14");
        assert_eq!(times(2.34), "2.3");
        assert_eq!((times(4.96), times(9.96)), ("5".to_owned(), "10".to_owned()));
    }

    #[test]
    fn shares_keep_two_digits_and_never_claim_more_than_the_interval() {
        let share = Share::of(0.3125, 0.2712, 0.3488);
        assert_eq!(
            (share.value().as_str(), share.range().as_str()),
            ("31 in 100", "between 27 and 35")
        );
        let share = Share::of(0.0092, 0.004, 0.015);
        assert_eq!(
            (share.value().as_str(), share.range().as_str()),
            ("9 in 1,000", "between 4 and 15")
        );
        assert_eq!(Share::of(0.0, 0.0, 0.05).value(), "0 in 100");
        assert_eq!(Share::of(1.0, 0.9, 1.0).value(), "100 in 100");
        assert_eq!(Share::of(0.000_01, 0.0, 0.0001).value(), "fewer than 1 in 10,000");
    }
}
