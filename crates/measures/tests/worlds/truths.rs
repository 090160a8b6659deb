//! What is true of a world is what the answers say: exactly where it is exact, and otherwise inside the interval as often as the
//! interval claims, over seeds.
//!
//! A figure's own tally over few seeds says little, so the bar for one is only that chance would hardly (one in 10,000) make so
//! poor a tally of an interval that holds nine times in ten; the bar for all figures of one key together is 85 to 97 in 100, once
//! there are enough of them.

use std::{collections::BTreeMap, env};

use longplay_measures::By;
use longplay_testkit::worlds::{ALL, Holds, Make, RowHolds, Size, TrueRow};
use serde_json::{Value, json};

use crate::held::Held;

/// Without `WORLD_SEEDS`; the long run takes 40.
const SEEDS_DEFAULT: u64 = 6;
/// From so many trials on, the share of all figures of one key is judged.
const TRIALS_MIN: u64 = 150;
const CHANCE_MIN: f64 = 1e-4;

/// How often an interval held the truth.
#[derive(Clone, Copy, Default)]
struct Tally {
    trials: u64,
    held: u64,
}

impl Tally {
    fn share(self) -> f64 {
        self.held as f64 / self.trials as f64
    }

    /// P(at most so many of these trials hold) when each holds with probability 0.9.
    fn chance(self) -> f64 {
        // In logs: 0.1 to the power of a few hundred trials is no number.
        let mut log = self.trials as f64 * 0.1_f64.ln();
        let mut sum = log.exp();
        for k in 0..self.held {
            log += ((self.trials - k) as f64 / (k + 1) as f64 * 9.0).ln();
            sum += log.exp();
        }
        sum.min(1.0)
    }
}

#[derive(Default)]
struct Tallies {
    by_figure: BTreeMap<String, Tally>,
    by_key: BTreeMap<String, Tally>,
}

impl Tallies {
    fn add(&mut self, figure: String, key: String, held: bool) {
        for tally in [
            self.by_figure.entry(figure).or_default(),
            self.by_key.entry(key).or_default(),
        ] {
            tally.trials += 1;
            tally.held += u64::from(held);
        }
    }
}

/// The answers about one world by whatever they are broken down, each asked once.
struct Answers {
    held: Held,
    asked: BTreeMap<&'static str, Vec<Value>>,
}

impl Answers {
    fn of(&mut self, question: &str, by: &str) -> Option<&Value> {
        let by = By::named(by).unwrap();
        let held = &self.held;
        let answers = self
            .asked
            .entry(by.name())
            .or_insert_with(|| held.ask(&held.question(by)));
        answers.iter().find(|answer| answer["question"] == question)
    }
}

/// By what has to be asked for figures of that scope.
fn by(scope: &Value) -> &'static str {
    let breakdowns = By::ALL.into_iter().map(By::name);
    let mut stated = breakdowns.into_iter().filter(|by| scope.get(by).is_some());
    stated.next().unwrap_or(By::default().name())
}

fn check(name: &str, make: Make, seed: u64, tallies: &mut Tallies) {
    let world = make(seed, Size::Small);
    let mut answers = Answers {
        held: Held::new(&world),
        asked: BTreeMap::new(),
    };
    for figure in &world.truth.figures {
        let Some(answer) = answers.of(figure.question, by(&figure.scope)) else {
            continue;
        };
        let scope = &figure.scope;
        let label = format!("{name} {} {} {scope}", figure.question, figure.key);
        let told = answer["figures"].as_array().unwrap();
        let told = told
            .iter()
            .find(|told| told["key"] == *figure.key && told["scope"] == *scope);
        let told = told.unwrap_or_else(|| panic!("seed {seed}: {label} is not told"));
        if let Holds::Within(_) = figure.holds {
            // Known for some seed at least, or it would never be put to the test.
            tallies.by_figure.entry(label.clone()).or_default();
        }
        if let Some(held) = holds(figure.holds, told, &format!("seed {seed}: {label}")) {
            tallies.add(label, format!("{} {}", figure.question, figure.key), held);
        }
    }
    for row in &world.truth.rows {
        let Some(answer) = answers.of(row.question, By::default().name()) else {
            continue;
        };
        let rows = answer["rows"].as_array().cloned().unwrap_or_default();
        let found = rows.iter().find(|told| is_of(told, row));
        let label = format!("{name} {} {}", row.question, row.fields);
        if row.holds == RowHolds::Usually {
            tallies.add(label, format!("{} verdicts", row.question), found.is_some());
            continue;
        }
        assert_eq!(
            found.is_some(),
            row.holds != RowHolds::Absent,
            "seed {seed}: {label} among {rows:?}"
        );
        if let (RowHolds::Within(value), Some(found)) = (row.holds, found) {
            let (low, high) = (found["low"].as_f64().unwrap(), found["high"].as_f64().unwrap());
            let key = format!("{} rows of {}", row.question, row.fields["kind"]);
            tallies.add(label, key, low <= value && value <= high);
        }
    }
}

fn is_of(told: &Value, row: &TrueRow) -> bool {
    row.fields
        .as_object()
        .unwrap()
        .iter()
        .all(|(key, value)| told[key] == *value)
}

/// Whether the interval holds what is true within it; whatever is exactly true must be said at once.
fn holds(truth: Holds, told: &Value, label: &str) -> Option<bool> {
    let number = |key: &str| told[key].as_f64();
    match truth {
        Holds::Within(_) if told["state"] == "too_early" => {
            assert!(told["value"].is_null(), "{label}: {told}");
        }
        Holds::Within(value) => {
            assert_eq!(told["state"], "known", "{label}: {told}");
            let (low, high) = (number("low").unwrap(), number("high").unwrap());
            assert!(
                low <= number("value").unwrap() && number("value").unwrap() <= high,
                "{label}: {told}"
            );
            return Some(low <= value && value <= high);
        }
        Holds::Exactly(value) => {
            let is_it = number("value").is_some_and(|told| (told - value).abs() <= 1e-9 * value.abs());
            assert!(is_it && told["state"] == "known", "{label} is {value}, not {told}");
        }
        Holds::ReadyOn(day) => {
            assert_eq!(
                (&told["state"], &told["ready_on"]),
                (&json!("too_early"), &json!(day)),
                "{label}"
            );
            assert!(told["value"].is_null(), "{label}: {told}");
        }
        Holds::NoData => {
            assert_eq!(
                (&told["state"], &told["value"]),
                (&json!("no_data"), &Value::Null),
                "{label}"
            );
        }
    }
    None
}

#[test]
fn what_is_true_is_what_is_said() {
    let seeds = env::var_os("WORLD_SEEDS").map_or(SEEDS_DEFAULT, |seeds| {
        seeds
            .to_str()
            .and_then(|seeds| seeds.parse().ok())
            .expect("WORLD_SEEDS is a number")
    });
    let mut tallies = Tallies::default();
    for seed in 1..=seeds {
        for (name, make) in ALL {
            check(name, make, seed, &mut tallies);
        }
    }
    let mut wrong = Vec::new();
    for (label, tally) in tallies.by_figure.iter().chain(&tallies.by_key) {
        println!(
            "{:>5} of {:>5} ({:.3})  {label}",
            tally.held,
            tally.trials,
            tally.share()
        );
        if tally.trials == 0 || tally.chance() < CHANCE_MIN {
            wrong.push(format!("{label}: {} of {}", tally.held, tally.trials));
        }
    }
    for (key, tally) in &tallies.by_key {
        if tally.trials >= TRIALS_MIN && !(0.85..=0.97).contains(&tally.share()) {
            wrong.push(format!("{key}, all together: {} of {}", tally.held, tally.trials));
        }
    }
    assert!(!tallies.by_key.is_empty() && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_chance_of_a_tally_is_that_of_a_binomial() {
    let chance = |held, trials| Tally { trials, held }.chance();
    // 0.1², and 1 − 0.9².
    assert!((chance(0, 2) - 0.01).abs() < 1e-12 && (chance(1, 2) - 0.19).abs() < 1e-12);
    assert!((chance(40, 40) - 1.0).abs() < 1e-9);
    // 396 of 440 are just as many as should be.
    assert!((0.4..0.6).contains(&chance(396, 440)), "{}", chance(396, 440));
}
