//! `bg-bb`: showed up or not at each of n opportunities, from x, t_x and n.

use std::collections::HashMap;

use longplay_stats::btyd::{BgBb, Opportunities};
use longplay_stats::least::PEOPLE_BG_BB;
use longplay_stats::{FitError, Parameters};

use super::outcome::{Outcome, Scores};
use super::sheet::{Row, Sheet};
use super::{Model, Request};

/// The likelihood of one history is a sum over opportunities; more than this many is no rhythm but a clock.
const OPPORTUNITIES_MAX: f64 = 100_000.0;

struct Columns {
    x: usize,
    t_x: usize,
    n: usize,
    weight: Option<usize>,
}

impl Columns {
    fn read(&self, row: &Row<'_>) -> anyhow::Result<Opportunities> {
        let count = |column: usize| -> anyhow::Result<u32> {
            let value = row.count(column)?;
            if value > OPPORTUNITIES_MAX {
                return Err(row.refuse(column, "is more opportunities than can be counted; use longer periods"));
            }
            Ok(value as u32)
        };
        let person = Opportunities {
            x: count(self.x)?,
            t_x: count(self.t_x)?,
            n: count(self.n)?,
            weight: row.weight(self.weight)?,
        };
        match person.defect() {
            Some(why) => Err(row.refuse_whole(why)),
            None => Ok(person),
        }
    }
}

pub fn estimate(sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let [x, t_x, n] = sheet.columns(["x", "t_x", "n"])?;
    let columns = Columns {
        x,
        t_x,
        n,
        weight: sheet.column("weight"),
    };
    let mut counts: HashMap<(u32, u32, u32, u64), u64> = HashMap::new();
    sheet.each_row(|row| {
        let person = columns.read(row)?;
        let key = (person.n, person.x, person.t_x, person.weight.to_bits());
        *counts.entry(key).or_default() += 1;
        Ok(())
    })?;
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    let row = |&((n, x, t_x, weight), count): &((u32, u32, u32, u64), u64)| Opportunities {
        x,
        t_x,
        n,
        weight: f64::from_bits(weight) * count as f64,
    };
    let rows: Vec<Opportunities> = counts.iter().map(row).collect();
    let people: f64 = rows.iter().map(|row| row.weight).sum();
    let mut outcome = Outcome::new(Model::BgBb.name(), people.round() as u64, request.level);
    let model = match request.at() {
        Some(at) => {
            let model = BgBb::from_array(at.values(BgBb::NAMES)?);
            let whole = rows.iter().map(|row| row.weight * model.log_likelihood(row)).sum();
            outcome.give(BgBb::NAMES, model.to_array(), whole);
            model
        }
        None => match fit(&rows, people, &mut outcome) {
            Ok(model) => model,
            Err(why) => return Ok(Outcome::too_early(outcome.model, outcome.n, request.level, why)),
        },
    };
    if let Some(horizon) = request.horizon {
        outcome.rows = Some(Box::new(Habit {
            model,
            horizon,
            columns,
            known: HashMap::new().into(),
        }));
    }
    Ok(outcome)
}

fn fit(rows: &[Opportunities], people: f64, outcome: &mut Outcome) -> Result<BgBb, FitError> {
    let fitted = BgBb::fit(rows)?;
    let is_sure = people >= PEOPLE_BG_BB;
    if !is_sure {
        let count = people.round();
        outcome.warn(
            "too_early",
            format!("too early for intervals: they need {PEOPLE_BG_BB} people; here are {count}"),
        );
    }
    outcome.take(&fitted, is_sure);
    Ok(fitted.model)
}

/// Presence and expectation of every row.
struct Habit {
    model: BgBb,
    horizon: f64,
    columns: Columns,
    known: std::cell::RefCell<HashMap<(u32, u32, u32), [f64; 2]>>,
}

impl Scores for Habit {
    fn names(&self) -> &[&'static str] {
        &["p_alive", "expected"]
    }

    fn score(&self, row: &Row<'_>, into: &mut Vec<Option<f64>>) -> anyhow::Result<()> {
        let person = self.columns.read(row)?;
        let mut known = self.known.borrow_mut();
        // Whole numbers: there are few different histories.
        let scores = *known
            .entry((person.n, person.x, person.t_x))
            .or_insert_with(|| [self.model.p_alive(&person), self.model.expected(&person, self.horizon)]);
        into.extend(scores.map(|score| score.is_finite().then_some(score)));
        Ok(())
    }

    fn numbers(&self) -> Vec<usize> {
        let Columns { x, t_x, n, weight } = self.columns;
        [Some(x), Some(t_x), Some(n), weight].into_iter().flatten().collect()
    }
}
