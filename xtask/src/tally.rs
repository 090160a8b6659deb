//! How many checks passed and failed, read from the closing lines of the test runners we call.

use std::{fmt, ops::AddAssign};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    pub const fn one(passed: bool) -> Self {
        Self {
            passed: passed as u64,
            failed: !passed as u64,
        }
    }

    pub const fn is_clean(self) -> bool {
        self.failed == 0
    }

    /// Reads `test result: ok. 3 passed; 0 failed; …` (cargo) or `3 passed, 0 failed` (ours); any other line is `None`.
    pub fn of_line(line: &str) -> Option<Self> {
        let line = line.trim();
        let counts = match line.strip_prefix("test result: ") {
            Some(rest) => rest.split_once(". ")?.1,
            None => line,
        };
        let mut words = counts.split([' ', ';', ',']).filter(|word| !word.is_empty());
        let passed = words.next()?.parse().ok()?;
        if words.next()? != "passed" {
            return None;
        }
        let failed = words.next()?.parse().ok()?;
        (words.next()? == "failed").then_some(Self { passed, failed })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_kinds_are_read() {
        let tally = |passed, failed| Some(Tally { passed, failed });
        let cargo = "test result: FAILED. 7 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(Tally::of_line(cargo), tally(7, 1));
        assert_eq!(Tally::of_line("12 passed, 0 failed"), tally(12, 0));
        assert_eq!(Tally::of_line(&tally(3, 4).unwrap().to_string()), tally(3, 4));
        for other in ["", "test a ... ok", "running 3 tests", "3 passed", "passed 3 failed"] {
            assert_eq!(Tally::of_line(other), None, "{other}");
        }
    }
}
