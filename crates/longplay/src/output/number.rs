//! Numbers as people read them.

/// `1,234,567`
pub fn grouped(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", count(number.unsigned_abs()))
}

pub fn count(number: u64) -> String {
    longplay_measures::words::count(number)
}

/// A figure's value in its unit (see `longplay_measures::Figure::unit`).
pub fn in_unit(value: f64, unit: &str) -> String {
    format!("{}{}", bare(value, unit), suffix(unit))
}

/// An interval in its unit, which is said once.
pub fn interval(low: f64, high: f64, unit: &str) -> String {
    format!("{} to {}{}", bare(low, unit), bare(high, unit), suffix(unit))
}

fn bare(value: f64, unit: &str) -> String {
    match unit {
        "share" => format!("{:.1}", value * 100.0),
        "per_1000" => format!("{value:.1}"),
        "index" | "gini" => format!("{value:.2}"),
        currency if is_currency(currency) => {
            let cents = (value * 100.0).round() as i64;
            let sign = if cents < 0 { "-" } else { "" };
            let cents = cents.unsigned_abs();
            format!("{sign}{}.{:02}", count(cents / 100), cents % 100)
        }
        _ => number(value),
    }
}

fn suffix(unit: &str) -> String {
    match unit {
        "share" => " %".to_owned(),
        "per_1000" => " per 1,000".to_owned(),
        "people" | "pieces" | "index" | "gini" => String::new(),
        unit => format!(" {unit}"),
    }
}

fn is_currency(unit: &str) -> bool {
    unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase())
}

/// A number of no particular unit: whole ones without a fraction.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 {
        grouped(value as i64)
    } else {
        format!("{value:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        let texts: Vec<_> = [0, 999, 1_000, -1_234_567].map(grouped).into();
        assert_eq!(texts, ["0", "999", "1,000", "-1,234,567"]);
    }

    #[test]
    fn values_carry_their_unit() {
        assert_eq!(in_unit(0.3349, "share"), "33.5 %");
        assert_eq!(in_unit(1_200.0, "people"), "1,200");
        assert_eq!(in_unit(24.9, "EUR"), "24.90 EUR");
        assert_eq!(in_unit(3.0, "episodes"), "3 episodes");
        assert_eq!(in_unit(2.25, "days"), "2.2 days");
        assert_eq!(in_unit(-30_777.8, "EUR"), "-30,777.80 EUR");
        assert_eq!(interval(0.1, 0.25, "share"), "10.0 to 25.0 %");
    }
}
