//! The lenses themselves, over plain rows: who, in which period, worth how much.

use std::collections::{BTreeMap, BTreeSet};

/// Something somebody did in a period; several rows of one person and period are several deeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deed {
    /// Whose deed it is, by any number.
    pub person: u64,
    /// In which period, numbered in order of time.
    pub period: u32,
    /// What it was worth, in one currency; 0 where worth is not the question.
    pub value: f64,
}

/// What a period amounted to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PeriodTotals {
    /// People with a deed in the period.
    pub active: u64,
    /// Deeds in the period.
    pub deeds: u64,
    /// What they were worth together.
    pub value: f64,
}

/// Two periods side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change {
    /// People active in both periods.
    pub kept: u64,
    /// People active before and not after.
    pub lost: u64,
    /// People active after and not before.
    pub gained: u64,
    /// What those kept were worth before and after.
    pub kept_before: f64,
    /// What those kept were worth after.
    pub kept_after: f64,
    /// What those lost were worth before.
    pub lost_before: f64,
    /// What those gained are worth after.
    pub gained_after: f64,
}

/// Totals of every period in which something happened.
pub fn by_period(deeds: &[Deed]) -> BTreeMap<u32, PeriodTotals> {
    let mut people: BTreeSet<(u32, u64)> = BTreeSet::new();
    let mut found: BTreeMap<u32, PeriodTotals> = BTreeMap::new();
    for deed in in_order(deeds) {
        let totals = found.entry(deed.period).or_default();
        totals.deeds += 1;
        totals.value += deed.value;
        totals.active += u64::from(people.insert((deed.period, deed.person)));
    }
    found
}

/// One fixed order, so that sums don't depend on that of the rows.
fn in_order(deeds: &[Deed]) -> Vec<Deed> {
    let mut sorted = deeds.to_vec();
    sorted.sort_by(|one, other| {
        let order = one.period.cmp(&other.period).then(one.person.cmp(&other.person));
        order.then(one.value.total_cmp(&other.value))
    });
    sorted
}

/// Lens two: who was active in both periods, only before, only after, and what they were worth.
pub fn between(deeds: &[Deed], before: u32, after: u32) -> Change {
    let worth = |period: u32| {
        let mut found: BTreeMap<u64, f64> = BTreeMap::new();
        for deed in in_order(deeds).iter().filter(|deed| deed.period == period) {
            *found.entry(deed.person).or_default() += deed.value;
        }
        found
    };
    let (one, other) = (worth(before), worth(after));
    let mut change = Change::default();
    for (person, value) in &one {
        match other.get(person) {
            Some(later) => {
                change.kept += 1;
                change.kept_before += value;
                change.kept_after += later;
            }
            None => {
                change.lost += 1;
                change.lost_before += value;
            }
        }
    }
    for (_, value) in other.iter().filter(|(person, _)| !one.contains_key(person)) {
        change.gained += 1;
        change.gained_after += value;
    }
    change
}

/// Lens one: the share of the total that the largest `fraction` of the values hold (that many people, rounded up). `None`
/// when nothing is positive or a number is not one.
pub fn share_of_top(values: &[f64], fraction: f64) -> Option<f64> {
    if values.iter().any(|value| !(*value >= 0.0 && value.is_finite())) || !(0.0..=1.0).contains(&fraction) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(|one, other| other.total_cmp(one));
    let total: f64 = sorted.iter().sum();
    let count = (fraction * values.len() as f64 - 1e-9).ceil().max(0.0) as usize;
    (total > 0.0).then(|| sorted.iter().take(count).sum::<f64>() / total)
}

/// Lenses three and four: for each cohort (by the period of the first deed) its size, and the share active 1, 2 … periods
/// later. A cell exists only when the whole period lies before `ends`, the first period not yet over.
pub fn cohort_activity(deeds: &[Deed], ends: u32) -> BTreeMap<u32, (u64, Vec<f64>)> {
    let mut first: BTreeMap<u64, u32> = BTreeMap::new();
    for deed in deeds {
        let earliest = first.entry(deed.person).or_insert(deed.period);
        *earliest = deed.period.min(*earliest);
    }
    let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
    first
        .values()
        .for_each(|cohort| *sizes.entry(*cohort).or_default() += 1);
    let active: BTreeSet<(u32, u32, u64)> = deeds
        .iter()
        .map(|deed| (first[&deed.person], deed.period, deed.person))
        .collect();
    let mut counts: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    active
        .iter()
        .for_each(|(cohort, period, _)| *counts.entry((*cohort, *period)).or_default() += 1);
    let cells = |(cohort, size): (u32, u64)| {
        let share = |period: u32| counts.get(&(cohort, period)).copied().unwrap_or(0) as f64 / size as f64;
        (cohort, (size, (cohort + 1..ends).map(share).collect()))
    };
    sizes
        .into_iter()
        .filter(|(cohort, _)| *cohort < ends)
        .map(cells)
        .collect()
}

/// Lens five: where each period's total comes from, by (cohort, period).
pub fn by_cohort(deeds: &[Deed]) -> BTreeMap<(u32, u32), f64> {
    let mut first: BTreeMap<u64, u32> = BTreeMap::new();
    let sorted = in_order(deeds);
    for deed in &sorted {
        first.entry(deed.person).or_insert(deed.period);
    }
    let mut found = BTreeMap::new();
    for deed in &sorted {
        *found.entry((first[&deed.person], deed.period)).or_default() += deed.value;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(person: u64, period: u32, value: f64) -> Deed {
        Deed { person, period, value }
    }

    #[test]
    fn three_people_over_three_periods() {
        let deeds = [
            deed(1, 0, 5.0),
            deed(1, 0, 2.0),
            deed(2, 0, 1.0),
            deed(1, 1, 4.0),
            deed(3, 1, 9.0),
            deed(2, 2, 3.0),
        ];
        assert_eq!(
            by_period(&deeds)[&0],
            PeriodTotals {
                active: 2,
                deeds: 3,
                value: 8.0
            }
        );
        let change = between(&deeds, 0, 1);
        assert_eq!((change.kept, change.lost, change.gained), (1, 1, 1));
        assert_eq!(
            (
                change.kept_before,
                change.kept_after,
                change.lost_before,
                change.gained_after
            ),
            (7.0, 4.0, 1.0, 9.0)
        );
        let cohorts = cohort_activity(&deeds, 3);
        assert_eq!(cohorts[&0], (2, vec![0.5, 0.5]));
        assert_eq!(cohorts[&1], (1, vec![0.0]));
        assert_eq!(by_cohort(&deeds)[&(0, 2)], 3.0);
        let mut turned = deeds;
        turned.reverse();
        assert_eq!(
            (between(&turned, 0, 1), by_cohort(&turned)),
            (change, by_cohort(&deeds))
        );
    }

    #[test]
    fn nobody_and_nothing() {
        assert!(by_period(&[]).is_empty() && cohort_activity(&[], 5).is_empty() && by_cohort(&[]).is_empty());
        assert_eq!(between(&[], 0, 1), Change::default());
        assert!(
            share_of_top(&[], 0.1).is_none()
                && share_of_top(&[0.0], 0.1).is_none()
                && share_of_top(&[f64::NAN], 0.1).is_none()
        );
        assert_eq!(share_of_top(&[4.0, 3.0, 2.0, 1.0], 0.25), Some(0.4));
    }
}
