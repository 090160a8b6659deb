//! Conditions about places, traits and presence.

use super::Parser;
use crate::{
    Day,
    admit::country,
    rule::{Comparison, Condition, Of, Place, Rule, RuleError, SeenTest, Test, TraitTest, Tree, Which, lex::Kind},
};

/// A century: more is a slip of the pen.
pub const DAYS_MAX: u32 = 36_500;

/// What stands behind `is` and `in`, and whether it was turned round.
struct Is {
    is_negated: bool,
    /// `None`: unknown.
    values: Option<Vec<String>>,
}

impl Parser {
    /// `is X`, `is not X`, `in (X, Y)`, `not in (X, Y)`, `is unknown`, `is known`; `None` where something else stands.
    fn is(&mut self, what: &str) -> Result<Option<Is>, RuleError> {
        let cursor = &mut self.cursor;
        let unknown = |is_negated| {
            Ok(Some(Is {
                is_negated,
                values: None,
            }))
        };
        if cursor.take_words(&["not", "in"]) || cursor.take_words(&["is", "not", "in"]) {
            let values = Some(cursor.values(what)?);
            return Ok(Some(Is {
                is_negated: true,
                values,
            }));
        }
        if cursor.take_word("in") || cursor.take_words(&["is", "in"]) {
            let values = Some(cursor.values(what)?);
            return Ok(Some(Is {
                is_negated: false,
                values,
            }));
        }
        if !cursor.take_word("is") {
            return Ok(None);
        }
        let is_negated = cursor.take_word("not");
        if cursor.take_word("unknown") {
            return unknown(is_negated);
        }
        if cursor.take_word("known") {
            return unknown(!is_negated);
        }
        let values = Some(vec![cursor.value(what)?]);
        Ok(Some(Is { is_negated, values }))
    }

    pub fn place(&mut self, of: Of) -> Result<Rule, RuleError> {
        let word = self.cursor.keyword().unwrap_or_default();
        let Some(place) = Place::named(&word) else {
            let places = Place::ALL.map(Place::name).join(", ");
            return Err(self.cursor.expected(&format!("`seen` or one of {places}")));
        };
        self.cursor.go_on();
        let example = example(place);
        let Some(Is { is_negated, values }) = self.is(&format!("a {word}, such as {example}"))? else {
            let what = format!("`is`, `is not`, `in` or `not in`, such as `{word} is {example}`");
            return Err(self.cursor.expected(&what));
        };
        let test = values.map_or(Test::Unknown, |values| Test::OneOf(as_sent(place, values)));
        Ok(turned(Condition::Place { of, place, test }, is_negated))
    }

    pub fn person_trait(&mut self) -> Result<Rule, RuleError> {
        self.cursor.go_on();
        let name = self.cursor.value("the name of a trait, such as `trait plan is pro`")?;
        if let Some(Is { is_negated, values }) = self.is("a value, such as pro")? {
            let test = values.map_or(TraitTest::Unknown, TraitTest::OneOf);
            return Ok(turned(Condition::Trait { name, test }, is_negated));
        }
        let test = if self.cursor.take_word("contains") {
            TraitTest::Contains(self.cursor.value("what the trait contains, such as \"buyer\"")?)
        } else if let Some(comparison) = self.cursor.comparison() {
            TraitTest::Compare(comparison, self.decimal()?)
        } else {
            let what = "`is`, `in`, `contains` or a comparison such as `>= 10` behind the trait's name";
            return Err(self.cursor.expected(what));
        };
        Ok(Tree::Is(Condition::Trait { name, test }))
    }

    fn decimal(&mut self) -> Result<f64, RuleError> {
        let written = match &self.cursor.token().kind {
            Kind::Word(word) => word.as_str(),
            _ => "",
        };
        // What Rust reads beyond this (inf, NaN, 1e9) nobody writes who means a number of employees.
        let is_plain = written
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
        match written.parse::<f64>() {
            Ok(number) if is_plain && number.is_finite() => {
                self.cursor.go_on();
                Ok(number)
            }
            _ => Err(self.cursor.expected("a number, such as 10 or 2.5")),
        }
    }

    pub fn first_or_last(&mut self) -> Result<Rule, RuleError> {
        let is_first = self.cursor.take_word("first");
        if !is_first {
            self.cursor.go_on();
        }
        if self.cursor.take_word("seen") {
            let which = if is_first { Which::First } else { Which::Last };
            let test = self.seen()?;
            return Ok(Tree::Is(Condition::Seen { which, test }));
        }
        if is_first {
            self.place(Of::First)
        } else {
            Err(self.cursor.expected("`seen`, such as `last seen in last 30 days`"))
        }
    }

    fn seen(&mut self) -> Result<SeenTest, RuleError> {
        if let Some(days) = self.in_last()? {
            return Ok(SeenTest::InLast(days));
        }
        let make = match self.cursor.keyword().as_deref() {
            Some("after") => SeenTest::After,
            Some("before") => SeenTest::Before,
            Some("on") => SeenTest::On,
            _ => {
                let what = "`after`, `before` or `on` and a day, or `in last 30 days`";
                return Err(self.cursor.expected(what));
            }
        };
        self.cursor.go_on();
        let day = match &self.cursor.token().kind {
            Kind::Word(text) | Kind::Quoted(text) => Day::parse(text),
            _ => None,
        };
        let day = day.ok_or_else(|| self.cursor.expected("a day, such as 2026-01-31"))?;
        self.cursor.go_on();
        Ok(make(day))
    }

    /// `in last 90 days`; `None` where it doesn't stand.
    pub fn in_last(&mut self) -> Result<Option<u32>, RuleError> {
        if self.cursor.take_words(&["in", "last"]) || self.cursor.take_words(&["in", "the", "last"]) {
            return self.days().map(Some);
        }
        Ok(None)
    }

    /// `90 days`
    pub fn days(&mut self) -> Result<u32, RuleError> {
        let number = self.cursor.number("a number of days", DAYS_MAX)?;
        if self.cursor.take_word("days") || self.cursor.take_word("day") {
            Ok(number)
        } else {
            Err(self.cursor.expected("`days`"))
        }
    }

    pub fn days_present(&mut self) -> Result<Condition, RuleError> {
        self.cursor.go_on();
        if !self.cursor.take_word("present") {
            return Err(self.cursor.expected("`present`, such as `days present at least 5`"));
        }
        let comparison = self.cursor.comparison();
        let comparison: Comparison = comparison.ok_or_else(|| {
            self.cursor
                .expected("`at least` or another comparison, such as `days present at least 5`")
        })?;
        let days = self.cursor.number("a number of days", DAYS_MAX)?;
        // Optional, because it reads better with it.
        if !self.cursor.take_word("days") {
            self.cursor.take_word("day");
        }
        Ok(Condition::DaysPresent { comparison, days })
    }
}

fn turned(condition: Condition, is_negated: bool) -> Rule {
    let rule = Tree::Is(condition);
    if is_negated { !rule } else { rule }
}

/// Values as the gate would have let them in.
pub fn as_sent(place: Place, values: Vec<String>) -> Vec<String> {
    let sent = |value: String| {
        let value = value.trim().to_owned();
        if place == Place::Country { country(value) } else { value }
    };
    values.into_iter().map(sent).collect()
}

pub const fn example(place: Place) -> &'static str {
    match place {
        Place::Country => "AT",
        Place::Channel => "newsletter",
        Place::Source => "google",
        Place::Medium => "email",
        Place::Campaign => "spring",
        Place::Piece => "intro",
        Place::Topic => "repair",
        Place::Format => "video",
    }
}
