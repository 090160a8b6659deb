//! models.md §10: what must hold of every input, over random ones. Customer-base models have `btyd_properties.rs`.
//!
//! Rows are shuffled by reversal and rotation; “no digit changes” means equal bits.

use longplay_stats::Bootstrap;
use longplay_stats::attribution::{Journey, Journeys, Rule, by_rule, markov, shapley};
use longplay_stats::durability::{Audience, PersonPiece, concentration, durability};
use longplay_stats::impact::{Series, impact};
use longplay_stats::rates::{BetaBinomial, Counted, Exposed, GammaPoisson, jeffreys, judge, wilson};
use longplay_stats::spikes::{DayCount, SpikeDetector};
use longplay_stats::survival::{Duration, KaplanMeier, Weibull, WeibullCure};
use proptest::prelude::*;

fn turned<T: Clone>(rows: &[T], by: usize) -> Vec<T> {
    let mut other: Vec<T> = rows.iter().rev().cloned().collect();
    if !other.is_empty() {
        let by = by % other.len();
        other.rotate_left(by);
    }
    other
}

fn journeys() -> impl Strategy<Value = Vec<Journey>> {
    let row = (prop::collection::vec(0u32..4, 1..6), 0u32..5, 0u32..9).prop_map(|(touches, yes, no)| Journey {
        touches,
        ages: Vec::new(),
        conversions: f64::from(yes),
        value: f64::from(yes) * 12.5,
        nulls: f64::from(no),
    });
    prop::collection::vec(row, 1..20)
}

fn waits() -> impl Strategy<Value = Vec<Duration>> {
    prop::collection::vec((1u32..60, any::<bool>()), 1..60).prop_map(|rows| {
        rows.into_iter()
            .map(|(time, event)| Duration::new(f64::from(time), event))
            .collect()
    })
}

fn audiences() -> impl Strategy<Value = Audience> {
    let row = (0usize..120, 0usize..8, any::<bool>(), 0u32..5);
    (
        prop::collection::vec(row, 0..200),
        prop::collection::vec(any::<bool>(), 120),
        prop::collection::vec(any::<bool>(), 8),
    )
        .prop_map(|(rows, returning, old)| Audience {
            rows: rows
                .into_iter()
                .map(|(person, piece, back, days)| PersonPiece {
                    person,
                    piece,
                    brought_back: f64::from(u8::from(back)),
                    recent_days: f64::from(days),
                })
                .collect(),
            returning,
            old,
            weights: Vec::new(),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn credit_sums_to_conversions_in_any_order(rows in journeys(), by in 0usize..20) {
        let whole = Journeys::new(rows.clone(), 4).unwrap();
        let other = Journeys::new(turned(&rows, by), 4).unwrap();
        let total = whole.conversions();
        for rule in [Rule::First, Rule::Last, Rule::Linear, Rule::Position, Rule::DecayByPosition] {
            let found = by_rule(&whole, rule).conversions;
            prop_assert!((found.iter().sum::<f64>() - total).abs() < 1e-9);
            prop_assert_eq!(found, by_rule(&other, rule).conversions);
        }
        let found = shapley(&whole).conversions;
        prop_assert!((found.iter().sum::<f64>() - total).abs() < 1e-9);
        prop_assert_eq!(found, shapley(&other).conversions);
        if total > 0.0 {
            let chain = markov(&whole, 1).unwrap();
            prop_assert!((chain.rate - total / (total + whole.nulls())).abs() < 1e-10, "p₀ is the observed rate");
            prop_assert!((chain.credits.conversions.iter().sum::<f64>() - total).abs() < 1e-9);
            prop_assert!(chain.removal.iter().all(|share| (-1e-12..=1.0 + 1e-12).contains(share)));
            prop_assert_eq!(chain.credits.conversions, markov(&other, 1).unwrap().credits.conversions);
        }
    }

    #[test]
    fn curves_fall_and_without_censoring_count(rows in waits(), by in 0usize..60) {
        let curve = KaplanMeier::new(&rows).unwrap();
        let other = KaplanMeier::new(&turned(&rows, by)).unwrap();
        let mut last = 1.0;
        for day in 0..60 {
            if let Some(found) = curve.survival(f64::from(day), 0.9) {
                prop_assert!(found.low >= 0.0 && found.low <= found.value && found.value <= found.high && found.high <= 1.0);
                prop_assert!(found.value <= last + 1e-12);
                last = found.value;
                prop_assert_eq!(Some(found), other.survival(f64::from(day), 0.9));
            }
        }
        let seen: Vec<Duration> = rows.iter().map(|row| Duration::new(row.time, true)).collect();
        let curve = KaplanMeier::new(&seen).unwrap();
        for day in [3.0, 17.0, 44.0] {
            let left = seen.iter().filter(|row| row.time > day).count() as f64 / seen.len() as f64;
            if let Some(found) = curve.survival(day, 0.9) {
                prop_assert!((found.value - left).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn waiting_models_are_finite_or_say_why(rows in waits(), by in 0usize..60) {
        let other = turned(&rows, by);
        if let Ok(fit) = Weibull::fit(&rows) {
            prop_assert!(fit.log_likelihood.is_finite() && fit.model.lambda > 0.0 && fit.model.rho.is_finite());
            prop_assert_eq!(fit.model, Weibull::fit(&other).unwrap().model);
        }
        if let Ok(fit) = WeibullCure::fit(&rows) {
            prop_assert!(fit.log_likelihood.is_finite() && (0.0..=1.0).contains(&fit.model.cured()));
            prop_assert_eq!(fit.model, WeibullCure::fit(&other).unwrap().model);
        }
    }

    #[test]
    fn the_index_stays_inside_and_keeps_its_digits(audience in audiences(), by in 0usize..200) {
        let bootstrap = Bootstrap { count: 40, seed: 3 };
        let found = durability(&audience, 0.9, bootstrap).unwrap();
        let index = found.index.unwrap();
        prop_assert!(0.0 <= index.low && index.low <= index.value && index.value <= index.high && index.high <= 1.0, "{index:?}");
        let other = Audience { rows: turned(&audience.rows, by), ..audience };
        let turned = durability(&other, 0.9, bootstrap).unwrap();
        prop_assert_eq!(found.factors, turned.factors);
        let other = turned.index.unwrap();
        prop_assert!((index.low - other.low).abs() < 1e-9 && (index.high - other.high).abs() < 1e-9);
    }

    #[test]
    fn rates_are_sound_in_any_order(rows in prop::collection::vec((0u64..40, 0u64..40), 1..20), by in 0usize..20) {
        let items: Vec<Counted> = rows.iter().map(|&(k, more)| Counted { k, n: k + more }).collect();
        for item in &items {
            for found in [jeffreys(item.k, item.n, 0.9), wilson(item.k, item.n, 0.9)].into_iter().flatten() {
                prop_assert!(0.0 <= found.low && found.low <= found.value && found.value <= found.high && found.high <= 1.0);
            }
        }
        if let Ok(fit) = BetaBinomial::fit(&items) {
            prop_assert!(fit.model.a > 0.0 && fit.model.b > 0.0 && fit.log_likelihood.is_finite());
            prop_assert_eq!(fit.model, BetaBinomial::fit(&turned(&items, by)).unwrap().model);
        }
        let counts: Vec<Exposed> = rows.iter().map(|&(k, more)| Exposed { k, exposure: 0.5 + more as f64 }).collect();
        if let Ok(fit) = GammaPoisson::fit(&counts) {
            prop_assert!(fit.model.a > 0.0 && fit.model.b > 0.0 && fit.log_likelihood.is_finite());
            prop_assert_eq!(fit.model, GammaPoisson::fit(&turned(&counts, by)).unwrap().model);
        }
        let values: Vec<f64> = rows.iter().map(|&(k, _)| k as f64).collect();
        if let Some(found) = concentration(&values) {
            prop_assert!((0.0..1.0).contains(&found.gini) && found.effective >= 1.0 - 1e-9);
            prop_assert_eq!(Some(found), concentration(&turned(&values, by)));
        }
        let (scores, outcomes): (Vec<f64>, Vec<bool>) =
            rows.iter().map(|&(k, more)| (k as f64 / 40.0, more % 2 == 0)).unzip();
        let (first, second) = (judge(&scores, &outcomes), judge(&turned(&scores, by), &turned(&outcomes, by)));
        if let (Some(first), Some(second)) = (first, second) {
            prop_assert_eq!(first.calibration_error, second.calibration_error);
            prop_assert_eq!(first.auc, second.auc);
        }
    }

    #[test]
    fn days_never_break_the_detector_or_the_effect(values in prop::collection::vec(0.0f64..1e6, 0..140), holes in any::<u64>()) {
        let days: Vec<DayCount> = values
            .iter()
            .enumerate()
            .map(|(day, value)| DayCount {
                weekday: day % 7,
                value: if holes >> (day % 64) & 1 == 1 && day % 5 == 0 { f64::NAN } else { value.round() },
            })
            .collect();
        let scan = SpikeDetector::default().scan(&days);
        prop_assert_eq!(scan.days.len(), days.len());
        for verdict in scan.days.iter().flatten() {
            prop_assert!(verdict.z.is_finite() && verdict.base >= 0.0 && verdict.low <= verdict.high, "{verdict:?}");
        }
        let series = Series { weekdays: (0..values.len()).map(|day| day % 7).collect(), y: values, controls: Vec::new() };
        if let Some(found) = impact(&series, 70, 0.9, 0.0) {
            let effect = found.effect;
            prop_assert!(effect.low <= effect.value && effect.value <= effect.high && effect.width().is_finite());
        }
    }
}
