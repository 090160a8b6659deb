//! The five lenses as rows (Fader, Hardie & Ross, The Customer-Base Audit, 2022): how people differ, two periods side by side, one
//! cohort over its life, cohorts side by side, and where each period's total came from.

use longplay_stats::{Bootstrap, Estimate, audit::Spread, rates::jeffreys};
use serde_json::{Value, json};

use super::view::View;
use crate::{
    folds::{Cell, Count, Span},
    memory::Given,
};

/// Periods listed: two years of months, six of quarters.
pub const PERIODS_LISTED: i32 = 24;
/// A cohort of so many is big enough to be followed on its own.
const COHORT_MIN: u64 = 200;
/// Below so many people nothing is said about how they differ.
pub const PEOPLE_MIN: u64 = 30;
const TOPS: [(&str, f64); 5] = [
    ("top_1_share", 0.01),
    ("top_5_share", 0.05),
    ("top_10_share", 0.1),
    ("top_20_share", 0.2),
    ("top_50_share", 0.5),
];
const TENTHS: i32 = 10;

/// Fixed, so that the same data give the same digits.
const fn draws() -> Bootstrap {
    Bootstrap {
        count: 200,
        seed: 0x0061_7564_6974,
    }
}

/// How the people of the last period that is over differ; `None` when they are too few, or did nothing of worth.
pub fn spread_of_last(view: &View<'_>) -> Option<Spread> {
    spread(view.base.ledger(view.span).spread())
}

fn spread(counts: &[(u64, u32)]) -> Option<Spread> {
    let rows: Vec<(f64, u64)> = counts
        .iter()
        .map(|&(value, people)| (value as f64, u64::from(people)))
        .collect();
    Spread::new(&rows).filter(|spread| spread.people() >= PEOPLE_MIN)
}

pub fn gini(view: &View<'_>, spread: &Spread, level: f64) -> Option<Estimate> {
    let given = given("gini", spread, level);
    *view.memory.recall(given, || spread.gini_estimate(level, draws()))
}

pub fn top_tenth(view: &View<'_>, spread: &Spread, level: f64) -> Option<Estimate> {
    let given = given("top tenth", spread, level);
    *view
        .memory
        .recall(given, || spread.share_of_top_estimate(0.1, level, draws()))
}

/// All that an estimate of a spread hangs on.
fn given(kind: &'static str, spread: &Spread, level: f64) -> Given {
    let rows = spread
        .rows()
        .iter()
        .map(|&(value, people)| [value.to_bits(), people.to_bits()]);
    Given::of(kind).and_real(level).and_each(rows)
}

/// Lens one, for the last period that is over and for all time.
pub fn lens_1(view: &View<'_>, level: f64) -> Vec<Value> {
    let last = spread_of_last(view).map(|spread| (view.label(view.last()), spread));
    let whole = spread(view.base.spread()).map(|spread| ("all".to_owned(), spread));
    let row = |(period, spread): (String, Spread)| {
        let estimate = gini(view, &spread, level);
        let mut row = json!({
            "kind": "lens_1",
            "base": view.name(),
            "currency": view.currency.map(|currency| currency.code().to_owned()),
            "period": period,
            "people": spread.people(),
            "total": view.money(1).map_or_else(|| spread.total(), |unit| spread.total() * unit),
            "gini": spread.gini(),
            "low": estimate.map(|estimate| estimate.low),
            "high": estimate.map(|estimate| estimate.high),
        });
        for (key, fraction) in TOPS {
            row[key] = json!(spread.share_of_top(fraction));
        }
        let until = |tenths: i32| spread.share_of_top(f64::from(tenths) / f64::from(TENTHS));
        row["deciles"] = json!(
            (0..TENTHS)
                .map(|tenth| until(tenth + 1) - until(tenth))
                .collect::<Vec<f64>>()
        );
        row
    };
    last.into_iter().chain(whole).map(row).collect()
}

/// What changed from the period before to this one.
pub struct Change {
    pub before: Cell,
    pub after: Cell,
    pub kept: u64,
    pub kept_before: u64,
    pub kept_after: u64,
}

impl Change {
    /// `None` for the first period of all: nothing came before it.
    pub fn of(view: &View<'_>, period: i32) -> Option<Self> {
        view.first().filter(|&first| first < period)?;
        let kept = view.kept(period - 1);
        Some(Self {
            before: view.total(period - 1),
            after: view.total(period),
            kept: kept.people,
            kept_before: kept.minor_before,
            kept_after: kept.minor_after,
        })
    }

    pub const fn lost(&self) -> u64 {
        self.before.active - self.kept
    }

    pub const fn gained(&self) -> u64 {
        self.after.active - self.kept
    }
}

/// Lens two: each period that is over against the one before, the newest first.
pub fn lens_2(view: &View<'_>) -> Vec<Value> {
    let row = |period: i32| {
        let change = Change::of(view, period)?;
        Some(json!({
            "kind": "lens_2",
            "base": view.name(),
            "currency": view.currency.map(|currency| currency.code().to_owned()),
            "period": view.label(period),
            "before": view.label(period - 1),
            "kept": change.kept,
            "lost": change.lost(),
            "gained": change.gained(),
            "kept_spend_before": view.money(change.kept_before),
            "kept_spend_after": view.money(change.kept_after),
            "lost_spend": view.money(change.before.minor.saturating_sub(change.kept_before)),
            "gained_spend": view.money(change.after.minor.saturating_sub(change.kept_after)),
        }))
    };
    view.over(PERIODS_LISTED).rev().filter_map(row).collect()
}

/// Lens three: the oldest big cohort over its life; the largest where none is big.
pub fn lens_3(view: &View<'_>, level: f64) -> Vec<Value> {
    let cells = view.base.ledger(view.span).cells();
    let sizes = || {
        let own = cells
            .iter()
            .filter(|((cohort, period), _)| cohort == period && *cohort <= view.last());
        own.map(|&((cohort, _), cell)| (cohort, cell.active))
    };
    let big = sizes().find(|&(_, people)| people >= COHORT_MIN);
    let largest = || sizes().max_by_key(|&(cohort, people)| (people, std::cmp::Reverse(cohort)));
    let Some((cohort, people)) = big.or_else(largest) else {
        return Vec::new();
    };
    let row = |period: i32| {
        let at = cells.binary_search_by_key(&(cohort, period), |&(place, _)| place);
        let cell = at.map_or_else(|_| Cell::default(), |at| cells[at].1);
        cohort_row("lens_3", view, (cohort, period), (cell, people), level)
    };
    (cohort..=view.last()).take(PERIODS_LISTED as usize).map(row).collect()
}

/// Lens four: the newest cohorts side by side, each up to the age its last period over gives it. By months always, since their
/// cohorts are the most alike, and by quarters where those are told.
pub fn lens_4(view: &View<'_>, level: f64) -> Vec<Value> {
    let spans: &[Span] = match view.span {
        Span::Month => &[Span::Month],
        Span::Quarter => &[Span::Quarter, Span::Month],
    };
    spans
        .iter()
        .flat_map(|&span| side_by_side(&View::new(view.base, (view.currency, span), view.memory), level))
        .collect()
}

fn side_by_side(view: &View<'_>, level: f64) -> Vec<Value> {
    let cells = view.base.ledger(view.span).cells();
    let cell = |place| {
        let at = cells.binary_search_by_key(&place, |&(place, _)| place);
        at.map_or_else(|_| Cell::default(), |at| cells[at].1)
    };
    let mut rows = Vec::new();
    for cohort in view.over(PERIODS_LISTED).rev() {
        let people = cell((cohort, cohort)).active;
        if people == 0 {
            continue;
        }
        rows.extend((cohort + 1..=view.last()).map(|period| {
            let cell = cell((cohort, period));
            cohort_row("lens_4", view, (cohort, period), (cell, people), level)
        }));
    }
    rows
}

fn cohort_row(
    kind: &str,
    view: &View<'_>,
    (cohort, period): (i32, i32),
    (cell, people): (Cell, u64),
    level: f64,
) -> Value {
    let share = jeffreys(cell.active, people, level);
    json!({
        "kind": kind,
        "base": view.name(),
        "currency": view.currency.map(|currency| currency.code().to_owned()),
        "span": view.span.name(),
        "cohort": view.label(cohort),
        "period": view.label(period),
        "age": period - cohort,
        "n": people,
        "count": cell.active,
        "value": share.map(|share| share.value),
        "low": share.map(|share| share.low),
        "high": share.map(|share| share.high),
        "deeds": cell.deeds,
        "spend": view.money(cell.minor),
    })
}

/// Lens five: of each period that is over, how much came from which cohort; the newest first. What older cohorts did stands
/// together.
pub fn lens_5(view: &View<'_>) -> Vec<Value> {
    let oldest = view.over(PERIODS_LISTED).next().unwrap_or(view.last());
    let mut pooled = std::collections::BTreeMap::<(i32, i32), Cell>::new();
    for ((cohort, period), cell) in view.base.ledger(view.span).cells() {
        if (oldest..=view.last()).contains(&period) {
            let place = (-period, cohort.max(oldest - 1));
            pooled.entry(place).or_default().add(cell);
        }
    }
    let row = |((period, cohort), cell): ((i32, i32), Cell)| {
        let total = view.total(-period);
        let (part, whole) = match view.currency {
            None => (cell.deeds, total.deeds),
            Some(_) => (cell.minor, total.minor),
        };
        json!({
            "kind": "lens_5",
            "base": view.name(),
            "currency": view.currency.map(|currency| currency.code().to_owned()),
            "period": view.label(-period),
            "cohort": if cohort < oldest { "before".to_owned() } else { view.label(cohort) },
            "count": cell.active,
            "deeds": cell.deeds,
            "spend": view.money(cell.minor),
            "value": (whole > 0).then(|| part as f64 / whole as f64),
        })
    };
    pooled.into_iter().map(row).collect()
}
