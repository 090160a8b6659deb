//! `kaplan-meier`, `weibull`, `weibull-cure`: time until something happens, from time and event.

use std::collections::{BTreeMap, HashMap};

use longplay_stats::least::{EVENTS_WEIBULL, PEOPLE_UNDER_A_CURVE};
use longplay_stats::survival::{CureVerdict, Duration, KaplanMeier, Weibull, WeibullCure, log_rank};
use longplay_stats::{Bootstrap, Estimate, FitError, Parameters};

use super::outcome::{Comparison, Group, Outcome, Point, Range};
use super::sheet::{Row, Sheet};
use super::{Model, Request};

/// Points at which a modelled curve is drawn.
const CURVE_POINTS: usize = 40;
const GROUPS_MAX: usize = 1_000;

/// Durations by group, in a fixed order; equal ones counted.
struct Waits {
    groups: BTreeMap<String, Vec<Duration>>,
    has_groups: bool,
}

fn happened(row: &Row<'_>, column: usize) -> anyhow::Result<bool> {
    let text = row.text(column);
    match text.as_ref() {
        "1" | "1.0" => Ok(true),
        "0" | "0.0" => Ok(false),
        other if other.eq_ignore_ascii_case("true") => Ok(true),
        other if other.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(row.refuse(column, "must be 1 (it happened) or 0 (not by then)")),
    }
}

fn gather(sheet: &Sheet, is_continuous: bool) -> anyhow::Result<Waits> {
    let [time, event] = sheet.columns(["time", "event"])?;
    let (group, weight) = (sheet.column("group"), sheet.column("weight"));
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut counts: Vec<HashMap<(u64, bool, u64), u64>> = Vec::new();
    sheet.each_row(|row| {
        let key = (
            row.size(time)?.to_bits(),
            happened(row, event)?,
            row.weight(weight)?.to_bits(),
        );
        if is_continuous && key.1 && key.0 == 0 {
            return Err(row.refuse(
                time,
                "is no waiting time of this model when it happened; use half a day, or leave out who came at once",
            ));
        }
        let name = group.map_or("".into(), |column| row.text(column));
        let place = match places.get(name.as_ref()) {
            Some(place) => *place,
            None => {
                if counts.len() == GROUPS_MAX {
                    return Err(
                        row.refuse_whole("there are more than 1,000 groups; is the column group a person's id?")
                    );
                }
                places.insert(name.into_owned(), counts.len());
                counts.push(HashMap::new());
                counts.len() - 1
            }
        };
        *counts[place].entry(key).or_default() += 1;
        Ok(())
    })?;
    let durations = |place: usize| {
        let mut rows: Vec<_> = counts[place].iter().map(|(key, count)| (*key, *count)).collect();
        rows.sort_unstable();
        let row = |((time, event, weight), count): ((u64, bool, u64), u64)| Duration {
            time: f64::from_bits(time),
            event,
            weight: f64::from_bits(weight) * count as f64,
        };
        rows.into_iter().map(row).collect()
    };
    Ok(Waits {
        groups: places
            .into_iter()
            .map(|(name, place)| (name, durations(place)))
            .collect(),
        has_groups: group.is_some(),
    })
}

impl Waits {
    fn everybody(&self) -> Vec<Duration> {
        self.groups.values().flatten().copied().collect()
    }
}

fn people(rows: &[Duration]) -> f64 {
    rows.iter().map(|row| row.weight).sum()
}

fn events(rows: &[Duration]) -> f64 {
    rows.iter().filter(|row| row.event).map(|row| row.weight).sum()
}

/// Watched, and not yet done, up to t.
fn watched(rows: &[Duration], t: f64) -> f64 {
    rows.iter().filter(|row| row.time >= t).map(|row| row.weight).sum()
}

pub fn estimate(model: Model, sheet: &Sheet, request: &Request<'_>) -> anyhow::Result<Outcome> {
    let waits = gather(sheet, model != Model::KaplanMeier)?;
    let rows = waits.everybody();
    let mut outcome = Outcome::new(model.name(), people(&rows).round() as u64, request.level);
    let found = match model {
        Model::KaplanMeier => curves(&waits, &rows, request, &mut outcome).map_err(Into::into),
        Model::Weibull => weibull(&rows, request, &mut outcome),
        _ => weibull_cure(&rows, request, &mut outcome),
    };
    match found {
        Ok(()) => Ok(outcome),
        Err(error) => match error.downcast_ref::<FitError>() {
            Some(why) => Ok(Outcome::too_early(outcome.model, outcome.n, request.level, *why)),
            None => Err(error),
        },
    }
}

fn curves(waits: &Waits, rows: &[Duration], request: &Request<'_>, outcome: &mut Outcome) -> Result<(), FitError> {
    let whole = KaplanMeier::new(rows)?;
    if people(rows) < PEOPLE_UNDER_A_CURVE {
        let message = format!("too early: a curve needs {PEOPLE_UNDER_A_CURVE} people to be worth reading");
        outcome.warn("too_early", message);
    }
    let mut points = steps(&whole, rows, waits.has_groups.then_some(None), request);
    let mut groups = vec![group(None, rows, &whole)];
    if waits.has_groups {
        for (name, rows) in &waits.groups {
            let Ok(curve) = KaplanMeier::new(rows) else { continue };
            points.extend(steps(&curve, rows, Some(Some(name.clone())), request));
            groups.push(group(Some(name.clone()), rows, &curve));
        }
    }
    let samples: Vec<&[Duration]> = waits.groups.values().map(Vec::as_slice).collect();
    let test = log_rank(&samples).ok().filter(|_| waits.has_groups);
    outcome.curve = Some(points);
    outcome.comparison = Some(Comparison {
        groups,
        chi_squared: test.map(|test| test.chi_squared),
        degrees: test.map(|test| test.degrees),
        p: test.map(|test| test.p),
    });
    Ok(())
}

fn group(name: Option<String>, rows: &[Duration], curve: &KaplanMeier) -> Group {
    Group {
        group: name,
        n: people(rows).round() as u64,
        events: events(rows).round() as u64,
        median: curve.median(),
        restricted_mean: curve.restricted_mean(curve.longest()),
        until: curve.longest(),
    }
}

/// The curve at 0, at every event time up to the horizon, and at the horizon.
fn steps(curve: &KaplanMeier, rows: &[Duration], group: Option<Option<String>>, request: &Request<'_>) -> Vec<Point> {
    let until = request.horizon.unwrap_or(f64::INFINITY);
    let point = |t: f64, at_risk: Option<f64>| {
        curve.survival(t, request.level).map(|estimate| Point {
            group: group.clone(),
            t,
            range: Range::of(&estimate),
            at_risk,
        })
    };
    let first = curve.steps().first();
    let mut points: Vec<Point> = Vec::new();
    if first.is_none_or(|step| step.time > 0.0) {
        points.extend(point(0.0, Some(people(rows))));
    }
    let seen = curve.steps().iter().take_while(|step| step.time <= until);
    points.extend(seen.filter_map(|step| point(step.time, Some(step.at_risk))));
    if let Some(horizon) = request
        .horizon
        .filter(|horizon| points.last().is_none_or(|last| last.t < *horizon))
    {
        points.extend(point(horizon, Some(watched(rows, horizon))));
    }
    points
}

/// A modelled curve: the share still waiting, from 0 to the horizon or the longest watched.
fn drawn(rows: &[Duration], request: &Request<'_>, range: impl Fn(f64) -> Range) -> Vec<Point> {
    let longest = rows.iter().map(|row| row.time).fold(0.0, f64::max);
    let until = request.horizon.unwrap_or(longest);
    (0..=CURVE_POINTS)
        .map(|index| {
            let t = until * index as f64 / CURVE_POINTS as f64;
            Point {
                group: None,
                t,
                range: range(t),
                at_risk: (t <= longest).then(|| watched(rows, t)),
            }
        })
        .collect()
}

fn warn_of_few(rows: &[Duration], outcome: &mut Outcome) -> bool {
    let is_sure = events(rows) >= EVENTS_WEIBULL;
    if !is_sure {
        let message = format!(
            "too early for intervals: they need {EVENTS_WEIBULL} events; here are {}",
            events(rows)
        );
        outcome.warn("too_early", message);
    }
    is_sure
}

fn weibull(rows: &[Duration], request: &Request<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    if let Some(at) = request.at() {
        let model = Weibull::from_array(at.values(Weibull::NAMES)?);
        outcome.give(Weibull::NAMES, model.to_array(), model.log_likelihood(rows));
        outcome.curve = Some(drawn(rows, request, |t| Range::bare(model.survival(t))));
        return Ok(());
    }
    let fitted = Weibull::fit(rows)?;
    let is_sure = warn_of_few(rows, outcome);
    outcome.take(&fitted, is_sure);
    let range = |t: f64| {
        let estimate = fitted.estimate(request.level, Bootstrap::default(), |model| model.survival(t));
        sure(estimate, is_sure, fitted.model.survival(t))
    };
    outcome.curve = Some(drawn(rows, request, range));
    Ok(())
}

fn sure(estimate: Option<Estimate>, is_sure: bool, value: f64) -> Range {
    estimate
        .filter(|_| is_sure)
        .map_or(Range::bare(value), |estimate| Range::of(&estimate))
}

/// The share still waiting at t among everybody, those included who never will.
fn waiting(model: &WeibullCure, t: f64) -> f64 {
    model.cured() + (1.0 - model.cured()) * (1.0 - model.maturity(t))
}

fn weibull_cure(rows: &[Duration], request: &Request<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    if let Some(at) = request.at() {
        const NAMES: [&str; 3] = ["lambda", "rho", "cured"];
        let [lambda, rho, cured] = at.values(NAMES)?;
        if cured >= 1.0 {
            return Err(crate::exit::Usage("--at: cured is a share, so it must be below 1".to_owned()).into());
        }
        let model = WeibullCure {
            odds: cured / (1.0 - cured),
            lambda,
            rho,
        };
        outcome.give(NAMES, [lambda, rho, cured], model.log_likelihood(rows));
        outcome.curve = Some(drawn(rows, request, |t| Range::bare(waiting(&model, t))));
        return Ok(());
    }
    let fitted = WeibullCure::fit(rows)?;
    let is_sure = warn_of_few(rows, outcome);
    outcome.take(&fitted, is_sure);
    let bootstrap = Bootstrap::default();
    let cured = sure(
        fitted.estimate(request.level, bootstrap, WeibullCure::cured),
        is_sure,
        fitted.model.cured(),
    );
    // The odds are how the search sees it; people read the share.
    outcome.parameters.0.retain(|(name, _)| *name != WeibullCure::NAMES[0]);
    outcome.parameters.0.push(("cured", cured));
    if is_sure && fitted.cured(request.level, bootstrap) == CureVerdict::TooEarly {
        outcome.warn(
            "too_early",
            "too early to tell the share that never will: the curve has no plateau yet; quote kaplan-meier up to the time seen",
        );
    }
    let range = |t: f64| {
        let estimate = fitted.estimate(request.level, bootstrap, |model| waiting(model, t));
        sure(estimate, is_sure, waiting(&fitted.model, t))
    };
    outcome.curve = Some(drawn(rows, request, range));
    Ok(())
}
