//! A rule made ready for a pass: its texts as codes, its pieces looked up once, and each condition judged of a [`Life`].
//!
//! What must stay true: judging allocates nothing, except where a trait is read out of what an `identified` event said; only
//! the columns of the conditions there are get read; and what is judged of a person rests on nothing after as-of.

mod among;
mod codes;
mod count;
mod place;
mod traits;

use longplay_domain::{
    Act, Day, Piece, Verdict,
    rule::{Comparison, Condition, Deed, Rule, SeenTest, Tree, Which},
};
use longplay_store::{Code, Column, Columns, Terms};

pub use among::{Among, SOME_PEOPLE};
pub use count::{Count, Tried, try_rule};

use self::{place::PlaceTest, traits::TraitReader};
use crate::pass::Life;

/// Judges people by a rule. The same for all threads.
#[derive(Debug)]
pub struct Judge {
    rule: Tree<Ready>,
    columns: Columns,
    /// The day of as-of.
    today: Day,
}

/// A condition with its texts as codes.
#[derive(Debug)]
enum Ready {
    Place(PlaceTest),
    Did(Did),
    Spent {
        comparison: Comparison,
        minor: i64,
        currency: Code,
        last_days: Option<u32>,
    },
    Trait(TraitReader),
    DaysPresent {
        comparison: Comparison,
        days: u32,
    },
    Seen {
        which: Which,
        test: SeenTest,
    },
}

#[derive(Debug)]
struct Did {
    /// Bit `1 << act` is set for acts that count.
    acts: u32,
    event: Option<Code>,
    times: u32,
    on: Vec<PlaceTest>,
    within_days: Option<i32>,
    last_days: Option<u32>,
}

impl Judge {
    /// `today` is the day of as-of, at which the judged lives end.
    pub fn new(rule: &Rule, terms: &Terms, pieces: &[Piece], today: Day) -> Self {
        let mut columns = Columns::none();
        let rule = rule.map(&mut |condition: &Condition| {
            columns = columns.with(columns_of(condition));
            ready(condition, terms, pieces)
        });
        Self { rule, columns, today }
    }

    /// What it reads beside the columns of every life.
    pub const fn columns(&self) -> Columns {
        self.columns
    }

    pub fn judge(&self, life: &Life<'_>) -> Verdict {
        self.rule.judge(&mut |condition| condition.judge(life, self.today))
    }

    /// What each condition says, in the order in which they are written.
    fn judge_each<'a>(&'a self, life: &'a Life<'_>) -> impl Iterator<Item = Verdict> + 'a {
        let conditions = self.rule.conditions().into_iter();
        conditions.map(|condition| condition.judge(life, self.today))
    }
}

fn columns_of(condition: &Condition) -> Columns {
    match condition {
        Condition::Place { place, .. } => Columns::of(&[place::column(*place)]),
        Condition::Did { deed, on, .. } => {
            let mut columns: Vec<Column> = on.iter().map(|on| place::column(on.place)).collect();
            if matches!(deed, Deed::Event(_)) {
                columns.push(Column::Event);
            }
            Columns::of(&columns)
        }
        Condition::Spent { .. } => Columns::of(&[Column::ValueMinor, Column::Currency]),
        Condition::Trait { .. } => Columns::of(&[Column::Properties]),
        Condition::DaysPresent { .. } | Condition::Seen { .. } => Columns::none(),
    }
}

fn ready(condition: &Condition, terms: &Terms, pieces: &[Piece]) -> Ready {
    match condition {
        Condition::Place { of, place, test } => Ready::Place(PlaceTest::new((*of, *place), test, (terms, pieces))),
        Condition::Did {
            deed,
            times,
            on,
            within_days,
            last_days,
        } => Ready::Did(Did {
            acts: match deed {
                Deed::Act(act) => 1 << act.code(),
                Deed::Event(_) => u32::MAX,
            },
            event: match deed {
                Deed::Act(_) => None,
                Deed::Event(name) => Some(terms.code(name)),
            },
            times: *times,
            on: on.iter().map(|on| PlaceTest::on(on, (terms, pieces))).collect(),
            within_days: within_days.map(|days| i32::try_from(days).unwrap_or(i32::MAX)),
            last_days: *last_days,
        }),
        Condition::Spent {
            comparison,
            money,
            last_days,
        } => Ready::Spent {
            comparison: *comparison,
            minor: money.minor,
            currency: terms.code(money.currency.code()),
            last_days: *last_days,
        },
        Condition::Trait { name, test } => Ready::Trait(TraitReader::new(name, test)),
        Condition::DaysPresent { comparison, days } => Ready::DaysPresent {
            comparison: *comparison,
            days: *days,
        },
        Condition::Seen { which, test } => Ready::Seen {
            which: *which,
            test: *test,
        },
    }
}

impl Ready {
    fn judge(&self, life: &Life<'_>, today: Day) -> Verdict {
        match self {
            Self::Place(place) => place.judge(life),
            Self::Did(did) => did.judge(life, today),
            Self::Spent {
                comparison,
                minor,
                currency,
                last_days,
            } => {
                let spent = spent(life, *currency, |day| is_in_last(day, *last_days, today));
                comparison.holds(spent.cmp(&i128::from(*minor))).into()
            }
            Self::Trait(reader) => reader.judge(life),
            Self::DaysPresent { comparison, days } => {
                let present = life.presence.len() as u64;
                comparison.holds(present.cmp(&u64::from(*days))).into()
            }
            Self::Seen { which, test } => {
                let day = match which {
                    Which::First => life.presence.first(),
                    Which::Last => life.presence.last(),
                };
                let Some(&day) = day else { return Verdict::Unknown };
                let holds = match test {
                    SeenTest::After(than) => *than < day,
                    SeenTest::Before(than) => day < *than,
                    SeenTest::On(that) => day == *that,
                    SeenTest::InLast(days) => is_in_last(day, Some(*days), today),
                };
                holds.into()
            }
        }
    }
}

impl Did {
    fn judge(&self, life: &Life<'_>, today: Day) -> Verdict {
        // A window behind a first day that never was can't be looked through.
        let window = match (self.within_days, life.presence.first()) {
            (None, _) => None,
            (Some(days), Some(&first)) => Some((first, first.plus(days))),
            (Some(_), None) => return Verdict::Unknown,
        };
        let mut times = 0;
        for event in 0..life.history.len() {
            let day = life.days[event];
            let counts = self.acts >> life.history.acts[event] & 1 != 0
                && self
                    .event
                    .is_none_or(|name| life.history.codes(Column::Event)[event] == name)
                && window.is_none_or(|(from, to)| from <= day && day <= to)
                && is_in_last(day, self.last_days, today)
                && self.on.iter().all(|on| on.holds(life, event));
            times += u32::from(counts);
            if times >= self.times {
                return Verdict::Yes;
            }
        }
        match window {
            // An unfinished window is never counted as a no.
            Some((_, last)) if today <= last => Verdict::Unknown,
            _ => Verdict::No,
        }
    }
}

/// Whether a day is one of so many last ones, today among them.
fn is_in_last(day: Day, days: Option<u32>, today: Day) -> bool {
    days.is_none_or(|days| i64::from(today.0) - i64::from(day.0) < i64::from(days))
}

/// Purchases less refunds of one currency.
fn spent(life: &Life<'_>, currency: Code, counts: impl Fn(Day) -> bool) -> i128 {
    let history = life.history;
    let currencies = history.codes(Column::Currency);
    let mut minor = 0_i128;
    for (event, &act) in history.acts.iter().enumerate() {
        let sign = match act {
            act if act == Act::Purchased.code() => 1,
            act if act == Act::Refunded.code() => -1,
            _ => continue,
        };
        if currencies[event] == currency && counts(life.days[event]) {
            minor += sign * i128::from(history.values[event]);
        }
    }
    minor
}
