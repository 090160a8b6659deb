//! Customer-base models on audiences drawn from them: parameters, expectations, presence.

use std::ops::Range;

use longplay_stats::btyd::*;
use longplay_stats::least::{CONTRACTS_BDW, PEOPLE_BG_NBD, PEOPLE_MBG_NBD, PEOPLE_PARETO_NBD, PEOPLE_WHO_CAME_BACK};
use longplay_stats::random::Draws;
use longplay_stats::{Bootstrap, Fitted, Parameters};

use super::tally::{Held, in_parts};

const WATCHED: f64 = 40.0;
const AHEAD: f64 = 26.0;

fn bootstrap(round: u64) -> Bootstrap {
    Bootstrap {
        count: 300,
        seed: 77 + round,
    }
}

/// Fits `rounds` audiences of `people` drawn from `truth`, and notes every parameter and the expectations.
fn audiences<M, const N: usize>(
    name: &str,
    (truth, people, rounds, least): (M, u64, u64, f64),
    fit: impl Fn(&Condensed) -> Option<Fitted<M, N>> + Sync,
) -> Vec<Held>
where
    M: Parameters<N> + Recurring + Sync,
{
    let mut lines = in_parts(rounds, |rounds| {
        some_audiences(name, (truth, people, rounds, least), &fit)
    });
    lines.retain(|line| line.tried() + line.early() > 0);
    lines
}

fn some_audiences<M, const N: usize>(
    name: &str,
    (truth, people, rounds, least): (M, u64, Range<u64>, f64),
    fit: impl Fn(&Condensed) -> Option<Fitted<M, N>>,
) -> Vec<Held>
where
    M: Parameters<N> + Recurring,
{
    let data = format!("{name}, {people} people");
    let somebody = Evidence::new(2.0, 15.0, WATCHED);
    let mut lines = vec![
        Held::new("E[X(26)] of somebody new", &data),
        Held::new("P(alive) of (2, 15, 40)", &data),
        Held::new("E[Y(26)] of (2, 15, 40)", &data),
        Held::new("all parameters together", &data),
    ];
    for round in rounds {
        // Everybody came at their own time, as in real life.
        let row = |index| {
            let mut draws = Draws::new(31 * people + round, index);
            let age = WATCHED * (0.5 + 0.5 * draws.uniform());
            let row = truth.simulate(age, &mut draws);
            Evidence::new(row.x, row.t_x, row.age)
        };
        let rows: Vec<Evidence> = (0..people).map(row).collect();
        let enough =
            people as f64 >= least && rows.iter().filter(|row| row.x > 0.0).count() as f64 >= PEOPLE_WHO_CAME_BACK;
        let found = Condensed::new(&rows)
            .ok()
            .filter(|_| enough)
            .and_then(|people| fit(&people));
        let Some(fitted) = found else {
            lines.iter_mut().for_each(|line| line.note(None, f64::NAN));
            continue;
        };
        let estimate = |quantity: &dyn Fn(&M) -> f64| fitted.estimate(0.9, bootstrap(round), quantity);
        lines[0].note(estimate(&|model| model.expected_new(AHEAD)), truth.expected_new(AHEAD));
        if truth.p_alive(&somebody) < 1.0 {
            lines[1].note(estimate(&|model| model.p_alive(&somebody)), truth.p_alive(&somebody));
        }
        lines[2].note(
            estimate(&|model| model.expected(&somebody, AHEAD)),
            truth.expected(&somebody, AHEAD),
        );
        for index in 0..N {
            lines[3].note(estimate(&|model| model.to_array()[index]), truth.to_array()[index]);
        }
    }
    lines
}

/// Whether drop-out shows: the fit is better than that of a model without.
fn shows(people: &Condensed, log_likelihood: f64) -> bool {
    Nbd::fit(people).is_ok_and(|nbd| log_likelihood - nbd.log_likelihood >= 1.92)
}

pub fn pareto(rounds: u64, people: u64) -> Vec<Held> {
    let truth = ParetoNbd {
        r: 0.8,
        alpha: 6.0,
        s: 0.9,
        beta: 12.0,
    };
    audiences("Pareto/NBD", (truth, people, rounds, PEOPLE_PARETO_NBD), |people| {
        ParetoNbd::fit(people)
            .ok()
            .filter(|fit| shows(people, fit.log_likelihood))
    })
}

pub fn lines(rounds: u64, sizes: &[u64]) -> Vec<Held> {
    let (r, alpha, a, b) = (0.8, 6.0, 0.9, 2.0);
    let mut lines = Vec::new();
    for &people in sizes {
        lines.extend(audiences(
            "NBD",
            (Nbd { r, alpha }, people, rounds, PEOPLE_BG_NBD),
            |people| Nbd::fit(people).ok(),
        ));
        lines.extend(audiences(
            "BG/NBD",
            (BgNbd { r, alpha, a, b }, people, rounds, PEOPLE_BG_NBD),
            |people| BgNbd::fit(people).ok().filter(|fit| shows(people, fit.log_likelihood)),
        ));
        lines.extend(audiences(
            "MBG/NBD",
            (MbgNbd { r, alpha, a, b }, people, rounds, PEOPLE_MBG_NBD),
            |people| MbgNbd::fit(people).ok().filter(|fit| shows(people, fit.log_likelihood)),
        ));
        lines.extend(pareto(rounds, people));
        lines.extend(in_parts(rounds, |rounds| issues(people, rounds)));
        lines.extend(in_parts(rounds, |rounds| spend(people, rounds)));
    }
    lines
}

/// MBG/CNBD-k: everybody acts like clockwork, two phases to a gap; how many they are is sought too.
pub fn clockwork(people: u64, rounds: u64) -> Vec<Held> {
    in_parts(rounds, |rounds| some_clockwork(people, rounds))
}

fn some_clockwork(people: u64, rounds: Range<u64>) -> Vec<Held> {
    let (k, r, alpha, a, b) = (2, 1.2, 4.0, 0.9, 2.0);
    let truth = MbgCnbd { k, r, alpha, a, b };
    let data = format!("MBG/CNBD-2, {people} people");
    let somebody = Evidence::new(2.0, 25.0, WATCHED);
    let mut lines = [
        Held::new("E[X(26)] of somebody new", &data),
        Held::new("P(alive) of (2, 25, 40)", &data),
        Held::new("E[Y(26)] of (2, 25, 40)", &data),
        Held::new("all parameters together", &data),
    ];
    for round in rounds {
        let row = |index| {
            let mut draws = Draws::new(37 * people + round, index);
            let age = WATCHED * (0.5 + 0.5 * draws.uniform());
            truth.simulate(age, &mut draws)
        };
        let rows: Vec<Evidence> = (0..people).map(row).collect();
        let enough = people as f64 >= PEOPLE_MBG_NBD
            && rows.iter().filter(|row| row.x > 0.0).count() as f64 >= PEOPLE_WHO_CAME_BACK;
        let found = Condensed::new(&rows)
            .ok()
            .filter(|_| enough)
            .and_then(|people| MbgCnbd::fit(&people).ok());
        let Some(MbgCnbdFitted { k, fitted }) = found else {
            lines.iter_mut().for_each(|line| line.note(None, f64::NAN));
            continue;
        };
        let estimate = |quantity: &dyn Fn(MbgCnbd) -> f64| {
            fitted.estimate(0.9, bootstrap(round), |model| quantity(model.with_k(k)))
        };
        lines[0].note(estimate(&|model| model.expected_new(AHEAD)), truth.expected_new(AHEAD));
        lines[1].note(estimate(&|model| model.p_alive(&somebody)), truth.p_alive(&somebody));
        lines[2].note(
            estimate(&|model| model.expected(&somebody, AHEAD)),
            truth.expected(&somebody, AHEAD),
        );
        for (index, truth) in [r, alpha, a, b].into_iter().enumerate() {
            let parameter = fitted.estimate(0.9, bootstrap(round), |model| model.to_array()[index]);
            lines[3].note(parameter, truth);
        }
    }
    lines.into()
}

/// BG/BB: ten issues, read or not.
fn issues(people: u64, rounds: Range<u64>) -> Vec<Held> {
    let truth = BgBb {
        alpha: 1.2,
        beta: 0.75,
        gamma: 0.9,
        delta: 3.5,
    };
    let data = format!("BG/BB, {people} people, 10 issues");
    let somebody = Opportunities {
        x: 3,
        t_x: 6,
        n: 10,
        weight: 1.0,
    };
    let mut lines = [
        Held::new("E[X(5)] of somebody new", &data),
        Held::new("P(alive) of (3, 6, 10)", &data),
        Held::new("E[Y(5)] of (3, 6, 10)", &data),
    ];
    for round in rounds {
        let rows: Vec<Opportunities> = (0..people)
            .map(|index| truth.simulate(10, &mut Draws::new(17 * people + round, index)))
            .collect();
        let Ok(fitted) = BgBb::fit(&rows) else {
            lines.iter_mut().for_each(|line| line.note(None, f64::NAN));
            continue;
        };
        let estimate = |quantity: &dyn Fn(&BgBb) -> f64| fitted.estimate(0.9, bootstrap(round), quantity);
        lines[0].note(estimate(&|model| model.expected_new(5.0)), truth.expected_new(5.0));
        lines[1].note(estimate(&|model| model.p_alive(&somebody)), truth.p_alive(&somebody));
        lines[2].note(
            estimate(&|model| model.expected(&somebody, 5.0)),
            truth.expected(&somebody, 5.0),
        );
    }
    lines.into()
}

/// Gamma–Gamma: the mean order over people.
fn spend(people: u64, rounds: Range<u64>) -> Vec<Held> {
    let truth = GammaGamma {
        p: 6.0,
        q: 4.0,
        v: 15.0,
    };
    let mut line = Held::new("mean order over people", format!("Gamma–Gamma, {people} people"));
    for round in rounds {
        let row = |index| {
            let mut draws = Draws::new(41 * people + round, index);
            let rate = draws.gamma(truth.q) / truth.v;
            let x = 1.0 + draws.poisson(1.5) as f64;
            Spend {
                x,
                mean: draws.gamma(truth.p * x) / rate / x,
                weight: 1.0,
            }
        };
        let rows: Vec<Spend> = (0..people).map(row).collect();
        let Ok(fitted) = GammaGamma::fit(&rows) else {
            line.note(None, f64::NAN);
            continue;
        };
        let mean = |model: &GammaGamma| model.population_mean().unwrap_or(f64::NAN);
        line.note(fitted.estimate(0.9, bootstrap(round), mean), mean(&truth));
    }
    vec![line]
}

/// A cohort's survivors at t = 0 … 7; `lasts` draws the period in which somebody leaves.
fn survivors(people: u64, seed: u64, lasts: impl Fn(&mut Draws) -> f64) -> [f64; 8] {
    let mut counts = [0.0; 8];
    for person in 0..people {
        let until = lasts(&mut Draws::new(seed, person));
        counts
            .iter_mut()
            .zip(0..)
            .filter(|(_, t)| f64::from(*t) < until)
            .for_each(|(count, _)| *count += 1.0);
    }
    counts
}

/// sBG and BdW: the share still there after 12 periods, from the first 8.
pub fn contracts(rounds: u64) -> Vec<Held> {
    in_parts(rounds, some_contracts)
}

fn some_contracts(rounds: Range<u64>) -> Vec<Held> {
    let sbg = Sbg { alpha: 0.7, beta: 1.2 };
    let bdw = Bdw {
        alpha: 0.5,
        beta: 1.0,
        c: 1.3,
    };
    let mut lines = Vec::new();
    for people in [100u64, 500, 1_000] {
        let mut constant = Held::new("S(12) from 8 points", format!("sBG, {people} contracts"));
        let mut ageing = Held::new("S(12) from 8 points", format!("BdW, {people} contracts"));
        for round in rounds.clone() {
            let ahead = |model: &Sbg| model.survival(12.0);
            // The period of leaving is geometric: the first whose draw is below the chance to leave.
            let counts = survivors(people, 51 * people + round, |draws| {
                let leave = draws.beta(sbg.alpha, sbg.beta);
                (draws.uniform().ln() / (1.0 - leave).ln()).ceil().max(1.0)
            });
            let fitted = Survivors::new(&counts).and_then(|cohort| Sbg::fit(&cohort)).ok();
            constant.note(
                fitted.and_then(|fit| fit.estimate(0.9, bootstrap(round), ahead)),
                ahead(&sbg),
            );
            let ahead = |model: &Bdw| model.survival(12.0);
            // S(t) of one person is (1 − leave)^(t^c).
            let counts = survivors(people, 57 * people + round, |draws| {
                let leave = draws.beta(bdw.alpha, bdw.beta);
                let age = draws.uniform().ln() / (1.0 - leave).ln();
                age.powf(1.0 / bdw.c).ceil().max(1.0)
            });
            let cohort = Survivors::new(&counts).ok().filter(|_| people as f64 >= CONTRACTS_BDW);
            let fitted = cohort.and_then(|cohort| Bdw::fit(&cohort).ok());
            ageing.note(
                fitted.and_then(|fit| fit.estimate(0.9, bootstrap(round), ahead)),
                ahead(&bdw),
            );
        }
        lines.extend([constant, ageing]);
    }
    lines.extend(running_contracts(rounds));
    lines
}

/// Contracts begun in any of 24 months: renewals of the next twelve, by those that still run.
fn running_contracts(rounds: Range<u64>) -> Vec<Held> {
    const MONTHS: u64 = 24;
    let truth = Sbg { alpha: 0.7, beta: 4.0 };
    let mut lines = Vec::new();
    for people in [100u64, 500, 2_000] {
        let mut held = Held::new(
            "renewals of the next 12 months",
            format!("begun in 24 months, {people} contracts"),
        );
        for round in rounds.clone() {
            let (mut left, mut still) = ([0.0; MONTHS as usize + 1], [0.0; MONTHS as usize + 1]);
            for person in 0..people {
                let mut draws = Draws::new(61 * people + round, person);
                let due = (draws.uniform() * MONTHS as f64).floor();
                let leave = draws.beta(truth.alpha, truth.beta);
                let until = (draws.uniform().ln() / (1.0 - leave).ln()).ceil().max(1.0);
                if until <= due {
                    left[until as usize] += 1.0;
                } else {
                    still[due as usize] += 1.0;
                }
            }
            let told = Survivors::begun_at_any_time(&left, &still)
                .and_then(|people| Contract::fit(&people))
                .ok()
                .and_then(|fitted| fitted.renewals(&still, 12, (0.9, bootstrap(round))));
            let truly = still
                .iter()
                .zip(0..)
                .map(|(people, n)| people * truth.renewals(f64::from(n), 12));
            held.note(told, truly.sum());
        }
        lines.push(held);
    }
    lines
}
