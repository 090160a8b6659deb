//! `cargo xtask coverage`: how often nominal 90 % intervals hold the truth, on simulated data whose truth is known.
//!
//! Prints the page `docs/methods/coverage.md`; with the names of sections as arguments only these. Every draw is fixed by a
//! seed in the code, so the page is the same on every machine. A fast part of the same simulations runs in
//! `tests/coverage.rs`.

mod catalogue;
mod credit;
mod customers;
mod days;
mod plan;
mod shares;
mod tally;
mod waiting;

use tally::Held;

const ROUNDS: u64 = 1_000;

type Section = (&'static str, &'static str, fn() -> String);

const SECTIONS: [Section; 14] = [
    ("Rates", RATES, || {
        held(&shares::single(ROUNDS, &[5, 10, 20, 100, 1_000]))
    }),
    ("Many pieces", PIECES, || {
        held(&[shares::pieces(2 * ROUNDS, &[5, 10]), shares::pieces(ROUNDS / 2, &[40])].concat())
    }),
    ("Which is first", FIRST, || said(&shares::first(2 * ROUNDS))),
    ("Lag curves", CURVES, || {
        held(&waiting::curves(ROUNDS, &[10, 30, 100, 1_000]))
    }),
    ("Those who never come back", CURED, || {
        held(&waiting::cured(2 * ROUNDS, &[100, 400, 2_000]))
    }),
    ("Those who all come", SURE, || {
        held(&waiting::sure(2 * ROUNDS, &[50, 100, 400]))
    }),
    ("Customer base", CUSTOMERS, || {
        held(
            &[
                customers::lines(4 * ROUNDS, &[200, 500, 2_000]),
                customers::pareto(ROUNDS, 1_000),
            ]
            .concat(),
        )
    }),
    ("Clockwork", CLOCKWORK, || {
        held(&[customers::clockwork(500, ROUNDS), customers::clockwork(2_000, ROUNDS)].concat())
    }),
    ("Contracts", CONTRACTS, || held(&customers::contracts(4 * ROUNDS))),
    ("Days", DAYS, || held(&days::usual_range(2 * ROUNDS))),
    ("Lift", LIFT, || {
        let (lines, by_drift) = days::effects(4 * ROUNDS, &[(56, 14), (84, 28), (168, 28)]);
        format!("{}\n{BY_DRIFT}\n\n{}", held(&lines), held(&by_drift))
    }),
    ("Credit", CREDIT, || {
        held(
            &[
                credit::lines(2 * ROUNDS, &[500, 1_000]),
                credit::lines(ROUNDS, &[5_000]),
            ]
            .concat(),
        )
    }),
    ("Durability", CATALOGUE, || {
        held(&catalogue::lines(4 * ROUNDS, &[100, 300, 1_000]))
    }),
    ("Floor and plan", FLOOR, || {
        held(&[days::floors(4 * ROUNDS), plan::arms(ROUNDS / 2)].concat())
    }),
];

const HEAD: &str = "\
# Do the intervals hold?

Nominal 90 % intervals on simulated data whose truth is known. 88 to 92 % is what we ask for. *tried* is how many intervals
were compared; with 1,000 of them chance alone moves the share by a point up or down, with 250 by two. *too early* counts the data
sets for which no interval was given, on purpose.

Written by `cargo xtask coverage`; the seeds stand in `crates/stats/examples/coverage`, so every machine writes the same page.

![How often an interval of 20 people holds each true share](pictures/coverage.svg)
";

const RATES: &str = "True shares anywhere from 1 to 99 %. Averages hide the unlucky share: at a single one coverage dips to 77 to 82 % when n·p is a
handful (`rates/jeffreys.rs` counts it out).";
const PIECES: &str = "Rates of pieces from one population, few and small ones among them; the doubt about the population counts too. Taking the
fitted population for certain held 65 % at 5 pieces and 81 % at 10.";
const CURVES: &str = "30 % never return; everybody is watched for 20 to 120 days.";
const CURED: &str =
    "The same people. The share that never returns, and how many return in the end, are “too early” while the interval of the
share spans more than half. The number in the end is of these very people: their luck is in the interval with the doubt about the
parameters.";
const SURE: &str = "A Weibull without cure: everybody has it in the end, about half while they are watched (5 to 60 days). Below 20 events it is
too early.";
const CLOCKWORK: &str = "People who act at even gaps; how even is sought by likelihood with the rest. Below 2,000 people it is too early, as for the
MBG/NBD.";
const CONTRACTS: &str =
    "One cohort, seen at t = 0 to 7; below 100 contracts it is too early, for the BdW below 500: of 100 its
intervals held 84 %, of 300 they held 87. Below, contracts that began in any of 24 months, each followed to now: how many payments
all that run still bring, by the model that is chosen.";
const CUSTOMERS: &str = "Audiences drawn from the model itself, first seen over 20 weeks. Below the people a model needs (`longplay_stats::least`: NBD, BG/NBD
and BG/BB 200, Pareto/NBD 1,000, MBG/NBD 2,000, since a one-time buyer's presence is told by others only) `longplay estimate` gives
values without intervals and says “too early”; so it does where drop-out does not show in the data.";
const DAYS: &str = "Nothing happens; the share of ordinary days inside the usual range.";
const LIFT: &str = "A/A and a known lift of 6 a day, with a weekly pattern, a control series and noise of 4 a day. The level drifts, and how much is
not told: of five series one is steady and the others drift by .02, .05, .1 and .2 of a day's noise every day.";
const BY_DRIFT: &str = "In each kind of drift by itself, all designs together, the truth was held this often. What 56 to 168 days show of a drift is little;
the intervals stand around a forecast that forgets, so that what the days can't show does it little harm (`impact/forecast.rs`).";
const CREDIT: &str =
    "Four channels, people drawn anew; the truth is what 4,000,000 people show. Below 30 conversions it is too early.";
const CATALOGUE: &str = "People and pieces drawn anew; the truth is the middle index of such catalogues.";
const FIRST: &str = "How sure we said we were on average, and how often it was so.";
const FLOOR: &str = "A floor that stayed or rose by half, each day keeping half of the luck of the day before; and what an arm brings per hour, from few pieces.";

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|other| other == name);
    println!("{HEAD}");
    std::thread::scope(|threads| {
        let running: Vec<_> = SECTIONS
            .into_iter()
            .filter(|(name, ..)| is_wanted(name))
            .map(|(name, words, table)| (name, words, threads.spawn(table)))
            .collect();
        for (name, words, table) in running {
            match table.join() {
                Ok(table) => println!("## {name}\n\n{words}\n\n{table}"),
                Err(_) => println!("## {name}\n\nThe simulation broke; nothing is known."),
            }
        }
    });
}

fn held(lines: &[Held]) -> String {
    let line = |line: &Held| {
        let share = if line.tried() == 0 {
            "–".to_owned()
        } else {
            format!("{:.3}", line.share())
        };
        format!(
            "| {} | {} | {share} | {} | {} |\n",
            line.what,
            line.data,
            line.tried(),
            line.early()
        )
    };
    let rows: String = lines.iter().map(line).collect();
    format!("| interval | data | held | tried | too early |\n|---|---|---|---|---|\n{rows}")
}

fn said(lines: &[shares::Said]) -> String {
    let line = |found: &shares::Said| format!("| {} | {:.3} | {:.3} |\n", found.what, found.said, found.was);
    let rows: String = lines.iter().map(line).collect();
    format!("| what | said | was |\n|---|---|---|\n{rows}")
}
