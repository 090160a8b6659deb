//! What must hold of the customer-base models at any parameters, and on inputs that are hardly data.

#![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping, in its helpers too")]

use longplay_stats::btyd::*;
use longplay_stats::random::Draws;
use longplay_stats::{Bootstrap, FitError};
use proptest::prelude::*;

fn models(r: f64, alpha: f64, a: f64, b: f64) -> Vec<(&'static str, Box<dyn Recurring>)> {
    vec![
        ("NBD", Box::new(Nbd { r, alpha })),
        ("BG/NBD", Box::new(BgNbd { r, alpha, a, b })),
        ("MBG/NBD", Box::new(MbgNbd { r, alpha, a, b })),
        (
            "Pareto/NBD",
            Box::new(ParetoNbd {
                r,
                alpha,
                s: a,
                beta: 4.0 * b,
            }),
        ),
        ("MBG/CNBD-1", Box::new(MbgCnbd { k: 1, r, alpha, a, b })),
        ("MBG/CNBD-3", Box::new(MbgCnbd { k: 3, r, alpha, a, b })),
    ]
}

fn history(x: u32, seen: f64, age: f64) -> Evidence {
    let t_x = if x == 0 { 0.0 } else { (seen * age).max(1e-6) };
    Evidence::new(f64::from(x), t_x, age)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn presence_and_expectations_make_sense(
        r in 0.05_f64..5.0, alpha in 0.1_f64..50.0, a in 0.05_f64..5.0, b in 0.05_f64..5.0,
        x in prop_oneof![0u32..4, 0u32..60, Just(10_000u32)], seen in 0.0_f64..=1.0, age in 0.1_f64..200.0,
    ) {
        let person = history(x, seen, age);
        for (name, model) in models(r, alpha, a, b) {
            let alive = model.p_alive(&person);
            prop_assert!((0.0..=1.0 + 1e-12).contains(&alive), "{}: P(alive) {}", name, alive);
            prop_assert!(model.log_likelihood(&person).is_finite(), "{}", name);
            let expected: Vec<f64> = [0.0, 0.5, 5.0, 50.0].iter().map(|t| model.expected(&person, *t)).collect();
            prop_assert!(expected[0] == 0.0 && expected.iter().all(|value| value.is_finite()), "{}: {:?}", name, expected);
            let slack = 1e-12 * (1.0 + f64::from(x));
            prop_assert!(expected.windows(2).all(|pair| pair[0] <= pair[1] + slack), "{}: {:?}", name, expected);
            let silent = model.p_silent(&person, 10.0);
            prop_assert!((1.0 - alive - 1e-9..=1.0).contains(&silent), "{}: {} with alive {}", name, silent, alive);
        }
        let (bg, mbg) = (BgNbd { r, alpha, a, b }, MbgNbd { r, alpha, a, b });
        if x == 0 {
            prop_assert!(mbg.p_alive(&person) < bg.p_alive(&person));
        }
        let clockwork = MbgCnbd { k: 1, r, alpha, a, b };
        prop_assert!((clockwork.p_alive(&person) - mbg.p_alive(&person)).abs() < 1e-9);
        if x < 100 {
            let gap = clockwork.expected(&person, 20.0) - mbg.expected(&person, 20.0);
            prop_assert!(gap.abs() < 1e-7 * (1.0 + mbg.expected(&person, 20.0)), "{gap}");
        }
    }

    #[test]
    fn counts_of_new_people_add_up(r in 0.2_f64..3.0, alpha in 2.0_f64..20.0, a in 0.3_f64..3.0, b in 0.3_f64..4.0) {
        for (name, model) in models(r, alpha, a, b) {
            let chances: Vec<f64> = (0..400).map(|k| model.pmf_new(k, 6.0)).collect();
            let sum: f64 = chances.iter().sum();
            let mean: f64 = chances.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
            prop_assert!((sum - 1.0).abs() < 1e-6, "{name}: Σ pmf {sum}");
            prop_assert!((mean / model.expected_new(6.0) - 1.0).abs() < 1e-5, "{name}: {mean} {}", model.expected_new(6.0));
        }
        let habit = BgBb { alpha: r, beta: a, gamma: b, delta: alpha };
        let chances: Vec<f64> = (0..=12).map(|x| habit.pmf_new(x, 12)).collect();
        let mean: f64 = chances.iter().enumerate().map(|(x, p)| x as f64 * p).sum();
        prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-10);
        prop_assert!((mean / habit.expected_new(12.0) - 1.0).abs() < 1e-8);
    }
}

/// People drawn from a model do what the model expects of them: new ones, and those with the same history.
#[test]
fn simulated_people_meet_expectations() {
    const PEOPLE: u64 = 40_000;
    for (name, model) in models(0.8, 6.0, 0.9, 2.0) {
        let (mut first, mut forecast, mut actual) = (0.0, 0.0, 0.0);
        for index in 0..PEOPLE {
            // The same draws, watched for 20 and for 40.
            let (early, late) = (
                model.simulate(20.0, &mut Draws::new(5, index)),
                model.simulate(40.0, &mut Draws::new(5, index)),
            );
            first += early.x;
            forecast += model.expected(&early, 20.0);
            actual += late.x - early.x;
        }
        let n = PEOPLE as f64;
        println!(
            "{name}: {} against {}; then {} against {}",
            first / n,
            model.expected_new(20.0),
            actual / n,
            forecast / n
        );
        assert!((first / n / model.expected_new(20.0) - 1.0).abs() < 0.04, "{name}");
        assert!((actual / forecast - 1.0).abs() < 0.05, "{name}");
    }
}

/// models.md §1.2: at x = 5,000 the textbook form is NaN.
#[test]
fn frequent_buyers_do_not_overflow() {
    let model = BgNbd {
        r: 0.243,
        alpha: 4.414,
        a: 0.793,
        b: 2.426,
    };
    for (x, t_x, age) in [(5_000.0, 20.0, 39.0), (5_000.0, 39.0, 39.0), (1e6, 38.9, 39.0)] {
        let found = model.expected(&Evidence::new(x, t_x, age), 39.0);
        assert!(found.is_finite() && found >= 0.0, "{x}: {found}");
    }
}

#[test]
fn order_and_bundling_of_rows_change_no_digit() {
    let truth = MbgNbd {
        r: 0.8,
        alpha: 6.0,
        a: 0.9,
        b: 2.0,
    };
    let rows: Vec<Evidence> = (0..400)
        .map(|index| {
            let mut row = truth.simulate(30.0, &mut Draws::new(9, index));
            row.t_x = row.t_x.ceil();
            Evidence { log_gaps: 0.0, ..row }
        })
        .collect();
    let straight = MbgNbd::fit(&Condensed::new(&rows).unwrap()).unwrap();
    let turned: Vec<Evidence> = rows.iter().rev().copied().collect();
    let twice: Vec<Evidence> = rows.iter().map(|row| Evidence { weight: 2.0, ..*row }).collect();
    assert_eq!(
        MbgNbd::fit(&Condensed::new(&turned).unwrap()).unwrap().model,
        straight.model
    );
    let doubled = MbgNbd::fit(&Condensed::new(&twice).unwrap()).unwrap();
    assert!((doubled.model.r / straight.model.r - 1.0).abs() < 1e-4);
    assert!((doubled.log_likelihood / straight.log_likelihood - 2.0).abs() < 1e-9);
}

#[test]
fn the_unit_of_time_does_not_matter() {
    let truth = ParetoNbd {
        r: 0.8,
        alpha: 6.0,
        s: 0.7,
        beta: 9.0,
    };
    let in_unit = |unit: f64| {
        let row = |index| {
            let row = truth.simulate(30.0, &mut Draws::new(10, index));
            Evidence::new(row.x, row.t_x * unit, row.age * unit)
        };
        Condensed::new(&(0..300).map(row).collect::<Vec<_>>()).unwrap()
    };
    let (weeks, seconds) = (in_unit(1.0), in_unit(604_800.0));
    let (one, other) = (MbgNbd::fit(&weeks).unwrap(), MbgNbd::fit(&seconds).unwrap());
    assert!((other.model.alpha / one.model.alpha / 604_800.0 - 1.0).abs() < 1e-3);
    assert!((other.model.r / one.model.r - 1.0).abs() < 1e-3);
    let moved = one.log_likelihood - weeks.rows().map(|row| row.x * row.weight).sum::<f64>() * 604_800.0_f64.ln();
    assert!((other.log_likelihood - moved).abs() < 1e-3);
}

#[test]
fn hardly_data_is_answered_in_words() {
    let fits = |rows: &[Evidence]| -> Vec<Result<(), FitError>> {
        let people = match Condensed::new(rows) {
            Ok(people) => people,
            Err(error) => return vec![Err(error)],
        };
        vec![
            Nbd::fit(&people).map(|_| ()),
            BgNbd::fit(&people).map(|fit| assert!(fit.log_likelihood.is_finite())),
            MbgNbd::fit(&people).map(|fit| assert!(fit.log_likelihood.is_finite())),
            ParetoNbd::fit(&people).map(|fit| assert!(fit.log_likelihood.is_finite())),
            MbgCnbd::fit(&people).map(|fit| assert!(fit.fitted.log_likelihood.is_finite())),
            choose(&people).map(|_| ()),
        ]
    };
    assert_eq!(fits(&[]), vec![Err(FitError::NoEvidence)]);
    assert_eq!(fits(&[Evidence::new(0.0, 0.0, 0.0)]), vec![Err(FitError::NoEvidence)]);
    assert!(
        fits(&[Evidence::new(0.0, 0.0, 10.0)])
            .iter()
            .all(|found| matches!(found, Err(FitError::NotIdentified(_))))
    );
    for rows in [
        vec![Evidence::new(1.0, 5.0, 10.0)],
        vec![Evidence::new(3.0, 10.0, 10.0); 50],
        vec![Evidence::new(10_000.0, 9.9, 10.0), Evidence::new(0.0, 0.0, 10.0)],
        vec![Evidence::new(1.0, 1e-9, 1e-9), Evidence::new(1.0, 1e9, 1e9)],
    ] {
        for found in fits(&rows) {
            assert!(found.is_ok() || matches!(found, Err(FitError::NoOptimum)), "{found:?}");
        }
    }
}

/// Nominal 90 % intervals of expectations and presence hold the truth in 90 % of simulated audiences.
#[test]
fn intervals_cover_mbg_nbd() {
    let truth = MbgNbd {
        r: 0.8,
        alpha: 6.0,
        a: 0.9,
        b: 2.0,
    };
    let somebody = Evidence::new(2.0, 15.0, 40.0);
    type Quantity<'a> = &'a dyn Fn(&MbgNbd) -> f64;
    let quantities: [(&str, Quantity<'_>); 3] = [
        ("E[X(26)]", &|model| model.expected_new(26.0)),
        ("P(alive)", &|model| model.p_alive(&somebody)),
        ("E[Y(26)]", &|model| model.expected(&somebody, 26.0)),
    ];
    const AUDIENCES: u64 = 150;
    let mut held = [0u32; 3];
    for audience in 0..AUDIENCES {
        let rows: Vec<Evidence> = (0..400)
            .map(|index| {
                let row = truth.simulate(40.0, &mut Draws::new(1_000 + audience, index));
                Evidence::new(row.x, row.t_x, row.age)
            })
            .collect();
        let fit = MbgNbd::fit(&Condensed::new(&rows).unwrap()).unwrap();
        for ((_, quantity), held) in quantities.iter().zip(&mut held) {
            let bootstrap = Bootstrap {
                count: 300,
                seed: audience,
            };
            let estimate = fit.estimate(0.9, bootstrap, |model| quantity(model)).unwrap();
            *held += u32::from(estimate.low <= quantity(&truth) && quantity(&truth) <= estimate.high);
        }
    }
    for ((name, _), held) in quantities.iter().zip(held) {
        let share = f64::from(held) / AUDIENCES as f64;
        println!("{name}: {share:.3} of {AUDIENCES} audiences of 400 people");
        assert!((0.84..=0.96).contains(&share), "{name}: {share}");
    }
}
