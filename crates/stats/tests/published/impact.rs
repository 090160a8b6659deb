//! models.md §4: the CausalImpact example, and mpdta.

use crate::shared_data::shared_text;
use longplay_stats::Bootstrap;
use longplay_stats::impact::*;

#[track_caller]
fn near(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "{found} against {wanted}");
}

fn example() -> (Vec<f64>, Vec<f64>) {
    include_str!("../data/causalimpact_example.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let f: Vec<f64> = line.split(',').map(|field| field.trim().parse().unwrap()).collect();
            (f[0], f[1])
        })
        .unzip()
}

#[test]
fn causalimpact_vignette_ordinary_least_squares() {
    let (y, x) = example();
    let rows: Vec<Vec<f64>> = x.iter().map(|&x| vec![1.0, x]).collect();
    let fit = regress(&rows[..70], &y[..70]).unwrap();
    near(fit.coefficients[0], 4.28400, 1e-5);
    near(fit.coefficients[1], 1.15006, 1e-5);
    near(fit.deviation, 1.212, 1e-3);
    let actual = y[70..].iter().sum::<f64>() / 30.0;
    near(actual, 117.0485, 1e-4);
    let expected = rows[70..].iter().map(|row| fit.predict(row)).sum::<f64>() / 30.0;
    near(actual - expected, 10.455831, 1e-6);
    near(30.0 * (actual - expected), 313.6749, 1e-4);
    println!("standard error {}", fit.error_of_mean(&rows[70..]));
    near(fit.error_of_mean(&rows[70..]), 0.286450, 1e-6);
    let placebos: Vec<f64> = (30..=60)
        .map(|start| {
            let fit = regress(&rows[..start], &y[..start]).unwrap();
            (start..start + 10)
                .map(|day| y[day] - fit.predict(&rows[day]))
                .sum::<f64>()
                / 10.0
        })
        .collect();
    let mean = placebos.iter().sum::<f64>() / 31.0;
    let deviation = (placebos.iter().map(|effect| (effect - mean).powi(2)).sum::<f64>() / 30.0).sqrt();
    println!("{} placebos, deviation {deviation}", placebos.len());
    near(
        placebos.iter().map(|effect| effect.abs()).fold(0.0, f64::max),
        1.024485,
        1e-6,
    );
    near(deviation, 0.305565, 1e-5);
}

#[test]
fn causalimpact_vignette_local_level() {
    let (y, x) = example();
    let rows: Vec<Vec<f64>> = x.iter().map(|&x| vec![x]).collect();
    let fit = LocalLevel::fit(&rows[..70], &y[..70]).unwrap();
    println!("{fit:?}");
    near(fit.log_likelihood, -112.69069, 1e-4);
    near(fit.observation_variance, 1.42308, 2e-3);
    near(fit.level_variance, 0.002033, 2e-5);
    near(fit.coefficients[0], 1.163105, 1e-4);
    let effect = y[70..].iter().sum::<f64>() / 30.0 - fit.predict_mean(&rows[70..]).0;
    near(effect, 10.563252, 1e-3);
    near(30.0 * effect, 316.8976, 3e-2);
}

/// The whole estimator holds the truth (10), and agrees with CausalImpact's 10.51 [9.76, 11.21] at 95 %.
#[test]
fn causalimpact_vignette_whole_estimator() {
    let (y, x) = example();
    let series = Series {
        y,
        controls: x.into_iter().map(|x| vec![x]).collect(),
        weekdays: vec![],
    };
    let found = impact(&series, 70, 0.95, 1.0).unwrap();
    println!("{:?} {:?}", found.effect, found.verdict);
    near(found.effect.value, 10.51, 0.1);
    assert!(found.effect.low < 10.0 && 10.0 < found.effect.high && found.effect.width() < 4.0);
    assert_eq!(found.verdict, ImpactVerdict::Translated);
}

#[test]
fn mpdta_callaway_santanna_2021() {
    let Some(text) = shared_text("mpdta/mpdta.csv") else {
        return;
    };
    let mut lines = text.lines();
    let columns: Vec<String> = lines
        .next()
        .unwrap()
        .split(',')
        .map(|name| name.trim_matches('"').to_owned())
        .collect();
    let place = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let (year, county, outcome, first) = (place("year"), place("countyreal"), place("lemp"), place("first.treat"));
    let mut units: std::collections::BTreeMap<String, Vec<(usize, f64, usize)>> = Default::default();
    for line in lines {
        let f: Vec<&str> = line.split(',').map(|field| field.trim_matches('"')).collect();
        let number = |index: usize| f[index].parse::<f64>().unwrap();
        let row = (number(year) as usize, number(outcome), number(first) as usize);
        units.entry(f[county].to_owned()).or_default().push(row);
    }
    let units: Vec<Unit> = units
        .into_values()
        .map(|mut rows| {
            rows.sort_by_key(|row| row.0);
            let treated = (rows[0].2 > 0).then(|| rows[0].2 - 2003);
            Unit {
                treated,
                outcomes: rows.iter().map(|row| row.1).collect(),
            }
        })
        .collect();
    assert_eq!(units.len(), 500);
    let found = staggered(&Panel::new(units).unwrap(), 0.95, Bootstrap { count: 200, seed: 3 }).unwrap();
    let cell = |g: usize, t: usize| {
        let wanted = (g - 2003, t - 2003);
        found
            .by_group_and_time
            .iter()
            .find(|(g, t, _)| (*g, *t) == wanted)
            .unwrap()
            .2
    };
    for (g, t, effect) in [
        (2004, 2004, -0.0105),
        (2004, 2005, -0.0704),
        (2004, 2006, -0.1373),
        (2004, 2007, -0.1008),
        (2006, 2006, -0.0046),
        (2006, 2007, -0.0412),
        (2007, 2007, -0.0261),
        (2006, 2004, 0.0065),
        (2006, 2005, -0.0028),
        (2007, 2004, 0.0305),
        (2007, 2005, -0.0027),
        (2007, 2006, -0.0311),
    ] {
        near(cell(g, t).value, effect, 6e-5);
    }
    let events: Vec<f64> = found.by_event_time.iter().map(|(_, effect)| effect.value).collect();
    for (effect, wanted) in events.iter().zip([-0.0199, -0.0510, -0.1373, -0.1008]) {
        near(*effect, wanted, 6e-5);
    }
    near(events.iter().sum::<f64>() / 4.0, -0.0772, 6e-5);
    for ((_, effect), wanted) in found.by_group.iter().zip([-0.0797, -0.0229, -0.0261]) {
        near(effect.value, wanted, 6e-5);
    }
    near(found.overall.value, -0.0310, 6e-5);
    near(found.simple.value, -0.039951, 1e-6);
    // Interval half-widths in standard errors: .0126 by the package's bootstrap, .023251 analytic.
    near(found.overall.width() / (2.0 * 1.96), 0.0126, 0.002);
    near(cell(2004, 2004).width() / (2.0 * 1.96), 0.023251, 0.004);
}
