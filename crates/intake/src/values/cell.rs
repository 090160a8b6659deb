//! Single cells: what is missing, what is a number, and what a spreadsheet did to an id.

/// Whether a cell of a platform's table says that there is no value. Missing is never zero.
pub(crate) fn is_missing(cell: &str) -> bool {
    matches!(
        cell.to_ascii_lowercase().as_str(),
        "" | "-" | "--" | "_-" | "–" | "—" | "n/a" | "nan" | "undefined" | "null" | "(not set)"
    )
}

/// An id that a spreadsheet turned into `1.22158E+17`: its last digits are lost for good.
pub(crate) fn is_spreadsheet_damage(cell: &str) -> bool {
    let Some((digits, power)) = cell.split_once("E+") else {
        return false;
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    whole.len() == 1 && all_digits(whole) && all_digits(fraction) && all_digits(power)
}

/// A plain number, perhaps with thousands separators or a percent sign; never infinite.
pub(crate) fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    let cell = cell.strip_suffix('%').map_or(cell, str::trim_end);
    let is_plain = !cell.is_empty()
        && cell
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E' | b','));
    if !is_plain {
        return None;
    }
    let value: f64 = if cell.contains(',') {
        without_thousands(cell)?.parse().ok()?
    } else {
        cell.parse().ok()?
    };
    value.is_finite().then_some(value)
}

/// `1,234,567.8` → `1234567.8`; commas anywhere else are no thousands separators.
fn without_thousands(cell: &str) -> Option<String> {
    let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups.next()?;
    let well_formed = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3) && !fraction.contains(',');
    well_formed.then(|| cell.replace(',', ""))
}

/// `h:mm:ss` (or `m:ss`) as seconds.
pub(crate) fn clock_seconds(cell: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut parts = 0;
    for part in cell.trim().split(':') {
        if part.is_empty() || part.len() > 6 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        seconds = seconds * 60.0 + part.parse::<f64>().ok()?;
        parts += 1;
    }
    (2..=3).contains(&parts).then_some(seconds)
}

/// The ways platforms and spreadsheets write yes.
pub(crate) fn is_true(cell: &str) -> bool {
    matches!(cell.to_ascii_lowercase().as_str(), "true" | "yes" | "1" | "wahr" | "ja")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_platforms_write_them() {
        for (cell, value) in [
            ("1,751", 1751.0),
            ("27.78%", 27.78),
            ("-3", -3.0),
            ("155526.0243", 155_526.024_3),
            ("1e3", 1000.0),
        ] {
            assert_eq!(number(cell), Some(value), "{cell}");
        }
        for cell in [
            "", "1,75", "12.5.1", "€12", "inf", "NaN", "1e999", "0:04:34", "-", "1,234,5",
        ] {
            assert_eq!(number(cell), None, "{cell}");
        }
    }

    #[test]
    fn an_id_in_scientific_notation_is_damage() {
        for cell in ["1.22158E+17", "9E+11"] {
            assert!(is_spreadsheet_damage(cell), "{cell}");
        }
        for cell in ["1.22158e17", "E+17", "12E+17", "xE+1", "1.E+4x", ""] {
            assert!(!is_spreadsheet_damage(cell), "{cell}");
        }
    }

    #[test]
    fn clocks_are_seconds() {
        for (cell, seconds) in [("0:04:34", 274.0), ("11:00:01", 39_601.0), ("4:34", 274.0)] {
            assert_eq!(clock_seconds(cell), Some(seconds), "{cell}");
        }
        for cell in ["", "34", "1:2:3:4", "a:b", ":30", "0:0:-1"] {
            assert_eq!(clock_seconds(cell), None, "{cell}");
        }
    }
}
