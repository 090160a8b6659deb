//! models.md §6: empirical Bayes, James–Stein, ridge logistic.

use crate::shared_data::shared_text;
use longplay_stats::Bootstrap;
use longplay_stats::rates::*;

#[track_caller]
fn near(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "{found} against {wanted}");
}

const HITS: [u64; 18] = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7];
const LATER: [f64; 18] = [
    0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269, 0.230, 0.264, 0.256, 0.303, 0.264, 0.226, 0.286,
    0.316, 0.200,
];

fn squared_error(rates: &[f64]) -> f64 {
    rates
        .iter()
        .zip(LATER)
        .map(|(rate, truth)| (rate - truth).powi(2))
        .sum()
}

#[test]
fn efron_morris_1975_table_1_batting() {
    let shrunk = james_stein(&HITS, 45).unwrap();
    println!("{shrunk:?} {}", squared_error(&shrunk.rates));
    near(shrunk.factor, 0.2117, 5e-5);
    near(shrunk.rates[0], 0.2939, 5e-5);
    near(squared_error(&HITS.map(|k| k as f64 / 45.0)), 0.07549, 5e-6);
    near(squared_error(&shrunk.rates), 0.02137, 5e-6);
    let items: Vec<Counted> = HITS.iter().map(|&k| Counted { k, n: 45 }).collect();
    let fit = BetaBinomial::fit(&items).unwrap();
    near(fit.model.a / 210.558, 1.0, 2e-2);
    near(fit.model.mean(), 0.265433, 1e-5);
    near(fit.model.posterior(items[0], 0.9).unwrap().value, 0.27266, 1e-4);
    let rates: Vec<f64> = items
        .iter()
        .map(|&item| fit.model.posterior(item, 0.9).unwrap().value)
        .collect();
    near(squared_error(&rates), 0.022856, 3e-5);
    let ranked = fit.model.rank(&items, Bootstrap::default());
    assert_eq!(ranked[0].index, 0);
    assert!(
        ranked[0].p_first < 0.3,
        "eighteen of forty-five proves little: {:?}",
        ranked[0]
    );
}

/// Fields of the shop sessions, in the order of models.md.
struct Sessions {
    table: Table,
    page_values: Vec<f64>,
    traffic: Vec<usize>,
}

fn online_shoppers() -> Option<Sessions> {
    let text = shared_text("online-shoppers/online_shoppers_intention.csv")?;
    let mut found = Sessions {
        table: Table::default(),
        page_values: vec![],
        traffic: vec![],
    };
    for line in text.lines().skip(1) {
        let f: Vec<&str> = line.trim().split(';').collect();
        let number = |index: usize| f[index].parse::<f64>().unwrap();
        let flag = |yes: bool| f64::from(u8::from(yes));
        found.table.features.push(vec![
            number(0),
            number(2),
            number(4),
            number(6),
            number(7),
            number(9),
            flag(f[15] == "Returning_Visitor"),
            flag(f[16].eq_ignore_ascii_case("true")),
        ]);
        found.table.outcomes.push(f[17].eq_ignore_ascii_case("true"));
        found.page_values.push(number(8));
        found.traffic.push(f[14].parse().unwrap());
    }
    Some(found)
}

#[test]
fn online_shoppers_beta_binomial_by_traffic_type() {
    let Some(sessions) = online_shoppers() else { return };
    let mut items = vec![Counted { k: 0, n: 0 }; 21];
    for (&kind, &outcome) in sessions.traffic.iter().zip(&sessions.table.outcomes) {
        items[kind].n += 1;
        items[kind].k += u64::from(outcome);
    }
    let fit = BetaBinomial::fit(&items).unwrap();
    near(fit.model.a, 3.472738, 4e-3);
    near(fit.model.b, 18.742828, 2e-2);
    near(fit.model.mean(), 0.156320, 1e-5);
    for (kind, k, n, rate) in [
        (7, 12, 40, 0.2487),
        (16, 1, 3, 0.1774),
        (12, 0, 1, 0.1496),
        (15, 0, 38, 0.0577),
    ] {
        assert_eq!(items[kind], Counted { k, n });
        near(fit.model.posterior(items[kind], 0.9).unwrap().value, rate, 6e-5);
    }
    assert!(fit.model.items_differ());
}

#[test]
fn online_shoppers_logistic() {
    let Some(mut sessions) = online_shoppers() else { return };
    assert_eq!(sessions.table.outcomes.iter().filter(|&&bought| bought).count(), 1_908);
    let plain = Logistic::fit(&sessions.table, 0.0).unwrap();
    let wanted = [
        0.013455, 0.047465, 0.003774, 1.815299, -29.761754, -1.117486, -0.385332, 0.061644,
    ];
    near(plain.model.intercept, -0.741238, 1e-5);
    for (found, wanted) in plain.model.slopes.iter().zip(wanted) {
        near(*found, wanted, 1e-5 * (1.0 + wanted.abs()));
    }
    near(plain.log_likelihood, -4756.7923, 1e-3);
    near(plain.log_likelihood_null, -5312.3981, 1e-3);
    let scores: Vec<f64> = sessions
        .table
        .features
        .iter()
        .map(|row| plain.model.score(row))
        .collect();
    let quality = judge(&scores, &sessions.table.outcomes).unwrap();
    near(quality.auc, 0.725633, 1e-6);
    near(quality.brier, 0.120599, 1e-6);
    near(quality.calibration_error, 0.007185, 1e-6);

    let ridge: [(f64, [f64; 9]); 2] = [
        (
            1.0,
            [
                -2.19062, 0.045261, 0.060256, 0.168275, 0.071539, -1.429874, -0.222085, -0.135852, 0.026211,
            ],
        ),
        (
            100.0,
            [
                -2.052233, 0.071739, 0.058199, 0.183653, -0.228203, -0.851958, -0.204938, -0.159488, 0.031576,
            ],
        ),
    ];
    for (penalty, wanted) in ridge {
        let fit = Logistic::fit(&sessions.table, penalty).unwrap().standardised;
        near(fit.intercept, wanted[0], 1e-5);
        for (found, wanted) in fit.slopes.iter().zip(&wanted[1..]) {
            near(*found, *wanted, 1e-5);
        }
    }
    // A feature that leaks the outcome looks brilliant.
    for (row, value) in sessions.table.features.iter_mut().zip(&sessions.page_values) {
        row.push(*value);
    }
    let leaking = Logistic::fit(&sessions.table, 0.0).unwrap();
    near(leaking.log_likelihood, -3702.4887, 1e-3);
    near(leaking.model.slopes[8], 0.080126, 1e-6);
    let scores: Vec<f64> = sessions
        .table
        .features
        .iter()
        .map(|row| leaking.model.score(row))
        .collect();
    near(
        area_under_curve(&scores, &sessions.table.outcomes).unwrap(),
        0.885087,
        1e-6,
    );
}

#[test]
fn online_shoppers_held_out_beats_the_base_rate() {
    let Some(mut sessions) = online_shoppers() else { return };
    sessions.table.features.truncate(3_000);
    sessions.table.outcomes.truncate(3_000);
    let folds: Vec<usize> = (0..3_000).map(|row| row % 5).collect();
    let (penalty, fit, calibration, quality) = cross_validated(&sessions.table, &folds, &[1.0, 10.0, 100.0]).unwrap();
    println!("λ {penalty}, {calibration:?}, {quality:?}");
    assert!(quality.log_loss < quality.log_loss_base && (0.8..1.3).contains(&calibration.stretch));
    assert!(fit.model.slopes.iter().all(|slope| slope.is_finite()));
}

#[test]
fn hillstrom_2008_logit_of_visits() {
    let Some(text) = shared_text("hillstrom-email/hillstrom.csv") else {
        return;
    };
    let mut table = Table::default();
    for line in text.lines().skip(1) {
        // A history segment may hold a comma, so columns are counted from the end.
        let f: Vec<&str> = line.trim().split(',').collect();
        let at = |from_end: usize| f[f.len() - from_end];
        let flag = |yes: bool| f64::from(u8::from(yes));
        let number = |text: &str| text.parse::<f64>().unwrap();
        table.features.push(vec![
            number(f[0]),
            number(at(10)) / 100.0,
            number(at(9)),
            number(at(8)),
            number(at(6)),
            flag(at(5) == "Phone"),
            flag(at(5) == "Web"),
            flag(at(7) == "Rural"),
            flag(at(7) == "Urban"),
            flag(at(4) == "Mens E-Mail"),
            flag(at(4) == "Womens E-Mail"),
        ]);
        table.outcomes.push(at(3) == "1");
    }
    assert_eq!(table.outcomes.len(), 64_000);
    let fit = Logistic::fit(&table, 0.0).unwrap();
    let wanted = [
        -0.053301, 0.047344, 0.570699, 0.725618, -0.556932, -0.099102, 0.165725, 0.356033, -0.015808, 0.645414,
        0.419728,
    ];
    near(fit.model.intercept, -2.529904, 1e-5);
    for (found, wanted) in fit.model.slopes.iter().zip(wanted) {
        near(*found, wanted, 1e-5);
    }
    near(fit.log_likelihood, -25595.7275, 1e-3);
    let scores: Vec<f64> = table.features.iter().map(|row| fit.model.score(row)).collect();
    near(area_under_curve(&scores, &table.outcomes).unwrap(), 0.647260, 1e-6);
}

#[test]
fn gamma_poisson_finds_the_rates_it_was_drawn_from() {
    use longplay_stats::random::Draws;
    let mut draws = Draws::new(4, 4);
    let items: Vec<Exposed> = (0..400)
        .map(|_| {
            let exposure = 1.0 + 20.0 * draws.uniform();
            let rate = draws.gamma(2.0) / 4.0;
            Exposed {
                k: draws.poisson(rate * exposure),
                exposure,
            }
        })
        .collect();
    let fit = GammaPoisson::fit(&items).unwrap();
    near(fit.model.mean(), 0.5, 0.06);
    near(fit.model.a, 2.0, 0.6);
    let one = fit.model.posterior(items[0], 0.9).unwrap();
    assert!(one.low < one.value && one.value < one.high);
    assert!(GammaPoisson::fit(&[Exposed { k: 0, exposure: 1.0 }; 5]).is_err());
}

#[test]
fn hillstrom_2008_differences_to_no_mail() {
    let Some(text) = shared_text("hillstrom-email/hillstrom.csv") else {
        return;
    };
    // By arm: visits, conversions, spend.
    let mut arms: std::collections::BTreeMap<String, [Sample; 3]> = Default::default();
    for line in text.lines().skip(1) {
        let f: Vec<&str> = line.trim().split(',').collect();
        let nothing = Sample {
            n: 0,
            sum: 0.0,
            sum_of_squares: 0.0,
        };
        let arm = arms.entry(f[f.len() - 4].to_owned()).or_insert([nothing; 3]);
        for (sample, from_end) in arm.iter_mut().zip([3, 2, 1]) {
            let value: f64 = f[f.len() - from_end].parse().unwrap();
            *sample = Sample {
                n: sample.n + 1,
                sum: sample.sum + value,
                sum_of_squares: sample.sum_of_squares + value * value,
            };
        }
    }
    let table = [
        (
            "Mens E-Mail",
            [(0.076590, 0.003386), (0.006805, 0.000921), (0.769827, 0.145247)],
        ),
        (
            "Womens E-Mail",
            [(0.045233, 0.003234), (0.003111, 0.000823), (0.424412, 0.130333)],
        ),
    ];
    for (arm, wanted) in table {
        for (index, (difference, error)) in wanted.into_iter().enumerate() {
            let (found, found_error) = difference_of_means(arms[arm][index], arms["No E-Mail"][index], 0.95).unwrap();
            near(found.value, difference, 1e-6);
            near(found_error, error, 1e-6);
            if (arm, index) == ("Mens E-Mail", 1) {
                near(found.low, 0.005000, 1e-6);
                near(found.high, 0.008610, 1e-6);
            }
        }
    }
    near(arms["No E-Mail"][0].mean(), 0.106167, 1e-6);
    near(arms["No E-Mail"][2].mean(), 0.652789, 1e-6);
}
