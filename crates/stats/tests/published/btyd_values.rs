//! models.md §1.4: evaluations at fixed parameters, forecasts and residual values.

use crate::btyd_fits::{cdnow, cdnow_evidence, donations, grocery, summary_file};
use longplay_stats::btyd::*;

const BG: BgNbd = BgNbd {
    r: 0.243,
    alpha: 4.414,
    a: 0.793,
    b: 2.426,
};
const MBG: MbgNbd = MbgNbd {
    r: 0.525,
    alpha: 6.183,
    a: 0.891,
    b: 1.614,
};
const PARETO: ParetoNbd = ParetoNbd {
    r: 0.5534,
    alpha: 10.5802,
    s: 0.6061,
    beta: 11.6562,
};
const BG_FITTED: BgNbd = BgNbd {
    r: 0.242594,
    alpha: 4.413602,
    a: 0.792922,
    b: 2.425907,
};
const PARETO_FITTED: ParetoNbd = ParetoNbd {
    r: 0.553277,
    alpha: 10.57768,
    s: 0.606240,
    beta: 11.66874,
};

#[track_caller]
fn near(found: f64, wanted: f64, relative: f64) {
    assert!(
        (found - wanted).abs() <= relative * wanted.abs(),
        "{found} against {wanted}"
    );
}

#[test]
fn exact_evaluation_table() {
    let table = [
        (
            [0.0, 0.0, 38.86],
            [-0.55471328, 1.0, 0.19509805],
            [-0.53983746, 0.38973508, 0.15401275],
            [-0.52112920, 0.29496149, 0.10702895],
        ),
        (
            [1.0, 1.71, 38.86],
            [-4.46909328, 0.21210099, 0.20318699],
            [-4.46036061, 0.17083648, 0.18883654],
            [-4.44946706, 0.16779527, 0.17090698],
        ),
        (
            [2.0, 30.43, 38.86],
            [-9.45860631, 0.72657857, 1.22602817],
            [-9.48555131, 0.70620227, 1.26296062],
            [-9.55451069, 0.86911064, 1.45509284],
        ),
        (
            [7.0, 29.43, 38.86],
            [-21.86327627, 0.64175635, 3.33705327],
            [-21.77652225, 0.62272381, 3.16757243],
            [-21.59454465, 0.74940860, 3.71157242],
        ),
        (
            [26.0, 30.86, 31.0],
            [-37.72657947, 0.96891565, 20.74972614],
            [-38.32212695, 0.96556614, 19.45072265],
            [-39.13212788, 0.99791777, 20.11456037],
        ),
    ];
    for ([x, t_x, age], bg, mbg, pareto) in table {
        let person = Evidence::new(x, t_x, age);
        let models: [(&dyn Recurring, [f64; 3]); 3] = [(&BG, bg), (&MBG, mbg), (&PARETO, pareto)];
        for (model, [ll, alive, expected]) in models {
            near(model.log_likelihood(&person), ll, 1e-7);
            near(model.p_alive(&person), alive, 1e-7);
            near(model.expected(&person, 39.0), expected, 1e-7);
        }
    }
}

#[test]
fn expected_new_table() {
    let times = [1.0, 13.0, 39.0, 52.0, 78.0];
    let table: [(&dyn Recurring, [f64; 5]); 3] = [
        (&BG, [0.05326789, 0.53443954, 1.19672319, 1.4460506, 1.86051906]),
        (&MBG, [0.0530848, 0.53535686, 1.18295367, 1.41972376, 1.80475758]),
        (&PARETO, [0.05100453, 0.53131313, 1.21311771, 1.47306699, 1.909366]),
    ];
    for (model, wanted) in table {
        for (t, value) in times.into_iter().zip(wanted) {
            near(model.expected_new(t), value, 2e-7);
        }
    }
}

#[test]
fn bg_nbd_pmf_lifetimes_tests() {
    for (k, t, wanted, within) in [
        (0, 39.0, 0.57378635, 2e-8),
        (1, 39.0, 0.19939528, 3e-8),
        (2, 39.0, 0.08542976, 1e-7),
        (7, 39.0, 0.00869543, 1e-6),
        (10, 2.0, 1.0786896e-7, 1e-7),
        (11, 30.0, 0.0019995214, 1e-7),
    ] {
        near(BG.pmf_new(k, t), wanted, within);
    }
}

#[test]
fn pareto_and_bg_published_anchors() {
    let heavy = Evidence::new(26.0, 216.0 / 7.0, 31.0);
    near(PARETO_FITTED.expected(&heavy, 52.0), 25.46, 5e-4);
    near(PARETO_FITTED.p_alive(&heavy), 0.9979, 1e-4);
    near(BG_FITTED.expected(&heavy, 52.0), 25.757, 1e-4);
    near(BG_FITTED.p_alive(&heavy), 0.96885, 1e-4);
}

#[test]
fn increasing_frequency_paradox() {
    for (x, wanted) in [(10.0, 0.34746), (20.0, 0.0041590), (25.0, 0.00035837)] {
        near(BG_FITTED.expected(&Evidence::new(x, 20.0, 39.0), 52.0), wanted, 1e-4);
    }
}

#[test]
fn cdnow_holdout_by_frequency() {
    let people = cdnow();
    let rows = cdnow_evidence();
    let (bg, mbg, pareto) = (
        BgNbd::fit(&rows).unwrap().model,
        MbgNbd::fit(&rows).unwrap().model,
        ParetoNbd::fit(&rows).unwrap().model,
    );
    let by_x = |value: &dyn Fn(usize) -> f64| -> Vec<f64> {
        (0..8)
            .map(|x| {
                let inside = |index: &usize| (people[*index].evidence.x as usize).min(7) == x;
                let chosen: Vec<usize> = (0..people.len()).filter(inside).collect();
                chosen.iter().map(|&index| value(index)).sum::<f64>() / chosen.len() as f64
            })
            .collect()
    };
    let forecast = |model: &dyn Recurring| by_x(&|index| model.expected(&people[index].evidence, 39.0));
    let check = |found: Vec<f64>, wanted: [f64; 8]| {
        for (ours, theirs) in found.iter().zip(wanted) {
            assert!((ours - theirs).abs() < 1e-3, "{found:?} against {wanted:?}");
        }
    };
    check(
        by_x(&|index| people[index].holdout),
        [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359],
    );
    check(
        forecast(&bg),
        [0.2251, 0.5231, 1.0441, 1.5203, 2.1639, 2.6539, 3.5040, 6.1572],
    );
    check(
        forecast(&pareto),
        [0.1385, 0.5995, 1.1958, 1.7138, 2.3983, 2.9072, 3.8186, 6.4031],
    );
    check(
        forecast(&mbg),
        [0.1852, 0.5514, 1.0490, 1.4929, 2.1043, 2.5636, 3.3608, 5.8485],
    );
    let sum = |value: &dyn Fn(&Evidence) -> f64| people.iter().map(|person| value(&person.evidence)).sum::<f64>();
    for (model, total, alive) in [
        (&bg as &dyn Recurring, 1653.41, 1917.28),
        (&pareto, 1665.51, 1051.88),
        (&mbg, 1576.73, 1057.64),
    ] {
        near(sum(&|row| model.expected(row, 39.0)), total, 2e-4);
        near(sum(&|row| model.p_alive(row)), alive, 2e-4);
    }
}

#[test]
fn donations_fader_hardie_shang_2010_tables_5_and_6() {
    let model = BgBb {
        alpha: 1.204,
        beta: 0.750,
        gamma: 0.657,
        delta: 2.783,
    };
    let person = |x, t_x| Opportunities {
        x,
        t_x,
        n: 6,
        weight: 1.0,
    };
    let table = [
        (0, 0, 0.10801658, 0.07280288),
        (2, 4, 0.58951412, 1.05734894),
        (6, 6, 0.93040254, 3.75211561),
        (4, 5, 0.69670107, 2.02962303),
    ];
    for (x, t_x, alive, expected) in table {
        near(model.p_alive(&person(x, t_x)), alive, 1e-7);
        near(model.expected(&person(x, t_x), 5.0), expected, 1e-7);
    }
    near(model.expected_new(10.0), 3.17885, 2e-6);

    let rows = donations();
    let fit = BgBb::fit(&rows).unwrap().model;
    near(fit.expected_new(10.0), 3.1798, 2e-5);
    let total: f64 = rows.iter().map(|row| row.weight * fit.expected(row, 5.0)).sum();
    near(total, 12884.16, 1e-5);
    let counts = [3454.88, 1888.65, 1348.88, 1113.38, 1017.92, 1027.17, 1253.11];
    for (x, wanted) in counts.into_iter().enumerate() {
        near(11_104.0 * fit.pmf_new(x as u32, 6), wanted, 2e-5);
    }
    near(fit.expected(&person(0, 0), 10.0), 0.13022, 5e-5);
    near(fit.expected(&person(4, 5), 10.0), 3.62786, 1e-4);
}

#[test]
fn gamma_gamma_fader_hardie_2005_table() {
    let model = GammaGamma {
        p: 6.25,
        q: 3.74,
        v: 15.44,
    };
    for (x, mean, wanted) in [
        (1.0, 11.77, 18.91685),
        (2.0, 22.35, 24.66371),
        (2.0, 40.0, 39.14042),
        (7.0, 73.74, 71.46967),
    ] {
        near(model.expected(x, mean).unwrap(), wanted, 2e-7);
    }
    near(model.population_mean().unwrap(), 35.21898, 2e-7);
    assert!(GammaGamma { q: 0.9, ..model }.population_mean().is_none());
}

#[test]
fn grocery_five_people_watched_for_52_weeks() {
    let Some(people) = grocery() else { return };
    let rows = Condensed::new(&people.iter().map(|(row, _)| *row).collect::<Vec<_>>()).unwrap();
    let (pareto, mbg, clockwork) = (
        ParetoNbd::fit(&rows).unwrap().model,
        MbgNbd::fit(&rows).unwrap().model,
        MbgCnbd::fit(&rows).unwrap().model(),
    );
    let table = [
        (0.31857, 0.44841, 0.25000, 0.15643),
        (0.16520, 0.36270, 0.14089, 0.02921),
        (0.07277, 0.21709, 0.06519, 0.00386),
        (0.02882, 0.10867, 0.02677, 0.00044),
        (0.01072, 0.04888, 0.01026, 0.00005),
    ];
    for (index, (alive, expected, mbg_alive, regular_alive)) in table.into_iter().enumerate() {
        let person = Evidence::new(index as f64 + 1.0, 12.0, 52.0);
        assert!(
            (pareto.p_alive(&person) - alive).abs() < 1.5e-5,
            "{}",
            pareto.p_alive(&person)
        );
        assert!(
            (pareto.expected(&person, 52.0) - expected).abs() < 3e-5,
            "{}",
            pareto.expected(&person, 52.0)
        );
        assert!(
            (mbg.p_alive(&person) - mbg_alive).abs() < 1.5e-5,
            "{}",
            mbg.p_alive(&person)
        );
        assert!(
            (clockwork.p_alive(&person) - regular_alive).abs() < 1.5e-5,
            "{}",
            clockwork.p_alive(&person)
        );
    }
}

#[test]
fn pareto_overflow_set_cltools_and_btyd() {
    let model = ParetoNbd {
        r: 10.465,
        alpha: 0.00798565181,
        s: 3.0516,
        beta: 2.820,
    };
    let table = [
        (400.0, 5.0, 6.0, -667.991281271, 1323.18893097),
        (500.0, 1.0, 37.0, -9.47658832, 2594.40445462),
        (500.0, 4.0, 37.0, -715.059793204, 1888.82124974),
    ];
    for (x, t_x, age, weight, ll) in table {
        let person = Evidence::new(x, t_x, age);
        near(model.ln_gone_weight(&person), weight, 1e-8);
        near(model.log_likelihood(&person), ll, 1e-9);
    }
    near(model.p_alive(&Evidence::new(400.0, 5.0, 6.0)), 5.1375e-31, 1e-4);

    let model = ParetoNbd {
        r: 0.5143,
        alpha: 2.8845,
        s: 0.2856,
        beta: 14.1087,
    };
    for (x, t_x, age, alive) in [
        (221.0, 103.42857, 103.57143, 0.9995960523),
        (254.0, 97.14286, 97.28571, 0.9995582261),
        (161.0, 94.71429, 98.0, 0.7494877523),
        (204.0, 98.57143, 99.42857, 0.9942550796),
    ] {
        near(model.p_alive(&Evidence::new(x, t_x, age)), alive, 1e-8);
    }
    let model = ParetoNbd {
        r: 0.55,
        alpha: 10.58,
        s: 0.61,
        beta: 11.67,
    };
    near(
        model.expected(&Evidence::new(132.0, 200.0, 200.0), 10.0),
        6.2060517890,
        1e-9,
    );
    near(
        model.expected(&Evidence::new(133.0, 200.0, 200.0), 10.0),
        6.2528722476,
        1e-9,
    );
}

#[test]
fn pareto_discounted_expected_residual_transactions() {
    let rate = 1.15_f64.ln() / 52.0;
    for (x, t_x, age, wanted) in [
        (0.0, 0.0, 38.857, 0.478282),
        (2.0, 30.43, 38.86, 6.499981),
        (4.0, 30.0, 39.0, 11.027684),
        (7.0, 35.0, 39.0, 20.610230),
        (26.0, 30.857, 31.0, 86.257422),
    ] {
        near(
            PARETO_FITTED.discounted(&Evidence::new(x, t_x, age), rate),
            wanted,
            2e-5,
        );
    }
}

/// lifetimes works on the two-decimal summary file, and counts a month as 4.345 weeks.
#[test]
fn one_year_value_as_lifetimes_counts_it() {
    let Some(people) = summary_file() else { return };
    let rows: Vec<Evidence> = people.iter().map(|(row, _)| *row).collect();
    let bg = BgNbd::fit(&Condensed::new(&rows).unwrap()).unwrap().model;
    let spend: Vec<Spend> = people
        .iter()
        .map(|(row, mean)| Spend {
            x: row.x,
            mean: *mean,
            weight: 1.0,
        })
        .collect();
    let money = GammaGamma::fit(&spend).unwrap().model;
    for (customer, wanted) in [(1, 36.2785), (2, 4.6375), (3, 8.3441), (6, 283.5236)] {
        let (person, mean) = people[customer - 1];
        let month = 4.345;
        let value: f64 = (1..=12)
            .map(|step| {
                let until = f64::from(step) * month;
                (bg.expected(&person, until) - bg.expected(&person, until - month)) / 1.01_f64.powi(step)
            })
            .sum();
        let mean = money.expected(person.x, mean).unwrap();
        println!("customer {customer}: {}", value * mean);
        near(value * mean, wanted, 3e-4);
    }
}

#[test]
fn bg_probability_of_silence() {
    for (x, t_x, age, wanted) in [
        (0.0, 0.0, 38.86, 0.855671),
        (2.0, 30.43, 38.86, 0.445393),
        (26.0, 30.857, 31.0, 0.031149),
    ] {
        near(BG_FITTED.p_silent(&Evidence::new(x, t_x, age), 39.0), wanted, 2e-5);
    }
}
