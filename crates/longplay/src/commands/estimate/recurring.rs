//! `nbd`, `bg-nbd`, `mbg-nbd`, `pareto-nbd`, `mbg-cnbd-k`: who is still there, from x, t_x and T.
//!
//! Equal histories are counted, not kept, so memory grows with different histories only. A drop-out model whose drop-out
//! does not show in the data falls back to the NBD and says so: its own parameters would be an accident of the search.

use std::collections::HashMap;

use longplay_stats::btyd::{BgNbd, Condensed, Evidence, MbgCnbd, MbgNbd, Nbd, ParetoNbd, Recurring, drop_out_shows};
use longplay_stats::least::{self, PEOPLE_WHO_CAME_BACK};
use longplay_stats::{FitError, Fitted, Parameters};

use super::at::At;
use super::outcome::{Outcome, Range, Scores};
use super::sheet::{Row, Sheet};
use super::{Model, Request};

const fn people_least(model: Model) -> f64 {
    match model {
        Model::MbgNbd | Model::MbgCnbdK => least::PEOPLE_MBG_NBD,
        Model::ParetoNbd => least::PEOPLE_PARETO_NBD,
        _ => least::PEOPLE_BG_NBD,
    }
}

/// How many different histories are scored once and remembered.
const SCORES_KEPT_MAX: usize = 1 << 20;

struct Columns {
    x: usize,
    t_x: usize,
    age: usize,
    log_gaps: Option<usize>,
    weight: Option<usize>,
}

impl Columns {
    fn of(sheet: &Sheet) -> anyhow::Result<Self> {
        let [x, t_x, age] = sheet.columns(["x", "t_x", "T"])?;
        Ok(Self {
            x,
            t_x,
            age,
            log_gaps: sheet.column("litt"),
            weight: sheet.column("weight"),
        })
    }

    fn read(&self, row: &Row<'_>) -> anyhow::Result<Evidence> {
        let evidence = Evidence {
            x: row.count(self.x)?,
            t_x: row.size(self.t_x)?,
            age: row.size(self.age)?,
            log_gaps: self.log_gaps.map_or(Ok(0.0), |column| row.number(column))?,
            weight: row.weight(self.weight)?,
        };
        match evidence.defect() {
            Some(why) => Err(row.refuse_whole(why)),
            None => Ok(evidence),
        }
    }
}

fn bits(evidence: &Evidence) -> [u64; 5] {
    let Evidence {
        x,
        t_x,
        age,
        log_gaps,
        weight,
    } = *evidence;
    [x, t_x, age, log_gaps, weight].map(f64::to_bits)
}

/// Everybody, each different history once. Counting whole rows keeps sums exact whatever the order of the file.
struct People {
    rows: Vec<Evidence>,
    /// Σ weights, and of those who came back.
    people: f64,
    repeaters: f64,
    /// Σ weights of those first seen at the very end.
    just_arrived: f64,
}

fn gather(sheet: &Sheet, columns: &Columns) -> anyhow::Result<People> {
    let mut counts: HashMap<[u64; 5], u64> = HashMap::new();
    sheet.each_row(|row| {
        *counts.entry(bits(&columns.read(row)?)).or_default() += 1;
        Ok(())
    })?;
    let row = |([x, t_x, age, log_gaps, weight], count): ([u64; 5], u64)| Evidence {
        x: f64::from_bits(x),
        t_x: f64::from_bits(t_x),
        age: f64::from_bits(age),
        log_gaps: f64::from_bits(log_gaps),
        weight: f64::from_bits(weight) * count as f64,
    };
    let mut rows: Vec<Evidence> = counts.into_iter().map(row).collect();
    rows.sort_unstable_by_key(bits);
    let sum = |keep: &dyn Fn(&Evidence) -> bool| rows.iter().filter(|row| keep(row)).map(|row| row.weight).sum();
    Ok(People {
        people: sum(&|_| true),
        repeaters: sum(&|row| row.x > 0.0),
        just_arrived: sum(&|row| row.age == 0.0),
        rows,
    })
}

pub fn estimate(model: Model, sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let columns = Columns::of(sheet)?;
    let people = gather(sheet, &columns)?;
    let n = people.people.round() as u64;
    let (mut outcome, fitted) = match request.at() {
        Some(at) => at_given(model, &at, &people, Outcome::new(model.name(), n, request.level))?,
        None => match fit(
            model,
            &people,
            columns.log_gaps.is_some(),
            Outcome::new(model.name(), n, request.level),
        ) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::too_early(model.name(), n, request.level, why)),
        },
    };
    if people.just_arrived > 0.0 {
        let count = people.just_arrived.round();
        outcome.warn(
            "just_arrived",
            format!("{count} people were first seen at the very end (T = 0): they say nothing yet and are left out of the fit"),
        );
    }
    if let Some(horizon) = request.horizon {
        outcome.rows = Some(Box::new(Presence {
            model: fitted,
            horizon,
            columns,
            known: HashMap::new().into(),
        }));
    }
    Ok(outcome)
}

type Found = (Outcome, Box<dyn Recurring>);

fn at_given(model: Model, at: &At<'_>, people: &People, mut outcome: Outcome) -> anyhow::Result<Found> {
    const PLAIN: [&str; 4] = ["r", "alpha", "a", "b"];
    let recurring: Box<dyn Recurring> = match model {
        Model::Nbd => Box::new(Nbd::from_array(at.values(Nbd::NAMES)?)),
        Model::BgNbd => Box::new(BgNbd::from_array(at.values(PLAIN)?)),
        Model::MbgNbd => Box::new(MbgNbd::from_array(at.values(PLAIN)?)),
        Model::ParetoNbd => Box::new(ParetoNbd::from_array(at.values(ParetoNbd::NAMES)?)),
        _ => {
            let [r, alpha, a, b, k] = at.values(["r", "alpha", "a", "b", "k"])?;
            let k = phases(k)?;
            Box::new(MbgCnbd { k, r, alpha, a, b })
        }
    };
    let whole: f64 = people
        .rows
        .iter()
        .map(|row| row.weight * recurring.log_likelihood(row))
        .sum();
    match model {
        Model::Nbd => outcome.give(Nbd::NAMES, at.values(Nbd::NAMES)?, whole),
        Model::ParetoNbd => outcome.give(ParetoNbd::NAMES, at.values(ParetoNbd::NAMES)?, whole),
        Model::BgNbd | Model::MbgNbd => outcome.give(PLAIN, at.values(PLAIN)?, whole),
        _ => outcome.give(
            ["r", "alpha", "a", "b", "k"],
            at.values(["r", "alpha", "a", "b", "k"])?,
            whole,
        ),
    }
    Ok((outcome, recurring))
}

fn phases(k: f64) -> anyhow::Result<u32> {
    if k.fract() == 0.0 && (1.0..=100.0).contains(&k) {
        Ok(k as u32)
    } else {
        Err(crate::exit::Usage(format!(
            "--at: k counts phases, so it must be a whole number from 1 to 100, not {k}"
        ))
        .into())
    }
}

fn fit(model: Model, people: &People, has_gaps: bool, mut outcome: Outcome) -> Result<Found, FitError> {
    let condensed = Condensed::new(&people.rows)?;
    let least = people_least(model);
    let is_sure = people.people >= least && people.repeaters >= PEOPLE_WHO_CAME_BACK;
    if !is_sure {
        outcome.warn(
            "too_early",
            format!(
                "too early for intervals: they need {least} people, {PEOPLE_WHO_CAME_BACK} of whom came back; here are {} and {}",
                people.people.round(),
                people.repeaters.round()
            ),
        );
    }
    let nbd = Nbd::fit(&condensed)?;
    match model {
        Model::Nbd => {
            outcome.take(&nbd, is_sure);
            Ok((outcome, Box::new(nbd.model)))
        }
        Model::BgNbd => Ok(unless_none_leave(BgNbd::fit(&condensed)?, nbd, is_sure, outcome)),
        Model::MbgNbd => Ok(unless_none_leave(MbgNbd::fit(&condensed)?, nbd, is_sure, outcome)),
        Model::ParetoNbd => Ok(unless_none_leave(ParetoNbd::fit(&condensed)?, nbd, is_sure, outcome)),
        _ if has_gaps => Ok(clockwork(MbgCnbd::fit(&condensed)?, is_sure, outcome)),
        _ => {
            outcome.warn(
                "no_litt",
                "without a column litt (Σ ln of the gaps) k can't be chosen; this is k = 1",
            );
            Ok(clockwork(MbgCnbd::fit_at(&condensed, 1)?, is_sure, outcome))
        }
    }
}

/// The drop-out model where drop-out shows, the NBD with the words for it where it doesn't.
fn unless_none_leave<M>(fitted: Fitted<M, 4>, nbd: Fitted<Nbd, 2>, is_sure: bool, mut outcome: Outcome) -> Found
where
    M: Parameters<4> + Recurring + longplay_stats::btyd::DropOut + 'static,
{
    if drop_out_shows(&fitted, &nbd) {
        outcome.take(&fitted, is_sure);
        return (outcome, Box::new(fitted.model));
    }
    let asked = outcome.model;
    outcome.take(&nbd, is_sure);
    outcome.model = Model::Nbd.name();
    outcome.warn(
        "no_drop_out_visible",
        format!(
            "no drop-out visible yet: {asked} fits no better than nbd, which is what you see. If the data begin in \
             mid-history, old customers look new, and this is what that looks like"
        ),
    );
    (outcome, Box::new(nbd.model))
}

fn clockwork(found: longplay_stats::btyd::MbgCnbdFitted, is_sure: bool, mut outcome: Outcome) -> Found {
    outcome.take(&found.fitted, is_sure);
    outcome.parameters.0.push(("k", Range::bare(f64::from(found.k))));
    (outcome, Box::new(found.model()))
}

/// Presence and expectation of every row.
struct Presence {
    model: Box<dyn Recurring>,
    horizon: f64,
    columns: Columns,
    /// Equal people get equal scores; computed once.
    known: std::cell::RefCell<HashMap<[u64; 3], [f64; 2]>>,
}

impl Scores for Presence {
    fn names(&self) -> &[&'static str] {
        &["p_alive", "expected"]
    }

    fn score(&self, row: &Row<'_>, into: &mut Vec<Option<f64>>) -> anyhow::Result<()> {
        let person = self.columns.read(row)?;
        let key = [person.x, person.t_x, person.age].map(f64::to_bits);
        let mut known = self.known.borrow_mut();
        let scores = match known.get(&key) {
            Some(scores) => *scores,
            None => {
                let scores = [self.model.p_alive(&person), self.model.expected(&person, self.horizon)];
                if known.len() < SCORES_KEPT_MAX {
                    known.insert(key, scores);
                }
                scores
            }
        };
        into.extend(scores.map(|score| score.is_finite().then_some(score)));
        Ok(())
    }

    fn numbers(&self) -> Vec<usize> {
        let Columns {
            x,
            t_x,
            age,
            log_gaps,
            weight,
        } = self.columns;
        [Some(x), Some(t_x), Some(age), log_gaps, weight]
            .into_iter()
            .flatten()
            .collect()
    }
}
