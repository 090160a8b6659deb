//! models.md §1.4, first table: maximum likelihood on the classical data sets.

use crate::shared_data::{day_number, shared_text};
use longplay_stats::btyd::*;
use longplay_stats::{Fitted, Parameters};
use std::collections::BTreeMap;

pub struct Customer {
    pub evidence: Evidence,
    pub repeat_mean: f64,
    pub holdout: f64,
}

/// The CDNOW sample in exact weeks.
pub fn cdnow() -> Vec<Customer> {
    let rows = include_str!("../data/cdnow.csv").lines().skip(1);
    rows.map(|line| {
        let f: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let repeat_mean = if f[0] > 0.0 { f[3] / 100.0 / f[0] } else { 0.0 };
        Customer {
            evidence: Evidence::new(f[0], f[1] / 7.0, f[2] / 7.0),
            repeat_mean,
            holdout: f[4],
        }
    })
    .collect()
}

pub fn cdnow_evidence() -> Condensed {
    Condensed::new(&cdnow().iter().map(|customer| customer.evidence).collect::<Vec<_>>()).unwrap()
}

pub fn donations() -> Vec<Opportunities> {
    let rows = include_str!("../data/donations.csv").lines().skip(1);
    rows.map(|line| {
        let f: Vec<u32> = line.split(',').map(|field| field.trim().parse().unwrap()).collect();
        Opportunities {
            x: f[0],
            t_x: f[1],
            n: f[2],
            weight: f64::from(f[3]),
        }
    })
    .collect()
}

/// Event days per person up to a date, in weeks, with holdout counts.
fn event_log(file: &str, person: usize, date: usize, until: &str) -> Option<Vec<(Evidence, f64)>> {
    let text = shared_text(file)?;
    let mut days: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        days.entry(fields[person].to_owned())
            .or_default()
            .push(day_number(&fields[date][..10]));
    }
    let end = day_number(until);
    let evidence = |mut seen: Vec<i64>| {
        seen.sort_unstable();
        seen.dedup();
        let first = seen[0];
        let before: Vec<f64> = seen
            .iter()
            .filter(|&&day| day <= end)
            .map(|day| (day - first) as f64 / 7.0)
            .collect();
        let last = *before.last()?;
        let mut row = Evidence::new(before.len() as f64 - 1.0, last, (end - first) as f64 / 7.0);
        row.log_gaps = before.windows(2).map(|pair| (pair[1] - pair[0]).ln()).sum();
        Some((row, (seen.len() - before.len()) as f64))
    };
    Some(days.into_values().filter_map(evidence).collect())
}

pub fn grocery() -> Option<Vec<(Evidence, f64)>> {
    event_log("grocery/grocery_elog.csv", 0, 1, "2006-12-31")
}

fn condensed(people: &[(Evidence, f64)]) -> Condensed {
    Condensed::new(&people.iter().map(|(row, _)| *row).collect::<Vec<_>>()).unwrap()
}

pub fn assert_fit<M: Parameters<N>, const N: usize>(fit: &Fitted<M, N>, parameters: [f64; N], ll: f64) {
    let found = fit.model.to_array();
    println!("{:?}: {found:?} LL {}", M::NAMES, fit.log_likelihood);
    assert!(
        (fit.log_likelihood - ll).abs() < 0.002,
        "LL {} against {ll}",
        fit.log_likelihood
    );
    for ((ours, theirs), name) in found.iter().zip(parameters).zip(M::NAMES) {
        assert!((ours / theirs - 1.0).abs() < 1e-3, "{name}: {ours} against {theirs}");
    }
    assert!(fit.warning.is_none());
}

#[test]
fn cdnow_bg_nbd_fader_hardie_lee_2005_table_2() {
    let fit = BgNbd::fit(&cdnow_evidence()).unwrap();
    assert_fit(&fit, [0.242594, 4.413602, 0.792922, 2.425907], -9582.4292);
}

#[test]
fn cdnow_mbg_nbd_batislam_2007() {
    let fit = MbgNbd::fit(&cdnow_evidence()).unwrap();
    assert_fit(&fit, [0.524843, 6.183086, 0.891359, 1.614002], -9582.1357);
}

#[test]
fn cdnow_pareto_nbd_fader_hardie_lee_2005_table_2() {
    let fit = ParetoNbd::fit(&cdnow_evidence()).unwrap();
    assert_fit(&fit, [0.553277, 10.57768, 0.606240, 11.66874], -9594.9762);
}

#[test]
fn cdnow_nbd() {
    assert_fit(&Nbd::fit(&cdnow_evidence()).unwrap(), [0.384766, 12.072022], -9763.6576);
}

#[test]
fn cdnow_gamma_gamma_fader_hardie_2005() {
    let rows: Vec<Spend> = cdnow()
        .iter()
        .map(|customer| Spend {
            x: customer.evidence.x,
            mean: customer.repeat_mean,
            weight: 1.0,
        })
        .collect();
    let fit = GammaGamma::fit(&rows).unwrap();
    assert_eq!(fit.n, 946);
    assert_fit(&fit, [6.249572, 3.744225, 15.443522], -4055.91769);
    let r = GammaGamma::correlation(&rows).unwrap();
    assert!((r - 0.114).abs() < 5e-4, "correlation {r}");
}

/// The two-decimal summary of CDNOW, with mean repeat spend.
pub fn summary_file() -> Option<Vec<(Evidence, f64)>> {
    let text = shared_text("cdnow/cdnow_customers_summary_with_transactions.csv")?;
    let person = |line: &str| {
        let f: Vec<f64> = line.split(',').map(|field| field.trim().parse().unwrap()).collect();
        (Evidence::new(f[1], f[2], f[3]), f[4])
    };
    Some(text.lines().skip(1).map(person).collect())
}

#[test]
fn cdnow_two_decimal_summary_bg_nbd() {
    let Some(people) = summary_file() else { return };
    let rows: Vec<Evidence> = people.iter().map(|(row, _)| *row).collect();
    let fit = BgNbd::fit(&Condensed::new(&rows).unwrap()).unwrap();
    assert_fit(&fit, [0.242593, 4.413531, 0.792886, 2.425754], -9582.4256);
}

#[test]
fn donations_bg_bb_fader_hardie_shang_2010_table_3() {
    let fit = BgBb::fit(&donations()).unwrap();
    assert_eq!(fit.n, 11_104);
    assert_fit(&fit, [1.203522, 0.749716, 0.656718, 2.783443], -33225.5813);
}

#[test]
fn grocery_all_models() {
    let Some(people) = grocery() else { return };
    let rows = condensed(&people);
    assert_eq!(people.len(), 1_525);
    assert_fit(&Nbd::fit(&rows).unwrap(), [0.420320, 5.245119], -16376.8639);
    assert_fit(
        &ParetoNbd::fit(&rows).unwrap(),
        [0.786437, 5.679041, 0.386239, 5.717790],
        -15782.3921,
    );
    assert_fit(
        &BgNbd::fit(&rows).unwrap(),
        [0.348646, 2.581671, 0.503845, 3.644386],
        -15836.5662,
    );
    assert_fit(
        &MbgNbd::fit(&rows).unwrap(),
        [1.256921, 6.039143, 0.368277, 0.715764],
        -15781.9394,
    );
}

#[test]
fn grocery_mbg_cnbd_k_chooses_2_reutterer_platzer_schroeder_2020() {
    let Some(people) = grocery() else { return };
    let rows = condensed(&people);
    for (k, ll) in [(1, -15781.9394), (2, -14978.2107), (3, -14996.8504)] {
        let fit = MbgCnbd::fit_at(&rows, k).unwrap();
        assert!(
            (fit.fitted.log_likelihood - ll).abs() < 0.002,
            "k {k}: {}",
            fit.fitted.log_likelihood
        );
    }
    let fit = MbgCnbd::fit(&rows).unwrap();
    assert_eq!(fit.k, 2);
    assert_fit(&fit.fitted, [1.329175, 2.812551, 0.424709, 0.790029], -14978.2107);
}

#[test]
fn grocery_holdout_of_52_weeks() {
    let Some(people) = grocery() else { return };
    let rows = condensed(&people);
    assert_eq!(people.iter().map(|(_, holdout)| holdout).sum::<f64>(), 3_389.0);
    let judge = |model: &dyn Recurring| {
        let expected: Vec<f64> = people.iter().map(|(row, _)| model.expected(row, 52.0)).collect();
        let error = people
            .iter()
            .zip(&expected)
            .map(|((_, actual), found)| (actual - found).abs())
            .sum::<f64>();
        (expected.iter().sum::<f64>(), error / people.len() as f64)
    };
    let table: [(&str, &dyn Recurring, f64, f64); 4] = [
        ("NBD", &Nbd::fit(&rows).unwrap().model, 6354.7, 2.609),
        ("BG", &BgNbd::fit(&rows).unwrap().model, 3996.4, 1.577),
        ("MBG", &MbgNbd::fit(&rows).unwrap().model, 4024.8, 1.513),
        ("Pareto", &ParetoNbd::fit(&rows).unwrap().model, 3990.7, 1.508),
    ];
    for (name, model, total, error) in table {
        let found = judge(model);
        println!("{name}: {found:?}");
        assert!((found.0 / total - 1.0).abs() < 1e-3, "{name}: total {}", found.0);
        assert!(
            (found.1 - error).abs() < 1.5e-3,
            "{name}: mean absolute error {}",
            found.1
        );
    }
}

#[test]
fn online_retail_shows_no_drop_out() {
    let Some(people) = event_log("online-retail/orders.csv", 0, 1, "2011-06-30") else {
        return;
    };
    let rows = condensed(&people);
    let (choice, reason) = choose(&rows).unwrap();
    let Choice::Nbd(fit) = choice else { panic!("{reason:?}") };
    assert_eq!(reason, ChoiceReason::NoDropOutVisible);
    assert_fit(&fit, [0.744209, 9.047415], -15325.4553);
}

const REGULAR: [f64; 13] = [
    1000.0, 631.0, 468.0, 382.0, 326.0, 289.0, 262.0, 241.0, 223.0, 207.0, 194.0, 183.0, 173.0,
];
const HIGH_END: [f64; 13] = [
    1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0, 468.0, 445.0, 427.0, 409.0, 394.0,
];

#[test]
fn sbg_fader_hardie_2007_regular_and_high_end() {
    let cohort = |counts: [f64; 13]| Survivors::new(&counts[..8]).unwrap();
    let regular = Sbg::fit(&cohort(REGULAR)).unwrap();
    assert_fit(&regular, [0.704077, 1.182043], -1680.2652);
    let high_end = Sbg::fit(&cohort(HIGH_END)).unwrap();
    assert_fit(&high_end, [0.668088, 3.806095], -1611.1581);
    assert!((regular.model.survival(12.0) - 0.1700).abs() < 5e-5);
    assert!((high_end.model.survival(12.0) - 0.3780).abs() < 5e-5);
}

#[test]
fn bdw_fader_et_al_2018_regular_and_high_end() {
    let cohort = |counts: [f64; 13]| Survivors::new(&counts[..8]).unwrap();
    let regular = Bdw::fit(&cohort(REGULAR)).unwrap();
    assert_fit(&regular, [0.455614, 0.779326, 1.283451], -1679.6028);
    let high_end = Bdw::fit(&cohort(HIGH_END)).unwrap();
    assert_fit(&high_end, [0.214253, 1.426575, 1.723565], -1605.3142);
    assert!((regular.model.survival(12.0) - 0.1773).abs() < 5e-5);
    assert!((high_end.model.survival(12.0) - 0.4039).abs() < 5e-5);
}

/// Wheat & Morrison 1990 on everybody's last two gaps; the package that carries the data says "close to 2".
#[test]
fn grocery_regularity() {
    let Some(text) = shared_text("grocery/grocery_elog.csv") else {
        return;
    };
    let mut days: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let (person, date) = line.split_once(',').unwrap();
        days.entry(person).or_default().push(day_number(date));
    }
    let gaps: Vec<(f64, f64)> = days
        .into_values()
        .filter_map(|mut seen| {
            seen.sort_unstable();
            seen.dedup();
            let last = seen.len().checked_sub(3)?;
            Some((
                (seen[last + 1] - seen[last]) as f64,
                (seen[last + 2] - seen[last + 1]) as f64,
            ))
        })
        .collect();
    let k = regularity(&gaps).unwrap();
    println!("{} people: k {k}", gaps.len());
    assert!((k - 1.87).abs() < 6e-3, "{k}");
}
