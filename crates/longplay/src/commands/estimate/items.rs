//! `beta-binomial` and `gamma-poisson`: rates of many items, each drawn towards the others.

use longplay_stats::least::ITEMS_POOLED;
use longplay_stats::rates::{BetaBinomial, Counted, Exposed, GammaPoisson, Pooled, Ranked};
use longplay_stats::{Bootstrap, Estimate, FitError, Fitted, Parameters};

use super::outcome::{Outcome, Scores};
use super::sheet::{Row, Sheet};
use super::{Model, Request};

/// Ranking draws every item many times; beyond this the chance to be first says nothing anyway.
const RANKED_MAX: usize = 20_000;

#[derive(Clone, Copy)]
struct Columns {
    k: usize,
    of: usize,
}

impl Columns {
    fn counted(self, row: &Row<'_>) -> anyhow::Result<Counted> {
        let (k, n) = (row.count(self.k)?, row.count(self.of)?);
        if k > n {
            return Err(row.refuse_whole("k is larger than n: more did it than there were"));
        }
        Ok(Counted {
            k: k as u64,
            n: n as u64,
        })
    }

    fn exposed(self, row: &Row<'_>) -> anyhow::Result<Exposed> {
        let item = Exposed {
            k: row.count(self.k)? as u64,
            exposure: row.size(self.of)?,
        };
        if item.exposure == 0.0 && item.k > 0 {
            return Err(row.refuse(self.of, "is no exposure, and yet something happened"));
        }
        Ok(item)
    }
}

pub fn beta_binomial(sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let [_, k, of] = sheet.columns(["name", "k", "n"])?;
    let columns = Columns { k, of };
    let mut items = Vec::new();
    sheet.each_row(|row| {
        items.push(columns.counted(row)?);
        Ok(())
    })?;
    let mut outcome = Outcome::new(Model::BetaBinomial.name(), items.len() as u64, request.level);
    let model = match request.at() {
        Some(at) => {
            let model = BetaBinomial::from_array(at.values(BetaBinomial::NAMES)?);
            outcome.give(BetaBinomial::NAMES, model.to_array(), model.log_likelihood(&items));
            model
        }
        None => match fitted(BetaBinomial::fit(&items), &mut outcome) {
            Ok(model) => model,
            Err(why) => return Ok(Outcome::too_early(outcome.model, outcome.n, request.level, why)),
        },
    };
    if !model.items_differ() {
        outcome.warn(
            "no_difference",
            "as far as can be told the items don't differ: rank none above another",
        );
    }
    // Fitted, the doubt about the population counts too; at given parameters there is none.
    let pooled = request
        .at
        .is_empty()
        .then(|| Pooled::<BetaBinomial>::new(&items).ok())
        .flatten();
    let first = chances(items.len(), |bootstrap| match &pooled {
        Some(pooled) => pooled.ranked(&items, bootstrap),
        None => model.rank(&items, bootstrap),
    });
    let level = request.level;
    outcome.rows = Some(Box::new(Posterior {
        columns,
        posterior: move |columns: Columns, row: &Row<'_>| {
            let item = columns.counted(row)?;
            let plug_in = model.posterior(item, level);
            let wide = pooled
                .as_ref()
                .and_then(|pooled| pooled.rate(item, level, Bootstrap::default()));
            Ok(around(plug_in, wide))
        },
        first,
        place: 0.into(),
    }));
    Ok(outcome)
}

pub fn gamma_poisson(sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let [_, k, of] = sheet.columns(["name", "k", "exposure"])?;
    let columns = Columns { k, of };
    let mut items = Vec::new();
    sheet.each_row(|row| {
        items.push(columns.exposed(row)?);
        Ok(())
    })?;
    let mut outcome = Outcome::new(Model::GammaPoisson.name(), items.len() as u64, request.level);
    let model = match request.at() {
        Some(at) => {
            let model = GammaPoisson::from_array(at.values(GammaPoisson::NAMES)?);
            outcome.give(GammaPoisson::NAMES, model.to_array(), model.log_likelihood(&items));
            model
        }
        None => match fitted(GammaPoisson::fit(&items), &mut outcome) {
            Ok(model) => model,
            Err(why) => return Ok(Outcome::too_early(outcome.model, outcome.n, request.level, why)),
        },
    };
    let pooled = request
        .at
        .is_empty()
        .then(|| Pooled::<GammaPoisson>::new(&items).ok())
        .flatten();
    let first = chances(items.len(), |bootstrap| match &pooled {
        Some(pooled) => pooled.ranked(&items, bootstrap),
        None => model.rank(&items, bootstrap),
    });
    let level = request.level;
    outcome.rows = Some(Box::new(Posterior {
        columns,
        posterior: move |columns: Columns, row: &Row<'_>| {
            let item = columns.exposed(row)?;
            let plug_in = model.posterior(item, level);
            let wide = pooled
                .as_ref()
                .and_then(|pooled| pooled.rate(item, level, Bootstrap::default()));
            Ok(around(plug_in, wide))
        },
        first,
        place: 0.into(),
    }));
    Ok(outcome)
}

fn fitted<M: Parameters<2>>(found: Result<Fitted<M, 2>, FitError>, outcome: &mut Outcome) -> Result<M, FitError> {
    let fitted = found?;
    let is_sure = outcome.n >= ITEMS_POOLED as u64;
    if !is_sure {
        let message = format!("too early for intervals of a and b: they need {ITEMS_POOLED} items");
        outcome.warn("too_early", message);
    }
    outcome.take(&fitted, is_sure);
    Ok(fitted.model)
}

/// The value at the fitted parameters, with the interval that also doubts them.
fn around(plug_in: Option<Estimate>, wide: Option<Estimate>) -> Option<Estimate> {
    let (Some(plug_in), Some(wide)) = (plug_in, wide) else {
        return plug_in;
    };
    Some(Estimate {
        low: wide.low.min(plug_in.value),
        high: wide.high.max(plug_in.value),
        ..plug_in
    })
}

/// P(it is truly first), by place in the file.
fn chances(items: usize, rank: impl Fn(Bootstrap) -> Vec<Ranked>) -> Vec<Option<f64>> {
    let mut found = vec![None; items];
    if items <= RANKED_MAX {
        let bootstrap = Bootstrap {
            count: if items <= 1_000 { 4_000 } else { 500 },
            ..Bootstrap::default()
        };
        for ranked in rank(bootstrap) {
            found[ranked.index] = Some(ranked.p_first);
        }
    }
    found
}

/// The rate of every item, in the order of the file.
struct Posterior<F> {
    columns: Columns,
    posterior: F,
    first: Vec<Option<f64>>,
    place: std::cell::Cell<usize>,
}

impl<F: Fn(Columns, &Row<'_>) -> anyhow::Result<Option<Estimate>>> Scores for Posterior<F> {
    fn names(&self) -> &[&'static str] {
        &["expected", "low", "high", "p_first"]
    }

    fn score(&self, row: &Row<'_>, into: &mut Vec<Option<f64>>) -> anyhow::Result<()> {
        let found = (self.posterior)(self.columns, row)?;
        let place = self.place.replace(self.place.get() + 1);
        into.extend([
            found.map(|found| found.value),
            found.map(|found| found.low),
            found.map(|found| found.high),
            self.first.get(place).copied().flatten(),
        ]);
        Ok(())
    }

    fn numbers(&self) -> Vec<usize> {
        vec![self.columns.k, self.columns.of]
    }
}
