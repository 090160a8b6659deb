//! What each method gives to each label: the labels in the order in which they are listed, their sums and intervals.

use std::collections::BTreeMap;

use longplay_domain::{Currency, Day};
use longplay_stats::{
    Bootstrap, Estimate,
    attribution::{self, Credits, Journey, Rule, credit_intervals},
};
use longplay_store::{Code, NONE, Terms};
use serde_json::{Value, json};

use super::{LISTED_MAX, MARKOV, chain, labelled};
use crate::{
    answer::Scope,
    ask::Ground,
    folds::{Map, Method, Paths, Share, WHOLE},
    memory::{Given, Memory},
    question::{By, Question},
};

/// Draws of people for an interval.
pub(super) const DRAWS: usize = 200;
/// Where the draws of this question begin, so that the same data give the same digits.
pub(super) const SEED: u64 = 0x6372_6564_6974;

/// The values of one method for every listed label.
#[derive(Debug)]
pub struct Credited {
    pub method: &'static str,
    pub estimates: Vec<Option<Estimate>>,
    /// What it gives to listed labels that it doesn't tell apart.
    pub rest: f64,
}

impl Credited {
    /// Whether the method splits each conversion, so that its credits add up to all of them.
    pub fn adds_up(&self) -> bool {
        self.method != Method::Influenced.name()
    }

    /// The values of the first `labels`; `None` when the method can't tell all of them.
    pub fn values(&self, labels: usize) -> Option<Vec<f64>> {
        let told = self.estimates.get(..labels)?.iter();
        told.map(|estimate| estimate.map(|estimate| estimate.value)).collect()
    }
}

/// A method and what it gives.
pub(super) type Told = (&'static str, f64);

/// One label and what is given to it.
#[derive(Debug, Default)]
struct Label {
    name: String,
    shares: Vec<(Method, Share)>,
}

impl Label {
    fn sum(&self, method: Method) -> f64 {
        let shares = self.shares.iter().filter(|(of, _)| *of == method);
        shares.map(|(_, share)| share.sum).sum::<u64>() as f64 / WHOLE
    }

    fn met(&self) -> u64 {
        let influenced = self.shares.iter().filter(|(of, _)| *of == Method::Influenced);
        influenced.map(|(_, share)| u64::from(share.people)).sum()
    }
}

/// Every label that any conversion came after, most of them first.
#[derive(Debug)]
pub struct Tally {
    labels: Vec<Label>,
    /// The code of each label, in the same order.
    codes: Vec<Code>,
    unseen: u64,
    /// What the conversions were worth, by currency and then label ([`NONE`]: before which nothing is known).
    worth: BTreeMap<Currency, Map<Code, [i128; Method::ALL.len()]>>,
}

impl Tally {
    pub fn new(question: &Question, ground: &Ground, paths: &Paths) -> Self {
        let terms = ground.snapshot.terms();
        let mut labels: Map<Code, Label> = Map::default();
        for (code, method, share) in paths.shares() {
            labels.entry(code).or_default().shares.push((method, share));
        }
        let mut labels: Vec<(Code, Label)> = labels.into_iter().collect();
        for (code, label) in &mut labels {
            label.name = name(question.by, *code, terms);
            label
                .shares
                .sort_unstable_by_key(|(method, share)| (*method as usize, share.sum, share.people));
        }
        labels.sort_by(|(_, one), (_, other)| other.met().cmp(&one.met()).then_with(|| one.name.cmp(&other.name)));
        let mut worth: BTreeMap<Currency, Map<Code, [i128; Method::ALL.len()]>> = BTreeMap::new();
        for (currency, label, sums) in paths.worth() {
            let currency = terms.text(currency).and_then(|code| Currency::parse(&code));
            worth
                .entry(currency.unwrap_or(Currency::UNSTATED))
                .or_default()
                .insert(label, *sums);
        }
        let (codes, labels) = labels.into_iter().unzip();
        Self {
            labels,
            codes,
            unseen: paths.unseen,
            worth,
        }
    }

    /// Labels with figures of their own.
    fn told(&self) -> usize {
        self.labels.len().min(LISTED_MAX)
    }

    /// Scopes with figures of their own: labels, and what nothing is known of, which comes last.
    pub fn listed(&self) -> usize {
        self.told() + usize::from(self.has_unseen())
    }

    pub const fn has_unseen(&self) -> bool {
        self.unseen > 0
    }

    /// Labels without figures of their own.
    pub fn others(&self) -> usize {
        self.labels.len() - self.told()
    }

    pub fn name(&self, place: usize) -> Option<&str> {
        let told = &self.labels[..self.told()];
        told.get(place).map(|label| label.name.as_str())
    }

    pub fn scope(&self, by: By, place: usize) -> Scope {
        Scope::from([(by.name(), self.name(place).map(str::to_owned))])
    }

    /// Conversions that came after a touch of it; after none, for what nothing is known of.
    pub fn met(&self, place: usize) -> u64 {
        if place < self.told() {
            self.labels[place].met()
        } else {
            self.unseen
        }
    }

    /// What every method gives to every listed scope, with intervals over people.
    pub fn credited(&self, level: f64, paths: &Paths, memory: &Memory) -> Vec<Credited> {
        let mut credited: Vec<Credited> = Method::ALL
            .into_iter()
            .map(|method| Credited {
                method: method.name(),
                estimates: self.estimates(method, level, memory),
                rest: 0.0,
            })
            .collect();
        let told = self.codes.iter().take(self.told().min(chain::STATES_MAX));
        let places: Map<Code, u32> = told.zip(0..).map(|(&code, place)| (code, place)).collect();
        if let Some(told) = &*chain::estimates(paths, &places, level, memory) {
            let (told, rest) = told
                .split_last()
                .map_or((&[][..], 0.0), |(rest, told)| (told, rest.value));
            let mut estimates: Vec<Option<Estimate>> = told.iter().copied().map(Some).collect();
            estimates.resize(self.told(), None);
            if self.has_unseen() {
                // Before these goals there is nothing a chain could say anything of: as with every other method.
                estimates.push(credited[0].estimates.last().copied().flatten());
            }
            credited.push(Credited {
                method: MARKOV,
                estimates,
                rest,
            });
        }
        credited
    }

    /// A share of a person each time they are drawn, as the worth of a journey of one touch.
    fn estimates(&self, method: Method, level: f64, memory: &Memory) -> Vec<Option<Estimate>> {
        let row = |place: usize, people: f64, worth: f64| Journey {
            touches: vec![place as u32],
            ages: Vec::new(),
            conversions: people,
            value: worth,
            nulls: 0.0,
        };
        let mut rows: Vec<Journey> = Vec::new();
        for (place, label) in self.labels[..self.told()].iter().enumerate() {
            let shares = label.shares.iter().filter(|(of, _)| *of == method);
            rows.extend(shares.map(|(_, share)| row(place, f64::from(share.people), share.sum as f64 / WHOLE)));
        }
        if self.has_unseen() {
            rows.push(row(self.told(), self.unseen as f64, self.unseen as f64));
        }
        let each = rows.iter().map(|row| {
            [
                u64::from(row.touches[0]),
                row.conversions.to_bits(),
                row.value.to_bits(),
            ]
        });
        let given = Given::of("credit")
            .and(method as u64)
            .and(self.listed() as u64)
            .and_real(level)
            .and_each(each);
        let worth = |journeys: &attribution::Journeys| {
            Some(Credits {
                conversions: attribution::by_rule(journeys, Rule::Last).value,
                value: Vec::new(),
            })
        };
        let bootstrap = Bootstrap {
            count: DRAWS,
            seed: SEED + method as u64,
        };
        let estimates = memory.recall(given, || {
            attribution::Journeys::new(rows, self.listed())
                .ok()
                .and_then(|journeys| credit_intervals(&journeys, level, bootstrap, worth))
        });
        match &*estimates {
            Some(estimates) => estimates.iter().copied().map(Some).collect(),
            None => vec![None; self.listed()],
        }
    }

    /// What is counted and not modelled, for when it is too early for more.
    pub fn counted_rows(&self, by: By, ground: &Ground) -> Vec<Value> {
        let counted = [Method::First, Method::Last, Method::LastPost, Method::Influenced];
        let row = |label: &Label| {
            let mut row = labelled("counts", by, Some(&label.name), ground);
            for method in counted {
                row.insert(method.name().to_owned(), label.sum(method).into());
            }
            Value::Object(row)
        };
        self.labels[..self.told()].iter().map(row).collect()
    }

    /// The least and the most any method gives to a label, and which methods those are.
    pub fn spread_rows(&self, by: By, ground: &Ground, credited: &[Credited]) -> Vec<Value> {
        let row = |place: usize| {
            let (least, most) = spread(credited, place)?;
            let mut row = labelled("spread", by, self.name(place), ground);
            row.insert("least".to_owned(), least.1.into());
            row.insert("least_by".to_owned(), least.0.into());
            row.insert("most".to_owned(), most.1.into());
            row.insert("most_by".to_owned(), most.0.into());
            Some(Value::Object(row))
        };
        let rest = credited.iter().filter(|credited| credited.rest > 0.0);
        let rest =
            rest.map(|credited| json!({"kind": "rest", "method": credited.method, "conversions": credited.rest}));
        (0..self.told()).filter_map(row).chain(rest).collect()
    }

    /// What is left beside the figures: labels beyond those listed, and what the conversions were worth.
    pub fn rest_rows(&self, by: By, ground: &Ground) -> Vec<Value> {
        let mut rows = Vec::new();
        if self.others() > 0 {
            let mut row = serde_json::Map::from_iter([
                ("kind".to_owned(), "others".into()),
                ("labels".to_owned(), self.others().into()),
            ]);
            let others = &self.labels[self.told()..];
            for method in Method::ALL.into_iter().filter(|method| *method != Method::Influenced) {
                let sum = others.iter().map(|label| label.sum(method)).sum::<f64>();
                row.insert(method.name().to_owned(), sum.into());
            }
            rows.push(Value::Object(row));
        }
        for (currency, worth) in &self.worth {
            let places = self.codes[..self.told()].iter().chain([&NONE]);
            for (place, code) in places.enumerate() {
                let Some(sums) = worth.get(code) else { continue };
                let mut row = labelled("value", by, self.name(place), ground);
                row.insert("currency".to_owned(), currency.code().into());
                for (method, sum) in Method::ALL.into_iter().zip(sums) {
                    let major = *sum as f64 / WHOLE / 10_f64.powi(currency.exponent() as i32);
                    row.insert(method.name().to_owned(), major.into());
                }
                rows.push(Value::Object(row));
            }
        }
        rows
    }
}

/// Which method gives a label least and how much, and which most, among those that split each conversion.
pub(super) fn spread(credited: &[Credited], place: usize) -> Option<(Told, Told)> {
    let values = credited
        .iter()
        .filter(|credited| credited.adds_up())
        .filter_map(|credited| {
            let estimate = credited.estimates.get(place).copied().flatten()?;
            Some((credited.method, estimate.value))
        });
    let values: Vec<Told> = values.collect();
    let least = values
        .iter()
        .copied()
        .reduce(|one, other| if other.1 < one.1 { other } else { one })?;
    let most = values
        .iter()
        .copied()
        .reduce(|one, other| if other.1 > one.1 { other } else { one })?;
    Some((least, most))
}

fn name(by: By, code: Code, terms: &Terms) -> String {
    if by == By::Week {
        return Day(code as i32).to_string();
    }
    terms.text(code).map(|text| text.to_string()).unwrap_or_default()
}
