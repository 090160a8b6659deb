//! models.md §5: rules, Shapley and Markov on the public journeys, and the toy.

use crate::shared_data::shared_text;
use longplay_stats::Bootstrap;
use longplay_stats::attribution::*;

const CHANNELS: [&str; 12] = [
    "eta", "iota", "alpha", "beta", "theta", "lambda", "kappa", "zeta", "epsilon", "gamma", "delta", "mi",
];

fn pathdata() -> Option<Journeys> {
    let text = shared_text("pathdata/pathdata.csv")?;
    let rows = text
        .lines()
        .skip(1)
        .map(|line| {
            let f: Vec<&str> = line.trim().split(',').collect();
            let channel = |name: &str| CHANNELS.iter().position(|known| *known == name.trim()).unwrap() as u32;
            Journey {
                touches: f[0].trim_matches('"').split(" > ").map(channel).collect(),
                ages: vec![],
                conversions: f[1].parse().unwrap(),
                value: f[2].parse().unwrap(),
                nulls: f[3].parse().unwrap(),
            }
        })
        .collect();
    Some(Journeys::new(rows, CHANNELS.len()).unwrap())
}

#[test]
fn pathdata_every_method() {
    let Some(journeys) = pathdata() else { return };
    assert_eq!((journeys.conversions(), journeys.nulls()), (19_785.0, 68_602.0));
    assert!((journeys.value() - 74_802.97).abs() < 0.01);
    // first, last, linear, position, decay, Shapley, removal, Markov
    let table: [[f64; 8]; 12] = [
        [
            3164.0, 4167.0, 3539.9512, 3618.7961, 3796.2519, 3613.6560, 0.349026, 3340.8474,
        ],
        [
            4606.0, 3355.0, 3857.0962, 3944.9482, 3522.4508, 3505.0440, 0.405835, 3884.6147,
        ],
        [
            6308.0, 8447.0, 7574.7186, 7444.8238, 8046.6281, 7627.9440, 0.558399, 5344.9477,
        ],
        [
            2831.0, 989.0, 2083.5001, 1969.7662, 1599.3883, 1982.7393, 0.264039, 2527.3522,
        ],
        [
            1606.0, 653.0, 1022.8014, 1092.7445, 864.8724, 1190.9631, 0.206010, 1971.9129,
        ],
        [
            902.0, 1207.0, 1035.2576, 1046.9039, 1126.5053, 987.7821, 0.134022, 1282.8472,
        ],
        [74.0, 230.0, 137.9641, 147.4596, 186.4278, 159.0571, 0.028663, 274.3633],
        [27.0, 107.0, 136.5515, 88.6229, 128.4505, 199.9917, 0.039811, 381.0626],
        [99.0, 531.0, 272.1704, 301.0502, 402.6826, 374.6774, 0.062639, 599.5707],
        [165.0, 92.0, 121.0416, 125.2409, 105.8855, 138.1857, 0.017880, 171.1454],
        [1.0, 5.0, 1.7250, 2.5867, 2.9558, 2.2929, 0.000482, 4.6136],
        [2.0, 2.0, 2.2222, 2.0571, 2.5010, 2.6667, 0.000180, 1.7224],
    ];
    let chain = markov(&journeys, 1).unwrap();
    let rules = [
        Rule::First,
        Rule::Last,
        Rule::Linear,
        Rule::Position,
        Rule::DecayByPosition,
    ];
    let mut found: Vec<Vec<f64>> = rules.iter().map(|&rule| by_rule(&journeys, rule).conversions).collect();
    found.push(shapley(&journeys).conversions);
    found.push(chain.removal.clone());
    found.push(chain.credits.conversions.clone());
    for (channel, row) in table.iter().enumerate() {
        for (method, wanted) in row.iter().enumerate() {
            let within = if method == 6 { 6e-7 } else { 6e-5 };
            let ours = found[method][channel];
            assert!(
                (ours - wanted).abs() < within,
                "{} by method {method}: {ours} against {wanted}",
                CHANNELS[channel]
            );
        }
    }
    assert!((chain.rate - 0.22384514).abs() < 1e-8);
    assert!(
        (chain.rate - 19_785.0 / (19_785.0 + 68_602.0)).abs() < 1e-12,
        "the chain's rate is the observed one"
    );
    for (channel, wanted) in [(0, 0.16080), (1, 0.23111), (2, 0.32636), (3, 0.13711)] {
        assert!(
            (chain.starts[channel] - wanted).abs() < 6e-6,
            "{}",
            chain.starts[channel]
        );
    }
    assert!((chain.converts[0] - 0.11949415).abs() < 1e-8, "{}", chain.converts[0]);
    for method in found
        .iter()
        .enumerate()
        .filter(|(method, _)| *method != 6)
        .map(|(_, credits)| credits)
    {
        assert!(
            (method.iter().sum::<f64>() - 19_785.0).abs() < 1e-6,
            "credits sum to conversions"
        );
    }
    let lists: Vec<&[f64]> = found.iter().map(Vec::as_slice).collect();
    let agreed = agreement(&[lists[0], lists[1], lists[2], lists[5], lists[7]]).unwrap();
    assert!(agreed.same_first && agreed.concordance > 0.9, "{agreed:?}");
    // The package's simulation lies within 2.5 % for the large channels.
    for (channel, simulated) in [(2, 5357.33), (0, 3345.78), (1, 3794.61)] {
        assert!((chain.credits.conversions[channel] / simulated - 1.0_f64).abs() < 0.025);
    }
}

/// Removing a channel and solving again gives the closed form; so does a second-order chain of first-order journeys.
#[test]
fn pathdata_second_order_is_a_chain_too() {
    let Some(journeys) = pathdata() else { return };
    let second = markov(&journeys, 2).unwrap();
    assert!((second.rate - 19_785.0 / 88_387.0).abs() < 1e-10);
    assert!((second.credits.conversions.iter().sum::<f64>() - 19_785.0).abs() < 1e-6);
    println!("order 2 removal: {:?}", second.removal);
}

fn toy_rows() -> Vec<Journey> {
    let rows = [
        ("ABC", 3.0, 0.0),
        ("AB", 0.0, 4.0),
        ("BC", 2.0, 1.0),
        ("C", 1.0, 2.0),
        ("A", 0.0, 5.0),
        ("ACA", 2.0, 0.0),
    ];
    let journey = |(path, conversions, nulls): (&str, f64, f64)| Journey {
        touches: path.bytes().map(|channel| u32::from(channel - b'A')).collect(),
        ages: vec![],
        conversions,
        value: conversions,
        nulls,
    };
    rows.into_iter().map(journey).collect()
}

fn toy() -> Journeys {
    Journeys::new(toy_rows(), 3).unwrap()
}

#[test]
fn toy_of_models_md() {
    let journeys = toy();
    let chain = markov(&journeys, 1).unwrap();
    assert!((chain.rate - 0.4).abs() < 1e-15);
    for (found, wanted) in chain.removal.iter().zip([0.672727, 0.436047, 0.781250]) {
        assert!((found - wanted).abs() < 1e-6);
    }
    for (found, wanted) in chain.credits.conversions.iter().zip([2.847487, 1.845676, 3.306837]) {
        assert!((found - wanted).abs() < 1e-6);
    }
    for (found, wanted) in shapley(&journeys).conversions.iter().zip([2.0, 2.0, 4.0]) {
        assert!((found - wanted).abs() < 1e-12);
    }
    let placed = shapley_by_position(&journeys, 3);
    // A is first in ABC (3 of 3 channels) and first and last in ACA (2 of 2): 1 + ½, and ½.
    assert_eq!(placed[0], [1.5, 0.0, 0.5]);
    for (row, whole) in placed.iter().zip(shapley(&journeys).conversions) {
        assert!((row.iter().sum::<f64>() - whole).abs() < 1e-12);
    }
    assert_eq!(influenced(&journeys).conversions, [5.0, 5.0, 8.0]);
    assert_eq!(
        by_rule(&journeys, Rule::LastOf(&[true, false, false])).conversions,
        [5.0, 0.0, 3.0]
    );
    let intervals = credit_intervals(&journeys, 0.9, Bootstrap { count: 200, seed: 1 }, |sample| {
        Some(shapley(sample))
    })
    .unwrap();
    assert!(
        intervals
            .iter()
            .all(|one| one.low <= one.value && one.value <= one.high && one.width() > 0.0)
    );
}

#[test]
fn time_decay_halves_every_half_life() {
    let journey = Journey {
        touches: vec![0, 1],
        ages: vec![7.0, 0.0],
        conversions: 3.0,
        value: 3.0,
        nulls: 0.0,
    };
    let journeys = Journeys::new(vec![journey], 2).unwrap();
    let found = by_rule(&journeys, Rule::TimeDecay { half_life_days: 7.0 }).conversions;
    assert!((found[0] - 1.0).abs() < 1e-12 && (found[1] - 2.0).abs() < 1e-12);
}

#[test]
fn hardly_journeys() {
    let nobody = Journeys::new(vec![], 3).unwrap();
    assert_eq!(shapley(&nobody).conversions, [0.0; 3]);
    assert!(markov(&nobody, 1).is_err());
    let one = Journey {
        touches: vec![0, 0, 0],
        ages: vec![],
        conversions: 2.0,
        value: 9.0,
        nulls: 0.0,
    };
    let alone = Journeys::new(vec![one.clone()], 1).unwrap();
    let chain = markov(&alone, 1).unwrap();
    assert_eq!(
        (chain.removal[0], chain.credits.conversions[0], chain.credits.value[0]),
        (1.0, 2.0, 9.0)
    );
    assert!(
        Journeys::new(
            vec![Journey {
                touches: vec![5],
                ..one
            }],
            3
        )
        .is_err()
    );
    assert!(markov(&toy(), 9).is_err());
}
