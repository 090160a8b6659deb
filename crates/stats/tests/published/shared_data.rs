//! Reading the public data sets that lie beside the repository, and saying loudly when they don't.
//!
//! Their licences let us test with them, not ship them; so they are found at `<repository>/../shared/data`.

use std::path::PathBuf;

/// The text of one file of a data set, or `None` with a loud line when it is not there.
pub fn shared_text(file: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(file);
    let text = std::fs::read_to_string(&path);
    if text.is_err() {
        println!("SKIPPED: {file} is not in ../shared/data, so its published numbers were NOT checked");
    }
    text.ok()
}

/// Days since 1970-01-01 of `YYYY-MM-DD` or `YYYYMMDD`; that day was a Thursday.
pub fn day_number(date: &str) -> i64 {
    let digits: Vec<i64> = date
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| i64::from(digit - b'0'))
        .collect();
    let number = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |sum, digit| sum * 10 + digit);
    let (year, month, day) = (number(0..4), number(4..6), number(6..8));
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 719_469
}

/// 0 for Monday.
pub fn weekday(day: i64) -> usize {
    (day + 3).rem_euclid(7) as usize
}
