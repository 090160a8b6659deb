//! models.md §7: the audit of the CDNOW sample by calendar quarters and months.

use crate::shared_data::shared_text;
use longplay_stats::audit::{Deed, between, by_period, cohort_activity, share_of_top};
use longplay_stats::durability::concentration;
use std::collections::BTreeMap;

fn near(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "{found} is not {wanted}");
}

/// Customer-days with their value, periods of so many months.
fn deeds(months: u32) -> Option<Vec<Deed>> {
    let text = shared_text("cdnow/CDNOW_sample.txt")?;
    let mut days: BTreeMap<(u64, u32), f64> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let day: u32 = cells[2].parse().unwrap();
        *days.entry((cells[1].parse().unwrap(), day)).or_default() += cells[4].parse::<f64>().unwrap();
    }
    let deed = |((person, day), value)| {
        let month = (day / 10_000 - 1997) * 12 + day / 100 % 100 - 1;
        Deed {
            person,
            period: month / months,
            value,
        }
    };
    Some(days.into_iter().map(deed).collect())
}

#[test]
fn cdnow_audit_by_quarters() {
    let Some(deeds) = deeds(3) else { return };
    let found: Vec<_> = by_period(&deeds).into_values().collect();
    let active: Vec<u64> = found.iter().map(|totals| totals.active).collect();
    let orders: Vec<u64> = found.iter().map(|totals| totals.deeds).collect();
    assert_eq!(active, [2357, 524, 418, 404, 384, 300]);
    assert_eq!(orders, [3169, 920, 725, 731, 656, 495]);
    let sales = [112_498.61, 33_629.63, 26_987.31, 28_109.27, 24_886.58, 17_980.54];
    found
        .iter()
        .zip(sales)
        .for_each(|(totals, wanted)| near(totals.value, wanted, 0.005));
    let change = between(&deeds, 2, 3);
    assert_eq!((change.kept, change.lost, change.gained), (203, 215, 201));
    near(change.kept_before, 16_821.98, 0.005);
    near(change.kept_after, 16_895.82, 0.005);
    near(change.lost_before, 10_165.33, 0.005);
    near(change.gained_after, 11_213.45, 0.005);
}

#[test]
fn cdnow_audit_how_people_differ() {
    let Some(deeds) = deeds(1) else { return };
    let mut spent: BTreeMap<u64, f64> = BTreeMap::new();
    deeds
        .iter()
        .for_each(|deed| *spent.entry(deed.person).or_default() += deed.value);
    let values: Vec<f64> = spent.into_values().collect();
    for (fraction, wanted) in [
        (0.01, 0.14554),
        (0.05, 0.36067),
        (0.1, 0.50807),
        (0.2, 0.67455),
        (0.5, 0.89454),
    ] {
        near(share_of_top(&values, fraction).unwrap(), wanted, 5e-6);
    }
    near(concentration(&values).unwrap().gini, 0.630917, 5e-7);
}

#[test]
fn cdnow_audit_cohorts_side_by_side() {
    let Some(deeds) = deeds(1) else { return };
    let cohorts = cohort_activity(&deeds, 18);
    for (cohort, size, wanted) in [
        (0, 781, [0.1588, 0.1216, 0.0896]),
        (1, 857, [0.1564, 0.1284, 0.0875]),
        (2, 719, [0.1210, 0.1168, 0.1085]),
    ] {
        assert_eq!(cohorts[&cohort].0, size);
        cohorts[&cohort]
            .1
            .iter()
            .zip(wanted)
            .for_each(|(found, wanted)| near(*found, wanted, 5e-5));
    }
}
