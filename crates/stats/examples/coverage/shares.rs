//! Rates: Jeffreys by itself, many pieces by empirical Bayes, and the chance that the first is truly first.

use longplay_stats::Bootstrap;
use longplay_stats::bandit::{Arm, p_best};
use longplay_stats::random::Draws;
use longplay_stats::rates::{BetaBinomial, Counted, Exposed, GammaPoisson, Pooled, jeffreys};

use super::tally::Held;

/// Over shares from 1 to 99 %.
pub fn single(rounds: u64, sizes: &[u64]) -> Vec<Held> {
    sizes
        .iter()
        .map(|&n| {
            let mut line = Held::new("Jeffreys", format!("{n} people"));
            for round in 0..rounds * 10 {
                let mut draws = Draws::new(n, round);
                let truth = 0.01 + 0.98 * draws.uniform();
                let count = (0..n).filter(|_| draws.uniform() < truth).count() as u64;
                line.note(jeffreys(count, n, 0.9), truth);
            }
            line
        })
        .collect()
}

pub fn pieces(rounds: u64, sizes: &[usize]) -> Vec<Held> {
    let mut lines = Vec::new();
    for &count in sizes {
        let mut shares = Held::new("beta-binomial posterior", format!("{count} pieces"));
        let mut counts = Held::new("gamma–Poisson posterior", format!("{count} pieces"));
        for seed in 0..rounds {
            let mut draws = Draws::new(77, seed);
            let truths: Vec<f64> = (0..count).map(|_| draws.beta(3.0, 27.0)).collect();
            let items: Vec<Counted> = truths
                .iter()
                .map(|&rate| {
                    let n = 5 + draws.bits() % 200;
                    let k = (0..n).filter(|_| draws.uniform() < rate).count() as u64;
                    Counted { k, n }
                })
                .collect();
            if let Ok(pooled) = Pooled::<BetaBinomial>::new(&items) {
                for (&item, &truth) in items.iter().zip(&truths) {
                    shares.note(pooled.rate(item, 0.9, Bootstrap::default()), truth);
                }
            }
            let truths: Vec<f64> = (0..count).map(|_| draws.gamma(2.0) / 4.0).collect();
            let items: Vec<Exposed> = truths
                .iter()
                .map(|&rate| {
                    let exposure = 1.0 + 30.0 * draws.uniform();
                    Exposed {
                        k: draws.poisson(rate * exposure),
                        exposure,
                    }
                })
                .collect();
            if let Ok(pooled) = Pooled::<GammaPoisson>::new(&items) {
                for (&item, &truth) in items.iter().zip(&truths) {
                    counts.note(pooled.rate(item, 0.9, Bootstrap::default()), truth);
                }
            }
        }
        lines.extend([shares, counts]);
    }
    lines
}

/// How often P(first is truly first) was said on average, and how often it was so.
pub struct Said {
    pub what: String,
    pub said: f64,
    pub was: f64,
}

pub fn first(rounds: u64) -> Vec<Said> {
    let mut found = Vec::new();
    for (arms, people) in [(8usize, 300u64), (8, 30), (3, 100)] {
        let (mut ranked, mut chosen, mut ranked_right, mut chosen_right) = (0.0, 0.0, 0.0, 0.0);
        for seed in 0..rounds {
            let mut draws = Draws::new(78, seed);
            let truths: Vec<f64> = (0..arms).map(|_| draws.beta(6.0, 54.0)).collect();
            let item = |truth: f64, draws: &mut Draws| Counted {
                k: (0..people).filter(|_| draws.uniform() < truth).count() as u64,
                n: people,
            };
            let items: Vec<Counted> = truths.iter().map(|&truth| item(truth, &mut draws)).collect();
            let best = (0..arms).max_by(|&i, &j| truths[i].total_cmp(&truths[j])).unwrap_or(0);
            let prior = BetaBinomial { a: 6.0, b: 54.0 };
            let first = prior.rank(&items, Bootstrap { count: 400, seed })[0];
            ranked += first.p_first;
            ranked_right += f64::from(u8::from(first.index == best));
            let posteriors: Vec<Arm> = items
                .iter()
                .map(|item| Arm {
                    a: 6.0 + item.k as f64,
                    b: 54.0 + (item.n - item.k) as f64,
                })
                .collect();
            let chances = p_best(&posteriors);
            let likely = (0..arms)
                .max_by(|&i, &j| chances[i].total_cmp(&chances[j]))
                .unwrap_or(0);
            chosen += chances[likely];
            chosen_right += f64::from(u8::from(likely == best));
        }
        let n = rounds as f64;
        found.push(Said {
            what: format!("P(first is truly first) by draws, {arms} pieces of {people}"),
            said: ranked / n,
            was: ranked_right / n,
        });
        found.push(Said {
            what: format!("P(best) by quadrature, {arms} arms of {people}"),
            said: chosen / n,
            was: chosen_right / n,
        });
    }
    found
}
