//! Lag curves: Kaplan–Meier, Weibull and the cure model on people of whom 30 % never come back.

use longplay_stats::least::EVENTS_WEIBULL;
use longplay_stats::random::Draws;
use longplay_stats::survival::{CureVerdict, Duration, KaplanMeier, Weibull, WeibullCure};
use longplay_stats::{Bootstrap, Estimate};

use super::tally::Held;

/// 30 % never return; the others wait a Weibull time; everybody is seen for 20 to 120 days.
pub fn waits(people: u64, seed: u64) -> Vec<Duration> {
    (0..people)
        .map(|person| {
            let mut draws = Draws::new(seed, person);
            let watched = 20.0 + 100.0 * draws.uniform();
            let wait = 15.0 * draws.exponential().powf(1.0 / 0.8);
            let returns = draws.uniform() > 0.3 && wait <= watched;
            Duration::new(if returns { wait } else { watched }, returns)
        })
        .collect()
}

/// How many of the same people return sooner or later: the draws of [`waits`], in its order.
fn in_the_end(people: u64, seed: u64) -> f64 {
    let returns = |person| {
        let mut draws = Draws::new(seed, person);
        let _ = (draws.uniform(), draws.exponential());
        draws.uniform() > 0.3
    };
    (0..people).filter(|&person| returns(person)).count() as f64
}

fn returned_by(day: f64) -> f64 {
    0.7 * (1.0 - (-(day / 15.0_f64).powf(0.8)).exp())
}

pub fn curves(rounds: u64, sizes: &[u64]) -> Vec<Held> {
    let mut lines = Vec::new();
    for &people in sizes {
        let mut line = Held::new("Kaplan–Meier at 7, 28, 60 days", format!("{people} people"));
        for seed in 0..rounds {
            let Ok(curve) = KaplanMeier::new(&waits(people, seed)) else {
                continue;
            };
            for day in [7.0, 28.0, 60.0] {
                if let Some(estimate) = curve.happened(day, 0.9) {
                    line.note(Some(estimate), returned_by(day));
                }
            }
        }
        lines.push(line);
    }
    lines
}

pub fn cured(rounds: u64, sizes: &[u64]) -> Vec<Held> {
    let mut lines = Vec::new();
    for &people in sizes {
        let mut never = Held::new("share that never returns (Weibull cure)", format!("{people} people"));
        let mut by_month = Held::new("returned by day 28 (Weibull cure)", format!("{people} people"));
        let mut in_all = Held::new("how many return in the end (Weibull cure)", format!("{people} people"));
        for seed in 0..rounds {
            let rows = waits(people, 9_000 + seed);
            let Ok(fit) = WeibullCure::fit(&rows) else {
                continue;
            };
            let bootstrap = Bootstrap { count: 300, seed };
            let told: Option<Estimate> = match fit.cured(0.9, bootstrap) {
                CureVerdict::Known(estimate) => Some(estimate),
                CureVerdict::TooEarly => None,
            };
            never.note(told, 0.3);
            let number = told.and_then(|_| fit.expected_final(&rows, 0.9, bootstrap));
            in_all.note(number, in_the_end(people, 9_000 + seed));
            let returned = |model: &WeibullCure| (1.0 - model.cured()) * model.maturity(28.0);
            by_month.note(fit.estimate(0.9, bootstrap, returned), returned_by(28.0));
        }
        lines.extend([never, by_month, in_all]);
    }
    lines
}

/// Everybody has it in the end; half of them while they are watched.
pub fn sure(rounds: u64, sizes: &[u64]) -> Vec<Held> {
    let truth = Weibull { lambda: 40.0, rho: 0.8 };
    let mut lines = Vec::new();
    for &people in sizes {
        let data = format!("Weibull, {people} people");
        let mut by_month = Held::new("had it by day 28", &data);
        let mut parameters = Held::new("all parameters together", &data);
        for seed in 0..rounds {
            let wait = |person| {
                let mut draws = Draws::new(12_000 + 13 * people + seed, person);
                let watched = 5.0 + 55.0 * draws.uniform();
                let wait = truth.lambda * draws.exponential().powf(1.0 / truth.rho);
                Duration::new(wait.min(watched), wait <= watched)
            };
            let rows: Vec<Duration> = (0..people).map(wait).collect();
            let enough = rows.iter().filter(|row| row.event).count() as f64 >= EVENTS_WEIBULL;
            let fit = Weibull::fit(&rows).ok().filter(|_| enough);
            let bootstrap = Bootstrap { count: 300, seed };
            let estimate = |quantity: &dyn Fn(&Weibull) -> f64| {
                fit.as_ref().and_then(|fit| fit.estimate(0.9, bootstrap, quantity))
            };
            let had = |model: &Weibull| 1.0 - model.survival(28.0);
            by_month.note(estimate(&had), had(&truth));
            parameters.note(estimate(&|model| model.lambda), truth.lambda);
            parameters.note(estimate(&|model| model.rho), truth.rho);
        }
        lines.extend([by_month, parameters]);
    }
    lines
}
