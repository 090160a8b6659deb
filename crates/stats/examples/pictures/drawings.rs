//! One picture a method.

use longplay_stats::Bootstrap;
use longplay_stats::attribution::{Credits, Journey, Journeys, Rule, by_rule, credit_intervals, markov, shapley};
use longplay_stats::bandit::{Arm, p_best};
use longplay_stats::btyd::{Evidence, MbgNbd, Recurring};
use longplay_stats::durability::{Audience, PersonPiece, durability};
use longplay_stats::impact::{Series, impact};
use longplay_stats::random::Draws;
use longplay_stats::rates::{BetaBinomial, Counted, Pooled, jeffreys};
use longplay_stats::special::gamma::ln_beta;
use longplay_stats::spikes::{DayCount, SpikeDetector};
use longplay_stats::survival::{Duration, KaplanMeier, WeibullCure};

use super::plot::{Hue, Plot};

const SHARES: [(f64, &str); 3] = [(0.0, "0"), (0.5, "50 in 100"), (1.0, "100")];

/// Every picture by the page it stands on.
pub fn all() -> Vec<(&'static str, String)> {
    [
        ("returns", returns()),
        ("goals", goals()),
        ("presence", presence()),
        ("hits", hits()),
        ("lift", lift()),
        ("credit", credit()),
        ("durability", index()),
        ("fit", fit()),
        ("plan", plan()),
        ("coverage", coverage()),
    ]
    .into_iter()
    .filter_map(|(name, svg)| Some((name, svg?)))
    .collect()
}

/// People of whom 35 % never come back, watched for 20 to 90 days.
fn waits(people: u64) -> Vec<Duration> {
    (0..people)
        .map(|person| {
            let mut draws = Draws::new(11, person);
            let watched = (20.0 + 70.0 * draws.uniform()).round();
            let wait = (1.0 + 14.0 * draws.exponential()).round();
            let returns = draws.uniform() > 0.35 && wait <= watched;
            Duration::new(if returns { wait } else { watched }, returns)
        })
        .collect()
}

fn returns() -> Option<String> {
    let mut plot = Plot::new(
        "How many came back, by days since they first came",
        "two made-up groups, band = 90 in 100; dashed where fewer than 10 are still watched",
        (0.0, 90.0),
        (0.0, 1.0),
    )
    .y_axis(&SHARES)
    .x_axis(&[(0.0, "0"), (28.0, "28"), (60.0, "60"), (90.0, "90")], "days");
    for (people, hue, words) in [(400, Hue::Muted, "400 people"), (40, Hue::Accent, "40 people: wider")] {
        let rows = waits(people);
        let curve = KaplanMeier::new(&rows).ok()?;
        let days: Vec<f64> = (0..=90).map(f64::from).collect();
        let found: Vec<_> = days
            .iter()
            .filter_map(|&day| Some((day, curve.happened(day, 0.9)?)))
            .collect();
        let watched = |day: f64| rows.iter().filter(|row| row.time >= day).count() >= 10;
        let line = |keep: &dyn Fn(f64) -> bool| -> Vec<(f64, f64)> {
            let kept = found.iter().filter(|(day, _)| keep(*day));
            kept.map(|(day, share)| (*day, share.value)).collect()
        };
        let band: Vec<_> = found.iter().map(|(day, share)| (*day, share.low, share.high)).collect();
        let end = line(&watched).last().copied()?;
        plot = plot
            .band(&band, hue)
            .line(&line(&watched), hue, false)
            .line(&line(&|day| day >= end.0), hue, true);
        let up = if people == 40 { 0.12 } else { -0.16 };
        plot = plot.label((45.0, curve.happened(45.0, 0.9)?.value + up), "middle", hue, words);
    }
    Some(plot.svg("Two curves of people who came back; the one of few people has the wider band"))
}

fn goals() -> Option<String> {
    let rows = waits(400);
    let (curve, fit) = (KaplanMeier::new(&rows).ok()?, WeibullCure::fit(&rows).ok()?);
    let known: Vec<_> = (0..=60)
        .map(f64::from)
        .filter_map(|day| Some((day, curve.happened(day, 0.9)?)))
        .collect();
    let ahead = |model: &WeibullCure, day: f64| (1.0 - model.cured()) * model.maturity(day);
    let later: Vec<_> = (60..=120)
        .map(f64::from)
        .filter_map(|day| Some((day, fit.estimate(0.9, Bootstrap::default(), |model| ahead(model, day))?)))
        .collect();
    let last = 1.0 - fit.model.cured();
    let plot = Plot::new(
        "So far, and still to come",
        "400 made-up people; up to day 60 counted, after that estimated; band = 90 in 100",
        (0.0, 120.0),
        (0.0, 1.0),
    )
    .y_axis(&SHARES)
    .x_axis(
        &[(0.0, "0"), (30.0, "30"), (60.0, "60"), (90.0, "90"), (120.0, "120")],
        "days since they came",
    )
    .band(
        &known
            .iter()
            .map(|(day, share)| (*day, share.low, share.high))
            .collect::<Vec<_>>(),
        Hue::Accent,
    )
    .band(
        &later
            .iter()
            .map(|(day, share)| (*day, share.low, share.high))
            .collect::<Vec<_>>(),
        Hue::Muted,
    )
    .line(
        &known.iter().map(|(day, share)| (*day, share.value)).collect::<Vec<_>>(),
        Hue::Accent,
        false,
    )
    .line(
        &later.iter().map(|(day, share)| (*day, share.value)).collect::<Vec<_>>(),
        Hue::Muted,
        true,
    )
    .line(&[(0.0, last), (120.0, last)], Hue::Ink, true)
    .label(
        (4.0, last + 0.04),
        "start",
        Hue::Ink,
        "all who ever will; the others never",
    );
    Some(plot.svg("A curve that flattens below 100: some never do it"))
}

fn presence() -> Option<String> {
    let model = MbgNbd {
        r: 0.525,
        alpha: 6.183,
        a: 0.891,
        b: 1.614,
    };
    let mut plot = Plot::new(
        "How likely somebody is still there, by weeks of silence",
        "two people after half a year; parameters of CDNOW's customers",
        (0.0, 40.0),
        (0.0, 1.0),
    )
    .y_axis(&SHARES)
    .x_axis(
        &[(0.0, "0"), (10.0, "10"), (20.0, "20"), (30.0, "30"), (40.0, "40")],
        "weeks of silence",
    );
    for (x, hue, words) in [
        (26.0, Hue::Accent, "came every week"),
        (3.0, Hue::Ink, "came every two months"),
    ] {
        let at = |weeks: f64| model.p_alive(&Evidence::new(x, 26.0, 26.0 + weeks));
        let points: Vec<_> = (0..=80)
            .map(|half| f64::from(half) / 2.0)
            .map(|weeks| (weeks, at(weeks)))
            .collect();
        let place = if x > 10.0 { 6.0 } else { 22.0 };
        plot = plot
            .line(&points, hue, false)
            .label((place + 0.8, at(place) + 0.05), "start", hue, words);
    }
    Some(plot.svg("Silence means more for somebody who used to come every week"))
}

fn hits() -> Option<String> {
    const WEEK: [f64; 7] = [1.1, 1.05, 1.0, 1.0, 0.95, 0.7, 0.8];
    let days: Vec<DayCount> = (0..112usize)
        .map(|day| {
            let mut draws = Draws::new(12, day as u64);
            let extra = match day {
                90 => 4.2,
                91 => 2.6,
                92 => 1.7,
                _ => 1.0,
            };
            let luck = (0.1 * draws.normal()).exp();
            let value = draws.poisson(200.0 * WEEK[day % 7] * extra * luck) as f64;
            DayCount {
                weekday: day % 7,
                value,
            }
        })
        .collect();
    let scan = SpikeDetector::default().scan(&days);
    let judged: Vec<_> = (0..112)
        .filter_map(|day| Some((day as f64, (*scan.days.get(day)?)?)))
        .collect();
    let mut plot = Plot::new(
        "Every day against what this weekday usually brings",
        "made-up counts a day; band = the usual range, 90 in 100 ordinary days; dots stood out",
        (28.0, 112.0),
        (0.0, 900.0),
    )
    .y_axis(&[(0.0, "0"), (300.0, "300"), (600.0, "600"), (900.0, "900")])
    .x_axis(&[(28.0, "28"), (56.0, "56"), (84.0, "84"), (112.0, "112")], "day")
    .band(
        &judged
            .iter()
            .map(|(day, usual)| (*day, usual.low, usual.high))
            .collect::<Vec<_>>(),
        Hue::Muted,
    )
    .line(
        &judged
            .iter()
            .map(|(day, _)| (*day, days[*day as usize].value))
            .collect::<Vec<_>>(),
        Hue::Ink,
        false,
    );
    for (day, _) in judged.iter().filter(|(_, usual)| usual.flagged) {
        plot = plot.dot((*day, days[*day as usize].value), Hue::Accent);
    }
    let first = scan.episodes.first()?;
    let words = format!("{:.1} times its base", first.peak / first.base);
    Some(
        plot.label((88.0, 800.0), "end", Hue::Accent, &words)
            .svg("A band of usual days, and a peak far above it"),
    )
}

fn lift() -> Option<String> {
    let mut plot = Plot::new(
        "What happened, less what would have happened anyway",
        "three made-up hits: mean a day over 28 days; whisker = 90 in 100; usual 50 a day",
        (-8.0, 14.0),
        (0.0, 4.0),
    )
    .x_axis(
        &[(-5.0, "−5"), (0.0, "0"), (5.0, "+5"), (10.0, "+10")],
        "more a day than expected",
    )
    .line(&[(0.0, 0.2), (0.0, 3.8)], Hue::Muted, true);
    for (place, lift, drift, noise) in [(3.2, 6.0, 0.0, 4.0), (2.1, -0.5, 0.0, 2.0), (1.0, 0.0, 1.0, 4.0)] {
        let mut series = Series::default();
        let (mut level, mut draws) = (50.0, Draws::new(14, place as u64));
        for day in 0..140 {
            level += drift * draws.normal();
            series
                .y
                .push(level + noise * draws.normal() + if day >= 112 { lift } else { 0.0 });
            series.weekdays.push(day % 7);
        }
        let found = impact(&series, 112, 0.9, 1.5)?;
        let Estimates { low, value, high } = Estimates::of(&found.effect);
        plot = plot
            .whisker(((low, place), (value, place), (high, place)), Hue::Accent)
            .label((value, place + 0.3), "middle", Hue::Ink, found.verdict.words());
    }
    Some(plot.svg("Three effects with their intervals and verdicts"))
}

struct Estimates {
    low: f64,
    value: f64,
    high: f64,
}

impl Estimates {
    fn of(estimate: &longplay_stats::Estimate) -> Self {
        Self {
            low: estimate.low,
            value: estimate.value,
            high: estimate.high,
        }
    }
}

fn credit() -> Option<String> {
    const CHANNELS: [&str; 4] = ["search", "newsletter", "video", "shop page"];
    let journey = |(touches, conversions, nulls): (&[u32], f64, f64)| Journey {
        touches: touches.to_vec(),
        ages: Vec::new(),
        conversions,
        value: 0.0,
        nulls,
    };
    let rows: [(&[u32], f64, f64); 6] = [
        (&[0, 3], 14.0, 160.0),
        (&[0, 1, 3], 22.0, 90.0),
        (&[2, 1, 3], 18.0, 60.0),
        (&[2], 0.0, 300.0),
        (&[0], 2.0, 240.0),
        (&[1, 1, 3], 12.0, 50.0),
    ];
    let journeys = Journeys::new(rows.into_iter().map(journey).collect(), 4).ok()?;
    type Method = fn(&Journeys) -> Option<Credits>;
    let methods: [(&str, Hue, Method); 4] = [
        ("first", Hue::Muted, |journeys| Some(by_rule(journeys, Rule::First))),
        ("last", Hue::Ink, |journeys| Some(by_rule(journeys, Rule::Last))),
        ("Shapley", Hue::Accent, |journeys| Some(shapley(journeys))),
        ("Markov", Hue::Accent, |journeys| {
            markov(journeys, 1).ok().map(|found| found.credits)
        }),
    ];
    let mut plot = Plot::new(
        "Who gets the 68 sales? It depends on the rule",
        "made-up journeys; per channel, left to right: first, last, Shapley, Markov; whisker = 90 in 100",
        (0.0, 4.0),
        (0.0, 90.0),
    )
    .y_axis(&[(0.0, "0"), (30.0, "30"), (60.0, "60"), (90.0, "90")]);
    for (place, (_, hue, method)) in methods.iter().enumerate() {
        for (channel, estimate) in credit_intervals(&journeys, 0.9, Bootstrap::default(), method)?
            .iter()
            .enumerate()
        {
            let x = channel as f64 + 0.2 + 0.2 * place as f64;
            plot = plot.whisker(((x, estimate.low), (x, estimate.value), (x, estimate.high)), *hue);
        }
    }
    let names: Vec<_> = CHANNELS
        .iter()
        .enumerate()
        .map(|(index, name)| (index as f64 + 0.5, *name))
        .collect();
    Some(
        plot.x_axis(&names, "")
            .svg("Four channels, each with four different credits"),
    )
}

fn catalogue(pieces: usize, hit: f64, loyal: f64) -> Audience {
    let mut draws = Draws::new(15, pieces as u64);
    let mut found = Audience {
        old: (0..pieces)
            .map(|piece| if hit < 0.9 { piece % 3 != 0 } else { piece % 8 == 1 })
            .collect(),
        ..Audience::default()
    };
    for person in 0..400 {
        let returning = draws.uniform() < loyal;
        found.returning.push(returning);
        let any = |draws: &mut Draws| {
            if draws.uniform() < hit {
                0
            } else {
                draws.bits() as usize % pieces
            }
        };
        let brought = any(&mut draws);
        let came = f64::from(u8::from(returning));
        found.rows.push(PersonPiece {
            person,
            piece: brought,
            brought_back: came,
            recent_days: 1.0,
        });
        for _ in 0..if returning { 3 } else { 0 } {
            let piece = any(&mut draws);
            found.rows.push(PersonPiece {
                person,
                piece,
                brought_back: 0.0,
                recent_days: 1.0,
            });
        }
    }
    found
}

fn index() -> Option<String> {
    let mut plot = Plot::new(
        "The index of three made-up catalogues",
        "400 people each; whisker = 90 in 100; the word needs the whole whisker on its side",
        (0.0, 1.0),
        (0.0, 4.0),
    )
    .x_axis(&[(0.0, "0"), (0.35, ".35"), (0.6, ".6"), (1.0, "1")], "index")
    .line(&[(0.35, 0.2), (0.35, 3.9)], Hue::Muted, true)
    .line(&[(0.6, 0.2), (0.6, 3.9)], Hue::Muted, true);
    for (place, pieces, hit, loyal, name) in [
        (3.1, 40, 0.0, 0.8, "forty pieces, many come back"),
        (2.0, 12, 0.4, 0.5, "twelve pieces, one brings four of ten"),
        (0.9, 40, 0.97, 0.1, "one hit, few come back"),
    ] {
        let found = durability(&catalogue(pieces, hit, loyal), 0.9, Bootstrap::default())?;
        let Estimates { low, value, high } = Estimates::of(&found.index?);
        let words = format!("{name}: {}", found.verdict.words());
        let anchor = if value > 0.5 { "end" } else { "start" };
        plot = plot
            .whisker(((low, place), (value, place), (high, place)), Hue::Accent)
            .label(
                (if value > 0.5 { high } else { low }, place + 0.3),
                anchor,
                Hue::Ink,
                &words,
            );
    }
    Some(plot.svg("Three indexes with their intervals"))
}

fn fit() -> Option<String> {
    let items = [
        (9, 12),
        (30, 120),
        (66, 300),
        (2, 40),
        (20, 90),
        (0, 8),
        (51, 200),
        (12, 60),
    ]
    .map(|(k, n)| Counted { k, n });
    let pooled = Pooled::<BetaBinomial>::new(&items).ok()?;
    let mut plot = Plot::new(
        "Small pieces are drawn towards the others",
        "eight made-up pieces; grey = raw share, colour = ours with 90 in 100",
        (0.0, 8.0),
        (0.0, 1.0),
    )
    .y_axis(&SHARES);
    let mut names = Vec::new();
    for (place, item) in items.into_iter().enumerate() {
        let x = place as f64 + 0.5;
        let found = pooled.rate(item, 0.9, Bootstrap::default())?;
        plot = plot
            .dot((x - 0.18, item.k as f64 / item.n as f64), Hue::Muted)
            .whisker(((x, found.low), (x, found.value), (x, found.high)), Hue::Accent);
        names.push((x, item.n.to_string()));
    }
    let names: Vec<_> = names.iter().map(|(x, name)| (*x, name.as_str())).collect();
    Some(
        plot.x_axis(&names, "people")
            .svg("Raw shares in grey, shares drawn towards each other in colour"),
    )
}

fn plan() -> Option<String> {
    let arms = [
        Arm { a: 21.0, b: 181.0 },
        Arm { a: 31.0, b: 171.0 },
        Arm { a: 26.0, b: 176.0 },
    ];
    let chances = p_best(&arms);
    let density =
        |arm: &Arm, p: f64| ((arm.a - 1.0) * p.ln() + (arm.b - 1.0) * (1.0 - p).ln() - ln_beta(arm.a, arm.b)).exp();
    let mut plot = Plot::new(
        "What is known of three topics, and how likely each is first",
        "each tried on 200 people (models of one topic each); height = how likely such a rate is",
        (0.02, 0.26),
        (0.0, 22.0),
    )
    .x_axis(
        &[(0.05, "5 in 100"), (0.1, "10"), (0.15, "15"), (0.2, "20"), (0.25, "25")],
        "become regulars",
    );
    for ((arm, chance), (hue, dashed, aside)) in arms.iter().zip(&chances).zip([
        (Hue::Muted, true, -0.012),
        (Hue::Accent, false, 0.025),
        (Hue::Ink, false, 0.0),
    ]) {
        let points: Vec<_> = (20..=260)
            .map(|step| f64::from(step) / 1e3)
            .map(|p| (p, density(arm, p)))
            .collect();
        let mode = (arm.a - 1.0) / (arm.a + arm.b - 2.0);
        let words = format!("first: {:.0} in 100", 100.0 * chance);
        plot = plot
            .line(&points, hue, dashed)
            .label((mode + aside, density(arm, mode) + 0.7), "middle", hue, &words);
    }
    Some(plot.svg("Three overlapping curves with the chance of each to be first"))
}

/// Counted out, no simulation: how often Jeffreys' interval of 20 people holds a share.
fn coverage() -> Option<String> {
    let n = 20u64;
    let intervals: Vec<_> = (0..=n).filter_map(|k| jeffreys(k, n, 0.9)).collect();
    let choose = |k: u64| -((n as f64 + 1.0).ln() + ln_beta((n - k) as f64 + 1.0, k as f64 + 1.0));
    let held = |p: f64| -> f64 {
        (0..=n)
            .zip(&intervals)
            .filter(|(_, interval)| interval.low <= p && p <= interval.high)
            .map(|(k, _)| (choose(k) + k as f64 * p.ln() + (n - k) as f64 * (1.0 - p).ln()).exp())
            .sum()
    };
    let points: Vec<_> = (2..=198)
        .map(|step| f64::from(step) / 200.0)
        .map(|p| (p, held(p)))
        .collect();
    let plot = Plot::new(
        "How often an interval of 20 people holds the true share",
        "counted out for every true share; nominal 90 in 100; band = 88 to 92",
        (0.0, 1.0),
        (0.7, 1.0),
    )
    .y_axis(&[(0.7, "70"), (0.8, "80"), (0.9, "90"), (1.0, "100")])
    .x_axis(&[(0.0, "0"), (0.5, "50 in 100"), (1.0, "100")], "true share")
    .band(&[(0.0, 0.88, 0.92), (1.0, 0.88, 0.92)], Hue::Muted)
    .line(&points, Hue::Accent, false);
    Some(plot.svg("Coverage jumps about 90 in 100 as the true share changes"))
}
