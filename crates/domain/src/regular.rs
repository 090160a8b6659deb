//! Who counts as a regular: the presets an owner chooses from.

use std::fmt;

/// What it takes to be a regular.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RegularRule {
    /// Active in at least 3 of the last 4 of their own rhythm's periods; no longer below 2 of them.
    #[default]
    OwnRhythm,
    /// Active on at least 8 of the last 16 days.
    EightOfSixteenDays,
    /// Active in more than 6 of the last 12 calendar months, the running one included.
    SixOfTwelveMonths,
}

impl RegularRule {
    pub const ALL: [Self; 3] = [Self::OwnRhythm, Self::EightOfSixteenDays, Self::SixOfTwelveMonths];

    /// As it is set and kept.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnRhythm => "own-rhythm",
            Self::EightOfSixteenDays => "8-of-16-days",
            Self::SixOfTwelveMonths => "6-of-12-months",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// The definition, to be read after "A regular is somebody who …".
    pub const fn words(self) -> &'static str {
        match self {
            Self::OwnRhythm => {
                "was here in at least 3 of the last 4 periods of their own rhythm, and since then never in fewer than 2 \
                 of 4"
            }
            Self::EightOfSixteenDays => "was here on at least 8 of the last 16 days",
            Self::SixOfTwelveMonths => {
                "was here in more than 6 of the last 12 calendar months, the running one included"
            }
        }
    }
}

impl fmt::Display for RegularRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::RegularRule;

    #[test]
    fn every_rule_is_found_by_its_name() {
        for rule in RegularRule::ALL {
            assert_eq!(RegularRule::named(rule.name()), Some(rule));
        }
        assert_eq!(RegularRule::named("weekly"), None);
    }
}
