//! What memberships and other contracts tell: how many run, how many are renewed, and what the running ones are still worth.
//!
//! Leaving is seen here, so the models are those of contracts (models.md §1.2): sBG, or BdW where the chance to leave clearly
//! changes with age. The value is the latest payment times the payments expected of the next year, given how often each was
//! renewed; the interval is that of the model's parameters, since payments are known.

use longplay_domain::{Currency, Goal, Renewal};
use longplay_stats::{
    Bootstrap,
    btyd::{Contract, Survivors},
};
use serde_json::{Value, json};

use crate::{
    answer::{Figure, Grade, Scope},
    folds::{ContractCell, ContractKey},
    words,
};

const DRAWS: Bootstrap = Bootstrap {
    count: 200,
    // Fixed, so that the same data give the same digits.
    seed: 0x636f_6e74,
};

/// What is said of the contracts of one goal.
pub struct Told {
    pub figures: Vec<Figure>,
    pub row: Value,
    pub words: Option<String>,
}

/// Contracts by how often they were renewed: `left[t]` ended at renewal t, `still[t]` run and were renewed t times.
#[derive(Default)]
struct ByAge {
    left: Vec<f64>,
    still: Vec<f64>,
    resumed: u64,
}

impl ByAge {
    fn of(cells: &[(ContractKey, ContractCell)]) -> Self {
        let mut all = Self::default();
        for (key, cell) in cells {
            let (counts, age) = if key.is_running {
                (&mut all.still, key.renewals as usize)
            } else {
                (&mut all.left, key.renewals as usize + 1)
            };
            counts.resize(counts.len().max(age + 1), 0.0);
            counts[age] += cell.people as f64;
            all.resumed += cell.resumed;
        }
        all
    }

    fn running(&self) -> u64 {
        self.still.iter().sum::<f64>() as u64
    }

    fn begun(&self) -> u64 {
        self.running() + self.left.iter().sum::<f64>() as u64
    }

    /// Of those whose first renewal is decided, how many made it: (made, decided).
    fn first_renewals(&self) -> (u64, u64) {
        let stopped = self.left.get(1).copied().unwrap_or(0.0) as u64;
        let waiting = self.still.first().copied().unwrap_or(0.0) as u64;
        let decided = self.begun() - waiting;
        (decided - stopped, decided)
    }
}

/// Everything about the contracts of a goal that renews.
pub fn tell(
    goal: &Goal,
    renewal: Renewal,
    cells: &[(ContractKey, ContractCell)],
    (level, currency): (f64, &dyn Fn(&ContractKey) -> Currency),
) -> Told {
    let ages = ByAge::of(cells);
    let (running, begun) = (ages.running(), ages.begun());
    let key = |prefix: &str| format!("{prefix}_{}", goal.name);
    let fitted = Survivors::begun_at_any_time(&ages.left, &ages.still)
        .and_then(|people| Contract::fit(&people))
        .ok();
    let mut figures = vec![
        Figure::counted(key("contracts"), "people", Scope::new(), (running, begun)),
        Figure::share(key("renewed"), Scope::new(), ages.first_renewals(), level),
    ];
    let expected = |weights: &[f64], among: f64| {
        let fitted = fitted.as_ref().filter(|_| among > 0.0)?;
        let total = fitted.renewals(weights, renewal.a_year(), (level, DRAWS))?;
        Some(total.scaled(1.0 / among))
    };
    // Where none runs there is nothing to expect of any.
    let seen = if running > 0 { begun } else { 0 };
    let told = expected(&ages.still, running as f64);
    let renewals = Figure::estimated(key("renewals_next_year"), "payments", Scope::new(), (told, seen));
    figures.push(
        Figure {
            count: running as i64,
            ..renewals
        }
        .graded(Grade::Attributed),
    );
    figures.extend(
        values(goal, cells, currency, &expected)
            .into_iter()
            .map(|figure| Figure { n: seen, ..figure }),
    );
    Told {
        words: words_of(goal, &ages, &figures[1]),
        figures,
        row: json!({
            "kind": "contracts",
            "goal": goal.name,
            "renews": renewal.name(),
            "begun": begun,
            "running": running,
            "resumed": ages.resumed,
            "model": fitted.as_ref().map(Contract::name),
            "left_at_renewal": ages.left,
            "running_after_renewals": ages.still,
        }),
    }
}

/// What a running contract is expected to bring in the next year, in each currency.
fn values(
    goal: &Goal,
    cells: &[(ContractKey, ContractCell)],
    currency: &dyn Fn(&ContractKey) -> Currency,
    expected: &dyn Fn(&[f64], f64) -> Option<longplay_stats::Estimate>,
) -> Vec<Figure> {
    let mut currencies: Vec<Currency> = cells
        .iter()
        .filter(|(key, cell)| key.is_running && cell.minor > 0)
        .map(|(key, _)| currency(key))
        .collect();
    currencies.sort_unstable();
    currencies.dedup();
    let of_currency = |wanted: Currency| {
        let (mut paid, mut people) = (Vec::new(), 0);
        for (key, cell) in cells
            .iter()
            .filter(|(key, _)| key.is_running && currency(key) == wanted)
        {
            let age = key.renewals as usize;
            paid.resize(paid.len().max(age + 1), 0.0);
            paid[age] += cell.minor.max(0) as f64 / 10_f64.powi(wanted.exponent() as i32);
            people += cell.people;
        }
        let figure = Figure::estimated(
            format!("value_per_contract_{}_{wanted}", goal.name),
            wanted.code(),
            Scope::new(),
            (expected(&paid, people as f64), people),
        );
        Figure {
            count: people as i64,
            ..figure
        }
        .graded(Grade::Attributed)
    };
    currencies.into_iter().map(of_currency).collect()
}

/// How many run, and of those who could renew, how many do.
fn words_of(goal: &Goal, ages: &ByAge, renewed: &Figure) -> Option<String> {
    let (running, begun) = (ages.running(), ages.begun());
    if begun == 0 {
        return None;
    }
    let run = match (running, begun) {
        (1, 1) => format!("The one “{}” contract begun runs", goal.name),
        (0, 1) => format!("The one “{}” contract begun has ended", goal.name),
        (0, _) => format!("All {} “{}” contracts begun have ended", words::count(begun), goal.name),
        _ if running == begun => format!("All {} “{}” contracts begun run", words::count(begun), goal.name),
        (1, _) => format!("1 of {} “{}” contracts begun runs", words::count(begun), goal.name),
        _ => format!(
            "{} of {} “{}” contracts begun run",
            words::count(running),
            words::count(begun),
            goal.name
        ),
    };
    let share = match (renewed.value, renewed.low, renewed.high) {
        (Some(value), Some(low), Some(high)) => words::Share::of(value, low, high),
        _ => return Some(format!("{run}; none has come to its first renewal yet.")),
    };
    Some(format!(
        "{run}; of those that came to their first renewal, {} were renewed ({}).",
        share.value(),
        share.range()
    ))
}

#[cfg(test)]
mod tests {
    use longplay_domain::Act;

    use super::*;

    /// Each (renewals, is running, people).
    fn said(cells: &[(u32, bool, u64)]) -> Option<String> {
        let goal = Goal::of_acts("club", &[Act::Purchased]);
        let cells: Vec<_> = cells
            .iter()
            .map(|&(renewals, is_running, people)| {
                let key = ContractKey {
                    renewals,
                    is_running,
                    currency: longplay_store::NONE,
                };
                let cell = ContractCell {
                    people,
                    ..ContractCell::default()
                };
                (key, cell)
            })
            .collect();
        tell(&goal, Renewal::Month, &cells, (0.9, &|_| Currency::UNSTATED)).words
    }

    #[test]
    fn the_words_are_true_at_the_edges() {
        assert_eq!(said(&[]), None);
        for (cells, words) in [
            (
                &[(0, true, 1)][..],
                "The one “club” contract begun runs; none has come to its first renewal yet.",
            ),
            (
                &[(0, true, 7)],
                "All 7 “club” contracts begun run; none has come to its first renewal yet.",
            ),
            (
                &[(0, false, 1)],
                "The one “club” contract begun has ended; of those that came to their first renewal, 0 in 100 were",
            ),
            (
                &[(2, false, 3)],
                "All 3 “club” contracts begun have ended; of those that came to their first renewal, 100 in 100 were",
            ),
            (
                &[(0, false, 2), (4, true, 1)],
                "1 of 3 “club” contracts begun runs; of those that came to their first renewal, 33 in 100 were",
            ),
        ] {
            let told = said(cells).unwrap();
            assert!(told.starts_with(words), "{told}");
        }
    }
}
