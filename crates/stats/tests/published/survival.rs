//! models.md §2: Kaplan–Meier, log-rank, Weibull, cure.

use crate::shared_data::shared_text;
use longplay_stats::Bootstrap;
use longplay_stats::survival::*;

#[track_caller]
fn near(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "{found} against {wanted}");
}

fn at(curve: &KaplanMeier, t: f64) -> f64 {
    curve.survival(t, 0.95).unwrap().value
}

/// T, E, group.
fn waltons() -> Vec<(Duration, &'static str)> {
    let rows = include_str!("../data/waltons_dataset.csv").lines().skip(1);
    rows.map(|line| {
        let f: Vec<&str> = line.split(',').collect();
        (Duration::new(f[0].parse().unwrap(), f[1] == "1"), f[2])
    })
    .collect()
}

fn only(rows: &[(Duration, &str)], group: &str) -> Vec<Duration> {
    rows.iter()
        .filter(|(_, name)| *name == group)
        .map(|(row, _)| *row)
        .collect()
}

#[test]
fn waltons_lifelines_examples() {
    let rows = waltons();
    let everybody: Vec<Duration> = rows.iter().map(|(row, _)| *row).collect();
    let curve = KaplanMeier::new(&everybody).unwrap();
    assert_eq!(everybody.len(), 163);
    for (t, s) in [
        (6.0, 0.993865),
        (7.0, 0.987730),
        (9.0, 0.969210),
        (13.0, 0.950690),
        (22.0, 0.888957),
        (33.0, 0.802531),
    ] {
        near(at(&curve, t), s, 1e-6);
    }
    assert_eq!(curve.median(), Some(56.0));
    near(curve.cumulative_hazard(30.0), 0.189037, 1e-6);
    near(curve.cumulative_hazard(60.0), 1.159439, 1e-6);
    near(curve.restricted_mean(60.0).unwrap(), 48.27749, 1e-5);
    let (treated, control) = (only(&rows, "miR-137"), only(&rows, "control"));
    assert_eq!((treated.len(), control.len()), (34, 129));
    assert_eq!(KaplanMeier::new(&treated).unwrap().median(), Some(26.0));
    assert_eq!(KaplanMeier::new(&control).unwrap().median(), Some(58.0));
    let test = log_rank(&[&treated, &control]).unwrap();
    near(test.chi_squared, 122.2491, 1e-4);
    assert!(test.degrees == 1 && test.p < 1e-20);
    let fit = Weibull::fit(&everybody).unwrap();
    near(fit.model.lambda, 55.7331, 1e-2);
    near(fit.model.rho, 3.45051, 1e-3);
    near(fit.log_likelihood, -672.0622, 1e-4);
}

#[test]
fn rossi_kaplan_meier_and_cox_1972() {
    let Some(text) = shared_text("survival/rossi.csv") else {
        return;
    };
    let rows: Vec<Duration> = text
        .lines()
        .skip(1)
        .map(|line| {
            let f: Vec<&str> = line.split(',').collect();
            Duration::new(f[0].parse().unwrap(), f[1] == "1")
        })
        .collect();
    assert_eq!((rows.len(), rows.iter().filter(|row| row.event).count()), (432, 114));
    let features: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .skip(2)
                .map(|field| field.trim().parse().unwrap())
                .collect()
        })
        .collect();
    let cox = Cox::fit(&rows, &features).unwrap();
    let wanted = [
        -0.379422, -0.057438, 0.313900, -0.149796, -0.433704, -0.084871, 0.091497,
    ];
    for (found, wanted) in cox.coefficients.iter().zip(wanted) {
        near(*found, wanted, 1e-6);
    }
    near(cox.log_likelihood, -658.7477, 1e-4);
    near(2.0 * (cox.log_likelihood - cox.log_likelihood_null), 33.27, 5e-3);
    let aid = cox.hazard_ratio(0, 0.95).unwrap();
    assert!(
        aid.low < aid.value && aid.value < aid.high && (aid.value - 0.684).abs() < 1e-3,
        "{aid:?}"
    );
    let curve = KaplanMeier::new(&rows).unwrap();
    for (t, s) in [(10.0, 0.965278), (26.0, 0.875), (52.0, 0.736111)] {
        near(at(&curve, t), s, 1e-6);
    }
}

#[test]
fn dd_political_regimes() {
    let Some(text) = shared_text("survival/dd.csv") else {
        return;
    };
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place = |name: &str| columns.len() - columns.iter().position(|column| *column == name).unwrap();
    let (democracy, duration, observed) = (place("democracy"), place("duration"), place("observed"));
    // Names of countries hold commas; the columns wanted are counted from the end.
    let rows: Vec<(Duration, &str)> = lines
        .map(|line| {
            let f: Vec<&str> = line.split(',').collect();
            let from_end = |place: usize| f[f.len() - place];
            (
                Duration::new(from_end(duration).parse().unwrap(), from_end(observed) == "1"),
                from_end(democracy),
            )
        })
        .collect();
    assert_eq!(rows.len(), 1_808);
    let everybody: Vec<Duration> = rows.iter().map(|(row, _)| *row).collect();
    assert_eq!(KaplanMeier::new(&everybody).unwrap().median(), Some(4.0));
    let (free, unfree) = (only(&rows, "Democracy"), only(&rows, "Non-democracy"));
    assert_eq!(KaplanMeier::new(&free).unwrap().median(), Some(3.0));
    assert_eq!(KaplanMeier::new(&unfree).unwrap().median(), Some(6.0));
    near(log_rank(&[&free, &unfree]).unwrap().chi_squared, 260.4695, 1e-4);
}

#[test]
fn anderson_leukaemia() {
    let rows: Vec<(Duration, &str)> = include_str!("../data/anderson.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let f: Vec<&str> = line.split_whitespace().collect();
            (Duration::new(f[0].parse().unwrap(), f[1] == "1"), f[4])
        })
        .collect();
    let (drug, placebo) = (only(&rows, "0"), only(&rows, "1"));
    let curve = KaplanMeier::new(&drug).unwrap();
    for (t, s) in [
        (6.0, 0.857143),
        (7.0, 0.806723),
        (10.0, 0.752941),
        (13.0, 0.690196),
        (16.0, 0.627451),
        (22.0, 0.537815),
        (23.0, 0.448179),
    ] {
        near(at(&curve, t), s, 1e-6);
    }
    assert_eq!(curve.median(), Some(23.0));
    assert_eq!(KaplanMeier::new(&placebo).unwrap().median(), Some(8.0));
    near(log_rank(&[&drug, &placebo]).unwrap().chi_squared, 16.79294, 1e-5);
}

#[test]
fn e1684_mixture_cure_without_covariates() {
    let Some(text) = shared_text("survival/e1684.csv") else {
        return;
    };
    let rows: Vec<Duration> = text
        .lines()
        .skip(1)
        .map(|line| {
            let f: Vec<&str> = line.split(',').collect();
            Duration::new(f[1].parse().unwrap(), f[2] == "1")
        })
        .collect();
    let cure = WeibullCure::fit(&rows).unwrap();
    near(cure.model.cured(), 0.299015, 1e-4);
    near(cure.model.lambda, 1.076575, 2e-4);
    near(cure.model.rho, 0.913239, 1e-4);
    near(cure.log_likelihood, -381.39628, 1e-4);
    let constant = ExponentialCure::fit(&rows).unwrap();
    near(constant.model.cured(), 0.301251, 1e-4);
    near(constant.model.mean, 1.108295, 2e-4);
    near(constant.log_likelihood, -382.71266, 1e-4);
    near(Weibull::fit(&rows).unwrap().log_likelihood, -414.89190, 1e-4);
    let curve = KaplanMeier::new(&rows).unwrap();
    near(at(&curve, 5.0), 0.314634, 1e-6);
    near(at(&curve, curve.longest()), 0.283046, 1e-6);
    let CureVerdict::Known(estimate) = cure.cured(0.9, Bootstrap::default()) else {
        panic!("a plateau is plain to see")
    };
    assert!(estimate.low > 0.2 && estimate.high < 0.4, "{estimate:?}");
}

#[test]
fn cdnow_days_to_the_second_purchase() {
    let Some(text) = shared_text("cdnow/CDNOW_sample.txt") else {
        return;
    };
    let mut days: std::collections::BTreeMap<String, Vec<i64>> = Default::default();
    for line in text.lines() {
        let f: Vec<&str> = line.split_whitespace().collect();
        if f.len() >= 5 {
            days.entry(f[1].to_owned())
                .or_default()
                .push(crate::shared_data::day_number(f[2]));
        }
    }
    let end = crate::shared_data::day_number("19980630");
    let rows: Vec<Duration> = days
        .into_values()
        .map(|mut seen| {
            seen.sort_unstable();
            seen.dedup();
            let wait = seen.get(1).map(|second| second - seen[0]);
            Duration::new(wait.unwrap_or(end - seen[0]) as f64, wait.is_some())
        })
        .collect();
    assert_eq!(
        (rows.len(), rows.iter().filter(|row| row.event).count()),
        (2_357, 1_139)
    );
    let curve = KaplanMeier::new(&rows).unwrap();
    for (t, share) in [
        (7.0, 0.061519),
        (30.0, 0.173950),
        (90.0, 0.291472),
        (180.0, 0.376326),
        (365.0, 0.455664),
        (450.0, 0.476029),
    ] {
        near(curve.happened(t, 0.95).unwrap().value, share, 1e-6);
    }
    let quarter = curve.happened(90.0, 0.95).unwrap();
    near(quarter.low, 0.273576, 1e-6);
    near(quarter.high, 0.310271, 1e-6);
    let cure = WeibullCure::fit(&rows).unwrap();
    near(cure.model.cured(), 0.488085, 1e-4);
    near(cure.model.lambda, 118.1138, 2e-2);
    near(cure.model.rho, 0.732236, 1e-4);
    near(cure.log_likelihood, -8021.3575, 1e-3);
    // What is still to come lies between what was seen and everybody.
    let last = cure.model.expected_final(&rows);
    assert!(
        last > 1_139.0 && last < 2_357.0 * (1.0 - cure.model.cured()) * 1.05,
        "{last}"
    );
}

#[test]
fn chapelle_2014_toy() {
    let rows: Vec<Duration> = [
        (true, 0.5),
        (true, 3.0),
        (true, 10.0),
        (false, 2.0),
        (false, 8.0),
        (false, 30.0),
        (false, 30.0),
    ]
    .into_iter()
    .map(|(event, time)| Duration::new(time, event))
    .collect();
    let fit = ExponentialCure::fit(&rows).unwrap();
    near(1.0 - fit.model.cured(), 0.518724, 1e-5);
    near(1.0 / fit.model.mean, 0.185526, 1e-5);
    near(fit.log_likelihood, -11.669861, 1e-6);
}

/// models.md §9: F₀ = 1 − e^(−t/7).
#[test]
fn maturity_weights_of_section_9() {
    let model = WeibullCure {
        odds: 1.0,
        lambda: 7.0,
        rho: 1.0,
    };
    let wanted = [0.133122, 0.248523, 0.348561, 0.510458, 0.760349, 0.942567, 0.996701];
    let ages = [1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 40.0];
    for (age, weight) in ages.into_iter().zip(wanted) {
        near(model.maturity(age), weight, 1e-6);
    }
    near(ages.iter().map(|&age| model.maturity(age)).sum::<f64>(), 3.940282, 1e-6);
}

/// Cai et al. 2012 (R package smcure), its example: the Cox–logit cure model with treatment, sex and age.
#[test]
fn e1684_cox_logit_cure_cai_2012() {
    let Some(text) = shared_text("survival/e1684.csv") else {
        return;
    };
    let (mut durations, mut features) = (Vec::new(), Vec::new());
    for line in text.lines().skip(1) {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN)).collect();
        // Columns TRT, FAILTIME, FAILCENS, AGE, SEX; a row with a hole is left out, as R does.
        if cells.iter().all(|cell| cell.is_finite()) {
            durations.push(Duration::new(cells[1], cells[2] > 0.5));
            features.push(vec![cells[0], cells[4], cells[3]]);
        }
    }
    let rows = CureRows {
        durations: &durations,
        incidence: &features,
        latency: &features,
    };
    let found = CoxCure::fit(rows).unwrap();
    near(found.incidence.intercept, 1.3649, 1e-3);
    for (found, wanted) in found.incidence.slopes.iter().zip([-0.5885, -0.0870, 0.0203]) {
        near(*found, wanted, 1e-3);
    }
    for (found, wanted) in found.latency.iter().zip([-0.1536, 0.0995, -0.0077]) {
        near(*found, wanted, 1e-3);
    }
    let treated = [1.0, 0.0, 0.0];
    let curve: Vec<f64> = (0..12)
        .map(|t| found.survival(f64::from(t), &treated, &treated))
        .collect();
    assert!(curve[0] == 1.0 && curve.windows(2).all(|pair| pair[0] >= pair[1]));
    near(curve[11], 1.0 - found.incidence.score(&treated), 1e-12);
    let nothing = CureRows {
        durations: &[],
        incidence: &[],
        latency: &[],
    };
    assert!(CoxCure::fit(nothing).is_err());
}
