//! The one form in which a rule writes itself. It reads back as the same rule.

use std::fmt::{self, Display, Formatter};

use super::{Comparison, Condition, Deed, Of, Rule, SeenTest, Test, TraitTest, Tree, Which, lex, parse::RESERVED};

/// A text in quotes where it needs them.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_word = !self.0.is_empty()
            && self.0.chars().all(lex::is_bare)
            && !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(self.0));
        if is_word {
            return f.write_str(self.0);
        }
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// `is AT`, `in (AT, DE)`, or turned round: `is not AT`.
struct OneOf<'a>(&'a [String], bool);

impl Display for OneOf<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            ([only], false) => write!(f, "is {}", Text(only)),
            ([only], true) => write!(f, "is not {}", Text(only)),
            (several, is_negated) => {
                f.write_str(if is_negated { "not in (" } else { "in (" })?;
                list(f, several)?;
                f.write_str(")")
            }
        }
    }
}

fn list(f: &mut Formatter<'_>, values: &[String]) -> fmt::Result {
    for (index, value) in values.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        write!(f, "{comma}{}", Text(value))?;
    }
    Ok(())
}

fn days(f: &mut Formatter<'_>, number: u32) -> fmt::Result {
    write!(f, "{number} {}", if number == 1 { "day" } else { "days" })
}

fn in_last(f: &mut Formatter<'_>, last_days: Option<u32>) -> fmt::Result {
    match last_days {
        Some(number) => {
            f.write_str(" in last ")?;
            days(f, number)
        }
        None => Ok(()),
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}

impl Condition {
    /// Whether `not` can stand inside it.
    const fn turns(&self) -> bool {
        match self {
            Self::Place { .. } => true,
            Self::Trait { test, .. } => matches!(test, TraitTest::OneOf(_) | TraitTest::Unknown),
            _ => false,
        }
    }

    fn write(&self, f: &mut Formatter<'_>, is_negated: bool) -> fmt::Result {
        let unknown = if is_negated { "is known" } else { "is unknown" };
        match self {
            Self::Place { of, place, test } => {
                let first = if *of == Of::First { "first " } else { "" };
                write!(f, "{first}{} ", place.name())?;
                match test {
                    Test::OneOf(values) => OneOf(values, is_negated).fmt(f),
                    Test::Unknown => f.write_str(unknown),
                }
            }
            Self::Trait { name, test } => {
                write!(f, "trait {} ", Text(name))?;
                match test {
                    TraitTest::OneOf(values) => OneOf(values, is_negated).fmt(f),
                    TraitTest::Contains(part) => write!(f, "contains {}", Text(part)),
                    TraitTest::Compare(comparison, number) => write!(f, "{} {number}", comparison.sign()),
                    TraitTest::Unknown => f.write_str(unknown),
                }
            }
            Self::Did { .. } => self.write_did(f),
            Self::Spent {
                comparison,
                money,
                last_days,
            } => {
                write!(f, "spent {} {money}", comparison.words())?;
                in_last(f, *last_days)
            }
            Self::DaysPresent {
                comparison,
                days: number,
            } => write!(f, "days present {} {number}", comparison.words()),
            Self::Seen { which, test } => {
                f.write_str(match which {
                    Which::First => "first seen",
                    Which::Last => "last seen",
                })?;
                match test {
                    SeenTest::After(day) => write!(f, " after {day}"),
                    SeenTest::Before(day) => write!(f, " before {day}"),
                    SeenTest::On(day) => write!(f, " on {day}"),
                    SeenTest::InLast(number) => in_last(f, Some(*number)),
                }
            }
        }
    }

    fn write_did(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self::Did {
            deed,
            times,
            on,
            within_days,
            last_days,
        } = self
        else {
            return Ok(());
        };
        match deed {
            Deed::Act(act) => write!(f, "did {act}")?,
            // Always in quotes: a bare word is an act.
            Deed::Event(name) => write!(f, "did \"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))?,
        }
        if *times > 1 {
            write!(f, " {} {times} times", Comparison::AtLeast.words())?;
        }
        for on in on {
            write!(f, " on {} ", on.place.name())?;
            match on.values.as_slice() {
                [only] => Text(only).fmt(f)?,
                several => {
                    f.write_str("in (")?;
                    list(f, several)?;
                    f.write_str(")")?;
                }
            }
        }
        if let Some(number) = within_days {
            f.write_str(" within ")?;
            days(f, *number)?;
        }
        in_last(f, *last_days)
    }
}

impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Tree::Is(condition) => condition.fmt(f),
            Tree::Not(rule) => match &**rule {
                Tree::Is(condition) if condition.turns() => condition.write(f, true),
                rule => {
                    f.write_str("not ")?;
                    part(f, rule, |rule| matches!(rule, Tree::All(_) | Tree::Any(_)))
                }
            },
            Tree::All(rules) => joined(f, rules, " and "),
            Tree::Any(rules) => joined(f, rules, " or "),
        }
    }
}

fn joined(f: &mut Formatter<'_>, rules: &[Rule], word: &str) -> fmt::Result {
    for (index, rule) in rules.iter().enumerate() {
        if index > 0 {
            f.write_str(word)?;
        }
        // An `and` inside an `or` needs no parentheses, but not everybody knows that.
        part(f, rule, |rule| matches!(rule, Tree::All(_) | Tree::Any(_)))?;
    }
    Ok(())
}

fn part(f: &mut Formatter<'_>, rule: &Rule, needs: impl Fn(&Rule) -> bool) -> fmt::Result {
    if needs(rule) {
        write!(f, "({rule})")
    } else {
        rule.fmt(f)
    }
}
