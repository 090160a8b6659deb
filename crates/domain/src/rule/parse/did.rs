//! Conditions about acts and money.

use super::{
    Parser,
    places::{as_sent, example},
    words,
};
use crate::{
    Act, Currency, Money,
    rule::{Comparison, Condition, Deed, On, Place, Rule, RuleError, Tree, lex::Kind},
};

const TIMES_MAX: u32 = 1_000_000;

/// What was said behind `did X` so far.
#[derive(Default)]
struct Suffixes {
    times: Option<u32>,
    on: Vec<On>,
    within_days: Option<u32>,
    last_days: Option<u32>,
}

impl Parser {
    /// `did X …`, or `did not X …`, which is `not did X …`.
    pub fn did(&mut self) -> Result<Rule, RuleError> {
        self.cursor.go_on();
        let is_negated = self.cursor.take_word("not");
        let deed = self.deed()?;
        let mut suffixes = Suffixes::default();
        while self.suffix(&mut suffixes)? {}
        let Suffixes {
            times,
            on,
            within_days,
            last_days,
        } = suffixes;
        let did = Tree::Is(Condition::Did {
            deed,
            times: times.unwrap_or(1),
            on,
            within_days,
            last_days,
        });
        Ok(if is_negated { !did } else { did })
    }

    fn deed(&mut self) -> Result<Deed, RuleError> {
        let token = self.cursor.token().clone();
        let deed = match &token.kind {
            Kind::Quoted(name) if !name.trim().is_empty() => Deed::Event(name.trim().to_owned()),
            Kind::Word(word) if !words::is_reserved(word) => {
                let by_meaning = Some(Act::of(word)).filter(|act| *act != Act::Other);
                let act = Act::named(&word.to_ascii_lowercase()).or(by_meaning);
                Deed::Act(act.ok_or_else(|| words::no_act(&token, word))?)
            }
            _ => {
                let what = "an act such as purchased or signed_up, or the name of an event in quotes";
                return Err(self.cursor.expected(what));
            }
        };
        self.cursor.go_on();
        Ok(deed)
    }

    /// Takes one more suffix; false where none stands.
    fn suffix(&mut self, suffixes: &mut Suffixes) -> Result<bool, RuleError> {
        let span = self.cursor.span();
        let twice = |what: &str| {
            let message = format!("{what} is said twice of one act; say it once");
            Err(RuleError::new(span.clone(), message))
        };
        if let Some(times) = self.times()? {
            return match suffixes.times.replace(times) {
                None => Ok(true),
                Some(_) => twice("how many times"),
            };
        }
        if self.cursor.take_word("within") {
            let days = self.days()?;
            return match suffixes.within_days.replace(days) {
                None => Ok(true),
                Some(_) => twice("`within`"),
            };
        }
        if let Some(days) = self.in_last()? {
            return match suffixes.last_days.replace(days) {
                None => Ok(true),
                Some(_) => twice("`in last`"),
            };
        }
        if self.cursor.take_word("on") {
            let on = self.on()?;
            if suffixes.on.iter().any(|known| known.place == on.place) {
                return twice(&format!("on which {}", on.place.name()));
            }
            suffixes.on.push(on);
            return Ok(true);
        }
        Ok(false)
    }

    /// `at least 3 times`, `once`, `twice`.
    fn times(&mut self) -> Result<Option<u32>, RuleError> {
        if self.cursor.take_word("once") {
            return Ok(Some(1));
        }
        if self.cursor.take_word("twice") {
            return Ok(Some(2));
        }
        let span = self.cursor.span();
        let more = match self.cursor.comparison() {
            None => return Ok(None),
            Some(Comparison::AtLeast) => 0,
            Some(Comparison::MoreThan) => 1,
            Some(_) => {
                let message = "acts are counted from below: write `at least 3 times`, or `not did … at least 4 times` for at most 3";
                return Err(RuleError::new(span, message));
            }
        };
        let times = self.cursor.number("how many times", TIMES_MAX)?;
        if self.cursor.take_word("times") || self.cursor.take_word("time") {
            Ok(Some(times + more))
        } else {
            Err(self.cursor.expected("`times`"))
        }
    }

    /// `piece intro`, `channel in (website, shop)`.
    fn on(&mut self) -> Result<On, RuleError> {
        let place = self.cursor.keyword().and_then(|word| Place::named(&word));
        let Some(place) = place else {
            let places = Place::ALL.map(Place::name).join(", ");
            return Err(self
                .cursor
                .expected(&format!("one of {places} and its name, such as `on topic repair`")));
        };
        self.cursor.go_on();
        let what = format!("a {}, such as {}", place.name(), example(place));
        let values = if self.cursor.take_word("in") {
            self.cursor.values(&what)?
        } else {
            // `on topic is repair` is understood, too.
            self.cursor.take_word("is");
            vec![self.cursor.value(&what)?]
        };
        let values = as_sent(place, values);
        Ok(On { place, values })
    }

    /// `spent at least 100 EUR in last 90 days`
    pub fn spent(&mut self) -> Result<Condition, RuleError> {
        self.cursor.go_on();
        let comparison = self.cursor.comparison();
        let comparison = comparison.ok_or_else(|| {
            self.cursor
                .expected("`at least` or another comparison, such as `spent at least 100 EUR`")
        })?;
        let amount_span = self.cursor.span();
        let amount = self.cursor.keyword().unwrap_or_default();
        let is_amount = amount.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if amount.is_empty() || !is_amount {
            return Err(self
                .cursor
                .expected("an amount without separators, such as 1200 or 12.50"));
        }
        self.cursor.go_on();
        let code = self.cursor.keyword().and_then(|code| Currency::parse(&code));
        let Some(currency) = code else {
            return Err(self.cursor.expected("a currency's three letters, such as EUR"));
        };
        let money = Money::parse(&amount, currency).map_err(|_| {
            let message = format!("expected an amount that can be paid, such as 12.50, found `{amount}`");
            RuleError::new(amount_span, message)
        })?;
        self.cursor.go_on();
        let last_days = self.in_last()?;
        Ok(Condition::Spent {
            comparison,
            money,
            last_days,
        })
    }
}
