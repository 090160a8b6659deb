//! Rules, judged in the pass, against a plain reading of `docs/rules.md` over rows: no codes, no columns, no shared code.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::collections::BTreeMap;

use longplay_domain::{
    Act, Amount, Claim, Day, Piece, Rule, Time, Verdict, When, Zone,
    rule::{Condition, Deed, Of, Place, SeenTest, Test, TraitTest, Tree, Which},
};
use longplay_measures::{
    engine::LocalEngine,
    pass::{Fold, Life},
    rule::{Judge, try_rule},
};
use longplay_store::{Columns, Store};
use proptest::{collection::vec, option, prelude::*, sample::select};

const NOW: Time = Time::from_micros(1_790_000_000_000_000);
const ZONE: &str = "Europe/Vienna";

fn zone() -> Zone {
    Zone::named(ZONE).unwrap()
}

/// 2026-03-15: clocks change in the weeks around it.
const START_MICROS: i64 = 1_773_532_800_000_000;
const HOUR_MICROS: i64 = 3_600_000_000;

#[derive(Clone, Debug)]
struct Event {
    person: usize,
    time: Time,
    name: &'static str,
    piece: Option<&'static str>,
    channel: Option<&'static str>,
    country: Option<&'static str>,
    source: Option<&'static str>,
    cents: i64,
    properties: Option<&'static str>,
}

impl Event {
    fn act(&self) -> Act {
        Act::of(self.name)
    }

    fn day(&self) -> Day {
        zone().day_of(self.time)
    }

    fn claim(&self, id: usize) -> Claim {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let is_money = matches!(self.act(), Act::Purchased | Act::Refunded);
        Claim {
            time: When::At(self.time),
            person: format!("p{}", self.person),
            event: self.name.to_owned(),
            id: Some(format!("e{id:04}")),
            piece: text(self.piece),
            channel: text(self.channel),
            country: text(self.country),
            source: text(self.source),
            value: if is_money {
                Amount::Minor(self.cents)
            } else {
                Amount::Missing
            },
            currency: is_money.then(|| if self.cents % 3 == 0 { "USD" } else { "EUR" }.to_owned()),
            properties: self.properties.unwrap_or_default().to_owned(),
            ..Claim::default()
        }
    }
}

const NAMES: [&str; 8] = [
    "viewed",
    "opened",
    "purchased",
    "refunded",
    "identified",
    "unsubscribed",
    "Lesson Finished",
    "commented",
];
const PROPERTIES: [&str; 8] = [
    r#"{"plan":"Pro","employees":12}"#,
    r#"{"plan":"free","employees":"9.5"}"#,
    r#"{"plan":null}"#,
    r#"{"role":["Head Buyer","cook"]}"#,
    r#"{"company":{"size":40},"role":"cook"}"#,
    r#"{"pl\u0061n":"team"}"#,
    r#"{"employees":"many"}"#,
    r#"{"other":1}"#,
];

/// `two` has no topic, `three` no format, `four` is nowhere described.
fn pieces() -> Vec<Piece> {
    let piece = |id: &str, topics: &[&str], format: Option<&str>| Piece {
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        format: format.map(str::to_owned),
        ..Piece::named(id)
    };
    vec![
        piece("one", &["repair", "bikes"], Some("video")),
        piece("two", &[], Some("post")),
        piece("three", &["bikes"], None),
    ]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let some = |values: &[&'static str]| option::of(select(values.to_vec()));
    let event = (
        (0..8_usize, 0..60 * 24_i64, select(NAMES.to_vec())),
        (some(&["one", "two", "three", "four"]), some(&["website", "newsletter"])),
        (some(&["AT", "DE"]), some(&["google", "mastodon"])),
        (0..9_000_i64, option::of(select(PROPERTIES.to_vec()))),
    );
    let event = event.prop_map(
        |((person, hours, name), (piece, channel), (country, source), (cents, properties))| Event {
            person,
            time: Time::from_micros(START_MICROS + hours * HOUR_MICROS),
            name,
            piece,
            channel,
            country,
            source,
            cents,
            properties,
        },
    );
    vec(event, 1..60)
}

/// Rules as an owner would write them: through the language, of values that are there and some that aren't.
fn rule() -> impl Strategy<Value = Rule> {
    let place = select(vec![
        "country is AT",
        "country in (DE, CH)",
        "channel is newsletter",
        "source is google",
        "source is unknown",
        "piece in (one, four)",
        "topic is repair",
        "topic in (bikes, repair)",
        "format is video",
        "format is unknown",
        "first country is AT",
        "first channel is website",
        "first channel is unknown",
        "first source is mastodon",
        "first piece is two",
        "first topic is bikes",
        "first format is post",
        "campaign is none",
    ])
    .prop_map(str::to_owned);
    let deed = select(vec![
        "viewed",
        "purchased",
        "refunded",
        "identified",
        "commented",
        "\"Lesson Finished\"",
        "\"viewed\"",
    ]);
    let times = select(vec!["", " twice", " at least 3 times"]);
    let on = select(vec![
        "",
        " on channel newsletter",
        " on topic bikes",
        " on piece in (one, two) on source google",
        " on country AT",
    ]);
    let within = select(vec!["", "", " within 1 day", " within 20 days"]);
    let last = select(vec!["", "", " in last 1 day", " in last 15 days"]);
    let did = (deed, times, on, within, last.clone())
        .prop_map(|(deed, times, on, within, last)| format!("did {deed}{times}{on}{within}{last}"));
    let spent = (
        select(vec!["at least", "more than", "less than", "at most"]),
        0..90_u32,
        select(vec!["EUR", "USD"]),
        last,
    )
        .prop_map(|(than, amount, currency, last)| format!("spent {than} {amount} {currency}{last}"));
    let other = select(vec![
        "trait plan is pro",
        "trait plan in (team, FREE)",
        "trait plan is unknown",
        "trait employees >= 10",
        "trait employees < 9.6",
        "trait employees is 12",
        "trait role contains buyer",
        "trait company.size > 39",
        "days present >= 3",
        "days present < 2",
        "first seen after 2026-04-01",
        "first seen in last 20 days",
        "last seen before 2026-04-05",
        "last seen on 2026-03-29",
    ])
    .prop_map(str::to_owned);
    let condition = prop_oneof![place, did, spent, other].prop_map(|text| text.parse::<Rule>().unwrap());
    condition.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|rule| !rule),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| one.and(other)),
            (inner.clone(), inner).prop_map(|(one, other)| one.or(other)),
        ]
    })
}

/// Everything that was said of one person by as-of, in order.
struct Plain<'a> {
    events: Vec<&'a Event>,
    today: Day,
}

impl Plain<'_> {
    fn presence(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().copied().filter(|event| event.act().is_presence())
    }

    fn days(&self) -> Vec<Day> {
        let mut days: Vec<Day> = self.presence().map(Event::day).collect();
        days.sort();
        days.dedup();
        days
    }

    fn judge(&self, rule: &Rule) -> Verdict {
        match rule {
            Tree::Is(condition) => self.condition(condition),
            Tree::Not(rule) => match self.judge(rule) {
                Verdict::Yes => Verdict::No,
                Verdict::No => Verdict::Yes,
                Verdict::Unknown => Verdict::Unknown,
            },
            Tree::All(rules) => {
                let verdicts: Vec<Verdict> = rules.iter().map(|rule| self.judge(rule)).collect();
                if verdicts.contains(&Verdict::No) {
                    Verdict::No
                } else if verdicts.contains(&Verdict::Unknown) {
                    Verdict::Unknown
                } else {
                    Verdict::Yes
                }
            }
            Tree::Any(rules) => {
                let verdicts: Vec<Verdict> = rules.iter().map(|rule| self.judge(rule)).collect();
                if verdicts.contains(&Verdict::Yes) {
                    Verdict::Yes
                } else if verdicts.contains(&Verdict::Unknown) {
                    Verdict::Unknown
                } else {
                    Verdict::No
                }
            }
        }
    }

    /// What one event states of a place.
    fn stated(place: Place, event: &Event, piece: Option<&'static str>) -> Vec<String> {
        let pieces = pieces();
        let described = || {
            pieces
                .iter()
                .find(|known| Some(known.id.as_str()) == piece)
                .cloned()
                .unwrap_or_default()
        };
        match place {
            Place::Country => event.country.map(str::to_owned).into_iter().collect(),
            Place::Channel => event.channel.map(str::to_owned).into_iter().collect(),
            Place::Source => event.source.map(str::to_owned).into_iter().collect(),
            Place::Medium | Place::Campaign => Vec::new(),
            Place::Piece => piece.map(str::to_owned).into_iter().collect(),
            Place::Topic => described().topics,
            Place::Format => described().format.into_iter().collect(),
        }
    }

    fn all_stated(&self, of: Of, place: Place) -> Vec<String> {
        if of == Of::First {
            let Some(first) = self.presence().next() else {
                return Vec::new();
            };
            let day = first.day();
            let piece = self
                .presence()
                .filter(|event| event.day() == day)
                .find_map(|event| event.piece);
            return Self::stated(place, first, piece);
        }
        let of_own_accord = matches!(place, Place::Channel | Place::Piece | Place::Topic | Place::Format);
        let events = self
            .events
            .iter()
            .filter(|event| !of_own_accord || event.act().is_presence());
        events
            .flat_map(|event| Self::stated(place, event, event.piece))
            .collect()
    }

    fn condition(&self, condition: &Condition) -> Verdict {
        match condition {
            Condition::Place { of, place, test } => {
                let stated = self.all_stated(*of, *place);
                match test {
                    Test::Unknown => Verdict::from(stated.is_empty()),
                    Test::OneOf(_) if stated.is_empty() => Verdict::Unknown,
                    Test::OneOf(values) => Verdict::from(stated.iter().any(|value| values.contains(value))),
                }
            }
            Condition::Did { .. } => self.did(condition),
            Condition::Spent {
                comparison,
                money,
                last_days,
            } => {
                let mut cents = 0_i64;
                for event in &self.events {
                    let currency = if event.cents % 3 == 0 { "USD" } else { "EUR" };
                    if currency == money.currency.code() && self.is_in_last(event.day(), *last_days) {
                        match event.act() {
                            Act::Purchased => cents += event.cents,
                            Act::Refunded => cents -= event.cents,
                            _ => {}
                        }
                    }
                }
                Verdict::from(comparison.holds(cents.cmp(&money.minor)))
            }
            Condition::Trait { name, test } => self.of_trait(name, test),
            Condition::DaysPresent { comparison, days } => {
                Verdict::from(comparison.holds(self.days().len().cmp(&(*days as usize))))
            }
            Condition::Seen { which, test } => {
                let days = self.days();
                let day = if *which == Which::First {
                    days.first()
                } else {
                    days.last()
                };
                let Some(&day) = day else { return Verdict::Unknown };
                Verdict::from(match test {
                    SeenTest::After(than) => day > *than,
                    SeenTest::Before(than) => day < *than,
                    SeenTest::On(that) => day == *that,
                    SeenTest::InLast(days) => self.is_in_last(day, Some(*days)),
                })
            }
        }
    }

    fn is_in_last(&self, day: Day, last_days: Option<u32>) -> bool {
        last_days.is_none_or(|days| day > self.today.plus(-(days as i32)))
    }

    fn did(&self, condition: &Condition) -> Verdict {
        let Condition::Did {
            deed,
            times,
            on,
            within_days,
            last_days,
        } = condition
        else {
            unreachable!()
        };
        let first = self.days().first().copied();
        if within_days.is_some() && first.is_none() {
            return Verdict::Unknown;
        }
        let end = within_days.map(|days| first.unwrap().plus(days as i32));
        let done = self.events.iter().filter(|event| {
            let is_deed = match deed {
                Deed::Act(act) => event.act() == *act,
                Deed::Event(name) => event.name == name,
            };
            let is_there = on.iter().all(|on| {
                let stated = Self::stated(on.place, event, event.piece);
                stated.iter().any(|value| on.values.contains(value))
            });
            let is_early = end.is_none_or(|end| first.unwrap() <= event.day() && event.day() <= end);
            is_deed && is_there && is_early && self.is_in_last(event.day(), *last_days)
        });
        if done.count() >= *times as usize {
            Verdict::Yes
        } else if end.is_some_and(|end| end >= self.today) {
            Verdict::Unknown
        } else {
            Verdict::No
        }
    }

    /// Of the few properties above it is known by hand what they say.
    fn of_trait(&self, name: &str, test: &TraitTest) -> Verdict {
        let said = self.events.iter().rev().filter(|event| event.act() == Act::Identified);
        let latest = said.filter_map(|event| event.properties).find_map(|properties| {
            let value = match (name, PROPERTIES.iter().position(|known| *known == properties).unwrap()) {
                ("plan", 0) => "pro",
                ("plan", 1) => "free",
                ("plan", 2) => "",
                ("plan", 5) => "team",
                ("employees", 0) => "12",
                ("employees", 1) => "9.5",
                ("employees", 6) => "many",
                ("role", 3) => "head buyer|cook",
                ("role", 4) => "cook",
                ("company.size", 4) => "40",
                _ => return None,
            };
            Some(value)
        });
        let latest = latest.filter(|value| !value.is_empty());
        match (test, latest) {
            (TraitTest::Unknown, latest) => Verdict::from(latest.is_none()),
            (_, None) => Verdict::Unknown,
            (TraitTest::OneOf(values), Some(latest)) => {
                Verdict::from(values.iter().any(|value| value.to_lowercase() == latest))
            }
            (TraitTest::Contains(part), Some(latest)) => Verdict::from(latest.contains(part)),
            (TraitTest::Compare(comparison, number), Some(latest)) => match latest.parse::<f64>() {
                Ok(latest) => Verdict::from(comparison.holds(latest.partial_cmp(number).unwrap())),
                Err(_) => Verdict::Unknown,
            },
        }
    }
}

/// What each person is judged to be.
struct Verdicts<'a> {
    judge: &'a Judge,
    by_person: BTreeMap<i64, Verdict>,
}

impl Fold for Verdicts<'_> {
    fn columns(&self) -> Columns {
        self.judge.columns()
    }

    fn observe(&mut self, life: &Life<'_>) {
        self.by_person.insert(life.history.person.0, self.judge.judge(life));
    }

    fn merge(&mut self, other: Self) {
        self.by_person.extend(other.by_person);
    }
}

fn store_of(events: &[Event], directory: &std::path::Path) -> Store {
    let store = Store::open(directory, NOW).unwrap();
    store.put_pieces(&pieces()).unwrap();
    let claims: Vec<Claim> = events.iter().enumerate().map(|(id, event)| event.claim(id)).collect();
    let sealed = claims.len() / 2;
    store.accept(claims[..sealed].to_vec(), NOW).unwrap();
    store.seal(NOW).unwrap();
    store.accept(claims[sealed..].to_vec(), NOW).unwrap();
    store
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_is_judged_as_the_page_says(events in events(), rules in vec(rule(), 40), hours in 0..70 * 24_i64) {
        let directory = tempfile::tempdir().unwrap();
        let store = store_of(&events, directory.path());
        let snapshot = store.snapshot().unwrap();
        let as_of = Time::from_micros(START_MICROS + hours * HOUR_MICROS);
        let today = zone().day_of(as_of);
        // In order of time, then of id, which is the order of the rows.
        let mut known: Vec<&Event> = events.iter().filter(|event| event.time <= as_of).collect();
        known.sort_by_key(|event| event.time);
        for rule in rules {
            let mut expected: Vec<(i64, Verdict)> = Vec::new();
            for person in 0..8 {
                let events: Vec<&Event> = known.iter().copied().filter(|event| event.person == person).collect();
                if events.is_empty() {
                    continue;
                }
                let key = store.gate(NOW).unwrap().admit(events[0].claim(0)).unwrap().person().0;
                expected.push((key, Plain { events, today }.judge(&rule)));
            }
            expected.sort();
            let judge = Judge::new(&rule, snapshot.terms(), &store.pieces().unwrap(), today);
            let engine = LocalEngine { threads: 2 };
            let found = engine.run(&snapshot, as_of, &zone(), || Verdicts { judge: &judge, by_person: BTreeMap::new() }).unwrap();
            let found: Vec<(i64, Verdict)> = found.by_person.into_iter().collect();
            prop_assert_eq!(found, expected, "{} at {}", rule, as_of);
        }
    }
}

#[test]
fn trying_a_rule_counts_those_who_were_present() {
    let directory = tempfile::tempdir().unwrap();
    let event = |person, name, country| Event {
        person,
        time: Time::from_micros(START_MICROS),
        name,
        piece: None,
        channel: None,
        country,
        source: None,
        cents: 0,
        properties: None,
    };
    let events = [
        event(0, "viewed", Some("AT")),
        event(1, "viewed", Some("DE")),
        event(2, "viewed", None),
        event(2, "purchased", None),
        event(3, "refunded", Some("AT")),
    ];
    let store = store_of(&events, directory.path());
    let rule: Rule = "country is AT or did purchased".parse().unwrap();
    let tried = try_rule(&rule, &store, NOW, &zone()).unwrap();
    let counts = |count: &longplay_measures::rule::Count| (count.yes, count.no, count.unknown);
    assert_eq!(counts(&tried.whole), (2, 1, 0));
    assert_eq!(
        tried.conditions.iter().map(counts).collect::<Vec<_>>(),
        [(1, 1, 1), (1, 2, 0)]
    );
}

#[test]
fn only_the_columns_of_the_conditions_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), NOW).unwrap();
    let snapshot = store.snapshot().unwrap();
    let columns = |text: &str| {
        Judge::new(&text.parse().unwrap(), snapshot.terms(), &[], Day(0))
            .columns()
            .to_read()
            .len()
    };
    // The person is always read; the time whenever anything else is.
    assert_eq!(
        columns("days present > 2 and first seen in last 3 days and did viewed"),
        1
    );
    assert_eq!(columns("country is AT or first country is DE"), 3);
    assert_eq!(columns("spent at least 1 EUR or trait plan is pro"), 5);
    assert_eq!(columns("did \"Lesson Finished\" on source google"), 4);
}
